"""The Merkle tree of RFC 6962 section 2.1 and RFC 9162 section 2.1: roots, proofs and their verification.

Hashes are SHA-256, 32 bytes. Leaves count from 0. Nothing here reads or writes: a tree is its right
edge, a proof is first a list of ranges whose roots somebody fetches, then a list of hashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

TILE_HEIGHT = 8
TILE = 1 << TILE_HEIGHT  # leaves of a tile of level 1, tiles of level n in one of level n + 1
EMPTY = sha256(b"").digest()

Range = tuple[int, int]  # leaves from the first up to, and without, the second


def leaf_hash(data: bytes) -> bytes:
    """Hash of one leaf; the prefix keeps a leaf from being passed off as a node."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two neighbouring subtrees."""
    return sha256(b"\x01" + left + right).digest()


def _above(row: Sequence[bytes]) -> list[bytes]:
    """The row above one of even length."""
    each = iter(row)
    return [sha256(b"\x01" + left + right).digest() for left, right in zip(each, each, strict=True)]


def root(hashes: Sequence[bytes]) -> bytes:
    """Root over subtrees of equal height, such as leaves: MTH of RFC 9162 section 2.1.1."""
    row = list(hashes)
    while len(row) > 1:
        # An odd last subtree rises unhashed until it finds a left neighbour.
        odd = [row.pop()] if len(row) % 2 else []
        row = _above(row) + odd
    return row[0] if row else EMPTY


class Tile(NamedTuple):
    """Root of a complete subtree of ``256 ** level`` leaves, the ``number``-th of its level, from 0."""

    level: int
    number: int
    root: bytes


class Tree:
    """An append-only tree, kept as its right edge: per level the subtrees no tile covers yet.

    ``edge[0]`` holds leaf hashes, ``edge[n]`` roots of tiles of level n, each fewer than 256.
    """

    def __init__(self, edge: Sequence[Sequence[bytes]] = ((),)) -> None:
        self.edge = [list(row) for row in edge]
        if any(len(row) >= TILE for row in self.edge):
            raise ValueError(f"an edge holds fewer than {TILE} subtrees a level")
        self.size = sum(len(row) << TILE_HEIGHT * level for level, row in enumerate(self.edge))

    def copy(self) -> Tree:
        """The same tree, to be extended apart."""
        return Tree(self.edge)

    def extend(self, leaves: Sequence[bytes]) -> list[Tile]:
        """Append leaf hashes; the tiles that became complete, lower levels first."""
        self.size += len(leaves)
        tiles: list[Tile] = []
        arriving, level = list(leaves), 0
        while arriving:
            arriving = self._fill(level, arriving)
            level += 1
            first = (self.size >> TILE_HEIGHT * level) - len(arriving)
            tiles.extend(Tile(level, first + n, each) for n, each in enumerate(arriving))
        return tiles

    def _fill(self, level: int, arriving: list[bytes]) -> list[bytes]:
        if level == len(self.edge):
            self.edge.append([])
        row = self.edge[level] + arriving
        whole = len(row) - len(row) % TILE
        self.edge[level] = row[whole:]
        complete = row[:whole]
        for _ in range(TILE_HEIGHT):
            complete = _above(complete)
        return complete

    def root(self) -> bytes:
        """Root over all leaves appended so far."""
        return combine([each for row in reversed(self.edge) for each in _perfect_roots(row)])


def _perfect_roots(row: Sequence[bytes]) -> list[bytes]:
    """Roots of the perfect subtrees over a row, largest first."""
    return [root(row[first:end]) for first, end in perfect_subtrees(0, len(row))]


def perfect_subtrees(first: int, end: int) -> list[Range]:
    """The perfect subtrees a range consists of, left to right, largest first.

    ``first`` must be aligned for the range, as in every range that a proof asks for.
    """
    ranges = []
    while first < end:
        step = 1 << (end - first).bit_length() - 1
        ranges.append((first, first + step))
        first += step
    return ranges


def combine(roots: Sequence[bytes]) -> bytes:
    """Root of a range from the roots of its perfect subtrees, left to right."""
    if not roots:
        return EMPTY
    right = roots[-1]
    for left in reversed(roots[:-1]):
        right = node_hash(left, right)
    return right


def _split(size: int) -> int:
    """Largest power of two smaller than ``size``: where RFC 9162 divides a tree."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Ranges whose roots prove leaf ``index`` in the tree of ``size``, in order: PATH, section 2.1.3.1."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    first, end, ranges = 0, size, []
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((first, middle))
            first = middle
    return ranges[::-1]


def consistency_ranges(old: int, size: int) -> list[Range]:
    """Ranges whose roots prove the tree of ``size`` to extend that of ``old``: PROOF, section 2.1.4.1."""
    if not 0 < old <= size:
        raise ValueError(f"a tree of {size} has no earlier size {old}")
    first, end, ranges = 0, size, []
    while end != old:
        middle = first + _split(end - first)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((first, middle))
            first = middle
    if first:  # the old tree is not itself a left subtree, so its last part must be named
        ranges.append((first, end))
    return ranges[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> bool:
    """Does ``path`` lead from this leaf hash to the root? Section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    position, last, reached = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if position & 1 or position == last:
            reached = node_hash(sibling, reached)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            reached = node_hash(reached, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and reached == expected


def verify_consistency(old: int, size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Does the tree of ``size`` begin with the tree of ``old``? Section 2.1.4.2."""
    if old == size:
        return not proof and old > 0 and old_root == new_root
    if not 0 < old < size or not proof:
        return False
    hashes = [old_root, *proof] if old & old - 1 == 0 else list(proof)
    position, last = old - 1, size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    before = after = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root

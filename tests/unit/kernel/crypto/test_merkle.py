"""The tree against the vectors published with certificate transparency, and against its own laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singlewindow.kernel.crypto.merkle import (
    EMPTY,
    TILE,
    Tile,
    Tree,
    combine,
    consistency_ranges,
    inclusion_ranges,
    leaf_hash,
    node_hash,
    perfect_subtrees,
    root,
    verify_consistency,
    verify_inclusion,
)

DATA = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
LEAVES = [leaf_hash(bytes.fromhex(each)) for each in DATA]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
N01 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
N23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
N45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
N67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
N4567 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
LEAF4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
INCLUSION = [  # leaf, size, path
    (0, 1, []),
    (0, 8, [N01, N23, N4567]),
    (5, 8, [LEAF4, N67, ROOTS[4]]),
    (2, 3, [ROOTS[2]]),
    (1, 5, [ROOTS[1], N23, LEAF4]),
]
CONSISTENCY = [  # old size, size, proof
    (1, 1, []),
    (1, 8, [N01, N23, N4567]),
    (6, 8, [N45, N67, ROOTS[4]]),
    (2, 5, [N23, LEAF4]),
]
sizes = st.integers(1, 700)


def numbered(count: int) -> list[bytes]:
    return [leaf_hash(n.to_bytes(4, "big")) for n in range(count)]


MANY = numbered(700)


def of_ranges(leaves: list[bytes], ranges: list[tuple[int, int]]) -> list[bytes]:
    return [root(leaves[first:end]) for first, end in ranges]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_the_published_ones(size: int) -> None:
    assert root(LEAVES[:size]).hex() == ROOTS[size]
    tree = Tree()
    assert tree.extend(LEAVES[:size]) == []
    assert tree.root().hex() == ROOTS[size]


@pytest.mark.parametrize(("leaf", "size", "path"), INCLUSION)
def test_inclusion_proofs_are_the_published_ones(leaf: int, size: int, path: list[str]) -> None:
    found = of_ranges(LEAVES, inclusion_ranges(leaf, size))
    assert [each.hex() for each in found] == path
    assert verify_inclusion(LEAVES[leaf], leaf, size, found, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("old", "size", "proof"), CONSISTENCY)
def test_consistency_proofs_are_the_published_ones(old: int, size: int, proof: list[str]) -> None:
    found = of_ranges(LEAVES, consistency_ranges(old, size))
    assert [each.hex() for each in found] == proof
    assert verify_consistency(old, size, bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[size]), found)


def test_every_proof_of_small_trees_holds_and_only_for_its_own_leaf_and_size() -> None:
    for size in range(1, 34):
        whole = root(MANY[:size])
        for leaf in range(size):
            path = of_ranges(MANY, inclusion_ranges(leaf, size))
            assert verify_inclusion(MANY[leaf], leaf, size, path, whole)
            assert not verify_inclusion(MANY[leaf + 1], leaf, size, path, whole)
            assert not verify_inclusion(MANY[leaf], leaf + 1, size, path, whole)
            assert not verify_inclusion(MANY[leaf], leaf, size, [*path, whole], whole)
            assert not path or not verify_inclusion(MANY[leaf], leaf, size, path[:-1], whole)
        for old in range(1, size + 1):
            proof, before = of_ranges(MANY, consistency_ranges(old, size)), root(MANY[:old])
            assert verify_consistency(old, size, before, whole, proof)
            assert not verify_consistency(old, size, whole if old < size else EMPTY, whole, proof)
            assert not verify_consistency(old, size, before, EMPTY, proof)
            assert not verify_consistency(old, size, before, whole, [*proof, whole])
            assert not proof or not verify_consistency(old, size, before, whole, proof[:-1])


@given(st.lists(st.integers(0, 300), max_size=6))
def test_a_tree_grown_in_steps_is_the_tree_grown_at_once(steps: list[int]) -> None:
    leaves = numbered(sum(steps))
    tree, tiles, done = Tree(), [], 0
    for step in steps:
        tiles.extend(tree.extend(leaves[done : done + step]))
        done += step
    assert (tree.size, tree.root()) == (len(leaves), root(leaves))
    whole = range(len(leaves) // TILE)
    assert tiles == [Tile(1, n, root(leaves[n * TILE : (n + 1) * TILE])) for n in whole]
    assert Tree(tree.edge).root() == tree.root()


def test_the_second_level_of_tiles_is_reached_and_kept() -> None:
    leaves = numbered(TILE * TILE + 3)
    tree = Tree()
    tiles = [*tree.extend(leaves[:1000]), *tree.extend(leaves[1000:])]
    assert len(tiles) == TILE + 1
    assert tiles[-1] == Tile(2, 0, root(leaves[: TILE * TILE]))
    assert [len(row) for row in tree.edge] == [3, 0, 1]
    assert tree.root() == root(leaves) == node_hash(tiles[-1].root, root(leaves[-3:]))


@given(sizes, st.data())
def test_ranges_of_a_proof_divide_into_aligned_perfect_subtrees(size: int, data: st.DataObject) -> None:
    leaf = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    for first, end in inclusion_ranges(leaf, size) + consistency_ranges(old, size):
        parts = perfect_subtrees(first, end)
        assert all((b - a) & (b - a - 1) == 0 and a % (b - a) == 0 for a, b in parts)
        assert combine([root(MANY[a:b]) for a, b in parts]) == root(MANY[first:end])


@pytest.mark.parametrize(("leaf", "size"), [(-1, 4), (4, 4), (0, 0)])
def test_a_leaf_outside_the_tree_has_no_proof(leaf: int, size: int) -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        inclusion_ranges(leaf, size)
    assert not verify_inclusion(LEAVES[0], leaf, size, [], EMPTY)


@pytest.mark.parametrize(("old", "size"), [(0, 4), (5, 4)])
def test_only_an_earlier_size_is_consistent(old: int, size: int) -> None:
    with pytest.raises(ValueError, match="no earlier size"):
        consistency_ranges(old, size)
    assert not verify_consistency(old, size, EMPTY, EMPTY, [EMPTY])


def test_an_overfull_edge_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than 256"):
        Tree([MANY[:TILE]])

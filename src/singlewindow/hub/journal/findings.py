"""What a verification of the journal may find wrong, in both languages."""

from __future__ import annotations

from singlewindow.kernel.crypto.merkle import TILE_HEIGHT, Tile
from singlewindow.kernel.messages import Problem, Text

RESTORE = Text(
    "请保全现场，用备份与他处留存的检查点比对（--checkpoint）。",
    "Preserve the evidence; compare with the backup and checkpoints kept elsewhere (--checkpoint).",
)
RUN = Text(
    "平台运行一分钟后再核验；仍然如此的，检查点已被删除：请保全现场，用他处留存的检查点比对（--checkpoint）。",
    "Verify again once the platform has run for a minute; if it is still so, checkpoints were taken away: "
    "preserve the evidence and compare with those kept elsewhere (--checkpoint).",
)
GIVE_KEY = Text("请用 --key 提供平台当时的公钥。", "Give the platform's public key of that time with --key.")


def _problem(code: str, zh: str, en: str, field: str, remedy: Text = RESTORE) -> Problem:
    return Problem(f"journal.{code}", Text(zh, en), field, remedy=remedy)


def unreadable(reason: str) -> Problem:
    """The database answers and does not show the record as it was made."""
    return _problem(
        "unreadable", f"日志无法读取：{reason}。", f"The record cannot be read: {reason}.", "journal"
    )


def entry_changed(position: int, entry_id: int) -> Problem:
    """Content, metadata or leaf differ from what was folded into the tree."""
    return _problem(
        "entry_changed",
        f"位置 {position} 的记录 {entry_id} 与其叶哈希不符。",
        f"Entry {entry_id} at position {position} does not match its leaf.",
        f"entry[{entry_id}]",
    )


def entry_missing(position: int, entry_id: int) -> Problem:
    """A numbered entry is gone."""
    return _problem(
        "entry_missing",
        f"位置 {position} 的记录 {entry_id} 已不存在。",
        f"Entry {entry_id} at position {position} no longer exists.",
        f"entry[{entry_id}]",
    )


def position_missing(position: int) -> Problem:
    """Positions must be contiguous."""
    return _problem(
        "position_missing",
        f"缺少位置 {position}。",
        f"Position {position} is missing.",
        f"position[{position}]",
    )


def tile_differs(tile: Tile, absent: bool) -> Problem:
    """A complete subtree is missing or has another root."""
    first = tile.number << TILE_HEIGHT * tile.level
    last = first + (1 << TILE_HEIGHT * tile.level) - 1
    zh, en = ("不存在", "is missing") if absent else ("与记录不符", "does not match the entries")
    return _problem(
        "tile_differs",
        f"位置 {first} 至 {last} 的子树根{zh}。",
        f"The subtree root over positions {first} to {last} {en}.",
        f"tile[{tile.level}/{tile.number}]",
    )


def tiles_left_over(count: int) -> Problem:
    """Tiles beyond the last position: rows were cut off."""
    return _problem(
        "tiles_left_over",
        f"有 {count} 个子树根超出现有记录。",
        f"{count} subtree roots reach beyond the entries there are.",
        "tile",
    )


def truncated(signed: int, size: int) -> Problem:
    """A checkpoint speaks of more entries than there are."""
    return _problem(
        "truncated",
        f"检查点签署了 {signed} 条记录，现只有 {size} 条。",
        f"A checkpoint was signed over {signed} entries; there are {size}.",
        f"checkpoint[{signed}]",
    )


def root_differs(size: int) -> Problem:
    """The tree does not have the root that was signed."""
    return _problem(
        "root_differs",
        f"前 {size} 条记录的根与检查点不符。",
        f"The root over the first {size} entries differs from the checkpoint.",
        f"checkpoint[{size}]",
    )


def signature_false(size: int) -> Problem:
    """Nobody with the key signed this."""
    return _problem(
        "signature_false",
        f"检查点 {size} 的签名无效。",
        f"The signature of checkpoint {size} is not valid.",
        f"checkpoint[{size}]",
    )


def key_unknown(size: int, key_id: str) -> Problem:
    """A signature nobody can check counts as wrong."""
    return _problem(
        "key_unknown",
        f"检查点 {size} 由未知密钥 {key_id[:16]} 签署，无法核验。",
        f"Checkpoint {size} was signed by the unknown key {key_id[:16]} and cannot be checked.",
        f"checkpoint[{size}]",
        GIVE_KEY,
    )


def unsigned(signed: int, size: int) -> Problem:
    """Entries that should be under a signature by now and are under none."""
    return _problem(
        "unsigned",
        f"位置 {signed} 至 {size - 1} 的记录早该签署，却没有检查点覆盖。",
        f"The entries at positions {signed} to {size - 1} should have been signed long ago; "
        "no checkpoint covers them.",
        f"position[{signed}]",
        RUN,
    )


def erased_untold(position: int) -> Problem:
    """Content is gone and no entry says by whom and why."""
    return _problem(
        "erased_untold",
        f"位置 {position} 的记录内容已被抹去，日志中没有由谁、为何擦除的记录。",
        f"The content at position {position} is gone, and no entry tells by whom and why it was erased.",
        f"position[{position}]",
    )


def row_changed(what: Text, name: str, field: str) -> Problem:
    """What is kept beside the journal says something else than the journal."""
    return _problem(
        "row_changed",
        f"{what.zh} {name} 与日志所记不符。",
        f"The {what.en} {name} is not as the journal tells of it.",
        field,
    )


def row_missing(what: Text, name: str, field: str) -> Problem:
    """The journal tells of what is not there any more."""
    return _problem(
        "row_missing",
        f"日志所记的{what.zh} {name} 已不存在。",
        f"The {what.en} {name}, of which the journal tells, no longer exists.",
        field,
    )


def row_untold(what: Text, name: str, field: str) -> Problem:
    """Something is kept of which the journal tells nothing: nobody handed it in, sent or gave it."""
    return _problem(
        "row_untold",
        f"日志中没有{what.zh} {name} 的记录。",
        f"The journal tells of no {what.en} {name}.",
        field,
    )


def signer_unknown(what: Text, name: str, key_id: str, field: str) -> Problem:
    """A signature of a row that nobody can check counts as wrong."""
    return _problem(
        "key_unknown",
        f"{what.zh} {name} 由未知密钥 {key_id[:16]} 签署，无法核验。",
        f"The {what.en} {name} was signed by the unknown key {key_id[:16]} and cannot be checked.",
        field,
        GIVE_KEY,
    )

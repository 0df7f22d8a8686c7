"""Receipts in JSON as partners answer them, many in a body, read one by one: a bad one spoils no other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from singlewindow.kernel import receipts
from singlewindow.kernel.messages import Outcome, Problem, Receipt, Text, Unreadable
from singlewindow.kernel.receipts import BODY_MOST, KEY_MOST, PROBLEMS_MOST, RECEIPTS_MOST, TEXT_MOST, Partner

BOM = b"\xef\xbb\xbf"  # of UTF-8: RFC 8259 lets a reader pass over it
RECEIPT_BYTES_MOST = 1_000_000  # of one; read into values it takes many times as much

Key = Annotated[str, Meta(max_length=KEY_MOST)]
Words = Annotated[str, Meta(max_length=TEXT_MOST)]
T = TypeVar("T")


class Fault(Struct):
    """One thing that the partner found wrong, in its own language."""

    code: Key = ""
    field: Annotated[str, Meta(max_length=200)] = ""
    text: Words = ""


Faults = Annotated[list[Fault], Meta(max_length=PROBLEMS_MOST)]


class Answers(Struct, forbid_unknown_fields=True):
    """The body of an answer."""

    receipts: Annotated[list[msgspec.Raw], Meta(max_length=RECEIPTS_MOST)]


_ANSWERS = msgspec.json.Decoder(Answers)
_encode = msgspec.json.Encoder().encode
_UNREAD = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def decode(
    data: bytes, partner: Partner, read: Callable[[msgspec.Raw, str], Iterable[Receipt]]
) -> list[Receipt]:
    """What ``read`` makes of each receipt at its place; of one it cannot read, a receipt with the problems.

    Raises ``Unreadable`` where nothing can be read.
    """
    if len(data) > BODY_MOST:
        raise _refused(partner, "too-large", f"超过 {BODY_MOST} 字节", f"larger than {BODY_MOST} bytes")
    try:
        listed = _ANSWERS.decode(data.removeprefix(BOM)).receipts
    except _UNREAD as error:
        zh, en = f"不是回执 JSON（{str(error)[:200]}）", f"no receipts in JSON ({str(error)[:200]})"
        raise _refused(partner, "not-receipts", zh, en) from None
    found = receipts.read_each(
        listed,
        lambda raw, number: read(raw, f"receipts[{number}]"),
        lambda raw, failure: spoilt(raw, failure.problems),
    )
    if len(found) > RECEIPTS_MOST:
        raise _refused(partner, "count", f"超过 {RECEIPTS_MOST} 条", f"more than {RECEIPTS_MOST} of them")
    return found


def answer(raw: msgspec.Raw, place: str, partner: Partner, decoder: msgspec.json.Decoder[T]) -> T:
    """One receipt as it stands on the wire; raises ``Unreadable`` where it is not as agreed."""
    if len(bytes(raw)) > RECEIPT_BYTES_MOST:
        zh, en = f"超过 {RECEIPT_BYTES_MOST} 字节", f"larger than {RECEIPT_BYTES_MOST} bytes"
        raise Unreadable(partner.fault("too-large", place, zh, en))
    if b"\\u0000" in bytes(raw):  # JSON can carry NUL, no text of ours can
        raise Unreadable(partner.fault("nul", place, "含有 NUL 字符", "it holds a NUL character"))
    if key := _twice(raw):  # of two values, which is meant?
        said = f"{key[:60]!a} stands more than once"
        raise Unreadable(partner.fault("twice", f"{place}.{key[:60]}", f"“{key[:60]}”出现多次", said))
    try:
        return decoder.decode(raw)
    except _UNREAD as error:
        # msgspec names the place after ``at `$``, as in ``Expected `int`, got `str` - at `$.order.version```.
        said, _, inner = str(error)[:300].partition(" - at `$")
    where, zh = f"{place}{inner.rstrip('`')}", f"内容不符合接口约定（{said}）"
    raise Unreadable(partner.fault("field", where, zh, said))


def problems_of(
    partner: Partner, code: str, said: str, listed: Sequence[Fault], meaning: tuple[Outcome, Text] | None
) -> tuple[Problem, ...]:
    """What the partner lists; else a warning of a code without a meaning, or the reason of a refusal."""
    if listed:
        return tuple(partner.found(fault.code, fault.field, fault.text) for fault in listed)
    if meaning is None:
        return (partner.doubt(code),)
    outcome, name = meaning
    return (partner.refusal(code, name, said),) if outcome >= Outcome.RETURNED else ()


def spoilt(raw: msgspec.Raw, problems: Sequence[Problem]) -> Receipt:
    """What stands for a receipt that cannot be read."""
    known = _readable(raw)
    about = known.get("messageId") or known.get("reference")
    told = about if isinstance(about, str) and "\0" not in about else ""
    return receipts.spoilt(bytes(raw), told, problems)


def _twice(raw: msgspec.Raw) -> str:
    """A key that stands twice in one object, or nothing; what is no JSON is for others to say."""
    if _whole(bytes(raw)):
        return ""
    found: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        kept = dict(items)
        if len(kept) < len(items):
            found.extend(receipts.repeated(name for name, _ in items))
        return kept

    try:
        json.loads(bytes(raw), object_pairs_hook=pairs)
    except (ValueError, RecursionError):
        return ""
    return found[0] if found else ""


def _whole(data: bytes) -> bool:
    """Whether reading and writing lose no quotation mark; a key's second standing would lose two at least.

    So it is with nearly every receipt; one that escapes anything may hold them in its texts.
    """
    try:
        return b"\\" not in data and data.count(b'"') == _encode(msgspec.json.decode(data)).count(b'"')
    except _UNREAD:
        return False


def _readable(raw: msgspec.Raw) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(raw)
    except _UNREAD:
        return {}
    return found if isinstance(found, dict) else {}


def _refused(partner: Partner, code: str, zh: str, en: str) -> Unreadable:
    return partner.refused(code, "receipts", zh, en)

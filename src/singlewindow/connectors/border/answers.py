"""What border inspection answers: receipts on the declaration, and its orders on the ship's call."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta, Struct

from singlewindow.kernel.messages import (
    Instruction,
    Order,
    Outcome,
    Problem,
    Receipt,
    Severity,
    Stage,
    Subject,
    Text,
    Unreadable,
)

AGENCY = "border"
BY_WATER = "2"  # mode of transport, customs code list
BODY_MOST = 20_000_000
RECEIPTS_MOST = 1_000
PROBLEMS_MOST = 100
ITEMS_MOST = 50
TEXT_MOST = 4_000
VERSION_MOST = 2**53 - 1
BEIJING = timezone(timedelta(hours=8))
UNTIMED = datetime(1970, 1, 1, tzinfo=UTC)  # of an answer that gives no usable time
SPOILT = "unreadable"

Key = Annotated[str, Meta(max_length=64)]
Name = Annotated[str, Meta(min_length=1, max_length=64)]
Words = Annotated[str, Meta(max_length=TEXT_MOST)]


class Fault(Struct):
    """One thing that the agency found wrong, in its own language."""

    code: Key = ""
    field: Annotated[str, Meta(max_length=200)] = ""
    text: Words = ""


class Call(Struct):
    """The ship's call that an order speaks of, as it was declared, and the number the agency gave it."""

    ship: Name
    voyage: Name
    imo: Key = ""
    number: Key = ""

    @property
    def key(self) -> str:
        """The call as dossiers name it: mode of transport, ship by IMO number or name, voyage."""
        return f"{BY_WATER}/{_folded(self.imo or self.ship)}/{_folded(self.voyage)}"


class Ordered(Struct):
    """An order on the call; a later one has a greater version."""

    version: Annotated[int, Meta(ge=1, le=VERSION_MOST)]
    method: Key = ""
    items: Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(max_length=ITEMS_MOST)] = []
    basis: Annotated[str, Meta(max_length=400)] = ""
    withdrawn: bool = False


class Answer(Struct, rename="camel"):
    """One receipt as it stands on the wire."""

    stage: Stage
    code: Name
    time: datetime
    number: Key = ""
    message_id: Key = ""
    reference: Key = ""
    text: Words = ""
    call: Call | None = None
    order: Ordered | None = None
    problems: Annotated[list[Fault], Meta(max_length=PROBLEMS_MOST)] = []


class Answers(Struct, forbid_unknown_fields=True):
    """The body of an answer."""

    receipts: Annotated[list[msgspec.Raw], Meta(max_length=RECEIPTS_MOST)]


class Meaning(NamedTuple):
    """What a receipt code means for the document and the call, and to people."""

    outcome: Outcome
    order: Order | None
    text: Text


def _read_meanings(path: Path) -> dict[tuple[Stage, str], Meaning]:
    with path.open(encoding="utf-8", newline="") as rows:
        return {(Stage(row["stage"]), row["code"]): _meaning(row) for row in csv.DictReader(rows)}


def _meaning(row: dict[str, str]) -> Meaning:
    order = Order[row["order"]] if row["order"] else None
    return Meaning(Outcome[row["outcome"]], order, Text(row["zh"], row["en"]))


MEANINGS = _read_meanings(Path(__file__).with_name("receipts.csv"))
UNKNOWN = Meaning(Outcome.NOTED, None, Text("未知回执代码", "Unknown receipt code"))
_ANSWERS = msgspec.json.Decoder(Answers)
_ANSWER = msgspec.json.Decoder(Answer)
_UNREAD = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def decode(data: bytes) -> list[Receipt]:
    """Every receipt of a body; a bad one among good ones becomes one with problems.

    Raises ``Unreadable`` where nothing can be read.
    """
    if len(data) > BODY_MOST:
        raise _refused("too-large", f"超过 {BODY_MOST} 字节", f"larger than {BODY_MOST} bytes")
    try:
        found = _ANSWERS.decode(data).receipts
    except _UNREAD as error:
        cause = str(error)[:200]
        raise _refused(
            "not-receipts", f"不是回执 JSON（{cause}）", f"no receipts in JSON ({cause})"
        ) from None
    receipts: list[Receipt] = []
    problems: list[Problem] = []
    for number, raw in enumerate(found):
        try:
            receipts.append(_receipt(raw, f"receipts[{number}]"))
        except Unreadable as failure:
            problems += failure.problems
            receipts.append(_spoilt(raw, failure))
    if receipts and all(receipt.code == SPOILT for receipt in receipts):
        raise Unreadable(*problems)
    return receipts


def _receipt(raw: msgspec.Raw, place: str) -> Receipt:
    if b"\\u0000" in bytes(raw):  # JSON can carry NUL, no text of ours can
        raise Unreadable(_fault("nul", place, "含有 NUL 字符", "it holds a NUL character"))
    try:
        answer = _ANSWER.decode(raw)
    except _UNREAD as error:
        raise Unreadable(_mistyped(place, str(error))) from None
    meaning = MEANINGS.get((answer.stage, answer.code), UNKNOWN)
    about = answer.message_id or answer.reference
    if not about or (meaning.order and not (answer.call and answer.order)):
        raise Unreadable(*_lacking(answer, meaning, place))
    at = answer.time if answer.time.tzinfo else answer.time.replace(tzinfo=BEIJING)
    id_ = answer.number or _digest(about, answer.stage, answer.code, at.isoformat(), answer.text)
    return Receipt(
        id_,
        about,
        answer.stage,
        answer.code,
        meaning.outcome,
        at,
        answer.text,
        _facts(answer),
        _problems(answer, meaning),
        _instructions(answer, meaning, id_, at),
    )


def _facts(answer: Answer) -> dict[str, str]:
    return {"call_number": answer.call.number} if answer.call and answer.call.number else {}


def _instructions(answer: Answer, meaning: Meaning, id_: str, at: datetime) -> tuple[Instruction, ...]:
    """An order covers the ship's call, and with it every container and lot on board."""
    call, order = answer.call, answer.order
    if meaning.order is None or call is None or order is None:
        return ()
    return (
        Instruction(
            id=id_,
            agency=AGENCY,
            order=meaning.order,
            subject=Subject("conveyance", call.key),
            at=at,
            version=order.version,
            method=order.method,
            items=tuple(order.items),
            basis=order.basis,
            text=answer.text,
            withdrawn=order.withdrawn,
        ),
    )


def _problems(answer: Answer, meaning: Meaning) -> tuple[Problem, ...]:
    if answer.problems:
        return tuple(_problem(fault) for fault in answer.problems)
    if meaning is UNKNOWN:
        text = Text(f"未知回执代码 {answer.code}", f"Unknown receipt code {answer.code}")
        return (Problem("border.unknown-code", text, value=answer.code, severity=Severity.WARNING),)
    if meaning.outcome < Outcome.RETURNED:
        return ()
    reason = answer.text[:500] or "—"
    text = Text(f"{meaning.text.zh}：{reason}", f"{meaning.text.en}: {reason}")
    return (Problem(f"border.{answer.code}", text),)


def _problem(fault: Fault) -> Problem:
    """What the partner found; it speaks Chinese only, so its words stand in both sentences."""
    said = fault.text[:500]
    text = Text(f"边检：{said}", f"Border inspection says: {said}")
    return Problem(f"border.{fault.code}", text, field=fault.field)


def _lacking(answer: Answer, meaning: Meaning, place: str) -> list[Problem]:
    found = []
    if not (answer.message_id or answer.reference):
        found.append(_fault("about", f"{place}.messageId", "未指明对应的报文", "it names no message of ours"))
    if meaning.order and answer.call is None:
        found.append(_fault("call", f"{place}.call", "指令未指明航次", "the order names no call"))
    if meaning.order and answer.order is None:
        found.append(_fault("order", f"{place}.order", "缺少指令内容", "what is ordered is missing"))
    return found


def _mistyped(place: str, cause: str) -> Problem:
    """msgspec names the place after ``at `$``, as in ``Expected `int`, got `str` - at `$.order.version```."""
    said, _, inner = cause[:300].partition(" - at `$")
    return _fault("field", f"{place}{inner.rstrip('`')}", f"内容不符合接口约定（{said}）", said)


def _spoilt(raw: msgspec.Raw, failure: Unreadable) -> Receipt:
    known = _readable(bytes(raw))
    number, about = known.get("number"), known.get("messageId") or known.get("reference")
    return Receipt(
        number[:64] if isinstance(number, str) and number else sha256(raw).hexdigest()[:32],
        about[:64] if isinstance(about, str) else "",
        Stage.TECHNICAL,
        SPOILT,
        Outcome.NOTED,
        UNTIMED,
        problems=failure.problems,
    )


def _readable(raw: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(raw)
    except _UNREAD:
        return {}
    return found if isinstance(found, dict) else {}


def _folded(text: str) -> str:
    """Names are compared without case and inner blanks, as two agents write them differently."""
    return "".join(text.upper().split())


def _digest(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def _refused(code: str, zh: str, en: str) -> Unreadable:
    return Unreadable(
        _fault(code, "receipts", f"无法读取边检回执：{zh}", f"The receipts cannot be read: {en}")
    )


def _fault(code: str, place: str, zh: str, en: str) -> Problem:
    remedy = Text("请对方按接口约定重新发送", "Ask the partner to send it again as the interface prescribes")
    return Problem(f"border.{code}", Text(zh, en), field=place, remedy=remedy)

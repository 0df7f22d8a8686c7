"""What the terminal answers: receipts, what happens to containers, gate reports; many in one body."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from singlewindow.connectors.terminal import gate
from singlewindow.connectors.terminal.events import MEANINGS, UNKNOWN, Event, Meaning, digest, doubts, facts
from singlewindow.connectors.terminal.faults import fault
from singlewindow.kernel.messages import Outcome, Problem, Receipt, Severity, Stage, Text, Unreadable

BODY_MOST = 20_000_000
RECEIPTS_MOST = 1_000
PROBLEMS_MOST = 100
TEXT_MOST = 4_000
BEIJING = timezone(timedelta(hours=8))
UNTIMED = datetime(1970, 1, 1, tzinfo=UTC)  # of an answer that gives no usable time
SPOILT = "unreadable"
EDIFACT = "UN/EDIFACT"

Key = Annotated[str, Meta(max_length=64)]
Words = Annotated[str, Meta(max_length=TEXT_MOST)]


class Fault(Struct):
    """One thing that the terminal found wrong, in its own language."""

    code: Key = ""
    field: Annotated[str, Meta(max_length=200)] = ""
    text: Words = ""


class Answer(Struct, rename="camel"):
    """One receipt as it stands on the wire; with a ``format`` its ``content`` is another message."""

    stage: Stage | None = None
    code: Key = ""
    time: datetime | None = None
    number: Key = ""
    message_id: Key = ""
    reference: Key = ""
    text: Words = ""
    container: Key = ""
    seal: Key = ""
    plate: Key = ""
    bill: Key = ""
    problems: Annotated[list[Fault], Meta(max_length=PROBLEMS_MOST)] = []
    format: Key = ""
    content: str = ""


class Answers(Struct, forbid_unknown_fields=True):
    """The body of an answer."""

    receipts: Annotated[list[msgspec.Raw], Meta(max_length=RECEIPTS_MOST)]


_ANSWERS = msgspec.json.Decoder(Answers)
_ANSWER = msgspec.json.Decoder(Answer)
_UNREAD = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def decode(data: bytes) -> list[Receipt]:
    """Every receipt and event of a body; a bad one among good ones becomes one with problems.

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
            receipts += _read(raw, f"receipts[{number}]")
        except Unreadable as failure:
            problems += failure.problems
            receipts.append(_spoilt(raw, failure.problems))
    if len(receipts) > RECEIPTS_MOST:
        raise _refused("count", f"超过 {RECEIPTS_MOST} 条", f"more than {RECEIPTS_MOST} of them")
    if problems and all(receipt.code == SPOILT for receipt in receipts):
        raise Unreadable(*problems)
    return receipts


def _read(raw: msgspec.Raw, place: str) -> list[Receipt]:
    if b"\\u0000" in bytes(raw):  # JSON can carry NUL, no text of ours can
        raise Unreadable(fault("nul", place, "含有 NUL 字符", "it holds a NUL character"))
    try:
        answer = _ANSWER.decode(raw)
    except _UNREAD as error:
        raise Unreadable(_mistyped(place, str(error))) from None
    if answer.format:
        return _report(answer, raw, place)
    return [_receipt(answer, place)]


def _report(answer: Answer, raw: msgspec.Raw, place: str) -> list[Receipt]:
    """The events of a gate report, and one receipt more for all that is wrong with it."""
    if answer.format != EDIFACT:
        text = f"the format {answer.format} is not agreed"
        raise Unreadable(fault("format", f"{place}.format", f"未约定的格式 {answer.format}", text))
    receipts, problems = gate.read(answer.content, answer.message_id or answer.reference, f"{place}.content")
    if problems and not receipts:
        raise Unreadable(*problems)
    return [*receipts, _spoilt(raw, tuple(problems))] if problems else receipts


def _receipt(answer: Answer, place: str) -> Receipt:
    meaning = MEANINGS.get((answer.stage or Stage.BUSINESS, answer.code), UNKNOWN)
    about, time = answer.message_id or answer.reference, answer.time
    if answer.stage is None or not answer.code or time is None or not about:
        raise Unreadable(*_lacking(answer, about, place))
    if meaning.container and not answer.container:
        en = "the event names no container"
        raise Unreadable(fault("container", f"{place}.container", "事件未指明箱号", en))
    at = time if time.tzinfo else time.replace(tzinfo=BEIJING)
    event = Event(answer.code, at, answer.container, answer.seal, answer.plate, answer.bill)
    return Receipt(
        answer.number or digest(about, answer.stage, answer.code, at.isoformat(), answer.container),
        about,
        answer.stage,
        answer.code,
        meaning.outcome,
        at,
        answer.text,
        facts(event, meaning),
        (*doubts(event), *_problems(answer, meaning)),
    )


def _problems(answer: Answer, meaning: Meaning) -> tuple[Problem, ...]:
    if answer.problems:
        return tuple(_problem(found) for found in answer.problems)
    if meaning is UNKNOWN:
        text = Text(f"未知回执代码 {answer.code}", f"Unknown receipt code {answer.code}")
        return (Problem("terminal.unknown-code", text, value=answer.code, severity=Severity.WARNING),)
    if meaning.outcome < Outcome.RETURNED:
        return ()
    reason = answer.text[:500] or "—"
    text = Text(f"{meaning.text.zh}：{reason}", f"{meaning.text.en}: {reason}")
    return (Problem(f"terminal.{answer.code}", text),)


def _problem(found: Fault) -> Problem:
    """What the terminal found; it speaks Chinese only, so its words stand in both sentences."""
    said = found.text[:500]
    text = Text(f"码头：{said}", f"The terminal says: {said}")
    return Problem(f"terminal.{found.code}", text, field=found.field)


def _lacking(answer: Answer, about: str, place: str) -> list[Problem]:
    found = []
    if answer.stage is None:
        found.append(fault("stage", f"{place}.stage", "缺少回执阶段", "the stage is missing"))
    if not answer.code:
        found.append(fault("code", f"{place}.code", "缺少回执代码", "the receipt code is missing"))
    if answer.time is None:
        found.append(fault("time", f"{place}.time", "缺少时间", "the time is missing"))
    if not about:
        found.append(fault("about", f"{place}.messageId", "未指明对应的报文", "it names no message of ours"))
    return found


def _mistyped(place: str, cause: str) -> Problem:
    """msgspec names the place after ``at `$``, as in ``Expected `str`, got `int` - at `$.number```."""
    said, _, inner = cause[:300].partition(" - at `$")
    return fault("field", f"{place}{inner.rstrip('`')}", f"内容不符合接口约定（{said}）", said)


def _spoilt(raw: msgspec.Raw, problems: tuple[Problem, ...]) -> Receipt:
    known = _readable(bytes(raw))
    number, about = known.get("number"), known.get("messageId") or known.get("reference")
    return Receipt(
        number[:64] if isinstance(number, str) and number else sha256(raw).hexdigest()[:32],
        about[:64] if isinstance(about, str) else "",
        Stage.TECHNICAL,
        SPOILT,
        Outcome.NOTED,
        UNTIMED,
        problems=problems[:PROBLEMS_MOST],
    )


def _readable(raw: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(raw)
    except _UNREAD:
        return {}
    return found if isinstance(found, dict) else {}


def _refused(code: str, zh: str, en: str) -> Unreadable:
    return Unreadable(
        fault(code, "receipts", f"无法读取码头回执：{zh}", f"The receipts cannot be read: {en}")
    )

"""What the terminal answers: receipts, what happens to containers, gate reports; many in one body."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct

from singlewindow.connectors.terminal import gate
from singlewindow.connectors.terminal.events import MEANINGS, PARTNER, UNKNOWN, Event, Meaning, doubts, facts
from singlewindow.kernel import json_receipts
from singlewindow.kernel.clock import zoned
from singlewindow.kernel.json_receipts import Faults, Key, Words
from singlewindow.kernel.messages import Problem, Receipt, Stage, Unreadable
from singlewindow.kernel.receipts import believed, digest

EDIFACT = "UN/EDIFACT"
_fault = PARTNER.fault


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
    problems: Faults = []
    format: Key = ""
    content: str = ""


_ANSWER = msgspec.json.Decoder(Answer)


def decode(data: bytes) -> list[Receipt]:
    """Every receipt and event of a body; a bad one among good ones becomes one with problems.

    Raises ``Unreadable`` where nothing can be read.
    """
    return json_receipts.decode(data, PARTNER, _read)


def _read(raw: msgspec.Raw, place: str) -> list[Receipt]:
    answer = json_receipts.answer(raw, place, PARTNER, _ANSWER)
    if answer.format:
        return _report(answer, raw, place)
    return [_receipt(answer, place)]


def _report(answer: Answer, raw: msgspec.Raw, place: str) -> list[Receipt]:
    """The events of a gate report, and one receipt more for all that is wrong with it."""
    if answer.format != EDIFACT:
        text = f"the format {answer.format} is not agreed"
        raise Unreadable(_fault("format", f"{place}.format", f"未约定的格式 {answer.format}", text))
    receipts, problems = gate.read(answer.content, answer.message_id or answer.reference, f"{place}.content")
    if problems and not receipts:
        raise Unreadable(*problems)
    return [*receipts, json_receipts.spoilt(raw, problems)] if problems else receipts


def _receipt(answer: Answer, place: str) -> Receipt:
    meaning = MEANINGS.get((answer.stage or Stage.BUSINESS, answer.code), UNKNOWN)
    about, time = answer.message_id or answer.reference, answer.time
    if answer.stage is None or not answer.code or time is None or not about:
        raise Unreadable(*_lacking(answer, about, place))
    if meaning.container and not answer.container:
        en = "the event names no container"
        raise Unreadable(_fault("container", f"{place}.container", "事件未指明箱号", en))
    at = believed(time)
    event = Event(answer.code, at, answer.container, answer.seal, answer.plate, answer.bill)
    return Receipt(
        answer.number or digest(about, answer.stage, answer.code, zoned(time).isoformat(), answer.container),
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
    known = None if meaning is UNKNOWN else (meaning.outcome, meaning.text)
    return json_receipts.problems_of(PARTNER, answer.code, answer.text, answer.problems, known)


def _lacking(answer: Answer, about: str, place: str) -> list[Problem]:
    found = []
    if answer.stage is None:
        found.append(_fault("stage", f"{place}.stage", "缺少回执阶段", "the stage is missing"))
    if not answer.code:
        found.append(_fault("code", f"{place}.code", "缺少回执代码", "the receipt code is missing"))
    if answer.time is None:
        found.append(_fault("time", f"{place}.time", "缺少时间", "the time is missing"))
    if not about:
        found.append(_fault("about", f"{place}.messageId", "未指明对应的报文", "it names no message of ours"))
    return found

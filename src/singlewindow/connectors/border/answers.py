"""What border inspection answers: receipts on the declaration, and its orders on the ship's call."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta, Struct

from singlewindow.kernel import json_receipts
from singlewindow.kernel.clock import zoned
from singlewindow.kernel.codes.calls import call_key
from singlewindow.kernel.json_receipts import Faults, Key, Words
from singlewindow.kernel.messages import (
    Instruction,
    Order,
    Outcome,
    Problem,
    Receipt,
    Stage,
    Subject,
    Text,
    Unreadable,
)
from singlewindow.kernel.receipts import KEY_MOST, Partner, believed, digest

PARTNER = Partner("border", Text("边检", "Border inspection"))
_fault = PARTNER.fault
BY_WATER = "2"  # mode of transport, customs code list
ITEMS_MOST = 50
VERSION_MOST = 2**53 - 1

Name = Annotated[str, Meta(min_length=1, max_length=KEY_MOST)]


class Call(Struct):
    """The ship's call that an order speaks of, as it was declared, and the number the agency gave it."""

    ship: Name
    voyage: Name
    imo: Key = ""
    number: Key = ""

    @property
    def key(self) -> str:
        """The call as dossiers name it, the ship by its IMO number or name."""
        return call_key(BY_WATER, self.imo or self.ship, self.voyage)


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
    problems: Faults = []


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
_ANSWER = msgspec.json.Decoder(Answer)


def decode(data: bytes) -> list[Receipt]:
    """Every receipt of a body; a bad one among good ones becomes one with problems.

    Raises ``Unreadable`` where nothing can be read.
    """
    return json_receipts.decode(data, PARTNER, _read)


def _read(raw: msgspec.Raw, place: str) -> list[Receipt]:
    answer = json_receipts.answer(raw, place, PARTNER, _ANSWER)
    meaning = MEANINGS.get((answer.stage, answer.code), UNKNOWN)
    about = answer.message_id or answer.reference
    if not about or (meaning.order and not (answer.call and answer.order)):
        raise Unreadable(*_lacking(answer, meaning, place))
    at, written = believed(answer.time), zoned(answer.time).isoformat()
    id_ = answer.number or digest(about, answer.stage, answer.code, written, answer.text)
    receipt = Receipt(
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
    return [receipt]


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
            agency=PARTNER.id,
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
    known = None if meaning is UNKNOWN else (meaning.outcome, meaning.text)
    return json_receipts.problems_of(PARTNER, answer.code, answer.text, answer.problems, known)


def _lacking(answer: Answer, meaning: Meaning, place: str) -> list[Problem]:
    found = []
    if not (answer.message_id or answer.reference):
        found.append(_fault("about", f"{place}.messageId", "未指明对应的报文", "it names no message of ours"))
    if meaning.order and answer.call is None:
        found.append(_fault("call", f"{place}.call", "指令未指明航次", "the order names no call"))
    if meaning.order and answer.order is None:
        found.append(_fault("order", f"{place}.order", "缺少指令内容", "what is ordered is missing"))
    return found

"""What the terminal's codes mean, and one event at the terminal as a receipt."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from singlewindow.kernel.codes import container
from singlewindow.kernel.messages import Outcome, Problem, Receipt, Severity, Stage, Text
from singlewindow.kernel.receipts import UNTIMED, Partner

PARTNER = Partner("terminal", Text("码头", "The terminal"))


class Meaning(NamedTuple):
    """What a code means for the document and for the consignment's way, and to people."""

    outcome: Outcome
    milestone: str
    container: bool
    text: Text


class Event(NamedTuple):
    """Something that happened at the terminal; empty is unknown."""

    code: str
    at: datetime
    container: str = ""
    seal: str = ""
    plate: str = ""
    bill: str = ""


def _read_meanings(path: Path) -> dict[tuple[Stage, str], Meaning]:
    with path.open(encoding="utf-8", newline="") as rows:
        return {
            (Stage(row["stage"]), row["code"]): Meaning(
                Outcome[row["outcome"]],
                row["milestone"],
                row["container"] == "yes",
                Text(row["zh"], row["en"]),
            )
            for row in csv.DictReader(rows)
        }


MEANINGS = _read_meanings(Path(__file__).with_name("receipts.csv"))
UNKNOWN = Meaning(Outcome.NOTED, "", False, Text("未知回执代码", "Unknown receipt code"))


def facts(event: Event, meaning: Meaning) -> dict[str, str]:
    """What is known of the event, and the milestone it is on the consignment's way."""
    if not (event.container or meaning.milestone):
        return {}
    told = {
        "milestone": meaning.milestone,
        "container": event.container,
        "seal": event.seal,
        "plate": event.plate,
        "bill": event.bill,
        "at": "" if event.at == UNTIMED else event.at.isoformat(),
    }
    return {name: value for name, value in told.items() if value}


def receipt_of(event: Event, id_: str, about: str) -> Receipt:
    """An event without words of its own; a terminal notes what happens and never releases."""
    meaning = MEANINGS[Stage.BUSINESS, event.code]
    told = facts(event, meaning)
    return Receipt(id_, about, Stage.BUSINESS, event.code, meaning.outcome, event.at, "", told, doubts(event))


def doubts(event: Event) -> tuple[Problem, ...]:
    """A number that cannot be right is still what the terminal saw: kept, with a warning."""
    found = container.check(event.container, "container") if event.container else None
    return (msgspec.structs.replace(found, severity=Severity.WARNING),) if found else ()

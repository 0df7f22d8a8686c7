"""What the codes in answers mean, in both languages, for the document's state and for the cargo."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from singlewindow.kernel.messages import Order, Outcome, Stage, Text
from singlewindow.kernel.periods import Dated, period

WITHDRAW = "WITHDRAW"


class Meaning(NamedTuple):
    """One code of an answer; ``order`` is what it orders on the cargo, if anything."""

    outcome: Outcome
    text: Text
    order: Order | None = None
    withdrawn: bool = False
    method: str = ""


class Reason(NamedTuple):
    """Why something is refused, and the box of ours that it is about."""

    text: Text
    box: str = ""


def _rows(name: str) -> Iterator[dict[str, str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as rows:
        yield from csv.DictReader(rows)


def _meaning(row: dict[str, str]) -> Meaning:
    withdrawn = row["order"] == WITHDRAW
    order = Order.RELEASE if withdrawn else Order[row["order"]] if row["order"] else None
    return Meaning(Outcome[row["outcome"]], Text(row["zh"], row["en"]), order, withdrawn, row["method"])


MEANINGS = {(Stage(row["stage"]), row["code"]): _meaning(row) for row in _rows("receipts.csv")}
REASONS = Dated(
    ((row["list"], row["code"]), period(row), Reason(Text(row["zh"], row["en"]), row["box"]))
    for row in _rows("reasons.csv")
)
UNKNOWN = Meaning(Outcome.NOTED, Text("未知回执代码", "Unknown receipt code"))
UNKNOWN_REASON = Reason(Text("未知原因代码", "Unknown reason code"))

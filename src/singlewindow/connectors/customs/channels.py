"""What each CHANNEL code of a customs receipt means, in both languages and for the document's state."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

from singlewindow.kernel.messages import Outcome, Text


class Channel(NamedTuple):
    """One code of the business receipts."""

    outcome: Outcome
    text: Text


def _read(path: Path) -> dict[str, Channel]:
    with path.open(encoding="utf-8", newline="") as rows:
        return {
            row["code"]: Channel(Outcome[row["outcome"]], Text(row["zh"], row["en"]))
            for row in csv.DictReader(rows)
        }


CHANNELS = _read(Path(__file__).with_name("receipts.csv"))
UNKNOWN = Text("未知回执代码", "Unknown receipt code")

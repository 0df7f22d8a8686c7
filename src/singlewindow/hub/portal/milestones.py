"""What the platform itself did with a consignment, between the answers of partners, as events of the axis."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from singlewindow.hub.identity.asking import Row
from singlewindow.hub.portal.timeline import NOTHING, Event
from singlewindow.hub.portal.words import word
from singlewindow.kernel.messages import Text

_TAIL = 4  # of a release's number; the whole stands beside it


class _Shown(NamedTuple):
    """Note under the title and what is told where one points at it."""

    note: Text
    detail: Text


def events(rows: Iterable[Row]) -> list[Event]:
    """One event a row of ``queries.sql: milestones``; goods that leave stand on the track of logistics."""
    return [_event(row) for row in rows]


def _event(row: Row) -> Event:
    said = word("milestone", row["what"])
    shown = _number(row["number"]) if row["what"] in ("released", "revoked") else _name(row["number"])
    track = "logistics" if row["what"] == "left" else "documents"
    return Event(row["at"], track, said.shape, said.text, shown.note, shown.detail)


def _name(number: str) -> _Shown:
    return _Shown(Text(number, number), NOTHING)


def _number(number: str) -> _Shown:
    short = f"…{number[-_TAIL:]}"
    return _Shown(Text(short, short), Text(number, number))

"""What the platform itself did with a consignment, between the answers of partners, as events of the axis."""

from __future__ import annotations

from collections.abc import Iterable

from singlewindow.hub.identity.asking import Row
from singlewindow.hub.portal.timeline import NOTHING, Event
from singlewindow.hub.portal.words import word
from singlewindow.kernel.messages import Text

RELEASES = frozenset({"released", "replaced", "revoked"})
MOVES = frozenset({"left", "strayed", "back"})
WHOLE = Text("拼箱：整箱查验", "shared load: the whole container")
_TAIL = 4  # of a release's number: a column has no room for all of it


def events(rows: Iterable[Row]) -> list[Event]:
    """One event a row of ``queries.sql: acts``; what leaves or comes back is on the track of logistics."""
    return [_event(row) for row in rows]


def _event(row: Row) -> Event:
    said, track = word("act", row["what"]), "logistics" if row["what"] in MOVES else "documents"
    number = Text(row["number"], row["number"])
    if row["what"] not in RELEASES:
        detail = WHOLE if row["shared"] else NOTHING
        return Event(row["at"], track, said.shape, said.text, number, detail)
    end = f"…{row['number'][-_TAIL:]}"
    return Event(row["at"], track, said.shape, said.text, Text(end, end), number)

"""What a forwarder's pages ask: the consignments it is named in, how they stand, what is to be attended."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from singlewindow.hub.identity.asking import Row, asking
from singlewindow.hub.portal.forwarding.lines import Line, Visit, lines, visits
from singlewindow.kernel.queries import named_queries

PAGE, MOST_VISITS = 30, 12
NEWEST = UUID(int=2**128 - 1)  # every id is below it
_ask = asking(named_queries((Path(__file__).parent / "forwarding.sql").read_text("utf-8")))


def newest(below: UUID, most: int) -> list[UUID]:
    """Consignments that name the viewer's firm, newest first, from below an id on."""
    return [row["id"] for row in _ask("newest", below=below, most=most)]


def called(numbers: Sequence[str]) -> list[UUID]:
    """Those of them that bear one of these numbers."""
    return [row["id"] for row in _ask("called", numbers=list(numbers))]


def told(ids: Sequence[UUID]) -> list[Line]:
    """These consignments as a list shows them, in their order; none of those that do not name the firm."""
    rows = _told(ids)
    known = [row["id"] for row in rows]
    keys = [key for row in rows for key in row["keys"]]
    gone = {row["key"] for row in _ask("gone", keys=keys)} if keys else set()
    found = lines(rows, _ask("dispositions", ids=known), gone, _ask("visits_of", ids=known)) if rows else []
    return sorted(found, key=lambda line: ids.index(line.id))


def to_attend() -> list[Visit]:
    """Inspections still to be carried out, the next first; one more than a page shows, to tell of others."""
    rows = _ask("visits", most=MOST_VISITS + 1)
    names = {row["id"]: row["name"] for row in _told([row["dossier"] for row in rows])}
    return visits(rows, names)


def _told(ids: Sequence[UUID]) -> list[Row]:
    return _ask("told", ids=list(ids)) if ids else []

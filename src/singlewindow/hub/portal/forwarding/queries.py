"""What a forwarder's pages ask: the consignments it is named in, how they stand, what is to be attended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.coordination.cases import NOBODYS
from singlewindow.hub.identity.asking import Row, asking
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.portal.clearance import inside
from singlewindow.hub.portal.forwarding.lines import Line, Visit, lines, visits

PAGE, MOST_VISITS = 30, 12
MOST_FOUND = 50  # by a number
MOST_TOLD = 100  # consignments that are told at once
NEWEST = UUID(int=2**128 - 1)  # every id is below it


class Progress(Struct, frozen=True):
    """Consignments as told, what is decided of their boxes, which of these left, what is to be attended.

    ``inspected``: when an inspection of each last changed.
    """

    rows: list[Row]
    dispositions: list[Row]
    gone: dict[str, datetime]
    visits: list[Row]
    inspected: dict[UUID, datetime]


_ask = asking(statements_beside(__file__, "forwarding.sql"))


def newest(below: UUID, most: int) -> list[UUID]:
    """Consignments that name the viewer's firm, newest first, from below an id on."""
    return [row["id"] for row in _ask("newest", below=below, most=most)]


def called(numbers: Sequence[str], below: UUID = NEWEST, most: int = MOST_FOUND) -> list[UUID]:
    """Those of them that bear one of these numbers, newest first."""
    return [row["id"] for row in _ask("called", numbers=list(numbers), below=below, most=most)]


def called_besides(numbers: Sequence[str]) -> list[UUID]:
    """The same without those that the viewer is told of otherwise."""
    rows = _ask("called_besides", numbers=list(numbers), below=NEWEST, most=MOST_FOUND)
    return [row["id"] for row in rows]


def told(ids: Sequence[UUID]) -> list[Line]:
    """These consignments as a list shows them, in their order; none of those that do not name the firm."""
    kept = progress(ids)
    return lines(kept.rows, kept.dispositions, kept.gone, kept.visits)


def progress(ids: Sequence[UUID]) -> Progress:
    """What is told of these consignments, at most ``MOST_TOLD``, in their order."""
    rows = sorted(_told(ids), key=lambda row: ids.index(row["id"]))
    if not rows:
        return Progress([], [], {}, [], {})
    known = [row["id"] for row in rows]
    keys = [key for row in rows for key in row["keys"]]
    gone = {row["key"]: row["used_at"] for row in _ask("gone", keys=keys)} if keys else {}
    inspected = {row["dossier"]: row["changed_at"] for row in _ask("inspected", ids=known)}
    return Progress(rows, _ask("dispositions", ids=known), gone, _ask("visits_of", ids=known), inspected)


def to_attend() -> list[Visit]:
    """Inspections still to be carried out, the next first; one more than a page shows, to tell of others."""
    rows = _ask("visits", most=MOST_VISITS + 1)
    names = {row["id"]: row["name"] for row in _told([row["dossier"] for row in rows])}
    return visits(rows, names | inside.called_in([row["id"] for row in rows if row["dossier"] == NOBODYS]))


def _told(ids: Sequence[UUID]) -> list[Row]:
    return _ask("told", ids=list(ids)) if ids else []

"""What pages ask of goods that wait for an agency's release, under row-level security."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.documents.stretches import EARLIEST, NEVER, stretch
from singlewindow.hub.identity.asking import Row, asking
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.portal.clearance import awaited, who
from singlewindow.hub.portal.clearance.awaited import Ground
from singlewindow.hub.portal.walking import STEPS_OF_SENT, Place
from singlewindow.kernel.clock import local_day

PAGE = 50  # consignments
ask = asking(statements_beside(__file__, "awaited.sql"), by_key=True)


class Found(Struct, frozen=True):
    """Consignments of which something waits; ``cut``: not looked through to the end."""

    submissions: dict[UUID, UUID]  # by dossier, the newest of each
    following: Place | None = None
    cut: bool = False


def walk(agency: str, place: Place | None, on: date) -> Found:
    """A page of consignments behind a place, looked for within bounds."""
    conditions = awaited.needs(agency, on)
    given = {"agency": agency, "always": bool(conditions - {"dangerous"}), "dangerous": bool(conditions)}
    found: dict[UUID, UUID] = {}
    for look in STEPS_OF_SENT if conditions else ():
        behind = (place.at, place.id) if place else None
        where = stretch(EARLIEST, NEVER, behind, oldest=False)
        rows = ask("look", **given, **where, look=look, wanted=PAGE + 1)
        if not rows:
            return Found(found)
        end = rows.pop()
        for row in rows:
            if len(found) >= PAGE and place and row["submission_id"] != place.id:
                return Found(found, place)
            found.setdefault(row["dossier"], row["submission_id"])
            place = Place(row["stands"], row["submission_id"])
        if len(rows) <= PAGE:
            place = Place(end["stands"], end["submission_id"])
            if end["n"] < look:
                return Found(found)
    return Found(found, place, cut=True) if conditions else Found(found)


def grounds_of(own: str, submissions: Mapping[UUID, UUID], at: datetime) -> list[Ground]:
    """What the rows and the marks of consignments rest on, by dossier, as far as the viewer may read."""
    ids = list(submissions)
    if not ids:
        return []
    names = {id_: agency.name for id_, agency in who.agencies().items()}
    dossiers = {row["id"]: row for row in ask("dossiers", ids=ids)}
    documents = {row["dossier"]: row for row in ask("documents", ids=ids, agency=own)}
    containers, dispositions = _by_dossier("containers", ids), _by_dossier("dispositions", ids)
    none = {"versions": 0, "sent_back": False, "since": at}
    return [
        Ground(
            own, submissions[id_], dossiers[id_], containers.get(id_, ()), dispositions.get(id_, ()),
            documents.get(id_, none), names, local_day(at),
        )
        for id_ in ids if id_ in dossiers
    ]  # fmt: skip


def _by_dossier(name: str, ids: Sequence[UUID]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = {}
    for row in ask(name, ids=ids):
        found.setdefault(row["dossier"], []).append(row)
    return found

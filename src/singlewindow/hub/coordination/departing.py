"""出闸: what a terminal reports as out has used its pass; what is out and is not released is called back.

What is reported in again may leave once more (``returning.py``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import msgspec
from msgspec import Struct
from psycopg import AsyncCursor

from singlewindow.hub.coordination import loading, returning, wording
from singlewindow.hub.coordination.algebra import Kind
from singlewindow.hub.coordination.barring import subject_of
from singlewindow.hub.coordination.cases import Case, Change, Offices, Place
from singlewindow.hub.coordination.gate import used
from singlewindow.hub.coordination.means import Means
from singlewindow.hub.coordination.returning import GATE_IN, Move
from singlewindow.hub.coordination.tasks import RECALL
from singlewindow.hub.coordination.telling import told
from singlewindow.hub.exchange.arrived import Arrived
from singlewindow.hub.exchange.notifying import is_notice
from singlewindow.hub.journal.append import append
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.entry import Entry
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.clock import local_day
from singlewindow.kernel.codes.calls import folded
from singlewindow.kernel.messages import Actor, Text
from singlewindow.kernel.receipts import UNTIMED

GATE_OUT = "gate_out"
UNRELEASED = "unreleased"  # why it is called back: it had no release in force when it left

_SQL = statements_beside(__file__, "sql/departing.sql")
_ask = asking(_SQL)
_JSON = msgspec.json.Encoder()


class Astray(Struct, frozen=True):
    """A consignment whose goods are out and should not be: who did not release them, and why it is told."""

    case: Case
    place: Place
    version: int
    kind: str
    agencies: tuple[str, ...]
    why: str = ""

    @property
    def text(self) -> Text:
        """What a person is asked to do."""
        number, who = self.place.number, wording.agencies(self.agencies)
        if not self.agencies:
            zh, en = f"{number} 已出闸，出闸时没有有效放行，请召回", "without a release in force"
            return Text(zh, f"{number} has left {en}: call it back")
        zh, en = f"{number} 已出闸，{who.zh}未予放行，请召回", f"not released by {who.en}"
        return Text(zh, f"{number} has left, {en}: call it back")


class Departures:
    """A handler of the receiver: ``Receiver(new_id, handlers=(…, Departures(means).handle))``.

    After those by which submissions have their dossiers.
    """

    def __init__(self, means: Means) -> None:
        self.means = means

    async def handle(self, cursor: AsyncCursor[Any], arrived: Sequence[Arrived]) -> None:
        """Take note of what left or came in, whichever document of ours is reported on; safe to repeat."""
        seen = [one for one in arrived if _is_at_gate(one)]
        if not seen:
            return
        await loading.lock(cursor)
        moves = sorted(await _reported(cursor, seen), key=lambda one: one.at)
        for out, some in groupby(moves, key=lambda one: one.out):
            if out:
                await _depart(cursor, {one.key: one for one in reversed([*some])}, self.means)
            else:
                await returning.returned(cursor, {one.key: one for one in some}, self.means)


def _is_at_gate(one: Arrived) -> bool:
    said = one.receipt.facts
    return said.get("milestone") in (GATE_OUT, GATE_IN) and bool(said.get("container"))


async def _reported(cursor: AsyncCursor[Any], seen: Sequence[Arrived]) -> list[Move]:
    about = [one.document_id if is_notice(one) else one.submission_id for one in seen]
    numbers = [folded(one.receipt.facts["container"]) for one in seen]
    return [
        _move(seen[n - 1], key)
        for n, key, subject in await _ask(cursor, "reported", about, numbers)
        if subject is None or subject == subject_of(key)
    ]


def _move(one: Arrived, key: str) -> Move:
    """At the terminal's own time, as far as that can be."""
    said = one.receipt.facts
    at = one.received_at if one.receipt.at == UNTIMED else min(one.receipt.at, one.received_at)
    out = said["milestone"] == GATE_OUT
    return Move(key, at, one.partner, said.get("plate", ""), out, said.get("seal", ""))


async def _depart(cursor: AsyncCursor[Any], reported: Mapping[str, Move], means: Means) -> None:
    """Use passes up; what had none in force, or is barred since, is called back."""
    back = {key for (key,) in await _ask(cursor, "back_since", _packed(reported))}
    left = {key: move for key, move in reported.items() if key not in back}
    if not left:
        return
    at = means.clock()
    offices = await loading.offices(cursor, local_day(at))
    passless = {key for (key,) in await _ask(cursor, "passless", [*left])}
    entries, astray = [], dict.fromkeys(passless, UNRELEASED)
    for key, number, version, was_open, is_open, viewers in await _ask(cursor, "depart", _packed(left)):
        if was_open:
            entries.append(_passed(left[key], number, version, viewers))
        if not is_open:
            astray[key] = "" if was_open else UNRELEASED
    await cursor.execute(_SQL["ended"], [_packed(left)])
    boxes = await loading.inside(cursor, astray, offices)
    without = [_without(left[key], boxes[key], offices) for key in passless if key in boxes]
    await cursor.execute(_SQL["out_without"], [_JSON.encode(without).decode()])
    found = [one for key, inside in boxes.items() for one in _astray(inside, astray[key])]
    recalled = await _called_back(cursor, found, offices, at)
    await append(cursor, entries + recalled)
    if recalled:
        await returning.here_already(cursor, astray, means)


def _packed(left: Mapping[str, Move]) -> str:
    return _JSON.encode([*left.values()]).decode()


def _passed(one: Move, number: str, version: int, viewers: Collection[int]) -> Entry:
    said = {"gate": "", "plate": one.plate, "number": number, "releases": (), "reasons": ()}
    return told(
        "gate.passed",
        "gate",
        subject_of(one.key),
        said | used(one.key, version, one.at),
        case=None,
        viewers=sorted(viewers),
        at=one.at,
        actor=Actor("component", one.partner, one.partner),
    )


def _without(one: Move, inside: Sequence[tuple[Case, Place]], offices: Offices) -> dict[str, Any]:
    """A container that left and never had a pass, as a pass that was used."""
    return {
        "key": one.key,
        "number": inside[0][1].number,
        "dossiers": [case.id for case, _ in inside],
        "at": one.at,
        "partner": one.partner,
        "plate": one.plate,
        "operators": sorted({party for case, _ in inside for party in case.operators}),
        "viewers": sorted({party for case, _ in inside for party in case.concerned(offices)}),
    }


def _astray(inside: Sequence[tuple[Case, Place]], why: str) -> list[Astray]:
    """Those whose goods are not released; where all are, and their pass had ended, everybody's."""
    found = []
    for case, place in inside:
        known = case.stored.get(("container", place.key))
        version, kind = (known.version, known.kind) if known else (0, str(Kind.PENDING))
        agencies = (known.agencies or known.missing) if known else ()
        found.append(Astray(case, place, version, kind, agencies, why))
    return [one for one in found if one.kind != Kind.RELEASED] or found


async def called_back(
    cursor: AsyncCursor[Any], changes: Iterable[Change], offices: Offices, at: datetime
) -> list[Entry]:
    """召回: what is barred now, or not released any more, and has left already. The journal's entries."""
    barred = [one for one in changes if one.place.kind == "container" and (one.after.agencies or one.fell)]
    if not barred:
        return []
    keys, dossiers = [one.place.key for one in barred], [one.case.id for one in barred]
    out = set(await _ask(cursor, "out", keys, dossiers))
    found = [
        Astray(one.case, one.place, one.version, one.after.kind, one.after.agencies or one.after.missing)
        for one in barred
        if (one.place.key, one.case.id) in out
    ]
    return await _called_back(cursor, found, offices, at)


async def _called_back(
    cursor: AsyncCursor[Any], astray: Sequence[Astray], offices: Offices, at: datetime
) -> list[Entry]:
    """A person must act, once for each consignment as long as nobody has."""
    known = set(await _ask(cursor, "recalled", RECALL, [one.case.id for one in astray])) if astray else set()
    fresh = [one for one in astray if (one.case.id, one.place.number) not in known]
    if fresh:
        rows = [_task(one, one.case.concerned(offices), at) for one in fresh]
        await cursor.execute(_SQL["call_back"], [_JSON.encode(rows).decode()])
    return [_recall(one, one.case.concerned(offices), at) for one in fresh]


def _task(one: Astray, viewers: Sequence[int], at: datetime) -> dict[str, Any]:
    return {
        "kind": RECALL,
        "dossier": one.case.id,
        "about": one.place.number,
        "version": one.version,
        "zh": one.text.zh,
        "en": one.text.en,
        "at": at,
        "viewers": viewers,
    }


def _recall(one: Astray, viewers: Sequence[int], at: datetime) -> Entry:
    said: dict[str, Any] = {"number": one.place.number, "name": one.case.name, "disposition": one.kind}
    said |= {"agencies": one.agencies} | ({"why": one.why} if one.why else {})
    return told("recall.opened", "dossier", one.case.id, said, case=one.case, viewers=viewers, at=at)

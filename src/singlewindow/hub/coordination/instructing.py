"""What an officer orders on a screen, and takes back: carried out in the worker, and put on record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import AsyncCursor

from singlewindow.hub.coordination import as_read, loading, wording
from singlewindow.hub.coordination.algebra import SCREEN, Disposition, Given, covering, whole
from singlewindow.hub.coordination.asked import Asked, must_be_reasoned
from singlewindow.hub.coordination.cases import Case, Place, Sent, judge
from singlewindow.hub.coordination.declined import Declined
from singlewindow.hub.coordination.receiving import recompute, store
from singlewindow.hub.coordination.speaking import Spoken, resolve
from singlewindow.hub.coordination.telling import told
from singlewindow.hub.journal.append import append
from singlewindow.hub.journal.entry import Entry
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.codes.calls import box_number
from singlewindow.kernel.messages import Instruction, Order, Subject

_SQL = statements_beside(__file__, "sql/instructing.sql")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Instructed(Struct, frozen=True):
    """Arguments of ``issue_instruction``."""

    dossier: UUID
    agency: str
    order: int
    subject: Subject
    method: str
    items: tuple[str, ...]
    basis: str
    text: str
    seen: str = ""  # the mark of what was read of it; none: whatever stands


class Withdrawn(Struct, frozen=True):
    """Arguments of ``withdraw_instruction``."""

    agency: str
    instruction: str
    reason: str


def must_act_for(asked: Asked, agency: str) -> None:
    """An officer acts for the own agency, or for one that was merged into it. Raises ``Declined``."""
    offices = asked.offices
    allowed = offices.parties([agency, offices.in_charge(agency)])
    if asked.actor.party not in allowed:
        raise Declined("agency.not_yours", "您不代表该机关", "you do not act for this agency")


async def issued(cursor: AsyncCursor[Any], asked: Asked) -> None:
    """Give it; a release only of what stands as its officer had read."""
    given: Instructed = asked.read(Instructed)
    must_act_for(asked, given.agency)
    cases = await loading.outlined(cursor, [given.dossier], asked.offices)
    case = cases.get(given.dossier)
    if case is None:
        raise Declined("consignment.unknown", "没有这份货物档案", "there is no such dossier")
    subject, unknown = resolve(given.subject, case)
    if unknown:
        raise Declined(
            "instruction.unknown_subject", f"档案中没有 {unknown}", f"the dossier has no {unknown}"
        )
    if given.seen and given.order == Order.RELEASE:
        await _must_be_as_read(cursor, asked, given, case, subject)
    said = Instruction(
        str(asked.id), given.agency, Order(given.order), subject, asked.at, _version(asked.at), given.method,
        given.items, given.basis, given.text,
    )  # fmt: skip
    await _speak(cursor, asked, Spoken(said, SCREEN, case.id, _spoken_on(case, said), asked.at), cases)


async def withdrawn(cursor: AsyncCursor[Any], asked: Asked) -> None:
    """Take back what was given on a screen, for a reason."""
    given: Withdrawn = asked.read(Withdrawn)
    must_act_for(asked, given.agency)
    await cursor.execute(_SQL["given"], [given.agency, given.instruction])
    row = await cursor.fetchone()
    if row is None:
        raise Declined(
            "instruction.unknown", "没有这条屏幕指令", "there is no such instruction given on a screen"
        )
    must_be_reasoned(given.reason)
    dossier, origin, version, order, kind, key, method, items, basis = row
    said = Instruction(
        given.instruction, given.agency, Order(order), Subject(kind, key), asked.at,
        max(version + 1, _version(asked.at)), method, tuple(items), basis, given.reason, withdrawn=True,
    )  # fmt: skip
    cases = await loading.outlined(cursor, [dossier], asked.offices)
    await _speak(cursor, asked, Spoken(said, SCREEN, dossier, origin, asked.at), cases)


async def _speak(cursor: AsyncCursor[Any], asked: Asked, said: Spoken, cases: dict[UUID, Case]) -> None:
    await append(cursor, [_entry(asked, said, cases[said.dossier])])
    await store(cursor, [said], cases, asked.offices)
    await recompute(cursor, [said], cases, asked.offices, asked.means)


def _entry(asked: Asked, said: Spoken, case: Case) -> Entry:
    """Who said what of which goods and why, for all who read the instruction."""
    given = said.instruction
    kind, key = given.subject.kind, given.subject.id
    content = {
        "name": case.name,
        "agency": given.agency,
        "order": given.order.name.lower(),
        "kind": kind,
        "number": box_number(key) if kind in ("container", "conveyance") else "",
        "basis": given.basis,
        "text": given.text,
        "instruction": given.id,
    }
    viewers = {*case.concerned(asked.offices), *asked.offices.parties([given.agency])}
    verb = "instruction.withdrawn" if given.withdrawn else "instruction.given"
    return told(
        verb, "dossier", case.id, content, case=case, viewers=sorted(viewers), at=asked.at, actor=asked.actor
    )


async def _must_be_as_read(
    cursor: AsyncCursor[Any], asked: Asked, given: Instructed, case: Case, subject: Subject
) -> None:
    await loading.fill(cursor, [case])
    judged = judge(case, asked.offices, asked.offices.on)
    found = [one for one in judged if subject == case.subject or one[0].key == subject.id]
    units = [
        as_read.standing(given.agency, place.key, one.kind, one.agencies, one.missing) for place, one in found
    ]
    await cursor.execute(_SQL["versions"], [case.id, given.agency])
    row = await cursor.fetchone()
    newest = _newest(case, given.agency)
    now = as_read.mark(units, row[0] if row else 0, newest is not None and newest.dead)
    if now == given.seen:
        return
    if not units:
        raise Declined(
            "instruction.gone",
            "已不在这票货物中，没有放行",
            "it is in these goods no more: not released",
        )
    if not any(one.awaited or one.kind for one in units):
        raise _decided(await _who(cursor, _released(case, given.agency, [place for place, _ in found])))
    if as_read.versions_of(now) != as_read.versions_of(given.seen):
        raise Declined(
            "instruction.document_since",
            "您看过之后申报有新的单证或版本，没有放行；请打开看过再办",
            "the declaration has a new document or version since you read it, and was not released: open it,"
            " read it, and release it again",
        )
    raise _changed([one for _, one in found])


def _changed(found: list[Disposition]) -> Declined:
    """What stands now, where it is not what the officer had read."""
    together = whole(found)
    stands = wording.sentence(together.kind, together.agencies, together.missing)
    return Declined(
        "instruction.changed_since",
        f"您看过之后有变动，现为“{stands.zh}”，没有放行；请打开看过再办",
        f"it has changed since you read it, is now “{stands.en}”, and was not released: open it, read it, and"
        " release it again",
    )


def _decided(who: str) -> Declined:
    by = (f"{who} ", f"{who} of your agency") if who else ("", "your agency")
    return Declined(
        "instruction.decided",
        f"本机关{by[0]}已放行，不必再办",
        f"{by[1]} has released it already: nothing is left to do",
    )


def _released(case: Case, agency: str, places: Iterable[Place]) -> Given | None:
    """The agency's newest release that reaches these units."""
    reaching = [given for place in places for given in covering(place.unit, case.counting)]
    own = [
        given
        for given in reaching
        if given.instruction.agency == agency and given.instruction.order is Order.RELEASE
    ]
    return max(own, key=lambda given: given.instruction.at, default=None)


async def _who(cursor: AsyncCursor[Any], given: Given | None) -> str:
    """Which colleague gave it on a screen; empty where the agency's system or an inspection's result did."""
    if given is None or given.channel != SCREEN or not given.frees:
        return ""
    await cursor.execute(_SQL["given_by"], [given.instruction.id])
    row = await cursor.fetchone()
    return str(row[0]) if row else ""


def _spoken_on(case: Case, said: Instruction) -> UUID | None:
    """The agency's newest document that counts. What bars and comes after that came back rests on none:
    a newer one takes the place of the document, not of what its officer ordered since."""
    newest = _newest(case, said.agency)
    if newest is None or (newest.dead and said.order is not Order.RELEASE):
        return None
    return UUID(newest.id)


def _newest(case: Case, agency: str) -> Sent | None:
    sent = [one for one in case.live() if one.agency == agency]
    return max(sent, key=lambda one: one.at, default=None)


def _version(at: datetime) -> int:
    """Screens have one clock, ours: later is newer."""
    return (at - _EPOCH) // _MICROSECOND

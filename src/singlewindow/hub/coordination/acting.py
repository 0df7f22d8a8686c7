"""Carrying out what people asked for, in the worker and under its lock, one savepoint each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import AsyncCursor

from singlewindow.hub.coordination import (
    claims,
    facts,
    inspecting,
    instructing,
    loading,
    orders,
    recording,
    renewing,
)
from singlewindow.hub.coordination.asked import Asked, Verb, carried_out, must_be_reasoned
from singlewindow.hub.coordination.cases import NOBODYS, Case, Offices
from singlewindow.hub.coordination.checking import checked
from singlewindow.hub.coordination.deciding import keep, settle
from singlewindow.hub.coordination.declined import Declined
from singlewindow.hub.coordination.inspecting import Synced
from singlewindow.hub.coordination.instructing import must_act_for
from singlewindow.hub.coordination.means import Means
from singlewindow.hub.coordination.orders import Appointment, Inspection
from singlewindow.hub.coordination.telling import NOTHING, task_ended, told
from singlewindow.hub.dossier import overlapping
from singlewindow.hub.journal.append import append
from singlewindow.hub.journal.entry import Entry
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.clock import local_day
from singlewindow.kernel.messages import Actor

APART = "apart"  # why nobody need look at a container that two ships brought: only one does now

_SQL = statements_beside(__file__, "sql/acting.sql")


class OnOrder(Struct, frozen=True):
    """Arguments of the verbs on an inspection order; each reads what it needs."""

    order: UUID
    agency: str = ""
    when: datetime | None = None
    place: str = ""
    seen: Appointment | None = None
    results: dict[str, tuple[str, str]] = {}
    read: dict[str, datetime | None] | None = None
    conclusion: str = ""
    seal: str = ""
    reason: str = ""


async def tick(cursor: AsyncCursor[Any], means: Means) -> int:
    """Everything that waits: requests, orders whose collecting is over, boxes that left. Returns requests."""
    await loading.lock(cursor)
    at = means.clock()
    done = await act(cursor, means)
    await _issue_due(cursor, at)
    await renewing.tell_ending(cursor, at)
    await cursor.execute(_SQL["gone"], [at])
    apart = await overlapping.over(cursor, at)
    await append(cursor, [task_ended(overlapping.OVERLAPS, APART, *row) for row in apart])
    await cursor.execute(_SQL["pulse"], {"at": at})
    return done


async def act(cursor: AsyncCursor[Any], means: Means) -> int:
    """Carry out the requests that wait; one that cannot be done says why and stops nobody."""
    await cursor.execute(_SQL["waiting"])
    waiting = await cursor.fetchall()
    if not waiting:
        return 0
    offices = await loading.offices(cursor, local_day(means.clock()))
    for id_, verb, kind, actor_id, name, party, arguments in waiting:
        actor = Actor(kind, actor_id, name, party)
        asked = Asked(id_, actor, arguments.encode(), offices, means, means.clock())
        problems = await carried_out(cursor, verb, _VERBS.get(verb), asked)
        said = msgspec.json.encode(problems).decode()
        await cursor.execute(_SQL["applied"], [asked.at, said, id_])
    return len(waiting)


async def _order(cursor: AsyncCursor[Any], given: OnOrder) -> Inspection:
    found = await inspecting.read(cursor, [given.order])
    if not found:
        raise _unknown()
    return found[0]


def _unknown() -> Declined:
    """No right and does not exist look the same."""
    return Declined("inspection.unknown", "没有这张查验单", "there is no such inspection order")


async def _on_order(
    cursor: AsyncCursor[Any],
    asked: Asked,
    change: Callable[[Inspection, OnOrder], Inspection],
    said: Mapping[str, Any] = NOTHING,
) -> None:
    given: OnOrder = asked.read(OnOrder)
    before = await _order(cursor, given)
    cases = await cases_of(cursor, before, asked.offices)
    _must_take_part(asked, before, cases)
    after = change(before, given)
    if after != before:
        await _kept(cursor, asked, before, after, cases, said)


async def cases_of(cursor: AsyncCursor[Any], order: Inspection, offices: Offices) -> list[Case]:
    """What an order concerns: its dossier, or every dossier that shares its subject."""
    if order.dossier != NOBODYS:
        return list((await loading.outlined(cursor, [order.dossier], offices)).values())
    dossiers = await loading.sharing(cursor, [order.subject])
    cases = list((await loading.outlined(cursor, dossiers, offices)).values())
    if order.subject.kind == "conveyance":
        cases.append(loading.of_call(order.subject.id))
    return cases


def _must_take_part(asked: Asked, order: Inspection, cases: Sequence[Case]) -> None:
    agencies = [part.agency for part in order.parts]
    allowed = asked.offices.parties(agencies + [asked.offices.in_charge(agency) for agency in agencies])
    allowed |= {operator for case in cases for operator in case.operators}
    if asked.actor.party not in allowed:
        raise _unknown()


async def _kept(
    cursor: AsyncCursor[Any],
    asked: Asked,
    before: Inspection,
    after: Inspection,
    cases: list[Case],
    said: Mapping[str, Any] = NOTHING,
) -> None:
    await loading.fill(cursor, cases)
    entries: list[Entry] = []
    synced = Synced(before, after, tuple(cases))
    await keep(cursor, synced, asked.offices, entries, asked.at, asked.actor, said)
    await append(cursor, entries)
    await settle(cursor, cases, asked.offices, asked.means)


async def _appoint(cursor: AsyncCursor[Any], asked: Asked) -> None:
    def change(order: Inspection, given: OnOrder) -> Inspection:
        if given.when is None:
            raise Declined("appointment.when", "请填写预约时间", "an appointment needs a time")
        return orders.appointed(order, given.when, given.place, asked.at, given.seen, asked.actor.party)

    await _on_order(cursor, asked, change)


async def _call_off(cursor: AsyncCursor[Any], asked: Asked) -> None:
    given: OnOrder = asked.read(OnOrder)
    before = await _order(cursor, given)

    def change(order: Inspection, given: OnOrder) -> Inspection:
        return orders.called_off(order, asked.actor.party, given.reason, asked.at, given.seen)

    said = {"reason": given.reason, "called_off": before.appointed_at}
    await _on_order(cursor, asked, change, said)


async def _ready(cursor: AsyncCursor[Any], asked: Asked) -> None:
    await _on_order(cursor, asked, lambda order, _: orders.ready(order, asked.at, asked.actor.party))


async def _start(cursor: AsyncCursor[Any], asked: Asked) -> None:
    await _on_order(cursor, asked, lambda order, _: orders.started(order, asked.at, asked.actor.party))


async def _not_ready(cursor: AsyncCursor[Any], asked: Asked) -> None:
    await _taken_back(cursor, asked, orders.not_ready)


async def _not_started(cursor: AsyncCursor[Any], asked: Asked) -> None:
    await _taken_back(cursor, asked, orders.not_started)


async def _taken_back(
    cursor: AsyncCursor[Any], asked: Asked, back: Callable[[Inspection, int, datetime], Inspection]
) -> None:
    """What was said by mistake is said no more, for a reason that all read who read it."""
    given: OnOrder = asked.read(OnOrder)
    must_be_reasoned(given.reason)
    said = {"reason": given.reason, "taken_back": True}
    await _on_order(cursor, asked, lambda order, _: back(order, asked.actor.party, asked.at), said)


async def _record_result(cursor: AsyncCursor[Any], asked: Asked) -> None:
    given: OnOrder = asked.read(OnOrder)
    must_act_for(asked, given.agency)
    if given.seal:
        await _resealed(cursor, asked, await _order(cursor, given), given.seal)

    def change(order: Inspection, given: OnOrder) -> Inspection:
        name = asked.actor.name
        after = recording.recorded(
            order, given.agency, given.results, given.conclusion, name, asked.at, given.read
        )
        if not (given.results or given.conclusion or given.seal):
            raise Declined("inspection.nothing", "没有录入任何结果", "nothing was entered")
        return after

    await _on_order(cursor, asked, change)


async def _reopen(cursor: AsyncCursor[Any], asked: Asked) -> None:
    given: OnOrder = asked.read(OnOrder)
    must_act_for(asked, given.agency)

    def change(order: Inspection, given: OnOrder) -> Inspection:
        return recording.reopened(order, given.agency, asked.at)

    await _on_order(cursor, asked, change, {"reopened": given.agency})


async def _resealed(cursor: AsyncCursor[Any], asked: Asked, order: Inspection, seal: str) -> None:
    """The seal put on afterwards; the record says who changed it, and no seal."""
    if order.subject.kind != "container":
        return
    await cursor.execute(_SQL["seal"], {"seal": seal, "key": order.subject.id})
    if not cursor.rowcount:
        return
    cases = await cases_of(cursor, order, asked.offices)
    await loading.fill(cursor, cases)
    viewers = {party for case in cases for party in case.concerned(asked.offices)}
    viewers |= asked.offices.parties([part.agency for part in order.parts])
    case = cases[0] if cases and order.dossier != NOBODYS else None
    content = {"number": order.number, "name": order.name}
    entry = told(
        "inspection.resealed",
        "inspection",
        order.id,
        content,
        case=case,
        viewers=sorted(viewers),
        at=asked.at,
        actor=asked.actor,
    )
    await append(cursor, [entry])


async def _recognise(cursor: AsyncCursor[Any], asked: Asked) -> None:
    given: OnOrder = asked.read(OnOrder)
    must_act_for(asked, given.agency)
    before = await _order(cursor, given)
    after = orders.recognised(before, given.agency, asked.actor.name, asked.at)
    part = after.part(given.agency)
    if part is not None:
        await inspecting.execute(cursor, after, [part], asked.at)
    cases = await cases_of(cursor, after, asked.offices)
    await _kept(cursor, asked, before, after, cases, {"recognised": given.agency})


async def _inspect_again(cursor: AsyncCursor[Any], asked: Asked) -> None:
    given: OnOrder = asked.read(OnOrder)
    must_act_for(asked, given.agency)
    before, offices = await _order(cursor, given), asked.offices
    after = orders.again(before, given.agency, given.reason, asked.at)
    cases = await cases_of(cursor, before, offices)
    await loading.fill(cursor, cases)
    wanted = inspecting.wanted_of(cases)[before.dossier, before.subject]
    needs = [need for need in wanted.needs.values() if need.agency == given.agency]
    number = await inspecting.number(cursor, asked.at)
    second = orders.opened(
        asked.means.new_id(),
        number,
        before.dossier,
        before.subject,
        before.name,
        needs,
        asked.at,
        given.reason,
    )
    entries: list[Entry] = []
    said = {"again": given.reason, "second": number}
    await keep(cursor, Synced(before, after, tuple(cases)), offices, entries, asked.at, asked.actor, said)
    await keep(cursor, Synced(None, second, tuple(cases)), offices, entries, asked.at, asked.actor)
    await append(cursor, entries)
    await settle(cursor, cases, offices, asked.means)


async def _renew_release(cursor: AsyncCursor[Any], asked: Asked) -> Declined | None:
    given = asked.read(renewing.Renewal)
    return await renewing.renewed(cursor, given, asked.actor, asked.offices, asked.means)


async def _settle_claim(cursor: AsyncCursor[Any], asked: Asked) -> None:
    await claims.settled(cursor, asked.read(claims.Settled), asked.actor, asked.offices, asked.means)


async def _issue_due(cursor: AsyncCursor[Any], at: datetime) -> None:
    """Orders that have collected long enough are issued, and those who must know are told."""
    due = await inspecting.due(cursor, at - facts.joining_window())
    if not due:
        return
    offices = await loading.offices(cursor, local_day(at))
    entries: list[Entry] = []
    for order in due:
        cases = await cases_of(cursor, order, offices)
        await loading.fill(cursor, cases)
        await keep(cursor, Synced(order, orders.issued(order, at), tuple(cases)), offices, entries, at)
    await append(cursor, entries)


_VERBS: dict[str, Verb] = {
    "appoint": _appoint,
    "call_off": _call_off,
    "ready": _ready,
    "not_ready": _not_ready,
    "start": _start,
    "not_started": _not_started,
    "record_result": _record_result,
    "reopen": _reopen,
    "recognise": _recognise,
    "inspect_again": _inspect_again,
    "issue_instruction": instructing.issued,
    "withdraw_instruction": instructing.withdrawn,
    "renew_release": _renew_release,
    "settle_claim": _settle_claim,
    "check_task": checked,
}

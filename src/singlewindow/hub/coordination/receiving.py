"""The handler that the exchange's receiver hands its receipts to, in the same transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncCursor

from singlewindow.hub.coordination import gathering, loading, undeclared
from singlewindow.hub.coordination.cases import Case, Offices
from singlewindow.hub.coordination.claims import judge_anew, sent_back, suspend
from singlewindow.hub.coordination.deciding import settle
from singlewindow.hub.coordination.means import Means
from singlewindow.hub.coordination.rows import of_instruction, put
from singlewindow.hub.coordination.speaking import Spoken, orders, spoken
from singlewindow.hub.coordination.superseding import supersede
from singlewindow.hub.coordination.undeclared import Name
from singlewindow.hub.dossier import milestones
from singlewindow.hub.dossier.joining import join
from singlewindow.hub.dossier.milestones import Milestone
from singlewindow.hub.exchange.arrived import Arrived
from singlewindow.hub.exchange.undelivered import Undelivered
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.columns import texts, words
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.clock import local_day
from singlewindow.kernel.messages import Outcome

_SQL = statements_beside(__file__, "sql/storing.sql")
_ask = asking(_SQL)
_JSON = msgspec.json.Encoder()


class Coordination:
    """``Receiver(new_id, handlers=(Coordination(means).handle,))``."""

    def __init__(self, means: Means) -> None:
        self.means = means

    async def handle(self, cursor: AsyncCursor[Any], arrived: Sequence[Arrived]) -> None:
        """Join dossiers, keep what was ordered, recompute what it touches; set by set."""
        ordering = [one for one in arrived if orders(one.receipt)]
        reached = [one for one in map(_milestone, arrived) if one is not None]
        if not (ordering or reached or any(map(_sent_back, arrived))):
            return
        await loading.lock(cursor)
        submissions = {one.submission_id for one in arrived if _matters(one)}
        known = await loading.dossiers_of(cursor, submissions)
        await joined(cursor, submissions - known.keys(), self.means)
        again = {one.submission_id for one in arrived if _sent_back(one)} & known.keys()
        await sent_back(cursor, {known[id_] for id_ in again}, self.means)
        await milestones.reached(cursor, reached)
        if ordering:
            await take(cursor, ordering, self.means)

    async def undelivered(self, cursor: AsyncCursor[Any], lost: Sequence[Undelivered]) -> None:
        """Documents that their agencies never get count until these are sent newer ones, as if sent back."""
        await loading.lock(cursor)
        submissions = {one.submission_id for one in lost}
        known = await loading.dossiers_of(cursor, submissions)
        await joined(cursor, submissions - known.keys(), self.means)
        await sent_back(cursor, set(known.values()), self.means)


async def joined(cursor: AsyncCursor[Any], submissions: Collection[UUID], means: Means) -> None:
    """Give submissions their dossiers; a container that waits for a newcomer's goods loses its pass.

    What was decided on goods that are declared once more is decided again: each of their documents counts,
    but those that a newer one takes the place of.
    """
    if submissions:
        found = await join(cursor, submissions)
        await suspend(cursor, [(key, dossier) for key, dossier, _ in found.beside], means.clock())
        await judge_anew(cursor, found, means)
        await supersede(cursor, {dossier for _, dossier, _ in found.beside}, means)
        await undeclared.declared(cursor, found.grown, means.clock())


def _matters(one: Arrived) -> bool:
    return orders(one.receipt) or "milestone" in one.receipt.facts or _sent_back(one)


def _sent_back(one: Arrived) -> bool:
    """Whether the document counts no more once a newer one takes its place."""
    return one.receipt.outcome >= Outcome.RETURNED


def _milestone(one: Arrived) -> Milestone | None:
    """Terminals tell what happened as facts of a receipt: ``milestone``, and ``container`` if it is one's."""
    said = one.receipt.facts
    if "milestone" not in said:
        return None
    number = said.get("container", "")
    return Milestone(one.submission_id, said["milestone"], one.receipt.at, one.partner, number)


async def take(cursor: AsyncCursor[Any], ordering: Sequence[Arrived], means: Means) -> None:
    """Keep instructions and recompute, under the lock."""
    offices = await loading.offices(cursor, local_day(means.clock()))
    dossier_of = await loading.dossiers_of(cursor, {one.submission_id for one in ordering})
    cases = await loading.outlined(cursor, set(dossier_of.values()), offices)
    given = [said for one in ordering for said in spoken(one, cases[dossier_of[one.submission_id]])]
    await store(cursor, given, cases, offices)
    at_once, later = gathering.parted(given)
    if at_once:
        spoken_of = {one.dossier: cases[one.dossier] for one in at_once}
        await recompute(cursor, at_once, spoken_of, offices, means)
    if later:
        await gathering.put_off(cursor, later, means)


async def store(
    cursor: AsyncCursor[Any], given: Sequence[Spoken], cases: dict[UUID, Case], offices: Offices
) -> None:
    """Keep instructions, once; what names a thing that the dossier does not know makes a task."""
    named = {_name(one): one for one in reversed(given)}  # said twice at once: the first counts
    columns = list(zip(*named, strict=True))
    asked = words(columns[0]), words(columns[1]), texts(columns[2])
    known = set(await _ask(cursor, "instructions_known", *asked))
    fresh = [one for name, one in named.items() if name not in known]
    if fresh:
        rows = [of_instruction(one, _readers(one, cases[one.dossier], offices)) for one in fresh]
        await put(cursor, "instruction", rows)
        await undeclared.said_anew(cursor, fresh, known)
    doubtful = [one for one in fresh if one.unknown and not one.instruction.withdrawn]
    asked_of = {id_: case.concerned(offices) for id_, case in cases.items()} if doubtful else {}
    await undeclared.asked(cursor, undeclared.newest(doubtful, known | named.keys()), asked_of)


async def recompute(
    cursor: AsyncCursor[Any],
    given: Sequence[Spoken],
    cases: dict[UUID, Case],
    offices: Offices,
    means: Means,
) -> None:
    """Settle the dossiers spoken of, and those that share the things spoken of."""
    dossiers, calls = await gathering.touched(cursor, given)
    more = await loading.outlined(cursor, dossiers - cases.keys(), offices)
    known = [*cases.values(), *more.values(), *map(loading.of_call, sorted(calls))]
    await settle(cursor, known, offices, means)


def _name(one: Spoken) -> Name:
    said = one.instruction
    return said.agency, one.channel, said.id, said.version


def _readers(one: Spoken, case: Case, offices: Offices) -> tuple[int, ...]:
    return tuple(sorted({*case.concerned(offices), *offices.parties([one.instruction.agency])}))

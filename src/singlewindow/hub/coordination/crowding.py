"""More instructions on one container than are compared at once: it is held, and a person is asked why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from psycopg import AsyncCursor

from singlewindow.hub.coordination import facts
from singlewindow.hub.coordination.algebra import Given
from singlewindow.hub.coordination.cases import Change
from singlewindow.hub.journal.columns import texts
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.codes.calls import box_number
from singlewindow.kernel.messages import Instruction, Order, Subject

KIND = "container_crowded"
BARS = "platform"  # in whose name it is held: no agency ordered it

_SQL = statements_beside(__file__, "sql/crowding.sql")


def barred(subject: Subject, given: Sequence[Given]) -> Given | None:
    """What holds a container of which not everything that was said is read; None where all of it is."""
    if len(given) <= facts.instructions_most():
        return None
    at = max(one.instruction.at for one in given)
    return Given(Instruction(KIND, BARS, Order.HOLD, subject, at), KIND)


async def ask_people(cursor: AsyncCursor[Any], crowded: Collection[Subject], at: datetime) -> list[Subject]:
    """One task a container, for the operator; the containers that have one since now."""
    if not crowded:
        return []
    numbers = texts(sorted({_number(subject) for subject in crowded}))
    asked = {"kind": KIND, "numbers": numbers, "most": facts.instructions_most(), "at": at}
    await cursor.execute(_SQL["ask"], asked)
    newly = {row[0] for row in await cursor.fetchall()}
    return [subject for subject in crowded if _number(subject) in newly]


def _number(subject: Subject) -> str:
    return box_number(subject.id)


async def settled(cursor: AsyncCursor[Any], changes: Iterable[Change], at: datetime) -> None:
    """A container that is compared whole again needs nobody any more."""
    free = [
        one.place.number
        for one in changes
        if one.before and BARS in one.before.agencies and BARS not in one.after.agencies
    ]
    if free:
        await cursor.execute(_SQL["settle"], {"kind": KIND, "numbers": texts(free), "at": at})

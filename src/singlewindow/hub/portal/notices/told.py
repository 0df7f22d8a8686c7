"""Who was told of an order or a consignment, by message or in a box, when, and whether it was taken in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.identity.asking import lookups
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.portal import names, record
from singlewindow.hub.portal.names import Partner
from singlewindow.hub.portal.words import table, word
from singlewindow.kernel.messages import Outcome, Text

DEAD = -1
_SQL = statements_beside(__file__, "told.sql")


class Sent(Struct, frozen=True):
    """One event told to one counterpart."""

    partner: Partner
    what: Text
    number: str
    told_at: datetime
    answered_at: datetime | None
    kind: str
    word: Text


class Told(Struct, frozen=True):
    """What one counterpart was told: the newest, and what came before, the newest first."""

    newest: Sent
    earlier: tuple[Sent, ...]

    @property
    def awaited(self) -> bool:
        """Whether an answer to any of it is yet to come."""
        return any(not one.answered_at for one in (self.newest, *self.earlier))


class Boxed(Struct, frozen=True):
    """A party told in its message box, as what, when last, how often, and when it had read all of it."""

    name: Text
    role: Text
    last: datetime
    times: int
    read_at: datetime | None


def of_order(order: UUID) -> list[Told]:
    """What was told of one order, counterpart by counterpart."""
    return _by_partner(_sent(*row) for row in _ask("of_order", order))


def of_consignment(submission: UUID) -> list[Told]:
    """What was told of a submission's dossier, counterpart by counterpart."""
    return _by_partner(_sent(*row) for row in _ask("of_consignment", submission))


def boxes(about: UUID) -> list[Boxed]:
    """The parties that the viewer may know, as they were told of an order, or of a submission's inspections.

    Firms come before agencies, as the table of words has them.
    """
    roles = list(table()["role"])
    rows = sorted(_ask("boxes", about), key=lambda row: roles.index(row[2]))
    return [Boxed(Text(zh, en), word("role", role).text, *more) for zh, en, role, *more in rows]


def accepted(answer: int | None) -> tuple[str, Text]:
    """Whether the receiver accepted what it was told: a status kind and its word."""
    if answer is None:
        return "run", Text("已发出，待签收", "Sent, not yet accepted")
    if answer == DEAD:
        return "warn", Text("未送达，正在处置", "Not delivered, being dealt with")
    if answer >= Outcome.RETURNED:
        return "back", Text("对方退回", "Returned by the receiver")
    return "ok", Text("对方已签收", "Accepted by the receiver")


def _sent(
    partner: str, verb: str, number: str, told_at: datetime, answer: int | None, answered_at: datetime | None
) -> Sent:
    what = record.verbs().get(verb) or Text(verb, verb)
    return Sent(names.partner(partner), what, number, told_at, answered_at, *accepted(answer))


def _by_partner(told: Iterable[Sent]) -> list[Told]:
    """One row a counterpart, in the order of what they were told last."""
    groups: dict[str, list[Sent]] = {}
    for one in told:
        groups.setdefault(one.partner.id, []).append(one)
    return [Told(newest, tuple(earlier)) for newest, *earlier in groups.values()]


def _ask(name: str, id_: UUID) -> list[Any]:
    with lookups() as cursor:
        cursor.execute(_SQL[name], {"id": id_})
        found: list[Any] = cursor.fetchall()
        return found

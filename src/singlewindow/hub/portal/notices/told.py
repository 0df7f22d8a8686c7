"""Who was told by message of an order or a consignment, when, and whether it has arrived."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from msgspec import Struct

from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.portal import names, record
from singlewindow.hub.portal.names import Partner
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


class Boxed(Struct, frozen=True):
    """A party told in its message box, and when first and last."""

    name: Text
    first: datetime
    last: datetime
    times: int


def of_order(order: UUID) -> list[Sent]:
    """What was told of one order, in order."""
    return [_sent(*row) for row in _ask("of_order", order)]


def of_consignment(submission: UUID) -> list[Sent]:
    """What was told of a submission's dossier, the newest first."""
    return [_sent(*row) for row in _ask("of_consignment", submission)]


def boxes(order: UUID) -> list[Boxed]:
    """The parties that the viewer may know, as they were told of an order."""
    return [Boxed(Text(zh, en), *more) for zh, en, *more in _ask("boxes", order)]


def standing(answer: int | None) -> tuple[str, Text]:
    """How a telling stands: a status kind and its word."""
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
    return Sent(names.partner(partner), what, number, told_at, answered_at, *standing(answer))


def _ask(name: str, id_: UUID) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[name], {"id": id_})
        found: list[Any] = cursor.fetchall()
        return found

"""What people at agencies and terminals ask for. The worker, the only writer, carries it out (``acting``).

Each verb leaves a row in the request's transaction and wakes the worker; ``queries.request`` tells
what became of it. Rights are checked where it is carried out. Of one party only so much waits at a time:
each raises ``TooManyWaiting`` beyond that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from singlewindow.hub.coordination import facts
from singlewindow.hub.coordination.asked import must_be_reasoned
from singlewindow.hub.coordination.declined import Declined, TooManyWaiting
from singlewindow.hub.coordination.orders import Appointment
from singlewindow.kernel.ids import following, uuid7
from singlewindow.kernel.messages import Actor, Order, Subject
from singlewindow.kernel.queries import Cursor

_JSON = msgspec.json.Encoder()
_ASK = """insert into coordination_request
  (id, verb, actor_kind, actor_id, actor_name, actor_party, arguments, together, asked_at, viewers, bars)
  values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
_WAITING = """select count(*) from (
  select from coordination_request
   where actor_party = %s and bars = %s and applied_at is null limit %s) few"""
# What bars nothing that is free. All else goes before what others ask for, and gates wait for it.
_BARRING_NOTHING = frozenset((
    "appoint", "call_off", "ready", "not_ready", "start", "not_started", "recognise", "renew_release",
    "check_task",
))  # fmt: skip


class Chosen(Struct, frozen=True):
    """One of several objects to release, and the mark of what was read of it."""

    dossier: UUID
    subject: Subject
    seen: str


def appoint(
    actor: Actor,
    cursor: Cursor,
    *,
    request: UUID,
    at: datetime,
    order: UUID,
    when: datetime,
    place: str,
    seen: Appointment | None = None,
) -> None:
    """Agree on a time and a place for an inspection.

    ``seen`` is the appointment that is to be replaced, for another one may have been set meanwhile; None
    replaces whichever stands.
    """
    given = {"order": order, "when": when, "place": place, "seen": seen}
    _ask(actor, cursor, request, at, "appoint", given)


def call_off(
    actor: Actor,
    cursor: Cursor,
    *,
    request: UUID,
    at: datetime,
    order: UUID,
    reason: str,
    seen: Appointment | None = None,
) -> None:
    """Take back an appointment that cannot be kept, by the party that made it, for a reason all are told.

    ``seen`` is the appointment that is meant; None calls off whichever stands.
    """
    _ask(actor, cursor, request, at, "call_off", {"order": order, "reason": reason, "seen": seen})


def ready(actor: Actor, cursor: Cursor, *, request: UUID, at: datetime, order: UUID) -> None:
    """The subject stands in the inspection yard."""
    _ask(actor, cursor, request, at, "ready", {"order": order})


def not_ready(actor: Actor, cursor: Cursor, *, request: UUID, at: datetime, order: UUID, reason: str) -> None:
    """Take back that it stands in the yard, by the party that said so, until the inspection has begun."""
    _ask(actor, cursor, request, at, "not_ready", {"order": order, "reason": reason})


def start(actor: Actor, cursor: Cursor, *, request: UUID, at: datetime, order: UUID) -> None:
    """The inspection is under way; agencies that come later are offered its result."""
    _ask(actor, cursor, request, at, "start", {"order": order})


def not_started(
    actor: Actor, cursor: Cursor, *, request: UUID, at: datetime, order: UUID, reason: str
) -> None:
    """Take back that the inspection began, by the party that said so, until a result is recorded."""
    _ask(actor, cursor, request, at, "not_started", {"order": order, "reason": reason})


def record_result(
    actor: Actor,
    cursor: Cursor,
    *,
    request: UUID,
    at: datetime,
    order: UUID,
    agency: str,
    results: Mapping[str, tuple[str, str]],
    conclusion: str = "",
    seal: str = "",
    read: Mapping[str, datetime | None] | None = None,
) -> None:
    """An agency's findings, item → (normal, abnormal or waived; note), and its conclusion if it has one.

    The last agency's conclusion consolidates the order. ``seal`` is the one put on afterwards. ``read`` is by
    item when what is written over was entered, for a colleague may have entered another; None writes over
    whatever the agency itself has entered.
    """
    given = {"order": order, "agency": agency, "results": results, "conclusion": conclusion, "seal": seal}
    _ask(actor, cursor, request, at, "record_result", given | {"read": read})


def reopen(actor: Actor, cursor: Cursor, *, request: UUID, at: datetime, order: UUID, agency: str) -> None:
    """Take the own agency's conclusion back, as long as another's is still to come."""
    _ask(actor, cursor, request, at, "reopen", {"order": order, "agency": agency})


def recognise(actor: Actor, cursor: Cursor, *, request: UUID, at: datetime, order: UUID, agency: str) -> None:
    """一查多认: take the result of an inspection one came too late for."""
    _ask(actor, cursor, request, at, "recognise", {"order": order, "agency": agency})


def inspect_again(
    actor: Actor, cursor: Cursor, *, request: UUID, at: datetime, order: UUID, agency: str, reason: str
) -> None:
    """A second inspection of the same thing, for a reason that stays on record."""
    given = {"order": order, "agency": agency, "reason": reason}
    _ask(actor, cursor, request, at, "inspect_again", given)


def issue_instruction(
    actor: Actor,
    cursor: Cursor,
    *,
    request: UUID,
    at: datetime,
    dossier: UUID,
    agency: str,
    instruct: Order,
    subject: Subject,
    method: str = "",
    items: Sequence[str] = (),
    basis: str = "",
    text: str = "",
    seen: str = "",
    together: UUID | None = None,
) -> None:
    """An order from an officer's screen. ``subject`` by number, as it is painted on the thing.

    ``seen`` marks what the officer had read of what is to be released (``as_read``): what has changed since
    is not; without it whatever stands is. ``together`` names what is asked for in the same step.
    """
    given = {
        "dossier": dossier,
        "agency": agency,
        "order": int(instruct),
        "subject": subject,
        "method": method,
        "items": items,
        "basis": basis,
        "text": text,
        "seen": seen,
    }
    _ask(actor, cursor, request, at, "issue_instruction", given, together)


def release_together(
    actor: Actor,
    cursor: Cursor,
    *,
    together: UUID,
    at: datetime,
    agency: str,
    chosen: Sequence[Chosen],
    basis: str,
    text: str,
) -> None:
    """Release several objects in one step, each by an instruction of its own, which may be refused by itself.

    Raises ``Declined`` before anything is asked for: on none or too many, without a basis or a reason.
    """
    each = list(dict.fromkeys(chosen))
    must_be_few(len(each))
    for said in (basis, text):
        must_be_reasoned(said)
    _must_have_room(actor, cursor, len(each), bars=False)
    for id_, one in zip(following(uuid7(at)), each, strict=False):
        issue_instruction(
            actor, cursor, request=id_, at=at, together=together, dossier=one.dossier, agency=agency,
            instruct=Order.RELEASE, subject=one.subject, basis=basis, text=text, seen=one.seen,
        )  # fmt: skip


def must_be_few(number: int) -> None:
    """What is released in one step is something, and no more than is read before. Raises ``Declined``."""
    most = facts.released_at_once()
    if not number:
        raise Declined("instruction.none_chosen", "没有选中任何一项", "nothing was chosen")
    if number > most:
        raise Declined(
            "instruction.too_many",
            f"选了 {number} 项，一次至多 {most} 项，一项都没有办理；请分几次放行",
            f"{number} were chosen, of at most {most} at once, and none was released: release them in parts",
        )


def withdraw_instruction(
    actor: Actor,
    cursor: Cursor,
    *,
    request: UUID,
    at: datetime,
    agency: str,
    instruction: str,
    reason: str,
) -> None:
    """Take back an order given on a screen; an agency's system withdraws its own by message."""
    given = {"agency": agency, "instruction": instruction, "reason": reason}
    _ask(actor, cursor, request, at, "withdraw_instruction", given)


def renew_release(actor: Actor, cursor: Cursor, *, request: UUID, at: datetime, dossier: UUID) -> None:
    """换发: what was released and has not left gets a release with a new term, if all still release it."""
    _ask(actor, cursor, request, at, "renew_release", {"dossier": dossier})


def settle_claim(
    actor: Actor,
    cursor: Cursor,
    *,
    request: UUID,
    at: datetime,
    key: str,
    stands: Sequence[UUID],
    ends: Sequence[UUID],
    reason: str,
) -> None:
    """Say whose a container is that several consignments claim, for a reason that stays on record.

    ``key`` names the container within its call. The claims of these dossiers stand, beside each other where
    they are several, or end; what is named in neither stays as it is.
    """
    given = {"key": key, "stands": stands, "ends": ends, "reason": reason}
    _ask(actor, cursor, request, at, "settle_claim", given)


def check_task(actor: Actor, cursor: Cursor, *, request: UUID, at: datetime, task: UUID, reason: str) -> None:
    """End a task that nothing else ends, for a reason that stays on record."""
    _ask(actor, cursor, request, at, "check_task", {"task": task, "reason": reason})


def _ask(
    actor: Actor,
    cursor: Cursor,
    request: UUID,
    at: datetime,
    verb: str,
    arguments: dict[str, Any],
    together: UUID | None = None,
) -> None:
    bars = _may_bar(verb, arguments)
    if together is None:  # of several there was room for all
        _must_have_room(actor, cursor, 1, bars=bars)
    said, party = _JSON.encode(arguments).decode(), actor.party
    cursor.execute(
        _ASK, [request, verb, actor.kind, actor.id, actor.name, party, said, together, at, [party], bars]
    )
    cursor.execute("select pg_notify('coordination', '')")


def _may_bar(verb: str, arguments: Mapping[str, Any]) -> bool:
    if verb == "issue_instruction":
        return bool(arguments["order"] != Order.RELEASE)
    return verb not in _BARRING_NOTHING


def _must_have_room(actor: Actor, cursor: Cursor, number: int, *, bars: bool) -> None:
    """What may bar has room of its own: no other request keeps it out.

    Requests of one instant do not see each other, so some more may wait than the bound: as many as are
    answered at once.
    """
    most = facts.requests_waiting()
    cursor.execute(_WAITING, [actor.party, bars, most])
    row = cursor.fetchone()
    if row is None or row[0] + number > most:
        raise TooManyWaiting(most)

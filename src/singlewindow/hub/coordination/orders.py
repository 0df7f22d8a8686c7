"""The inspection order (联合查验单, 13.4): one for a subject, a part for each agency; pure transitions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from singlewindow.hub.coordination import facts, wording
from singlewindow.hub.coordination.declined import Declined
from singlewindow.kernel.messages import Subject

FARTHEST = timedelta(days=366)  # how far ahead an inspection may be appointed


class State(StrEnum):
    """How far an order is."""

    COLLECTING = "collecting"
    ISSUED = "issued"
    SCHEDULED = "scheduled"
    READY = "ready"
    IN_PROGRESS = "in_progress"
    RESULTS = "results"
    CONSOLIDATED = "consolidated"
    CLOSED = "closed"
    CANCELLED = "cancelled"


CALLED_OFF, CAME_IN = "inspection.called_off", "inspection.joined"
NOT_READY, NOT_STARTED = "inspection.not_ready", "inspection.not_started"
# What the journal says when an order has come to a state.
TOLD = {
    State.COLLECTING: "inspection.ordered",
    State.ISSUED: "inspection.issued",
    State.SCHEDULED: "inspection.scheduled",
    State.READY: "inspection.ready",
    State.IN_PROGRESS: "inspection.started",
    State.RESULTS: "inspection.recorded",
    State.CONSOLIDATED: "inspection.consolidated",
    State.CLOSED: "inspection.closed",
    State.CANCELLED: "inspection.cancelled",
}
# And when somebody has taken back that it came to one.
BACK = {
    (State.READY, State.SCHEDULED): NOT_READY,
    (State.IN_PROGRESS, State.READY): NOT_STARTED,
    (State.IN_PROGRESS, State.SCHEDULED): NOT_STARTED,
}
JOINABLE = (State.COLLECTING, State.ISSUED, State.SCHEDULED, State.READY)
UNDER_WAY = (State.IN_PROGRESS, State.RESULTS)
OPEN = (*JOINABLE, *UNDER_WAY)  # still to be carried out
DONE = (State.CONSOLIDATED, State.CLOSED)


class Need(Struct, frozen=True):
    """An open instruction to inspect, as the algebra names it."""

    agency: str
    name: str
    method: str
    items: tuple[str, ...]


class Part(Struct, frozen=True):
    """What one agency wants of the order. ``offered``: it came too late to join, see recognition."""

    agency: str
    standing: str  # joined, offered, withdrawn
    method: str
    needs: tuple[Need, ...]
    conclusion: str = ""  # normal, abnormal, recognised
    concluded_at: datetime | None = None
    concluded_by: str = ""

    @property
    def items(self) -> tuple[str, ...]:
        """What it looks at, each once."""
        return tuple(dict.fromkeys(item for need in self.needs for item in need.items))

    @property
    def instructions(self) -> tuple[str, ...]:
        """The names of what it rests on."""
        return tuple(need.name for need in self.needs)


class Result(Struct, frozen=True):
    """An item looked at once, for every agency that asked for it."""

    item: str
    result: str  # normal, abnormal, waived
    note: str
    agency: str
    by: str
    at: datetime


class Appointment(Struct, frozen=True):
    """When and where; ``None`` and empty while nothing is agreed on."""

    when: datetime | None
    place: str


class Inspection(Struct, frozen=True):
    """One order."""

    id: UUID
    number: str
    dossier: UUID
    subject: Subject
    name: str
    state: State
    lead: str
    method: str
    opened_at: datetime
    changed_at: datetime
    parts: tuple[Part, ...]
    results: tuple[Result, ...] = ()
    appointed_at: datetime | None = None
    place: str = ""
    appointed_by: int = 0  # the party that made the appointment
    conclusion: str = ""
    reason: str = ""
    ready_by: int = 0  # the party that said so, which alone takes it back
    started_by: int = 0

    def joined(self) -> tuple[Part, ...]:
        """The parts that take part."""
        return tuple(part for part in self.parts if part.standing == "joined")

    def part(self, agency: str) -> Part | None:
        """An agency's part, unless it was withdrawn."""
        return next((one for one in self.parts if one.agency == agency and one.standing != "withdrawn"), None)

    def items(self) -> tuple[str, ...]:
        """The checklist: the union of the agencies' items, shared ones once, in the order of joining."""
        return tuple(dict.fromkeys(item for part in self.joined() for item in part.items))

    def needs(self) -> tuple[Need, ...]:
        """All that its parts are made of."""
        return tuple(need for part in self.parts for need in part.needs)

    def appointment(self) -> Appointment:
        """When and where, as it stands."""
        return Appointment(self.appointed_at, self.place)

    @property
    def joint(self) -> bool:
        """Whether several agencies take part."""
        return len(self.joined()) > 1


def named(names: Iterable[str]) -> list[list[Any]]:
    """Instructions' names as columns: agencies, channels, ids, versions. An id may hold a stroke itself."""
    columns: list[list[Any]] = [[], [], [], []]
    for name in names:
        agency, channel, rest = name.split("/", 2)
        id_, version = rest.rsplit("/", 1)
        for column, value in zip(columns, (agency, channel, id_, int(version)), strict=True):
            column.append(value)
    return columns


def gathered(needs: Iterable[Need]) -> dict[str, Part]:
    """One part an agency: the union of its items, its strongest method."""
    parts: dict[str, Part] = {}
    for need in sorted(needs, key=lambda one: (one.agency, one.name)):
        known = parts.get(need.agency, Part(need.agency, "joined", "", ()))
        method = facts.strongest([known.method, need.method])
        parts[need.agency] = replace(known, method=method, needs=(*known.needs, need))
    return parts


def opened(
    id_: UUID,
    number: str,
    dossier: UUID,
    subject: Subject,
    name: str,
    needs: Sequence[Need],
    at: datetime,
    reason: str = "",
) -> Inspection:
    """A new order of everything that is open on the subject."""
    parts = tuple(gathered(needs).values())
    order = Inspection(
        id_, number, dossier, subject, name, State.COLLECTING, "", "", at, at, parts, reason=reason
    )
    return _outlined(order)


def _outlined(order: Inspection) -> Inspection:
    joined = order.joined()
    return replace(
        order,
        lead=facts.lead([part.agency for part in joined]) if joined else order.lead,
        method=facts.strongest([part.method for part in joined]) if joined else order.method,
    )


def met(order: Inspection, needs: Sequence[Need], at: datetime) -> Inspection:
    """The order in line with what is open now: joined late, offered for recognition, withdrawn, closed."""
    wanted = gathered(needs)
    known = {part.agency: part for part in order.parts}
    parts = tuple(_part(order, known.get(agency), wanted.get(agency)) for agency in {**known, **wanted})
    changed = _outlined(replace(order, parts=parts))
    changed = _settled(changed, bool(needs))
    return changed if changed == order else replace(changed, changed_at=at)


def _part(order: Inspection, known: Part | None, wanted: Part | None) -> Part:
    if wanted is None:
        assert known is not None  # noqa: S101 - every agency is in one of the two
        return known if known.conclusion else replace(known, standing="withdrawn")
    if order.state in JOINABLE:
        return wanted
    if known is None or known.standing != "joined":
        return known if known and known.conclusion else replace(wanted, standing="offered")
    if set(wanted.instructions) <= set(known.instructions):
        return known
    # Who takes part may add to its checklist until it has concluded.
    return replace(wanted, standing="offered") if known.conclusion or order.state in DONE else wanted


def _settled(order: Inspection, needed: bool) -> Inspection:
    if order.state in OPEN and not order.joined():
        return replace(order, state=State.CANCELLED)
    if order.state in UNDER_WAY:
        return consolidated(order)
    if order.state is State.CONSOLIDATED and not needed:
        return replace(order, state=State.CLOSED)
    return order


def issued(order: Inspection, at: datetime) -> Inspection:
    """Its collecting time is over; those who must know are told."""
    require(order, (State.COLLECTING,))
    return replace(order, state=State.ISSUED, changed_at=at)


def appointed(
    order: Inspection, when: datetime, place: str, at: datetime, seen: Appointment | None = None, by: int = 0
) -> Inspection:
    """A time and a place; may be changed until the box is there, by who has ``seen`` what is changed."""
    require(order, (State.COLLECTING, State.ISSUED, State.SCHEDULED))
    if order.appointment() == Appointment(when, place):
        return order
    _as_seen(order, seen)
    if not at < when <= at + FARTHEST:
        raise Declined(
            "appointment.past", "预约时间须在今后一年内", "the appointment must lie within the coming year"
        )
    return replace(
        order, state=State.SCHEDULED, appointed_at=when, place=place, appointed_by=by, changed_at=at
    )


def called_off(
    order: Inspection, by: int, reason: str, at: datetime, seen: Appointment | None = None
) -> Inspection:
    """The appointment cannot be kept: the party that made it takes it back, and all wait for another."""
    require(order, (State.SCHEDULED,))
    if order.appointed_by != by:
        raise Declined(
            "appointment.not_yours",
            "预约由他方所定，只有其能取消；贵方可以改约",
            "others made this appointment and they alone call it off; you may set another one",
        )
    if not reason.strip():
        raise Declined("request.reason", "取消预约须说明理由", "calling an appointment off needs a reason")
    _as_seen(order, seen)
    return replace(order, state=State.ISSUED, appointed_at=None, place="", appointed_by=0, changed_at=at)


def _as_seen(order: Inspection, seen: Appointment | None) -> None:
    if seen is not None and seen != order.appointment():
        raise Declined(
            "appointment.set_meanwhile",
            "预约已由他人另定，现行时间地点见上；仍要改的，请再提交一次",
            "somebody else has set the appointment meanwhile: see above what stands, and hand in again"
            " to change it",
        )


def ready(order: Inspection, at: datetime, by: int = 0) -> Inspection:
    """The subject stands where it is to be inspected."""
    require(order, (State.SCHEDULED,))
    return replace(order, state=State.READY, ready_by=by, changed_at=at)


def not_ready(order: Inspection, by: int, at: datetime) -> Inspection:
    """Said by mistake: it does not stand there. Not once the inspection has begun, which was seen there."""
    if order.state in UNDER_WAY:
        raise refused(
            "begun",
            "查验已开始，不能撤回“到位”；开始有误的，请开始查验的一方先撤回",
            "the inspection has begun, so that “in position” stands; if that is a mistake, who began it takes"
            " it back first",
        )
    require(order, (State.READY,))
    _must_have_said(order.ready_by, by)
    return replace(order, state=State.SCHEDULED, ready_by=0, changed_at=at)


def started(order: Inspection, at: datetime, by: int = 0) -> Inspection:
    """Under way: whoever comes now is offered the result instead."""
    require(order, (State.SCHEDULED, State.READY))
    return replace(order, state=State.IN_PROGRESS, started_by=by, changed_at=at)


def not_started(order: Inspection, by: int, at: datetime) -> Inspection:
    """Begun by mistake: it is as it was before, and who came since takes part. Not once a result stands."""
    if order.state is State.RESULTS:
        raise refused(
            "has_results",
            "已有结果录入，不能撤回“开始”；结果有误的，请在作出结论前更正",
            "results were recorded, so that the start stands; correct what is wrong before the conclusion",
        )
    require(order, (State.IN_PROGRESS,))
    _must_have_said(order.started_by, by)
    before = State.READY if order.ready_by else State.SCHEDULED
    return replace(order, state=before, started_by=0, changed_at=at)


def _must_have_said(said_by: int, by: int) -> None:
    if said_by != by:
        raise refused("not_yours", "由他方所报，只有其能撤回", "others said so, and they alone take it back")


def consolidated(order: Inspection) -> Inspection:
    """One result for the enterprise as soon as all have concluded: normal only if all are."""
    joined = order.joined()
    if not joined or not all(part.conclusion for part in joined):
        return order
    normal = all(part.conclusion == "normal" for part in joined)
    return replace(order, state=State.CONSOLIDATED, conclusion="normal" if normal else "abnormal")


def recognised(order: Inspection, agency: str, by: str, at: datetime) -> Inspection:
    """一查多认: a late agency takes the earlier result for its own, if it covers what it asked for."""
    part = order.part(agency)
    if part is None or part.standing != "offered" or part.conclusion:
        raise refused("not_offered", "没有可认可的查验结果", "no earlier result is offered to this agency")
    if order.state not in DONE or order.conclusion != "normal":
        raise refused("not_normal", "前次查验尚未正常结束", "the earlier inspection has not ended as normal")
    if lacking := unseen(part.items, {one.item: one.result for one in order.results}):
        raise refused(
            "not_covered",
            f"前次未查或有异常：{lacking[0]}",
            f"not looked at then, or found abnormal: {lacking[0]}",
        )
    part = replace(part, conclusion="recognised", concluded_at=at, concluded_by=by)
    parts = tuple(part if one.agency == agency else one for one in order.parts)
    return replace(order, parts=parts, changed_at=at)


def unseen(items: Iterable[str], results: Mapping[str, str]) -> list[str]:
    """Of a checklist what an earlier inspection does not answer for; ``results`` by item.

    Where who found something abnormal was withdrawn, the rest may have ended as normal.
    """
    return [item for item in items if results.get(item, "abnormal") == "abnormal"]


def again(order: Inspection, agency: str, reason: str, at: datetime) -> Inspection:
    """The earlier order without this agency, which has said why it must look for itself."""
    if not reason.strip():
        raise Declined("request.reason", "再次查验须说明理由", "a second inspection needs a recorded reason")
    part = order.part(agency)
    if part is None or part.standing != "offered" or part.conclusion or order.state not in DONE:
        raise refused("not_offered", "没有可替代的前次查验", "there is no earlier inspection to repeat")
    withdrawn = replace(part, standing="withdrawn", conclusion="")
    parts = tuple(withdrawn if one.agency == agency else one for one in order.parts)
    return replace(order, parts=parts, state=State.CLOSED, changed_at=at)


def refused(code: str, zh: str, en: str) -> Declined:
    """What an order refuses, by its code."""
    return Declined(f"inspection.{code}", zh, en)


def require(order: Inspection, states: Sequence[State]) -> None:
    """What may be done to an order in these states alone."""
    if order.state not in states:
        now = wording.word("states", order.state)
        raise refused(
            "state", f"查验单现为“{now.zh}”，不能这样做", f"the order's state is “{now.en}”: not now"
        )

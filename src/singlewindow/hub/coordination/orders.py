"""The inspection order (联合查验单, 13.4): one for a subject, a part for each agency; pure transitions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
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


CALLED_OFF = "inspection.called_off"
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
JOINABLE = (State.COLLECTING, State.ISSUED, State.SCHEDULED, State.READY)
UNDER_WAY = (State.IN_PROGRESS, State.RESULTS)
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
    items: tuple[str, ...]
    instructions: tuple[str, ...]
    conclusion: str = ""  # normal, abnormal, recognised
    concluded_at: datetime | None = None
    concluded_by: str = ""


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

    def joined(self) -> tuple[Part, ...]:
        """The parts that take part."""
        return tuple(part for part in self.parts if part.standing == "joined")

    def part(self, agency: str) -> Part | None:
        """An agency's part, unless it was withdrawn."""
        return next((one for one in self.parts if one.agency == agency and one.standing != "withdrawn"), None)

    def items(self) -> tuple[str, ...]:
        """The checklist: the union of the agencies' items, shared ones once, in the order of joining."""
        return tuple(dict.fromkeys(item for part in self.joined() for item in part.items))

    def appointment(self) -> Appointment:
        """When and where, as it stands."""
        return Appointment(self.appointed_at, self.place)

    @property
    def joint(self) -> bool:
        """Whether several agencies take part."""
        return len(self.joined()) > 1


def gathered(needs: Iterable[Need]) -> dict[str, Part]:
    """One part an agency: the union of its items, its strongest method."""
    parts: dict[str, Part] = {}
    for need in sorted(needs, key=lambda one: (one.agency, one.name)):
        known = parts.get(need.agency, Part(need.agency, "joined", "", (), ()))
        parts[need.agency] = replace(
            known,
            method=facts.strongest([known.method, need.method]),
            items=tuple(dict.fromkeys(known.items + need.items)),
            instructions=(*known.instructions, need.name),
        )
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
    if order.state in (*JOINABLE, *UNDER_WAY) and not order.joined():
        return replace(order, state=State.CANCELLED)
    if order.state in UNDER_WAY:
        return consolidated(order)
    if order.state is State.CONSOLIDATED and not needed:
        return replace(order, state=State.CLOSED)
    return order


def issued(order: Inspection, at: datetime) -> Inspection:
    """Its collecting time is over; those who must know are told."""
    _require(order, (State.COLLECTING,))
    return replace(order, state=State.ISSUED, changed_at=at)


def appointed(
    order: Inspection, when: datetime, place: str, at: datetime, seen: Appointment | None = None, by: int = 0
) -> Inspection:
    """A time and a place; may be changed until the box is there, by who has ``seen`` what is changed."""
    _require(order, (State.COLLECTING, State.ISSUED, State.SCHEDULED))
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
    _require(order, (State.SCHEDULED,))
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


def ready(order: Inspection, at: datetime) -> Inspection:
    """The subject stands where it is to be inspected."""
    _require(order, (State.SCHEDULED,))
    return replace(order, state=State.READY, changed_at=at)


def started(order: Inspection, at: datetime) -> Inspection:
    """Under way: whoever comes now is offered the result instead."""
    _require(order, (State.SCHEDULED, State.READY))
    return replace(order, state=State.IN_PROGRESS, changed_at=at)


def recorded(
    order: Inspection,
    agency: str,
    found: Mapping[str, tuple[str, str]],
    conclusion: str,
    by: str,
    at: datetime,
) -> Inspection:
    """An agency's results ``item → (result, note)``, and its conclusion once it has one.

    An agency records items it asked for, and corrects its own until its conclusion. What it sends along
    as it stands has not been looked at again: it keeps who found it, and when.
    """
    _require(order, UNDER_WAY)
    part = order.part(agency)
    if part is None or part.standing != "joined" or part.conclusion:
        raise _refused(
            "not_yours", "本机关不在此查验单中或已作结论", "the agency takes no part, or has concluded"
        )
    if strange := sorted(set(found) - set(part.items)):
        raise _refused("item", f"检查单中没有：{strange[0]}", f"not on the agency's checklist: {strange[0]}")
    results = {result.item: result for result in order.results}
    for item, said in found.items():
        known = results.get(item)
        if known is None or (known.result, known.note) != said:
            _not_anothers(order, known, agency)
            results[item] = Result(item, *said, agency, by, at)
    if conclusion:
        _conclusive(part, results, conclusion)
        part = replace(part, conclusion=conclusion, concluded_at=at, concluded_by=by)
    changed = replace(
        order,
        state=State.RESULTS,
        parts=tuple(part if one.agency == agency else one for one in order.parts),
        results=tuple(results.values()),
    )
    return order if changed == order else consolidated(replace(changed, changed_at=at))


def _not_anothers(order: Inspection, known: Result | None, agency: str) -> None:
    """A shared item is entered once: who takes part and entered it is asked to correct it."""
    if known is None or known.agency == agency:
        return
    part = order.part(known.agency)
    if part is None or part.standing != "joined" or known.item not in part.items:
        return
    who, what = wording.agencies([known.agency]), wording.word("results", known.result)
    raise _refused(
        "entered",
        f"“{known.item}”已由{who.zh}录为{what.zh}，各家共用；有异议请{who.zh}更正。其余内容请核对后再提交",
        f"“{known.item}” was entered for all by {who.en} as {what.en.lower()}: ask there to correct it;"
        " check the rest and hand in again",
    )


def _conclusive(part: Part, results: Mapping[str, Result], conclusion: str) -> None:
    if conclusion not in ("normal", "abnormal"):
        raise _refused("conclusion", "结论只能是正常或异常", "a conclusion is normal or abnormal")
    if conclusion == "abnormal":
        return
    if open_ := [item for item in part.items if item not in results]:
        raise _refused("incomplete", f"尚有未录项目：{open_[0]}", f"not yet recorded: {open_[0]}")
    if wrong := [item for item in part.items if results[item].result == "abnormal"]:
        raise _refused(
            "abnormal_item",
            f"“{wrong[0]}”录为异常，不能作正常结论；请作异常结论，或更正该项",
            f"“{wrong[0]}” was found abnormal: conclude abnormal, or correct that item",
        )


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
        raise _refused("not_offered", "没有可认可的查验结果", "no earlier result is offered to this agency")
    if order.state not in DONE or order.conclusion != "normal":
        raise _refused("not_normal", "前次查验尚未正常结束", "the earlier inspection has not ended as normal")
    if lacking := unseen(part.items, {one.item: one.result for one in order.results}):
        raise _refused(
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
        raise _refused("not_offered", "没有可替代的前次查验", "there is no earlier inspection to repeat")
    withdrawn = replace(part, standing="withdrawn", conclusion="")
    parts = tuple(withdrawn if one.agency == agency else one for one in order.parts)
    return replace(order, parts=parts, state=State.CLOSED, changed_at=at)


def _refused(code: str, zh: str, en: str) -> Declined:
    return Declined(f"inspection.{code}", zh, en)


def _require(order: Inspection, states: Sequence[State]) -> None:
    if order.state not in states:
        now = wording.word("states", order.state)
        raise _refused(
            "state", f"查验单现为“{now.zh}”，不能这样做", f"the order's state is “{now.en}”: not now"
        )

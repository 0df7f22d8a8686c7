"""The work-list of inspection orders: how each stands, whether it is late, what is to do. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.coordination.orders import JOINABLE, UNDER_WAY, State
from singlewindow.hub.coordination.queries import Ordered
from singlewindow.hub.portal.clearance.matrix import Agency
from singlewindow.hub.portal.clearance.orders import agency_of, state_of
from singlewindow.hub.portal.words import Word, word
from singlewindow.hub.ui import moments
from singlewindow.kernel.messages import Text


class Listed(Struct, frozen=True):
    """A line of the work-list."""

    order: Ordered
    state: Word
    agencies: tuple[Agency, ...]
    when: Text | None
    todo: Text
    consignment: str = ""  # its number, where the viewer may read it
    late: Text | None = None  # since the appointment that was not kept
    waits: Text | None = None  # without an appointment, since it was opened
    concluded: tuple[tuple[Agency, Word, str], ...] = ()  # by whom


def listed(
    orders: Sequence[Ordered],
    parts: Sequence[Mapping[str, Any]],
    agencies: Mapping[str, Agency],
    consignments: Mapping[UUID, str] | None = None,
    own: str = "",
    now: datetime | None = None,
) -> tuple[Listed, ...]:
    """The work-list of an agency (empty: of none), in the order in which the orders come due."""
    taking: dict[UUID, list[Mapping[str, Any]]] = {}
    for part in parts:
        taking.setdefault(part["inspection_order"], []).append(part)
    return tuple(
        _listed(order, taking.get(order.id, ()), agencies, _called(order, consignments or {}), own, now)
        for order in orders
    )


def _called(order: Ordered, consignments: Mapping[UUID, str]) -> str:
    """By its dossier; one on a container that several consignments share has a name of its own."""
    return consignments.get(order.dossier) or consignments.get(order.id, "")


def _listed(
    order: Ordered,
    parts: Sequence[Mapping[str, Any]],
    agencies: Mapping[str, Agency],
    consignment: str,
    own: str,
    now: datetime | None,
) -> Listed:
    at, begun = order.appointed_at, order.state not in JOINABLE
    return Listed(
        order,
        state_of(order),
        tuple(agency_of(part["agency"], agencies) for part in parts),
        moments.appointment(at) if at else None,
        _todo(order, parts, agencies, own),
        consignment,
        late=moments.span(now - at) if now and at and at <= now and not begun else None,
        waits=moments.span(now - order.opened_at) if now and not at and not begun else None,
        concluded=tuple(
            (
                agency_of(part["agency"], agencies),
                word("conclusion", part["conclusion"]),
                part["concluded_by"],
            )
            for part in parts
            if part["conclusion"]
        ),
    )


def _offered(part: Mapping[str, Any]) -> bool:
    return part["standing"] == "offered" and not part["conclusion"]


def _todo(
    order: Ordered, parts: Sequence[Mapping[str, Any]], agencies: Mapping[str, Agency], own: str
) -> Text:
    state = order.state
    if any(part["agency"] == own and _offered(part) for part in parts):
        if state in UNDER_WAY:
            return Text("等前次查验的结果", "wait for the result of the inspection under way")
        return Text("认可前次结果，或另开查验", "recognise the earlier result, or inspect again")
    if state in UNDER_WAY:
        return _recording(parts, agencies, own)
    if order.conclusion == "abnormal":
        return Text("待有关机关处置", "the agencies decide what follows")
    if state in (State.COLLECTING, State.ISSUED):
        return Text("约定时间和地点", "agree on time and place")
    if state == State.SCHEDULED:
        return Text("移位到查验区", "move to the yard")
    if state == State.READY:
        return Text("开始查验", "start the inspection")
    if state in (State.CLOSED, State.CANCELLED):
        return Text("无", "nothing")
    return Text("待各家放行", "releases to follow")


def _recording(parts: Sequence[Mapping[str, Any]], agencies: Mapping[str, Agency], own: str) -> Text:
    """Who takes part and has not concluded is asked to; everybody else waits for those."""
    open_ = [part["agency"] for part in parts if part["standing"] == "joined" and not part["conclusion"]]
    if own in open_:
        return Text("录入结果并作结论", "record results and conclude")
    those = Text.listed(agency_of(one, agencies).name for one in open_)
    return Text(f"等{those.zh}作结论", f"wait for {those.en} to conclude")

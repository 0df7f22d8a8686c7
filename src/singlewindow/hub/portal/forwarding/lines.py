"""Consignments as their forwarder sees them: bill, call, boxes and their release, what to attend. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.coordination.algebra import Kind
from singlewindow.hub.coordination.orders import State as Step
from singlewindow.hub.identity.asking import Row
from singlewindow.hub.portal import states
from singlewindow.hub.portal.states import State
from singlewindow.hub.portal.words import Word, word
from singlewindow.hub.ui import moments
from singlewindow.kernel.codes.calls import call_words
from singlewindow.kernel.messages import Text

SHOWN = 4  # boxes of a line; the others are counted
GONE = Word("gone", "off", Text("已出闸", "Gone out"))
_WAIT = Text("等码头约定时间和地点", "the terminal names time and place")
_TODO = {
    Step.COLLECTING: _WAIT,
    Step.ISSUED: _WAIT,
    Step.SCHEDULED: Text("按约到场配合", "attend as appointed"),
    Step.READY: Text("货已到位，到场配合", "in position: attend"),
}
_STAY = Text("查验中，在场配合", "under way: stay at hand")


class Box(Struct, frozen=True):
    """A container and how it stands; ``stand`` None: nobody has said anything yet."""

    number: str
    stand: Word | None


class Visit(Struct, frozen=True):
    """An inspection to attend."""

    order: UUID
    dossier: UUID
    consignment: str
    name: str
    state: Word
    at: datetime | None
    when: Text | None
    place: str
    todo: Text


class Line(Struct, frozen=True):
    """One consignment of the list."""

    id: UUID
    goods: Text
    name: str
    conveyance: str
    state: State
    boxes: tuple[Box, ...]
    others: int
    visits: tuple[Visit, ...]
    at: datetime


def lines(
    rows: Sequence[Row], dispositions: Sequence[Row], gone: Collection[str], orders: Sequence[Row]
) -> list[Line]:
    """Consignments with what stands about each."""
    stands = {(row["dossier"], row["subject_key"]): row["kind"] for row in dispositions}
    to_attend = visits(orders, {row["id"]: row["name"] for row in rows})
    return [_line(row, stands, gone, [one for one in to_attend if one.dossier == row["id"]]) for row in rows]


def visits(rows: Sequence[Row], names: Mapping[UUID, str]) -> list[Visit]:
    """Inspection orders as what they ask of who brings the goods; ``names`` by consignment, else by order."""
    return [_visit(row, names.get(row["dossier"]) or names.get(row["id"], "")) for row in rows]


def conveyance(row: Row) -> str:
    """Ship and voyage, the ship by its name where one is known."""
    return " / ".join(filter(None, call_words(row["call"], row["conveyance"])))


def _line(
    row: Row, stands: Mapping[tuple[UUID, str], str], gone: Collection[str], to_attend: Sequence[Visit]
) -> Line:
    kinds = {key: stands.get((row["id"], key)) for key in row["keys"] or [str(row["id"])]}
    boxes = [
        Box(number, _stand(key, kinds[key], gone))
        for key, number in zip(row["keys"], row["numbers"], strict=True)
    ]
    out = bool(boxes) and all(box.stand is GONE for box in boxes)
    said = [kind or Kind.PENDING for kind in kinds.values()]
    return Line(
        id=row["id"],
        goods=word("subject", row["goods"]).text,
        name=row["name"],
        conveyance=conveyance(row),
        state=State(GONE.id, GONE.shape, GONE.text, 0) if out else states.of_goods(said),
        boxes=tuple(boxes[:SHOWN]),
        others=max(len(boxes) - SHOWN, 0),
        visits=tuple(to_attend),
        at=row["opened_at"],
    )


def _stand(key: str, kind: str | None, gone: Collection[str]) -> Word | None:
    if key in gone:
        return GONE
    return word("composite", kind) if kind else None


def _visit(row: Row, consignment: str) -> Visit:
    at = row["appointed_at"]
    return Visit(
        order=row["id"],
        dossier=row["dossier"],
        consignment=consignment,
        name=row["name"],
        state=word("state", row["state"]),
        at=at,
        when=moments.appointment(at) if at else None,
        place=row["place"],
        todo=_TODO.get(Step(row["state"]), _STAY),
    )

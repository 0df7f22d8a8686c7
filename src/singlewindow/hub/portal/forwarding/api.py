"""What programs of a forwarder ask: the consignments that name its firm, and of them what it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from singlewindow.hub.coordination.algebra import Disposition, Kind, whole
from singlewindow.hub.coordination.orders import State
from singlewindow.hub.identity import paging
from singlewindow.hub.identity.asking import Row
from singlewindow.hub.identity.programs import Routes, absent
from singlewindow.hub.identity.shapes import Line, Paging, Shape
from singlewindow.hub.portal.apps import READ
from singlewindow.hub.portal.forwarding import queries
from singlewindow.kernel.codes.calls import call_words
from singlewindow.kernel.messages import Text

routes = Routes(tags=["coordination"])


class EntrustedContainer(Shape):
    """A box: what all agencies' orders on it come to, who bars it, who has not released it, when it left."""

    number: str
    disposition: Kind
    agencies: list[str]
    missing: list[str]
    left_at: datetime | None


class EntrustedInspection(Shape):
    """An inspection to attend; ``/inspections/{id}`` has it whole."""

    id: UUID
    name: str
    state: State
    appointed_at: datetime | None
    place: str


class EntrustedShape(Shape):
    """A consignment as its forwarder is told it: nothing of goods, seals or other parties."""

    id: UUID
    goods: Literal["bill", "express", "postal"]
    name: str
    conveyance: str
    voyage: str
    opened_at: datetime
    changed_at: datetime
    disposition: Kind
    partly_open: bool
    containers: list[EntrustedContainer]
    inspections: list[EntrustedInspection]


class EntrustedList(Shape):
    """A page of consignments entrusted to one's firm, newest first."""

    items: list[EntrustedShape]
    next: str | None


class Asked(Paging):
    """Which of them."""

    number: Line = Field("", description="提运单号或箱号 · number of a bill or container")


@routes.see(
    "/consignments/entrusted",
    EntrustedList,
    needs=READ,
    title=Text("委托本单位的货物", "Consignments entrusted to one's firm"),
    notes=Text(
        "单证以本单位为货代或船代的货物，最新的在前：提运单、航次、集装箱放行情况和待到场的查验；changed_at"
        " 是其中最近一次变动的时间",
        "Those whose document names one's firm as forwarder or ship's agent, newest first: bill, call, how"
        " each box stands, inspections to attend; `changed_at` is when any of it last changed",
    ),
)
def list_entrusted(request: HttpRequest, asked: Query[Asked]) -> Any:
    (below,) = paging.begin(asked.after, tuple[UUID]) or (queries.NEWEST,)
    most = asked.limit + 1
    ids = queries.called([asked.number], below, most) if asked.number else queries.newest(below, most)
    page = paging.page(ids, asked.limit, lambda id_: (id_,))
    return page | {"items": _told(page["items"])}


@routes.see(
    "/consignments/entrusted/{uuid:consignment_id}",
    EntrustedShape,
    needs=READ,
    title=Text("一票委托本单位的货物", "One consignment entrusted to one's firm"),
    notes=Text(
        "单证未以本单位为货代或船代的，与不存在相同",
        "One whose document does not name one's firm is as one that is not there",
    ),
)
def get_entrusted(request: HttpRequest, consignment_id: UUID) -> Any:
    found = _told([consignment_id])
    if not found:
        raise absent()
    return found[0]


def _told(ids: Sequence[UUID]) -> list[Row]:
    starts = range(0, len(ids), queries.MOST_TOLD)
    several = [queries.progress(ids[start : start + queries.MOST_TOLD]) for start in starts]
    return [one for kept in several for one in _each(kept)]


def _each(kept: queries.Progress) -> list[Row]:
    stands = {(row["dossier"], row["subject_key"]): row for row in kept.dispositions}
    return [_one(row, stands, kept) for row in kept.rows]


def _one(row: Row, stands: Mapping[tuple[UUID, str], Row], kept: queries.Progress) -> Row:
    decided = {key: _decided(stands.get((row["id"], key))) for key in row["keys"] or [str(row["id"])]}
    together = whole(list(decided.values()))
    conveyance, voyage = call_words(row["call"], row["conveyance"])
    return {
        **row,
        "conveyance": conveyance,
        "voyage": voyage,
        "changed_at": _changed(row, stands, kept),
        "disposition": str(together.kind),
        "partly_open": together.partly_open,
        "containers": [
            _box(number, decided[key], kept.gone.get(key))
            for key, number in zip(row["keys"], row["numbers"], strict=True)
        ],
        "inspections": [visit for visit in kept.visits if visit["dossier"] == row["id"]],
    }


def _changed(row: Row, stands: Mapping[tuple[UUID, str], Row], kept: queries.Progress) -> datetime:
    """When a decision, an inspection or a move of a box last changed, or it was opened."""
    id_, keys = row["id"], row["keys"] or [str(row["id"])]
    moments: list[datetime] = [row["opened_at"]]
    moments += [stood["changed_at"] for key in keys if (stood := stands.get((id_, key)))]
    moments += [kept.gone[key] for key in keys if key in kept.gone]
    moments += [kept.inspected[id_]] if id_ in kept.inspected else []
    return max(moments)


def _decided(row: Row | None) -> Disposition:
    """What was decided of a box; where nobody has said anything yet, it waits."""
    if row is None:
        return Disposition(Kind.PENDING)
    return Disposition(Kind(row["kind"]), tuple(row["agencies"]), tuple(row["missing"]))


def _box(number: str, decided: Disposition, left_at: datetime | None) -> Row:
    return {
        "number": number,
        "disposition": str(decided.kind),
        "agencies": list(decided.agencies),
        "missing": list(decided.missing),
        "left_at": left_at,
    }

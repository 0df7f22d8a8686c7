"""The public home's own parts: the picture of the flow, services and their receivers, state of the lanes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

from msgspec import Struct

from singlewindow.hub.portal import names
from singlewindow.hub.portal.duties import counted
from singlewindow.hub.portal.names import Partner
from singlewindow.hub.process import limits
from singlewindow.kernel.messages import Text

ROW = 38  # height of one receiver in the picture, in its own units
MOST_DRAWN = 8
CLOSED = "closed"


class Box(Struct, frozen=True):
    """A receiver in the picture: its place, and the lines in and out."""

    partner: Partner
    top: int
    middle: int
    text: int
    inward: str
    outward: str


class Flow(Struct, frozen=True):
    """The picture: one form, several receivers, receipts come together."""

    boxes: tuple[Box, ...]
    height: int
    middle: int


class Service(Struct, frozen=True):
    """A kind of document people hand in, and what each receiver gets of it."""

    name: Text
    reach: tuple[tuple[Partner, Text], ...]


class Lane(Struct, frozen=True):
    """Whether a receiver can be reached now."""

    partner: Partner
    kind: str
    word: Text


class Term(Struct, frozen=True):
    """A time limit in force, as the law or this platform sets it."""

    name: Text
    counted: Text
    source: Text


def terms(on: date) -> list[Term]:
    """What anybody who declares has to keep to on a day."""
    versions = ((each.name, each.on(on)) for each in limits.shipped().values())
    return [Term(name, counted(each), each.source) for name, each in versions if each]


def flow(partners: Sequence[Partner]) -> Flow | None:
    """The picture of these partners; none without any."""
    drawn = partners[:MOST_DRAWN]
    if not drawn:
        return None
    height = max(ROW * len(drawn), 96)
    start = (height - ROW * len(drawn)) // 2
    middle = height // 2
    rows = range(start + ROW // 2, start + ROW * len(drawn), ROW)
    boxes = tuple(_box(each, at, middle) for each, at in zip(drawn, rows, strict=True))
    return Flow(boxes, height, middle)


def _box(partner: Partner, at: int, middle: int) -> Box:
    inward = f"M132 {middle}C190 {middle} 190 {at} 238 {at}H262"
    outward = f"M488 {at}H500C545 {at} 545 {middle} 578 {middle}"
    return Box(partner, at - 14, at, at + 5, inward, outward)


def services(rows: list[dict[str, Any]]) -> list[Service]:
    """Subscriptions as people read them: by what they hand in."""
    grouped = groupby(rows, key=lambda row: row["source_kind"])
    return [
        Service(
            names.document(kind),
            tuple((names.partner(row["receiver"]), names.document(row["document_kind"])) for row in several),
        )
        for kind, several in grouped
    ]


def lanes(partners: Sequence[Partner], rows: list[dict[str, Any]]) -> list[Lane]:
    """Every receiver's state, in the order of the partners."""
    known = {row["partner"]: row for row in rows}
    return [_lane(partner, known.get(partner.id)) for partner in partners]


def _lane(partner: Partner, row: dict[str, Any] | None) -> Lane:
    if row is None:
        return Lane(partner, "wait", Text("尚无收发", "No traffic yet"))
    if row["disconnected"]:
        gone = Text("平台已停止与其对接，单证不再发送", "Disconnected: nothing is sent to it any more")
        return Lane(partner, "off", gone)
    if row["paused_at"]:
        rests = Text("暂停，可照常提交，恢复后补送", "Paused; submit as usual, it is sent afterwards")
        return Lane(partner, "warn", rests)
    if row["breaker"] == CLOSED:
        return Lane(partner, "ok", Text("正常", "Normal"))
    word = Text("延迟，可照常提交，自动补送", "Delayed; submit as usual, it is sent later")
    return Lane(partner, "warn", word)


def trouble(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The receivers that nothing goes to now, since when, and whether the operator has disconnected them."""
    told = [
        {
            "partner": names.partner(row["partner"]),
            "since": row["paused_at"] or row["since"] or row["changed_at"],
            "disconnected": row["disconnected"],
        }
        for row in rows
        if row["paused_at"] or row["breaker"] != CLOSED
    ]
    return sorted(told, key=lambda one: one["disconnected"])

"""Why a composite disposition is what it is, and how a release stands, in words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from singlewindow.hub.coordination import wording
from singlewindow.hub.coordination.algebra import Kind
from singlewindow.hub.coordination.passes import PassState, state_of
from singlewindow.hub.identity.asking import Row
from singlewindow.hub.portal.words import word
from singlewindow.hub.ui import moments
from singlewindow.kernel.messages import Text

NAMED = 3  # containers that a reason names


class Release(Struct, frozen=True):
    """A release by its numbers, and what became of it."""

    numbers: str
    kind: str
    state: Text


def of(row: Row, names: Mapping[str, Text]) -> tuple[Text, ...]:
    """The reasons of one disposition: who stands in the way, whose release is missing."""
    if row.get("partly"):
        return (_partly(row, names),)
    barring, missing = _listed(row["agencies"], names), _listed(row["missing"], names)
    found = []
    if row["kind"] in _SAID:
        found.append(_SAID[row["kind"]](barring, len(row["agencies"])))
    if missing.zh:
        found.append(Text(f"待{missing.zh}放行", f"release of {missing.en} is missing"))
    return tuple(found)


def _partly(row: Row, names: Mapping[str, Text]) -> Text:
    """Which containers stand in the way, by name, and that the others are not held by them."""
    those = ", ".join(row["partly"][:NAMED]) + (" …" if len(row["partly"]) > NAMED else "")
    others = row["others"]
    if row["kind"] == Kind.PENDING:
        missing = _listed(row["missing"], names)
        zh = f"箱 {those} 待{missing.zh}放行；其余 {others} 箱不受牵连"
        return Text(zh, f"{those}: release of {missing.en} is missing; the other {others} not affected")
    kind = word("composite", row["kind"]).text
    zh = f"含箱 {those} 的未结处置（{kind.zh}）；其余 {others} 箱不受牵连"
    return Text(zh, f"{kind.en} open for {those}; the other {others} not affected")


def _joint(barring: Text, number: int) -> Text:
    return Text(
        f"{barring.zh} {number} 家要求查验 → 一张查验单、一次查验",
        f"{barring.en}: {number} ask to inspect → one order, one inspection",
    )


_SAID: Mapping[str, Callable[[Text, int], Text]] = {
    Kind.JOINT_INSPECTION: _joint,
    Kind.SINGLE_INSPECTION: lambda who, _: Text(f"{who.zh}要求查验", f"{who.en} asks to inspect"),
    Kind.HELD: lambda who, _: Text(f"{who.zh}挂起，未结", f"put on hold by {who.en}"),
    Kind.NOT_RELEASED: lambda who, _: Text(f"{who.zh}不予放行", f"release denied by {who.en}"),
    Kind.RELEASED: lambda who, _: Text("必需各家全部放行", "all who must have released"),
}


def _listed(agencies: Iterable[str], names: Mapping[str, Text]) -> Text:
    return Text.listed(names.get(agency) or wording.word("agencies", agency) for agency in agencies)


def of_pass(row: Row | None, now: datetime) -> Release | None:
    """The state of a container's pass."""
    if row is None:
        return None
    numbers = ", ".join(row["releases"])
    told = ("suspended", "revoked_at", "used_at", "valid_until")
    state = state_of(**{name: row[name] for name in told}, at=now)
    if state is PassState.USED:
        at = moments.stamp(row["used_at"])
        return Release(numbers, "off", Text(f"{at} 出闸已用", f"used at the gate {at}"))
    if state is PassState.SUSPENDED:
        at, why = moments.stamp(row["revoked_at"]), word("waits", row["suspended"]).text
        return Release(numbers, "hold", Text(f"{at} 暂停：{why.zh}", f"suspended {at}: {why.en}"))
    return _in_force(row, numbers, now)


def called_back(row: Row) -> Release:
    """A container that left and is ordered otherwise since."""
    at = moments.stamp(row["used_at"])
    said = Text(f"{at} 已出闸，须召回", f"left {at}, to be called back")
    return Release(", ".join(row["releases"]), "deny", said)


def of_wait(why: str) -> Release:
    """Why a container that is released on this side may not leave, or is none of it any more."""
    found = word("waits", why)
    return Release("", found.shape, found.text)


def of_release(row: Row | None, now: datetime) -> Release | None:
    """The state of the release of goods that no container holds."""
    return _in_force(row, row["number"], now) if row else None


def _in_force(row: Row, numbers: str, now: datetime) -> Release:
    if row["revoked_at"]:
        at = moments.stamp(row["revoked_at"])
        return Release(numbers, "deny", Text(f"{at} 已撤销", f"revoked {at}"))
    until = moments.stamp(row["valid_until"])
    if row["valid_until"] <= now:
        return Release(numbers, "warn", Text(f"{until} 已过期", f"expired {until}"))
    return Release(numbers, "ok", Text(f"有效至 {until}", f"valid until {until}"))

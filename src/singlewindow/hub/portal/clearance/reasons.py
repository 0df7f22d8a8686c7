"""Why a composite disposition is what it is, and how a release stands, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from singlewindow.hub.coordination.algebra import Kind
from singlewindow.hub.portal.clearance.queries import Row
from singlewindow.hub.ui import moments
from singlewindow.kernel.messages import Text


class Release(Struct, frozen=True):
    """A release by its numbers, and what became of it."""

    numbers: str
    kind: str
    state: Text


def of(row: Row, names: Mapping[str, Text]) -> tuple[Text, ...]:
    """The reasons of one disposition: who stands in the way, whose release is missing."""
    barring, missing = _listed(row["agencies"], names), _listed(row["missing"], names)
    kind = row["kind"]
    found = []
    if kind == Kind.JOINT_INSPECTION:
        number = len(row["agencies"])
        found.append(
            Text(
                f"{barring.zh} {number} 家要求查验 → 一张查验单、一次查验",
                f"{barring.en}: {number} ask to inspect → one order, one inspection",
            )
        )
    elif kind == Kind.SINGLE_INSPECTION:
        found.append(Text(f"{barring.zh}要求查验", f"{barring.en} asks to inspect"))
    elif kind == Kind.HELD:
        found.append(Text(f"{barring.zh}挂起，未结", f"put on hold by {barring.en}"))
    elif kind == Kind.NOT_RELEASED:
        found.append(Text(f"{barring.zh}不予放行", f"refused by {barring.en}"))
    elif kind == Kind.RELEASED:
        found.append(Text("必需各家全部放行", "all who must have released"))
    if missing.zh:
        found.append(Text(f"待{missing.zh}放行", f"release of {missing.en} is missing"))
    if row.get("partly"):
        found.append(Text("各箱不一，一箱不牵连另一箱", "containers differ; one does not hold another"))
    return tuple(found)


def _listed(agencies: Iterable[str], names: Mapping[str, Text]) -> Text:
    known = [names.get(agency, Text(agency, agency)) for agency in agencies]
    return Text("、".join(name.zh for name in known), ", ".join(name.en for name in known))


def of_pass(row: Row | None, now: datetime) -> Release | None:
    """The state of a container's pass."""
    if row is None:
        return None
    numbers = ", ".join(row["releases"])
    if row["used_at"]:
        at = moments.stamp(row["used_at"])
        return Release(numbers, "off", Text(f"{at} 出闸已用", f"used at the gate {at}"))
    return _standing(row, numbers, now)


def of_release(row: Row | None, now: datetime) -> Release | None:
    """The state of the release of goods that no container holds."""
    return _standing(row, row["number"], now) if row else None


def _standing(row: Row, numbers: str, now: datetime) -> Release:
    if row["revoked_at"]:
        at = moments.stamp(row["revoked_at"])
        return Release(numbers, "deny", Text(f"{at} 已撤销", f"revoked {at}"))
    until = moments.stamp(row["valid_until"])
    if row["valid_until"] <= now:
        return Release(numbers, "warn", Text(f"{until} 已过期", f"expired {until}"))
    return Release(numbers, "ok", Text(f"有效至 {until}", f"valid until {until}"))

"""Whether a step of the story happened, by what the platform answered. Pure; each look may fail."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from singlewindow.hub.coordination.gate import USED

Json = Mapping[str, Any]
INSPECTED, FREE = "CQXU2045171", "CQXU3188623"
RECEIVERS = {"border", "customs", "maritime", "quarantine", "terminal"}
INSPECTING = {"customs", "quarantine"}
# The reason must be the story's own, not that the data are old: nothing is released; or the box left the last
# time the story was played, and that pass is used.
BARRED = frozenset({"G-21", USED.code})
GONE = frozenset({USED.code})
NORMAL = "normal"


class NotHappenedError(RuntimeError):
    """A step that should have happened did not, within its time."""


class NotYetError(NotHappenedError):
    """It has not happened so far, and may still."""


def all_of(wanted: Collection[str], seen: Collection[str]) -> str:
    """All of them by name; who is missing is what a step that does not happen says."""
    if missing := ", ".join(sorted({*wanted} - {*seen})):
        raise NotYetError(f"缺 · missing {missing}")
    return ", ".join(sorted(seen))


def same(wanted: Any, seen: Any) -> str:
    """What was seen, if it is what was wanted."""
    if seen != wanted:
        raise NotHappenedError(f"{seen}, not {wanted}")
    return str(seen)


def answered(submission: Json) -> str:
    """Each receiver has a document of its own kind and answered it in its business."""
    sent = [one for one in submission["documents"] if one["receiver"]]
    done = {one["receiver"] for one in sent if any(each["stage"] == "business" for each in one["receipts"])}
    said = all_of(RECEIVERS, done)
    same(len(sent), len({one["document"] for one in sent}))
    return said


def only_order(orders: Iterable[Json]) -> Json:
    """The one order of inspection on the container."""
    live = [one for one in orders if one["name"] == INSPECTED and one["state"] != "cancelled"]
    if len(live) > 1:
        raise NotHappenedError(f"{len(live)} 张查验单 · orders")
    if not live:
        raise NotYetError("没有查验单 · no order")
    return live[0]


def wanted_by(agency: str, instructions: Iterable[Json]) -> set[str]:
    """What an agency itself ordered to be looked at in the container, item by item."""
    return {
        item
        for one in instructions
        if one["agency"] == agency and one["order"] == "inspect" and not one["withdrawn"]
        if one["subject_key"].startswith(f"{INSPECTED}@")
        for item in one["items"]
    }


def united(wanted: Mapping[str, set[str]], order: Json, listed: Collection[str]) -> str:
    """The order's items, as its parts hold them and as all were told, are the union of what was ordered."""
    agencies = all_of(INSPECTING, {agency for agency, items in wanted.items() if items})
    union = set().union(*wanted.values())
    held = {item for part in order["parts"] for item in part["items"]}
    for items in (held, {*listed}):
        if items != union:
            raise NotYetError(f"清单不是并集 · not the union: {'、'.join(sorted(items ^ union))}")
    same(len(union), len(listed))
    return f"{agencies}: {len(union)} 项 · items"


def told_of(order: str, notices: Iterable[Json]) -> set[str]:
    """As what a party was told that the inspection is ordered."""
    return {
        one["role"] for one in notices if one["topic"] == "inspection_ordered" and one["subject_id"] == order
    }


def released(consignment: Json, container: str) -> str:
    """The release that the container's pass in force rests on."""
    found = [one for one in consignment["passes"] if one["number"] == container]
    in_force = [one for one in found if one["state"] == "in_force" and one["releases"]]
    if not in_force or _line(consignment, container)["disposition"] != "released":
        raise NotYetError(f"{container}: 未放行 · not released")
    return str(in_force[0]["releases"][0])


def untouched(consignment: Json, container: str) -> None:
    """Every agency released it, none by a person at a screen."""
    cells = _line(consignment, container)["cells"]
    touched = [one["agency"] for one in cells if one["order"] != "release" or one["channel"] == "screen"]
    if touched or not cells:
        raise NotHappenedError(f"{container}: 不是自动放行 · not by itself: {', '.join(touched)}")


def kept_back(consignment: Json, container: str) -> None:
    """Nothing lets the container out while it is to be inspected."""
    passes = [one["state"] for one in consignment["passes"] if one["number"] == container]
    if {"in_force", "used"} & {*passes} or _line(consignment, container)["disposition"] == "released":
        raise NotHappenedError(f"{container}: 查验未完已放行 · released before it was inspected")


def _line(consignment: Json, container: str) -> Json:
    lines = [one for one in consignment["matrix"] if one["number"] == container]
    if not lines:
        raise NotYetError(f"{container}: 没有处置 · no disposition")
    found: Json = lines[0]
    return found


def barred(verdict: Json, codes: frozenset[str]) -> str:
    """The gate kept the container in, for one of these reasons."""
    said = reasons(verdict)
    if verdict["passed"] or codes.isdisjoint(reason["code"] for reason in verdict["reasons"]):
        raise NotHappenedError(f"{INSPECTED}: {said or 'PASS'}")
    return said


def let_out(verdict: Json, release: str) -> str:
    """The gate let it out on this consignment's release."""
    if not verdict["passed"]:
        raise NotYetError(reasons(verdict))
    if release not in verdict["releases"]:
        raise NotHappenedError(f"{INSPECTED}: {', '.join(verdict['releases'])}, not {release}")
    return str(verdict["number"])


def reasons(verdict: Json) -> str:
    """Why, in words."""
    return "；".join(f"{one['text']['zh']} · {one['text']['en']}" for one in verdict["reasons"])


def consolidated(order: Json, union: Collection[str]) -> str:
    """One result for all: every item of the union found once, every agency's conclusion in the order's."""
    if not order["conclusion"]:
        raise NotYetError("尚无结论 · no conclusion yet")
    same(sorted(union), sorted(one["item"] for one in order["results"]))
    same([NORMAL] * len(order["parts"]), [part["conclusion"] for part in order["parts"]])
    return same(NORMAL, order["conclusion"])


def same_receipt(first: Json, again: Json) -> str:
    """A duplicate got the original receipt."""
    for name in ("submission_id", "received_at", "digest"):
        same(first[name], again[name])
    return str(first["received_at"])


def named(entries: Iterable[Json], accounts: Collection[str]) -> str:
    """The journal names these accounts, each of which did something, and nobody else beside the platform."""
    seen = {one["actor_name"] for one in entries if one["actor_kind"] in {"person", "token"}}
    if strangers := ", ".join(sorted(seen - {*accounts})):
        raise NotHappenedError(f"不是演示账户 · no account of the demonstration: {strangers}")
    return all_of(accounts, seen)

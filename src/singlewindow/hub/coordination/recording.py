"""What agencies find in an inspection (查验结果): results item by item, and conclusions; pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from singlewindow.hub.coordination import wording
from singlewindow.hub.coordination.orders import (
    UNDER_WAY,
    Inspection,
    Part,
    Result,
    State,
    consolidated,
    refused,
    require,
)


def recorded(
    order: Inspection,
    agency: str,
    found: Mapping[str, tuple[str, str]],
    conclusion: str,
    by: str,
    at: datetime,
    seen: Mapping[str, datetime | None] | None = None,
) -> Inspection:
    """An agency's results ``item → (result, note)``, and its conclusion once it has one.

    An agency records items it asked for, and corrects its own until its conclusion. What it sends along
    as it stands has not been looked at again: it keeps who found it, and when. ``seen`` is by item when what
    is written over was entered (None: nothing was); without it whatever stands is written over.
    """
    require(order, UNDER_WAY)
    part = order.part(agency)
    if part is None or part.standing != "joined" or part.conclusion:
        raise refused(
            "not_yours", "本机关不在此查验单中或已作结论", "the agency takes no part, or has concluded"
        )
    if strange := sorted(set(found) - set(part.items)):
        raise refused("item", f"检查单中没有：{strange[0]}", f"not on the agency's checklist: {strange[0]}")
    results = {result.item: result for result in order.results}
    for item, said in found.items():
        known = results.get(item)
        if not said[0]:
            raise refused("no_result", f"“{item}”写了说明，没有选结果", f"“{item}” has a note and no result")
        if known is None or (known.result, known.note) != said:
            _not_anothers(order, known, agency)
            _not_since(known, seen)
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
    raise refused(
        "entered",
        f"“{known.item}”已由{who.zh}录为{what.zh}，各家共用；有异议请{who.zh}更正。其余内容请核对后再提交",
        f"“{known.item}” was entered for all by {who.en} as {what.en.lower()}: ask there to correct it;"
        " check the rest and hand in again",
    )


def _not_since(known: Result | None, seen: Mapping[str, datetime | None] | None) -> None:
    """What a colleague has entered since the page was drawn is written over by who has read it."""
    if known is None or seen is None or seen.get(known.item) == known.at:
        return
    what, note = wording.word("results", known.result), known.note
    zh, en = (f"（{note}）", f" ({note})") if note else ("", "")
    raise refused(
        "entered_since",
        f"“{known.item}”已由{known.by}录为{what.zh}{zh}，与您填写的不同。请核对，仍要改的再提交一次",
        f"“{known.item}” was entered by {known.by} as {what.en.lower()}{en}, not as you have it:"
        " check, and hand in again to change it",
    )


def _conclusive(part: Part, results: Mapping[str, Result], conclusion: str) -> None:
    if conclusion not in ("normal", "abnormal"):
        raise refused("conclusion", "结论只能是正常或异常", "a conclusion is normal or abnormal")
    if conclusion == "abnormal":
        return
    if open_ := [item for item in part.items if item not in results]:
        raise refused("incomplete", f"尚有未录项目：{open_[0]}", f"not yet recorded: {open_[0]}")
    if wrong := [item for item in part.items if results[item].result == "abnormal"]:
        raise refused(
            "abnormal_item",
            f"“{wrong[0]}”录为异常，不能作正常结论；请作异常结论，或更正该项",
            f"“{wrong[0]}” was found abnormal: conclude abnormal, or correct that item",
        )


def reopened(order: Inspection, agency: str, at: datetime) -> Inspection:
    """An agency takes its conclusion back, until the last of them has concluded: then it is acted on."""
    require(order, UNDER_WAY)
    part = order.part(agency)
    if part is None or part.standing != "joined" or not part.conclusion:
        raise refused("not_concluded", "本机关尚未作结论", "the agency has not concluded")
    open_ = replace(part, conclusion="", concluded_at=None, concluded_by="")
    parts = tuple(open_ if one.agency == agency else one for one in order.parts)
    return replace(order, parts=parts, changed_at=at)

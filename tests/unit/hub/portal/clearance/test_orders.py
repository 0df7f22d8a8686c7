"""An inspection order as each viewer sees it: shared, mine, theirs; what may be done; what it comes to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from singlewindow.hub.coordination.algebra import Kind
from singlewindow.hub.coordination.orders import State
from singlewindow.hub.coordination.queries import Detail, Ordered
from singlewindow.hub.portal.clearance.listed import listed
from singlewindow.hub.portal.clearance.matrix import Agency
from singlewindow.hub.portal.clearance.orders import MINE, OURS, SHARED, STEPS, THEIRS, Sheet, sheet
from singlewindow.hub.portal.words import word
from singlewindow.kernel.messages import Order, Text

AT = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
OFFICER = frozenset({"inspections.plan", "inspections.report"})
AGENCIES = {
    "customs": Agency("customs", "关", Text("海关", "Customs")),
    "quarantine": Agency("quarantine", "检", Text("检验检疫", "Inspection and quarantine")),
}


def ordered(state: str = "in_progress", conclusion: str = "") -> Ordered:
    return Ordered(
        UUID(int=1), "CY1", UUID(int=2), "container", "CQXU2045171", state, "customs", "unstuffed",
        AT, None, "", conclusion,
    )  # fmt: skip


def part(who: str, items: Any, **more: Any) -> dict[str, Any]:
    row = {
        "agency": who,
        "standing": "joined",
        "method": "",
        "items": items,
        "untold": 0,
        "instructions": [],
        "conclusion": "",
        "concluded_at": None,
        "concluded_by": "",
    }
    return row | more


def found(item: str, result: str, who: str, note: str = "") -> dict[str, Any]:
    return {"item": item, "result": result, "note": note, "agency": who, "by": f"{who} 01", "at": AT}


PARTS = (part("customs", ["seal", "count"]), part("quarantine", ["seal", "pests"]))


def seen(
    own: str,
    parts: Any = PARTS,
    results: Any = (),
    typed: Any = None,
    state: str = "in_progress",
    conclusion: str = "",
    party: int = 0,
) -> Sheet:
    detail = Detail(
        ordered(state, conclusion), "", tuple(parts), tuple(results), appointed_by=7, ready_by=7, started_by=8
    )
    return sheet(detail, AGENCIES, own, OFFICER, {}, typed or {}, party)


def test_shared_items_stand_first_then_mine_then_theirs() -> None:
    groups = seen("quarantine").groups
    assert [(group.kind, [item.name for item in group.items]) for group in groups] == [
        (SHARED, ["seal"]),
        (MINE, ["pests"]),
        (THEIRS, ["count"]),
    ]
    assert [item.place for group in groups for item in group.items] == [1, 2, 3]
    assert [item.open for group in groups for item in group.items] == [True, True, False]
    assert seen("quarantine").saved == 1


def test_before_it_begins_an_agency_s_own_items_are_still_its_own() -> None:
    groups = seen("quarantine", state="issued").groups
    assert [group.kind for group in groups] == [SHARED, OURS, THEIRS]
    assert not any(item.open for group in groups for item in group.items)


def test_an_inspection_that_found_something_is_over_and_not_well() -> None:
    bad = ordered("consolidated", "abnormal")
    (line,) = listed([bad], [], AGENCIES)
    assert (line.state.shape, line.state.text.zh) == ("deny", "已合并，有异常")
    assert line.todo.en == "the agencies decide what follows"
    (good,) = listed([ordered("consolidated", "normal")], [], AGENCIES)
    assert (good.state.shape, good.todo.zh) == ("ok", "待各家放行")


def test_a_shared_item_is_entered_once() -> None:
    shared = seen("quarantine", results=[found("seal", "normal", "customs", "intact")]).groups[0].items[0]
    assert not shared.open
    assert (shared.result, shared.note, shared.by) == ("normal", "intact", "customs 01")
    own = seen("customs", results=[found("seal", "normal", "customs")]).groups[0].items[0]
    assert own.open


def test_who_takes_no_part_reads_only() -> None:
    shown = seen("")
    assert not any(item.open for group in shown.groups for item in group.items)
    assert "record" not in shown.may
    assert shown.agency is None


def test_what_was_typed_and_refused_stays_in_the_fields() -> None:
    kept = seen("quarantine", typed={"pests": ("abnormal", "holes"), "count": ("normal", "not mine")})
    by_name = {item.name: item for group in kept.groups for item in group.items}
    assert (by_name["pests"].result, by_name["pests"].note) == ("abnormal", "holes")
    assert by_name["count"].result == ""


@pytest.mark.parametrize(
    ("state", "own", "expected"),
    [
        ("collecting", "customs", {"appoint"}),
        ("scheduled", "customs", {"appoint", "ready", "start"}),
        ("scheduled", "", {"appoint", "ready"}),
        ("in_progress", "customs", {"record"}),
        ("closed", "customs", set()),
    ],
)
def test_only_what_can_be_done_now_is_offered(state: str, own: str, expected: set[str]) -> None:
    assert seen(own, state=state).may == expected


def test_who_came_late_may_recognise_or_say_why_not() -> None:
    late = (part("customs", ["seal"], conclusion="normal"), part("quarantine", ["seal"], standing="offered"))
    results = [found("seal", "normal", "customs")]
    ended = seen("quarantine", late, results, state="consolidated", conclusion="normal")
    assert ended.may == {"recognise", "again"}
    concluded = (late[0], late[1] | {"conclusion": "recognised"})
    assert seen("quarantine", concluded, state="closed").may == frozenset()


def test_one_abnormal_item_keeps_the_whole_from_becoming_normal() -> None:
    assert seen("customs", results=[found("pests", "abnormal", "quarantine")]).merged[0] == "hold"
    assert seen("customs").merged[1].en == "2 conclusions to come"
    assert sheet(
        Detail(ordered("consolidated", "normal"), "", PARTS, ()), AGENCIES, "", OFFICER, {}, {}
    ).merged == ("ok", word("conclusion", "normal").text)


def test_steps_are_done_now_and_still_to_come() -> None:
    marks = [step.mark for step in seen("customs").steps]
    assert marks == ["done"] * 4 + ["now"] + [""] * (len(STEPS) - 5)
    assert {step.mark for step in seen("customs", state="closed").steps} == {"done"}
    assert {step.mark for step in seen("customs", state="cancelled").steps} == {""}


def test_the_list_names_who_takes_part_and_what_is_to_do() -> None:
    rows = [part(one, []) | {"inspection_order": UUID(int=1)} for one in AGENCIES]
    (line,) = listed([ordered("issued")], rows, AGENCIES)
    assert [agency.seal for agency in line.agencies] == ["关", "检"]
    assert line.when is None
    assert line.todo.en == "agree on time and place"


def test_everything_coordination_may_say_has_a_shape_and_a_word() -> None:
    for name, values in (("composite", Kind), ("state", State), ("order", map(int, Order)), ("step", STEPS)):
        for value in values:
            shown = word(name, value)
            assert shown.text.zh != str(value)
            assert shown.shape or name == "step"


def test_an_agency_that_takes_no_part_is_offered_nothing_to_do() -> None:
    for state in ("collecting", "scheduled", "in_progress", "closed"):
        assert seen("border", state=state).may == frozenset()


def test_what_an_agency_entered_that_no_longer_asks_is_open_again() -> None:
    left = (part("customs", ["seal"], standing="withdrawn"), part("quarantine", ["seal", "pests"]))
    (group,) = seen("quarantine", left, [found("seal", "abnormal", "customs")]).groups
    assert [item.open for item in group.items] == [True, True]


def test_who_made_the_appointment_alone_is_offered_to_call_it_off() -> None:
    assert "call_off" in seen("", state="scheduled", party=7).may
    assert "call_off" not in seen("customs", state="scheduled", party=8).may
    assert "call_off" not in seen("", state="ready", party=7).may


def test_who_said_it_alone_is_offered_to_take_it_back_while_nothing_builds_on_it() -> None:
    assert "not_ready" in seen("", state="ready", party=7).may
    assert "not_ready" not in seen("customs", state="ready", party=8).may
    assert "not_started" in seen("customs", state="in_progress", party=8).may
    assert "not_started" not in seen("quarantine", state="in_progress", party=9).may
    for state in ("scheduled", "results", "closed"):
        assert seen("customs", state=state, party=8).may.isdisjoint({"not_ready", "not_started"})


@pytest.mark.parametrize(
    ("items", "state", "conclusion", "may", "word", "note"),
    [
        (["seal"], "in_progress", "", set(), "来迟，等前次结果", None),
        (["seal"], "consolidated", "normal", {"recognise", "again"}, "来迟，可认可前次结果", None),
        (["seal", "crew"], "consolidated", "normal", {"again"}, "来迟，须另开查验", "前次未查或有异常：crew"),
        (["seal"], "consolidated", "abnormal", {"again"}, "来迟，须另开查验", "前次查验有异常"),
        (["seal"], "cancelled", "", set(), "前次查验已取消", None),
    ],
)
def test_who_came_late_reads_what_may_be_done_and_why_not(
    items: list[str], state: str, conclusion: str, may: set[str], word: str, note: str | None
) -> None:
    late = part("quarantine", items, standing="offered")
    results = [found("seal", "normal", "customs")]
    shown = seen("quarantine", (PARTS[0], late), results, state=state, conclusion=conclusion)
    assert shown.may & {"recognise", "again"} == may
    mine = next(line for line in shown.parts if line.mine)
    assert (mine.word.zh, mine.note and mine.note.zh) == (word, note)


def test_what_a_withdrawn_agency_found_abnormal_is_not_to_be_recognised() -> None:
    gone = part("border", ["drums"], standing="withdrawn")
    results = [found("seal", "normal", "customs"), found("drums", "abnormal", "border")]
    for items, may, note in (
        (["seal"], {"recognise", "again"}, None),
        (["seal", "drums"], {"again"}, "前次未查或有异常：drums"),
    ):
        late = part("quarantine", items, standing="offered")
        ended = {"state": "consolidated", "conclusion": "normal"}
        shown = seen("quarantine", (PARTS[0], gone, late), results, **ended)
        assert shown.may & {"recognise", "again"} == may
        mine = next(line for line in shown.parts if line.mine)
        assert (mine.note and mine.note.zh) == note


@pytest.mark.parametrize(
    ("own", "state", "todo"),
    [
        ("quarantine", "in_progress", "等前次查验的结果"),
        ("quarantine", "consolidated", "认可前次结果，或另开查验"),
        ("customs", "consolidated", "待各家放行"),
    ],
)
def test_the_work_list_tells_who_came_late_what_to_do(own: str, state: str, todo: str) -> None:
    here = {"inspection_order": UUID(int=1)}
    parts = [part("customs", []) | here, part("quarantine", [], standing="offered") | here]
    (line,) = listed([ordered(state)], parts, AGENCIES, own=own)
    assert line.todo.zh == todo


@pytest.mark.parametrize(
    ("own", "todo"),
    [("customs", "等检验检疫作结论"), ("quarantine", "录入结果并作结论"), ("", "等检验检疫作结论")],
)
def test_the_work_list_asks_who_has_not_concluded(own: str, todo: str) -> None:
    here = {"inspection_order": UUID(int=1)}
    done = part("customs", [], conclusion="normal", concluded_by="customs 01")
    (line,) = listed([ordered()], [done | here, part("quarantine", []) | here], AGENCIES, own=own)
    assert line.todo.zh == todo
    assert [(agency.id, by) for agency, _, by in line.concluded] == [("customs", "customs 01")]


def test_the_work_list_says_what_is_late_and_what_waits() -> None:
    now = AT + timedelta(hours=3)
    kept = replace(ordered("scheduled"), appointed_at=AT + timedelta(hours=1))
    late, begun, waits = listed(
        [kept, replace(kept, state="in_progress"), ordered("issued")], [], AGENCIES, now=now
    )
    assert late.late is not None
    assert late.late.en == "2 h"
    assert (begun.late, begun.waits) == (None, None)
    assert waits.waits is not None
    assert waits.waits.en == "3 h"

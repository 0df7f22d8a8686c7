"""What an inspection order refuses to be told, each by its reason; what is refused changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from singlewindow.hub.coordination import orders, recording
from singlewindow.hub.coordination.declined import Declined
from singlewindow.hub.coordination.orders import FARTHEST, Inspection, Need, State
from singlewindow.kernel.messages import Subject

AT = datetime(2026, 11, 21, tzinfo=UTC)
CUSTOMS = Need("customs", "customs/instruction/a/1", "", ("seal", "goods"))
NORMAL = {"seal": ("normal", ""), "goods": ("normal", "")}


def opened(*wanted: Need) -> Inspection:
    box = Subject("container", "X")
    return orders.opened(UUID(int=1), "CY1", UUID(int=2), box, "X", wanted or (CUSTOMS,), AT)


def begun() -> Inspection:
    return orders.started(orders.appointed(opened(), AT + timedelta(hours=1), "B", AT), AT)


def ended(results: dict[str, tuple[str, str]] = NORMAL, conclusion: str = "normal") -> Inspection:
    """Concluded, and somebody who came while it was under way is offered the result."""
    late = Need("quarantine", "quarantine/instruction/b/1", "", ("seal", "pests"))
    order = orders.met(begun(), [CUSTOMS, late], AT)
    return recording.recorded(order, "customs", results, conclusion, "c", AT)


def refusal(act: Callable[[], Inspection]) -> str:
    with pytest.raises(Declined) as refused:
        act()
    assert refused.value.problem.text.zh
    assert refused.value.problem.text.en == str(refused.value)
    return refused.value.problem.code


def test_an_appointment_lies_within_the_coming_year() -> None:
    assert orders.appointed(opened(), AT + FARTHEST, "B", AT).state is State.SCHEDULED
    assert timedelta(days=366) == FARTHEST
    for when in (AT, AT - timedelta(seconds=1), AT + FARTHEST + timedelta(microseconds=1)):
        assert refusal(lambda when=when: orders.appointed(opened(), when, "B", AT)) == "appointment.past"  # type: ignore[misc]


def test_what_was_said_is_taken_back_by_who_said_it_and_until_something_builds_on_it() -> None:
    scheduled = orders.appointed(opened(), AT + timedelta(hours=1), "B", AT)
    ready = orders.ready(scheduled, AT, 7)
    begun_ = orders.started(ready, AT, 8)
    found = recording.recorded(begun_, "customs", {"seal": ("normal", "")}, "", "c", AT)
    assert refusal(lambda: orders.not_ready(scheduled, 7, AT)) == "inspection.state"
    assert refusal(lambda: orders.not_ready(ready, 8, AT)) == "inspection.not_yours"
    assert refusal(lambda: orders.not_ready(begun_, 7, AT)) == "inspection.begun"
    assert refusal(lambda: orders.not_started(ready, 8, AT)) == "inspection.state"
    assert refusal(lambda: orders.not_started(begun_, 7, AT)) == "inspection.not_yours"
    assert refusal(lambda: orders.not_started(found, 8, AT)) == "inspection.has_results"
    assert refusal(lambda: orders.not_ready(found, 7, AT)) == "inspection.begun"
    assert orders.not_ready(orders.not_started(begun_, 8, AT), 7, AT).state is State.SCHEDULED


@pytest.mark.parametrize(
    ("results", "conclusion", "reason"),
    [
        ({"seal": ("normal", "")}, "normal", "inspection.incomplete"),
        ({}, "normal", "inspection.incomplete"),
        (NORMAL | {"pests": ("normal", "")}, "", "inspection.item"),
        (NORMAL | {"goods": ("abnormal", "")}, "normal", "inspection.abnormal_item"),
        (NORMAL, "recognised", "inspection.conclusion"),
        (NORMAL, "fine", "inspection.conclusion"),
    ],
)
def test_a_conclusion_rests_on_what_was_looked_at(
    results: dict[str, tuple[str, str]], conclusion: str, reason: str
) -> None:
    assert refusal(lambda: recording.recorded(begun(), "customs", results, conclusion, "c", AT)) == reason


def test_who_finds_something_wrong_need_not_look_at_the_rest() -> None:
    order = recording.recorded(begun(), "customs", {"seal": ("abnormal", "broken")}, "abnormal", "c", AT)
    assert order.conclusion == "abnormal"


def test_who_has_concluded_or_takes_no_part_records_nothing() -> None:
    concluded = recording.recorded(
        orders.met(begun(), [CUSTOMS], AT), "customs", {"seal": ("normal", "")}, "", "c", AT
    )
    assert (
        refusal(lambda: recording.recorded(concluded, "border", {}, "normal", "b", AT))
        == "inspection.not_yours"
    )
    two = orders.started(
        orders.appointed(
            opened(CUSTOMS, Need("border", "b", "", ("seal",))), AT + timedelta(hours=1), "B", AT
        ),
        AT,
    )
    once = recording.recorded(two, "customs", NORMAL, "normal", "c", AT)
    assert (
        refusal(lambda: recording.recorded(once, "customs", NORMAL, "abnormal", "c", AT))
        == "inspection.not_yours"
    )


def test_an_earlier_result_is_recognised_for_what_it_covers_and_where_it_ended_as_normal() -> None:
    assert refusal(lambda: orders.recognised(ended(), "customs", "c", AT)) == "inspection.not_offered"
    assert refusal(lambda: orders.recognised(ended(), "quarantine", "q", AT)) == "inspection.not_covered"
    wrong = ended({"seal": ("abnormal", "")}, "abnormal")
    assert refusal(lambda: orders.recognised(wrong, "quarantine", "q", AT)) == "inspection.not_normal"
    under_way = ended({"seal": ("normal", "")}, "")
    assert refusal(lambda: orders.recognised(under_way, "quarantine", "q", AT)) == "inspection.not_normal"


def test_what_a_withdrawn_agency_found_abnormal_is_answered_for_by_nobody() -> None:
    border = Need("border", "border/instruction/c/1", "", ("drums",))
    two = orders.appointed(opened(CUSTOMS, border), AT + timedelta(hours=1), "B", AT)
    found = {"drums": ("abnormal", "dented")}
    begun = recording.recorded(orders.started(two, AT), "border", found, "", "b", AT)
    late = Need("quarantine", "quarantine/instruction/b/1", "", ("drums",))
    order = recording.recorded(orders.met(begun, [CUSTOMS, late], AT), "customs", NORMAL, "normal", "c", AT)
    assert order.conclusion == "normal"
    assert refusal(lambda: orders.recognised(order, "quarantine", "q", AT)) == "inspection.not_covered"


def test_a_second_inspection_is_of_something_that_ended_for_a_reason() -> None:
    assert refusal(lambda: orders.again(ended(), "quarantine", " ", AT)) == "request.reason"
    assert refusal(lambda: orders.again(ended(), "customs", "r", AT)) == "inspection.not_offered"
    assert refusal(lambda: orders.again(ended({}, ""), "quarantine", "r", AT)) == "inspection.not_offered"
    assert orders.again(ended(), "quarantine", "pests", AT).part("quarantine") is None


def test_an_appointment_is_called_off_by_who_made_it_for_a_reason() -> None:
    made = orders.appointed(opened(), AT + timedelta(hours=1), "B", AT, by=7)
    assert refusal(lambda: orders.called_off(made, 8, "no crane", AT)) == "appointment.not_yours"
    assert refusal(lambda: orders.called_off(made, 7, " ", AT)) == "request.reason"
    other = orders.Appointment(AT + timedelta(hours=2), "B")
    assert refusal(lambda: orders.called_off(made, 7, "no crane", AT, other)) == "appointment.set_meanwhile"
    off = orders.called_off(made, 7, "no crane", AT, made.appointment())
    assert (off.state, off.appointment()) == (State.ISSUED, orders.Appointment(None, ""))
    assert refusal(lambda: orders.called_off(off, 7, "again", AT)) == "inspection.state"
    assert orders.appointed(off, AT + timedelta(hours=3), "C", AT, by=8).appointed_by == 8


def test_what_stands_in_the_yard_is_not_called_off() -> None:
    there = orders.ready(orders.appointed(opened(), AT + timedelta(hours=1), "B", AT, by=7), AT)
    assert refusal(lambda: orders.called_off(there, 7, "no crane", AT)) == "inspection.state"


def test_a_note_without_a_result_is_refused_and_not_lost() -> None:
    given = {"seal": ("normal", ""), "goods": ("", "two cartons wet")}
    assert (
        refusal(lambda: recording.recorded(begun(), "customs", given, "", "c", AT)) == "inspection.no_result"
    )


def test_what_a_colleague_entered_since_is_written_over_by_who_has_read_it() -> None:
    later = AT + timedelta(minutes=1)
    order = recording.recorded(begun(), "customs", {"seal": ("abnormal", "broken")}, "", "colleague", AT)

    def anew(seen: dict[str, datetime | None] | None) -> Inspection:
        return recording.recorded(order, "customs", {"seal": ("normal", "")}, "", "c", later, seen)

    assert refusal(lambda: anew({"seal": None})) == "inspection.entered_since"
    for read in ({"seal": AT}, None):
        assert [(one.result, one.by) for one in anew(read).results] == [("normal", "c")]
    same = recording.recorded(
        order, "customs", {"seal": ("abnormal", "broken")}, "", "c", later, {"seal": None}
    )
    assert same == order, "who found the same has nothing to read"


def test_a_conclusion_is_taken_back_until_the_last_has_concluded() -> None:
    both = Need("quarantine", "quarantine/instruction/b/1", "", ("pests",))
    order = orders.appointed(opened(CUSTOMS, both), AT + timedelta(hours=1), "B", AT)
    order = orders.started(order, AT)
    assert refusal(lambda: recording.reopened(order, "customs", AT)) == "inspection.not_concluded"
    concluded = recording.recorded(order, "customs", NORMAL, "normal", "c", AT)
    assert refusal(lambda: recording.reopened(concluded, "quarantine", AT)) == "inspection.not_concluded"
    again = recording.reopened(concluded, "customs", AT)
    part = again.part("customs")
    assert part is not None
    assert (part.conclusion, part.concluded_at, part.concluded_by) == ("", None, "")
    assert again.results == concluded.results
    assert recording.recorded(again, "customs", {}, "abnormal", "c", AT).part("customs") != part
    assert refusal(lambda: recording.reopened(ended(), "customs", AT)) == "inspection.state"

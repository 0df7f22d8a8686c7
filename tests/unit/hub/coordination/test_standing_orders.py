"""What officers order of one thing on screens stands side by side; a named order stays where it was meant."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from singlewindow.hub.coordination.algebra import OF_RESULT, SCREEN, Given, Kind, effective
from singlewindow.kernel.messages import Order
from unit.hub.coordination.test_algebra import AT, BILL, ONE, UNITS, judged, order

LOOK, FREED = Order.INSPECT, Order.RELEASE
SECOND = timedelta(seconds=1)
FREE = {"customs": frozenset({"d1"})}
unhurried = settings(deadline=None, print_blob=True)


def ordered(what: Order, version: int, name: str, subject: Any = ONE, **more: Any) -> Given:
    given = order("customs", what, subject, version, SCREEN, **more)
    return replace(given, instruction=replace(given.instruction, id=name, at=AT + version * SECOND))


def at(given: Given, second: int) -> Given:
    return replace(given, instruction=replace(given.instruction, at=AT + second * SECOND))


def back(given: Given, version: int) -> Given:
    return replace(given, instruction=replace(given.instruction, version=version, withdrawn=True))


def result(given: Given, subject: Any = ONE) -> list[Given]:
    """What a normal result makes of an order: it was carried out, and its agency releases by it."""
    said = given.instruction
    done = replace(given, executed=given.executed | {subject.id})
    return [done, ordered(Order.RELEASE, said.version + 1, f"{said.id}{OF_RESULT}{subject.id}", subject)]


def kinds(*log: Given) -> list[Kind]:
    return [judged(unit, *log, required=FREE).kind for unit in UNITS]


def test_taking_one_order_back_leaves_the_colleagues() -> None:
    freed = order("customs", Order.RELEASE, BILL, channel="outcome")
    look, hold = ordered(Order.INSPECT, 1, "look"), ordered(Order.HOLD, 2, "hold")
    assert kinds(freed, look, hold)[0] is Kind.HELD
    assert kinds(freed, look, hold, back(look, 3))[0] is Kind.HELD
    assert kinds(freed, look, hold, back(hold, 3))[0] is Kind.SINGLE_INSPECTION
    assert kinds(freed, look, hold, back(hold, 3), back(look, 4))[0] is Kind.RELEASED


def test_an_officers_release_ends_what_was_ordered_before_and_nothing_after() -> None:
    look, hold = ordered(Order.INSPECT, 1, "look"), ordered(Order.HOLD, 3, "hold")
    freed = ordered(Order.RELEASE, 2, "freed")
    assert kinds(look, freed)[0] is Kind.RELEASED
    assert kinds(look, freed, hold)[0] is Kind.HELD
    assert kinds(look, freed, hold, back(hold, 4))[0] is Kind.RELEASED
    assert kinds(look, freed, back(freed, 4))[0] is Kind.SINGLE_INSPECTION


def test_the_result_of_an_inspection_lifts_no_hold() -> None:
    hold, look = ordered(Order.HOLD, 1, "hold"), ordered(Order.INSPECT, 2, "look", BILL)
    assert kinds(hold, *result(look))[0] is Kind.HELD
    assert kinds(hold, *result(look), back(hold, 9))[0] is Kind.RELEASED
    named = ordered(Order.INSPECT, 2, "look")
    assert kinds(hold, *result(named))[0] is Kind.HELD
    assert kinds(*result(named))[0] is Kind.RELEASED


def test_a_named_container_that_was_inspected_brings_no_order_back_on_the_others() -> None:
    on_bill, on_one = ordered(Order.INSPECT, 1, "bill", BILL), ordered(Order.INSPECT, 2, "one")
    assert kinds(on_bill, on_one) == [Kind.SINGLE_INSPECTION, Kind.PENDING]
    assert kinds(on_bill, *result(on_one)) == [Kind.RELEASED, Kind.PENDING]
    assert kinds(on_bill, on_one, ordered(Order.RELEASE, 3, "freed")) == [Kind.RELEASED, Kind.PENDING]
    assert kinds(on_bill, on_one, back(on_one, 3)) == [Kind.SINGLE_INSPECTION] * 2, "meant for all again"


def test_a_release_by_wire_of_the_named_container_brings_no_order_back_on_the_others() -> None:
    look = at(order("customs", Order.INSPECT, BILL), 1), at(order("customs", Order.INSPECT, ONE), 2)
    freed = at(order("customs", Order.RELEASE, ONE, 2), 3)
    assert kinds(*look) == [Kind.SINGLE_INSPECTION, Kind.PENDING]
    assert kinds(*look, freed) == [Kind.RELEASED, Kind.PENDING]
    gone = back(look[1], 2)
    assert (
        kinds(*look, gone, replace(freed, instruction=replace(freed.instruction, version=3)))
        == [Kind.SINGLE_INSPECTION] * 2
    )


@pytest.mark.parametrize("channel", ["instruction", SCREEN])
def test_what_is_ordered_of_the_whole_later_is_meant_for_the_whole(channel: str) -> None:
    named, freed = (at(order("customs", what, ONE, n, channel), n) for n, what in ((1, LOOK), (2, FREED)))
    again = at(order("customs", LOOK, BILL, 3, channel), 3)
    assert kinds(named, freed, again) == [Kind.SINGLE_INSPECTION] * 2
    done, released = result(ordered(LOOK, 1, "one"))
    assert kinds(done, released, again) == [Kind.SINGLE_INSPECTION] * 2


said = st.builds(
    ordered,
    st.sampled_from(list(Order)),
    st.integers(1, 5),
    st.sampled_from(["a", "b", "c", f"a{OF_RESULT}1"]),
    subject=st.sampled_from([BILL, ONE]),
    withdrawn=st.booleans(),
)


@unhurried
@given(st.lists(said, max_size=10), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing_on_screens(log: list[Given], chance: Any) -> None:
    shuffled = log + chance.sample(log, chance.randint(0, len(log)))
    chance.shuffle(shuffled)
    assert kinds(*shuffled) == kinds(*log) == kinds(*effective(log))


@unhurried
@given(
    st.lists(said, max_size=10), st.sampled_from([Order.INSPECT, Order.HOLD, Order.DENY]), st.integers(1, 9)
)
def test_what_bars_and_is_newer_than_every_release_stands_until_it_is_taken_back(
    log: list[Given], what: Order, version: int
) -> None:
    barred = ordered(what, 10 + version, "its own")
    standing = {given.name for given in effective([*log, barred])}
    assert barred.name in standing
    assert kinds(*log, barred, back(barred, 30)) == kinds(*log)

"""What is decided on at once and what waits a moment; seeds are Hypothesis's and printed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from singlewindow.hub.coordination.gathering import FEW, parted
from singlewindow.hub.coordination.speaking import Spoken
from singlewindow.kernel.messages import Instruction, Order, Subject

AT = datetime(2026, 11, 21, tzinfo=UTC)


def spoken(dossier: int, order: Order, withdrawn: bool = False) -> Spoken:
    of = UUID(int=dossier)
    said = Instruction("i", "customs", order, Subject("bill", str(of)), AT, withdrawn=withdrawn)
    return Spoken(said, "outcome", of, None, AT)


releases = st.builds(spoken, st.integers(1, 40), st.just(Order.RELEASE))
anything = st.builds(spoken, st.integers(1, 40), st.sampled_from(Order), st.booleans())


@settings(deadline=None, print_blob=True)
@given(st.lists(releases | anything, max_size=60))
def test_parted_keeps_every_instruction_once_and_what_bars_is_never_put_off(many: list[Spoken]) -> None:
    at_once, later = parted(many)
    assert Counter(map(id, [*at_once, *later])) == Counter(map(id, many))
    assert not {one.dossier for one in at_once} & {one.dossier for one in later}
    assert all(one.instruction.order is Order.RELEASE and not one.instruction.withdrawn for one in later)
    if len(many) > FEW:
        barred = {
            one.dossier
            for one in many
            if one.instruction.order is not Order.RELEASE or one.instruction.withdrawn
        }
        assert {one.dossier for one in at_once} == barred


def test_a_few_are_never_put_off() -> None:
    few = [spoken(n, Order.RELEASE) for n in range(FEW)]
    assert parted(few) == (few, [])
    more = [*few, spoken(FEW, Order.RELEASE)]
    assert parted(more) == ([], more)


@pytest.mark.parametrize(
    ("order", "withdrawn"), [(Order.INSPECT, False), (Order.HOLD, False), (Order.RELEASE, True)]
)
def test_of_many_what_bars_a_dossier_brings_all_that_is_said_of_it(order: Order, withdrawn: bool) -> None:
    many = [spoken(n, Order.RELEASE) for n in range(FEW)]
    barring = spoken(3, order, withdrawn)
    at_once, later = parted([*many, barring])
    assert at_once == [many[3], barring]
    assert later == [one for one in many if one is not many[3]]

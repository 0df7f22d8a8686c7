"""What an agency says after it released is told of the document and asked of its declarant."""

from __future__ import annotations

from datetime import timedelta

import pytest

from integration.hub.process.test_keeping import BROKER, Case, case
from platform_under_test import AT

__all__ = ["case"]

pytestmark = pytest.mark.database


async def test_what_customs_says_after_its_release_is_asked_of_the_declarant(case: Case) -> None:
    """The release is revoked then (decision 0003), so the papers say why and somebody is told to act."""
    await case.said("customs", "LJP")
    assert case.work(BROKER).lines == ()
    for minute, letter, asked, whole in (
        (60, "C", {"present_goods"}, "inspection"),
        (120, "H", {"present_goods", "declare_by_hand"}, "hold"),
        (180, "Z", {"correct"}, "returned"),
        (240, "P", set(), "partly_released"),
        (90, "C", set(), "partly_released"),
    ):
        await case.answered("customs", case.receipt("customs", letter, minute, "再次布控"))
        await case.applied()
        assert {line.duty.code for line in case.work(BROKER).lines} == asked, letter
        assert case.whole()[0] == whole, letter


async def test_an_inspection_ordered_anew_has_a_term_of_its_own(case: Case) -> None:
    await case.said("customs", "LJC")
    (first,) = case.work(BROKER).lines
    week = 7 * 24 * 60
    for minute, letter in ((week, "P"), (2 * week, "C"), (3 * week, "C")):
        await case.answered("customs", case.receipt("customs", letter, minute))
        await case.applied()
    (line,) = case.work(BROKER).lines
    assert line.duty.since == AT + timedelta(minutes=2 * week)
    assert first.duty.deadline is not None
    assert line.duty.deadline is not None
    assert line.duty.deadline - first.duty.deadline == timedelta(weeks=2)

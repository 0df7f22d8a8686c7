"""What is due says until when, how that was counted, and which days of it are of rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from singlewindow.hub.portal import duties
from singlewindow.hub.process import task
from singlewindow.hub.process.queries import Duty, Kept
from singlewindow.kernel.messages import Text
from singlewindow.server import rooms

pytestmark = pytest.mark.usefixtures("pages")
FRIDAY = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
WORD = Text("查验", "Inspection")


@pytest.fixture(autouse=True)
def rules() -> Iterator[None]:
    keeper = task.shipped(sorted(rooms.PACKAGE.glob("apps/*/workflows/*.yaml")))
    duties.use(duties.Rules(keeper.workflows, keeper.deadlines))
    yield
    duties.use(None)


def kept(code: str, days: int | None, done: datetime | None = None) -> Kept:
    due = FRIDAY + timedelta(days=days) if days is not None else None
    duty = Duty(UUID(int=1), UUID(int=2), code, "customs", "ins", WORD, WORD, WORD, "", FRIDAY, due)
    return Kept(duty, "customs_declaration", 1, done)


def test_a_term_over_a_weekend_draws_its_days_of_rest() -> None:
    (line,) = duties.lines([kept("present_goods", 3)], FRIDAY)
    assert [day.rest for day in line.days] == [False, True, True, False]
    assert [day.today for day in line.days] == [True, False, False, False]
    assert line.days[-1].last
    assert line.counted is not None
    assert line.counted.zh.startswith("1 个工作日")
    assert line.source is not None
    assert line.source.zh.startswith("本平台配置的假定")
    assert line.source.en.startswith("assumed in this configuration")


def test_of_a_year_whose_holidays_are_not_known_a_term_says_so() -> None:
    soon, later = duties.lines([kept("pay_tax", 40), kept("pay_tax", 45)], FRIDAY)
    assert soon.counted == Text(
        "15 天，末日为休息日的顺延", "15 days; a last day of rest moves to the next working day"
    )
    assert later.counted is not None
    assert "2027 年放假安排尚未录入" in later.counted.zh
    assert "the holidays of 2027 are not known yet" in later.counted.en


def test_what_is_over_is_late_and_what_was_done_in_time_is_not() -> None:
    after = FRIDAY + timedelta(days=5)
    late, done = duties.lines([kept("present_goods", 3), kept("present_goods", 3, FRIDAY)], after)
    assert (late.late, done.late) == (True, False)
    assert late.left is not None
    assert late.left.zh.startswith("逾期")


def test_what_being_late_costs_is_told_with_the_days_counted_so_far() -> None:
    (paying,) = duties.lines([kept("pay_tax", 3)], FRIDAY)
    assert paying.cost == Text(
        "逾期每日按 0.5‰ 计收，不足 50 元免收", "late: 0.5‰ a day, nothing below CNY 50"
    )
    (late,) = duties.lines([kept("pay_tax", 3)], FRIDAY + timedelta(days=5))
    assert late.cost is not None
    assert (late.cost.zh[-7:], late.cost.en[-15:]) == ("；已计 2 日", "; 2 days so far")
    (attending,) = duties.lines([kept("present_goods", 3)], FRIDAY)
    assert attending.cost is None


def test_of_declaring_late_it_is_told_that_the_fee_begins_on_a_working_day() -> None:
    (returned,) = duties.lines([kept("correct", 3)], FRIDAY)
    assert returned.counted == Text("14 天", "14 days")
    assert returned.cost is not None
    assert returned.cost.zh.endswith("，起征日为休息日的顺延")
    assert returned.cost.en.endswith("; a first day of rest moves to the next working day")


def test_a_letter_that_was_answered_is_not_over_while_a_container_is_still_to_be_inspected() -> None:
    several = [kept("present_goods", 3, FRIDAY), kept("correct", None, FRIDAY), kept("present_goods", 3)]
    attended, corrected, open_ = duties.lines(several, FRIDAY, {"customs": "CY1"})
    assert (attended.order, corrected.order, open_.order) == ("CY1", "", "")
    assert duties.lines(several, FRIDAY, {"quarantine": "CY1"})[0].order == ""


def test_without_a_limit_nothing_is_said_of_one() -> None:
    (line,) = duties.lines([kept("correct", None)], FRIDAY)
    assert (line.when, line.counted, line.source, line.days) == (None, None, None, ())


def test_a_long_term_is_told_and_not_drawn() -> None:
    (line,) = duties.lines([kept("present_goods", duties.MOST_DAYS + 1)], FRIDAY)
    assert line.days == ()
    assert line.when is not None

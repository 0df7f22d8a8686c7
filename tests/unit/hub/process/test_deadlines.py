"""A duty's deadline, from whatever day a document or a partner's clock names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from singlewindow.hub.process import calendar, limits
from singlewindow.hub.process.deadlines import Deadlines
from singlewindow.hub.process.workflow import DutyRule, Mark, Standing
from singlewindow.kernel.messages import Text

DEADLINES = Deadlines(limits.shipped(), calendar.shipped())
AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SINCE = Mark(AT, AT)
STOOD = Standing(1, {"entered": SINCE})


def due(limit: str, day: str) -> datetime | None:
    rule = DutyRule("x", "declarant", Text("", ""), Text("", ""), limit)
    return DEADLINES.due(rule, AT, STOOD, {"trade_direction": "I", "entry_exit_date": day})


@pytest.mark.parametrize("limit", sorted(limits.shipped()))
@pytest.mark.parametrize("day", ["0001-01-01", "1900-01-01", "2199-12-31", "9999-12-30", "9999-12-31"])
def test_no_day_stops_the_answer_that_opens_the_duty(limit: str, day: str) -> None:
    found = due(limit, day)
    assert found is None or found.tzinfo is not None


def test_a_term_that_ends_after_all_calendars_has_no_deadline() -> None:
    assert due("declare", "9999-12-31") is None
    assert due("declare", "2026-11-19") == datetime(2026, 12, 3, 15, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("limit", sorted(limits.shipped()))
def test_nor_does_a_partners_clock_that_is_off_by_millennia(limit: str) -> None:
    late = Mark(datetime(9999, 12, 30, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))
    rule = DutyRule("x", "declarant", Text("", ""), Text("", ""), limit)
    found = DEADLINES.due(rule, late.first, Standing(1, {"entered": late}), {})
    assert found is None or found > late.first

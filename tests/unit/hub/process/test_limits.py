"""Time limits are facts with a source and a validity; being late costs what they say."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from singlewindow.hub.process import calendar as calendars
from singlewindow.hub.process import limits

CALENDAR, LIMITS = calendars.shipped(), limits.shipped()
TWICE = """
x:
  name: {zh: 限, en: limit}
  versions:
    - {amount: "1", unit: day, starts: receipt, valid_from: "2020-01-01", source: {zh: 法, en: law}}
    - {amount: "2", unit: day, starts: receipt, valid_from: "2021-01-01", source: {zh: 法, en: law}}
"""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CALENDAR.zone)


def test_every_limit_has_a_name_a_source_and_a_version_in_force() -> None:
    for limit in LIMITS.values():
        assert limit.name.zh
        assert limit.name.en
        assert limit.on(date(2026, 11, 21)) is not None, limit.id
        assert all(version.source.zh and version.source.en for version in limit.versions)


def test_tax_is_counted_from_the_notice_until_the_tariff_law_came_into_force() -> None:
    before, since = LIMITS["pay_tax"].on(date(2024, 11, 30)), LIMITS["pay_tax"].on(date(2024, 12, 1))
    assert before
    assert since
    assert (before.starts, since.starts) == ("receipt", "state:entered")


def test_an_import_is_declared_within_fourteen_days_of_the_conveyances_entry() -> None:
    version = LIMITS["declare"].on(date(2026, 11, 21))
    assert version
    assert version.starts == "field:entry_exit_date"
    assert version.concerns({"trade_direction": "I"})
    assert not version.concerns({"trade_direction": "E"})
    assert not version.limit.rolls
    due = calendars.deadline(at("2026-11-21T00:00"), version.limit, CALENDAR)
    assert due == at("2026-12-05T23:59:59"), "a Saturday, and still the last day"


@pytest.mark.parametrize(
    ("entered", "free", "charged"),
    [
        ("2026-11-19", "2026-12-03", "2026-12-04"),  # the fifteenth day is a Friday
        ("2026-11-20", "2026-12-06", "2026-12-07"),  # a Saturday: Monday
        ("2026-11-21", "2026-12-06", "2026-12-07"),  # a Sunday, after a last day that is a Saturday: Monday
        (
            "2026-11-22",
            "2026-12-06",
            "2026-12-07",
        ),  # a Monday, after a last day that is a Sunday: that Monday
        ("2026-09-16", "2026-10-07", "2026-10-08"),  # 1 October: after National Day
        ("2026-09-05", "2026-09-19", "2026-09-20"),  # a Sunday that is worked: that Sunday
    ],
)
def test_the_fee_for_declaring_late_begins_on_the_fifteenth_day_or_the_next_working_day(
    entered: str, free: str, charged: str
) -> None:
    """Decree 128: the fifteenth day from the conveyance's entry (article 4), and of it article 16.

    「本办法规定的滞报金起征日遇有休息日或者法定节假日的，顺延至休息日或者法定节假日之后的第一个工作日。国务院临时
    调整休息日与工作日的，海关应当按照调整后的情况确定滞报金的起征日。」
    """
    version = LIMITS["declare"].on(date(2026, 11, 21))
    assert version
    assert version.late_fee
    due = calendars.deadline(at(f"{entered}T00:00"), version.limit, CALENDAR)
    late = [limits.days_late(version.late_fee, due, at(f"{day}T23:59"), CALENDAR) for day in (free, charged)]
    assert late == [0, 1]


@pytest.mark.parametrize(
    ("done", "late", "fee"),
    [
        ("2026-12-06T23:59", 0, "0"),
        ("2026-12-07T00:00", 1, "0"),  # 49.99 is below the minimum
        ("2026-12-08T12:00", 2, "99"),
        ("2026-12-16T12:00", 10, "499"),
    ],
)
def test_the_fee_for_declaring_late(done: str, late: int, fee: str) -> None:
    version = LIMITS["declare"].on(date(2026, 12, 1))
    assert version
    assert version.late_fee
    assert limits.days_late(version.late_fee, at("2026-12-05T23:59:59"), at(done), CALENDAR) == late
    assert version.late_fee.due(Decimal("99999.99"), late) == Decimal(fee)


@pytest.mark.parametrize(
    ("notice", "last"),
    [("2026-11-20", "2026-12-07"), ("2026-11-21", "2026-12-07"), ("2026-09-16", "2026-10-08")],
)
def test_of_the_term_for_paying_it_is_the_last_day_that_moves(notice: str, last: str) -> None:
    """Decree 124 article 20: where the last day for paying is one of rest, the first working day after it."""
    version = LIMITS["pay_tax"].on(date(2026, 11, 20))
    assert version
    assert version.limit.rolls
    assert calendars.deadline(at(f"{notice}T09:00"), version.limit, CALENDAR) == at(f"{last}T23:59:59")


@pytest.mark.parametrize(
    ("limit", "done", "late"),
    [
        ("declare", "2026-11-28T10:00", 0),  # the fifteenth day is a Saturday
        ("declare", "2026-11-30T10:00", 1),
        ("declare", "2026-12-01T10:00", 2),
        ("pay_tax", "2026-11-28T10:00", 1),
        ("pay_tax", "2026-11-30T10:00", 3),
    ],
)
def test_the_fee_for_declaring_late_begins_on_a_working_day(limit: str, done: str, late: int) -> None:
    version = LIMITS[limit].on(date(2026, 11, 20))
    assert version
    assert version.late_fee
    assert limits.days_late(version.late_fee, at("2026-11-27T23:59:59"), at(done), CALENDAR) == late


@pytest.mark.parametrize(
    "values", [{"periodic_duty": "1"}, {"declaration_type": "CL"}, {"declaration_type": "ZC"}]
)
def test_periodic_duty_is_not_due_with_the_declaration(values: dict[str, str]) -> None:
    version = LIMITS["pay_tax"].on(date(2026, 11, 20))
    assert version
    assert version.asks_document
    assert version.concerns({"periodic_duty": "0"})
    assert version.concerns({})
    assert not version.concerns(values)


@pytest.mark.parametrize(
    ("base", "days", "fee"),
    [("48922.47", 3, "73.38"), ("100010.00", 1, "50.01"), ("100009.99", 1, "50.00"), ("99980.00", 1, "0")],
)
def test_the_surcharge_for_paying_late_is_rounded_to_the_cent(base: str, days: int, fee: str) -> None:
    version = LIMITS["pay_tax"].on(date(2026, 12, 1))
    assert version
    assert version.late_fee
    assert version.late_fee.due(Decimal(base), days) == Decimal(fee)


def test_a_fee_is_rounded_in_a_known_way_alone() -> None:
    fee = '{rate: "0.1", minimum: "0", step: "1", rounds: up}'
    row = (
        '{amount: "1", unit: day, starts: receipt, valid_from: "2020-01-01", source: {zh: 法, en: law},'
        f" late_fee: {fee}}}"
    )
    with pytest.raises(ValueError, match="cannot round to up"):
        limits.read(f"x:\n  name: {{zh: 限, en: limit}}\n  versions: [{row}]\n")


def test_two_versions_on_one_day_are_refused() -> None:
    with pytest.raises(ValueError, match="two versions"):
        limits.read(TWICE)


@pytest.mark.parametrize(
    ("old", "new"), [('amount: "1"', 'amount: "0"'), ("starts: receipt", "starts: never"), ("day", "moon")]
)
def test_a_wrong_limit_is_refused(old: str, new: str) -> None:
    text = "\n".join(TWICE.splitlines()[:5])
    limits.read(text)
    with pytest.raises(ValueError, match=r"."):
        limits.read(text.replace(old, new, 1))

"""Tries from one address: many at once, then few; what is remembered is bounded."""

from __future__ import annotations

import pytest

from singlewindow.hub.identity.pace import Pace, subscriber


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_many_in_a_row_then_one_in_a_while() -> None:
    clock = Clock()
    pace = Pace(clock, in_a_row=3, every_s=2.0)
    assert [pace.allows("10.0.0.1") for _ in range(5)] == [True, True, True, False, False]
    clock.now = 2.0
    assert [pace.allows("10.0.0.1") for _ in range(2)] == [True, False]
    clock.now = 100.0
    assert [pace.allows("10.0.0.1") for _ in range(4)] == [True, True, True, False]


def test_addresses_do_not_stand_for_each_other() -> None:
    pace = Pace(Clock(), in_a_row=1)
    assert pace.allows("10.0.0.1")
    assert pace.allows("10.0.0.2")
    assert not pace.allows("10.0.0.1")


def test_who_knows_the_password_is_not_counted() -> None:
    pace = Pace(Clock(), in_a_row=2)
    for _ in range(10):
        assert pace.allows("10.0.0.1")
        pace.forgive("10.0.0.1")


def test_no_more_addresses_are_remembered_than_the_bound() -> None:
    pace = Pace(Clock(), most=10)
    for number in range(1000):
        assert pace.allows(f"10.0.{number // 250}.{number % 250}")
    assert len(pace) == 10


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("10.0.0.1", "10.0.0.1"),
        (" 10.0.0.1 ", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("", ""),
        ("unknown", ""),
        ("10.0.0.1:443", ""),
    ],
)
def test_what_counts_as_one_place(address: str, counted: str) -> None:
    assert subscriber(address) == counted
    assert Pace(Clock(), in_a_row=0).allows(address) is not bool(counted)

"""Identifiers: version 7, ordered by time, and what is drawn in one breath."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from uuid import UUID

from singlewindow.kernel.ids import following, uuid7

AT = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
MILLISECONDS = 1_795_228_200_000


def test_the_first_bits_are_the_time() -> None:
    made = uuid7(AT)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == MILLISECONDS


def test_what_follows_is_of_the_same_time_in_order_and_never_twice() -> None:
    made = list(islice(following(uuid7(AT, bytes)), 1_000))
    assert made == sorted(set(made))
    assert {(each.version, each.int >> 80) for each in made} == {(7, MILLISECONDS)}


def test_at_the_end_of_the_random_bits_it_starts_again_within_them() -> None:
    last = uuid7(AT, lambda count: b"\xff" * count)
    first, second, third = islice(following(last), 3)
    assert first == last
    assert (second, third) == (UUID(int=last.int - (1 << 62) + 1), UUID(int=last.int - (1 << 62) + 2))
    assert second.variant == last.variant

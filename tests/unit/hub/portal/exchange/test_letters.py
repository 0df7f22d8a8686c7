"""Messages on their way as rows, dead letters by their reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from singlewindow.hub.exchange.lanes import Alike, Letter
from singlewindow.hub.portal.exchange import letters
from unit.hub.portal.exchange.test_lanes import lane

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def letter(seq: int = 1, **given: object) -> Letter:
    plain: dict[str, object] = {
        "seq": seq,
        "partner": "customs",
        "kind": "customs_declaration",
        "message_id": f"M{seq}",
        "reference": "R",
        "submission_id": UUID(int=seq),
        "message": UUID(int=seq),
        "attempts": 0,
        "problem": None,
        "dead": False,
        "ready_at": AT,
        "leased_until": None,
        "created_at": AT - timedelta(seconds=90),
        "digest": b"",
        "viewers": (1,),
    }
    return Letter(**(plain | given))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "shape"),
    [
        ({}, "wait"),
        ({"attempts": 1}, "warn"),
        ({"attempts": 1, "leased_until": AT + timedelta(seconds=5)}, "run"),
        ({"attempts": 1, "leased_until": AT - timedelta(seconds=5)}, "warn"),
        ({"dead": True, "attempts": 3}, "deny"),
    ],
)
def test_a_message_says_how_far_it_is(given: dict[str, object], shape: str) -> None:
    line = letters.line(letter(**given), None, AT)
    assert (line.shape, line.age.en) == (shape, "1 min 30 s")


def test_who_is_not_told_the_wires_words_is_told_the_reason() -> None:
    told = letters.line(letter(attempts=2, problem="host x"), lane(since=AT), AT)
    untold = letters.line(letter(attempts=2), lane(since=AT), AT)
    assert told.why.zh == "host x"
    assert "联系不上" in untold.why.zh


def test_what_waits_in_a_lane_at_rest_says_so_before_what_went_wrong_earlier() -> None:
    rests = lane(since=AT, paused_at=AT)
    waits, dead = (
        letters.line(letter(attempts=2, problem="host x", dead=is_dead), rests, AT)
        for is_dead in (False, True)
    )
    assert (waits.shape, dead.shape) == ("hold", "deny")
    assert "暂停" in waits.why.zh
    assert dead.why.zh == "host x"


def test_dead_letters_lie_in_piles_by_partner_and_reason_and_name_the_first_of_them() -> None:
    dead = [
        letters.line(letter(n, dead=True, problem="422" if n < 40 else "413"), None, AT) for n in range(42)
    ]
    known = [Alike("customs", "422", 40, 0, AT), Alike("customs", "413", 2, 40, AT)]
    first, second = letters.piles(known, dead)
    assert (first.number, len(first.lines), first.why.en) == (40, letters.MOST_NAMED, "422")
    assert [line.letter.seq for line in second.lines] == [40, 41]

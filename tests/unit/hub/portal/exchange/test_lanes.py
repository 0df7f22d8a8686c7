"""How a lane fares, in a shape and a word; its line of the last minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from singlewindow.hub.exchange.lanes import MOST_COUNTED, UNHEARD, Lane, Minute
from singlewindow.hub.portal.exchange import lanes

AT = datetime(2026, 11, 21, 9, 30, 20, tzinfo=UTC)
NOW = int(AT.timestamp()) // 60


def lane(**given: object) -> Lane:
    plain: dict[str, object] = {
        "partner": "customs",
        "breaker": "closed",
        "failures": 0,
        "problem": None,
        "probe_at": None,
        "since": None,
        "fetch_failures": 0,
        "fetch_problem": None,
        "unfetched_since": None,
        "fetched_at": AT,
        "paused_at": None,
        "paused_by": None,
        "paused_for": None,
        "disconnected": False,
        "waiting": 0,
        "oldest_at": None,
        "dead": 0,
        "dead_since": None,
        "unread": 0,
        "answered_at": None,
        "minutes": (),
    }
    return Lane(**(plain | given))  # type: ignore[arg-type]


LONG_AGO = AT - UNHEARD
SOON, PAST = AT + timedelta(seconds=9), AT - timedelta(seconds=9)


@pytest.mark.parametrize(
    ("given", "shape", "switch"),
    [
        ({}, "ok", "ok"),
        ({"breaker": None, "failures": None}, "wait", ""),
        ({"failures": 2}, "warn", "ok"),
        ({"breaker": "open", "failures": 6, "probe_at": SOON}, "deny", "cut"),
        ({"breaker": "open", "failures": 6, "probe_at": PAST}, "warn", "try"),
        ({"breaker": "half", "failures": 6, "probe_at": SOON}, "warn", "try"),
        ({"oldest_at": AT - timedelta(seconds=61)}, "warn", "ok"),
        ({"oldest_at": AT - timedelta(seconds=61), "paused_at": PAST}, "hold", "ok"),
        ({"breaker": "open", "failures": 6, "probe_at": SOON, "paused_at": PAST}, "hold", "cut"),
        ({"oldest_at": AT - timedelta(seconds=59)}, "ok", "ok"),
        ({"fetch_failures": 1, "unfetched_since": PAST}, "warn", "ok"),
        ({"fetch_failures": 9, "unfetched_since": LONG_AGO}, "deny", "ok"),
        ({"fetched_at": LONG_AGO}, "deny", "ok"),
        ({"fetched_at": None}, "ok", "ok"),
        ({"fetched_at": LONG_AGO, "paused_at": PAST, "disconnected": True}, "off", ""),
    ],
)
def test_a_lane_says_the_worst_that_is_true_of_it(given: dict[str, object], shape: str, switch: str) -> None:
    line = lanes.line(lane(**given), AT, 15)
    assert (line.shape, line.switch) == (shape, switch)
    assert line.word.zh
    assert line.word.en
    assert (line.probe_at is not None) is (switch == "cut" and line.paused_at is None)


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0"), (1, "0.001"), (90, "0.1"), (900, "1.0"), (370_800, "412"), (9_000_000, "10,000")],
)
def test_a_rate_is_as_exact_as_it_is_large(number: int, said: str) -> None:
    assert lanes.rate(number, 15) == said


@pytest.mark.parametrize(
    ("failed", "sent", "said"),
    [(0, 0, ""), (0, 9, "0%"), (9, 0, "100%"), (1, 9999, "0.01%"), (1, 999_999, "0.01%"), (11, 89, "11.00%")],
)
def test_failures_are_a_share_of_all_tries(failed: int, sent: int, said: str) -> None:
    assert lanes.share(failed, sent) == said


def drawn(minutes: tuple[Minute, ...], span: int) -> list[tuple[float, float]]:
    pairs = lanes.points(lane(minutes=minutes), AT, span).split()
    return [(float(x), float(y)) for x, _, y in (pair.partition(",") for pair in pairs)]


@pytest.mark.parametrize(("span", "count"), [(15, 15), (60, 60), (1440, 60)])
def test_a_line_spans_its_time_and_stays_in_its_frame(span: int, count: int) -> None:
    busy = tuple(Minute(NOW - back, back % 7, 0, 0) for back in range(1440))
    found = drawn(busy, span)
    assert len(found) == count
    assert (found[0][0], found[-1][0]) == (0.0, lanes.WIDTH)
    assert {y for _, y in found} <= {y for _, y in found if lanes.TOP <= y <= lanes.HEIGHT - 2}
    assert min(y for _, y in found) == lanes.TOP


def test_a_line_leaves_out_the_present_minute_and_what_is_older() -> None:
    flat = lanes.HEIGHT - 2
    assert {y for _, y in drawn((Minute(NOW, 9, 0, 0), Minute(NOW - 16, 9, 0, 0)), 15)} == {flat}
    assert drawn((Minute(NOW - 1, 9, 0, 0),), 15)[-1][1] == lanes.TOP
    assert drawn((Minute(NOW - 15, 9, 0, 0),), 15)[0][1] == lanes.TOP


def test_a_board_sums_its_lanes_and_names_the_fullest() -> None:
    board = lanes.board(
        [
            lane(waiting=30, oldest_at=AT - timedelta(minutes=2), dead=1, unread=1),
            lane(partner="maritime", breaker="open", failures=5, probe_at=SOON, waiting=70, dead=2,
                 dead_since=AT - timedelta(hours=3)),
            lane(partner="border", waiting=MOST_COUNTED),
            lane(partner="quarantine", breaker=None, failures=None),
        ],
        AT,
        15,
    )  # fmt: skip
    assert (board.waiting, board.waiting_more, board.dead) == (100 + MOST_COUNTED, True, 4)
    assert board.most is not None
    assert (board.most.partner.id, board.share) == ("border", 99)
    assert [one.partner.id for one in board.cut] == ["maritime"]
    assert [one.partner.id for one in board.idle] == ["quarantine"], "whose component never ran"
    assert board.oldest is not None
    assert board.dead_for is not None
    assert (board.oldest.en, board.dead_for.en) == ("2 min", "3 h")


def test_a_lane_at_rest_is_named_as_such_and_not_as_cut_off() -> None:
    rests = lane(breaker="open", failures=5, probe_at=SOON, since=PAST, paused_at=PAST)
    board = lanes.board([rests, lane(partner="border", since=PAST, failures=1)], AT, 15)
    assert [one.partner.id for one in board.paused] == ["customs"]
    assert (board.cut, board.unsettled) == ((), 1)
    assert [one.failing for one in board.lines] == [False, True]


def test_who_is_not_heard_is_named_also_where_the_lane_rests_or_is_cut_off() -> None:
    silent = {"unfetched_since": LONG_AGO, "fetch_failures": 9, "fetch_problem": "HTTP 404"}
    away = {"breaker": "open", "failures": 6, "probe_at": SOON}
    board = lanes.board(
        [
            lane(**silent),
            lane(partner="maritime", paused_at=PAST, **silent),
            lane(partner="border", **away, **silent),
            lane(partner="quarantine", fetch_failures=1, unfetched_since=PAST),
        ],
        AT,
        15,
    )
    assert [one.partner.id for one in board.unheard] == ["customs", "maritime", "border"]
    assert {(one.unheard_since, one.fetch_problem) for one in board.unheard} == {(LONG_AGO, "HTTP 404")}
    assert [one.shape for one in board.lines] == ["deny", "hold", "deny", "warn"]


def test_who_was_disconnected_is_named_apart_from_who_rests_and_who_is_not_heard() -> None:
    silent = {"unfetched_since": LONG_AGO, "fetch_failures": 9, "paused_at": PAST}
    board = lanes.board([lane(**silent, disconnected=True), lane(partner="border", **silent)], AT, 15)
    (customs,) = board.disconnected
    assert (customs.partner.id, customs.unheard_since, customs.failing) == ("customs", None, False)
    assert [one.partner.id for one in board.paused] == ["border"]
    assert [one.partner.id for one in board.unheard] == ["border"]
    assert [one.failing for one in board.lines] == [False, True]


def test_no_lanes_are_a_board_too() -> None:
    board = lanes.board([], AT, 15)
    assert (board.lines, board.waiting, board.most, board.share, board.failed) == ((), 0, None, 0, "")


def test_who_is_disconnected_did_start() -> None:
    board = lanes.board([lane(paused_at=PAST, disconnected=True)], AT, 15)
    assert [one.partner.id for one in board.disconnected] == ["customs"]
    assert (board.idle, board.paused, board.cut) == ((), (), ())

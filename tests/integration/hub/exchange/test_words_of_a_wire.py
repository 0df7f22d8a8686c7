"""What a wire or a partner says may be anything: it is told in one line of a bounded length."""

from __future__ import annotations

import pytest

from integration.hub.exchange.test_component import Lane, lane
from singlewindow.hub.exchange.reasons import UNREAD_WORDS_MOST, WORDS_MOST
from singlewindow.hub.exchange.transports.port import Inbound, Rejected, Unanswered, Unreachable
from singlewindow.kernel.messages import Problem, Text

__all__ = ["lane"]

pytestmark = pytest.mark.database


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("a\x00b", "a b"),
        ("bad\u202e\r\n request\ud800", "bad request"),
        ("件" * 10_000, "件" * WORDS_MOST),
    ],
)
async def test_whatever_a_partner_says_is_told_in_one_line_and_ends_no_process(
    lane: Lane, said: str, told: str
) -> None:
    lane.put(b"a")
    lane.wire.failures = [Rejected(Text(said, said)), Unanswered(said), Unreachable(said)]
    await lane.work()
    shown = "select o.problem, l.problem from sw.outbox o, sw.lane l"
    assert lane.database.execute("postgres", shown) == [(told, told)]
    await lane.work(2)
    assert lane.left() == [(1, 0, told)]
    away = lane.component.breaker.failed(lane.now, said)
    await lane.ledger.unfetched(away, lane.now)
    assert lane.database.execute("postgres", "select fetch_problem from sw.lane") == [(told,)]


async def test_why_an_answer_cannot_be_read_is_kept_whatever_stands_in_it(lane: Lane) -> None:
    said = "a\x00b" + "件" * 10_000
    problem = Problem("p", Text(said, said), field="f\ud800")
    lane.wire.answers = [Inbound("big.xml", b"", (problem,)), Inbound("part.xml", b"part", (problem,))]
    await lane.component.collect_once(lane.ledger)
    kept = lane.database.execute("postgres", "select problem, state from sw.inbox")
    assert [(told[:8], len(told), state) for told, state in kept] == [("f : a b件", UNREAD_WORDS_MOST, 1)] * 2

"""Which dates of a partner's are believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import zstandard

from singlewindow.hub.exchange.receiving import AHEAD, EARLIEST, _read
from singlewindow.kernel.messages import Instruction, Order, Outcome, Receipt, Stage, Subject
from singlewindow.kernel.receipts import UNTIMED, orders_named

CAME = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        (CAME - timedelta(days=400), CAME - timedelta(days=400)),
        (CAME + AHEAD, CAME + AHEAD),
        (CAME + AHEAD + SECOND, CAME),
        (datetime(9999, 12, 31, tzinfo=UTC), CAME),
        (EARLIEST, EARLIEST),
        (EARLIEST - SECOND, CAME),
        (datetime(1, 1, 1, tzinfo=UTC), CAME),
    ],
)
def test_a_date_that_cannot_be_is_ours_and_any_other_the_partners(said: datetime, taken: datetime) -> None:
    receipt = Receipt("r", "m", Stage.BUSINESS, "P", Outcome.RELEASED, said)
    packed = zstandard.compress(msgspec.json.encode([receipt]))
    [(row, partner, read, came, digest)] = _read(3, "customs", packed, CAME)
    assert (row, partner, read.at, came) == (3, "customs", taken, CAME)
    assert read.id == "r"
    assert len(digest) == 32


def test_the_digest_is_of_what_was_said_so_that_a_repetition_is_known_on_another_day() -> None:
    receipt = Receipt("r", "m", Stage.BUSINESS, "P", Outcome.RELEASED, datetime(9999, 1, 1, tzinfo=UTC))
    packed = zstandard.compress(msgspec.json.encode([receipt]))
    first, again = (_read(1, "customs", packed, CAME + timedelta(days=days))[0] for days in (0, 1))
    assert first.receipt.at != again.receipt.at
    assert first.digest == again.digest


def test_those_dated_ahead_keep_their_order_and_outvote_nothing_said_later() -> None:
    ahead = CAME + timedelta(hours=8)
    said = [CAME - SECOND, ahead, ahead + SECOND, ahead]
    receipts = [Receipt(f"r{n}", "m", Stage.BUSINESS, "P", Outcome.HOLD, at) for n, at in enumerate(said)]
    found = _read(1, "customs", zstandard.compress(msgspec.json.encode(receipts)), CAME)
    taken = [one.receipt.at for one in found]
    assert taken[0] == said[0]
    assert said[0] < taken[1] == taken[3] < taken[2] == CAME


def test_an_order_dated_ahead_of_its_receipt_is_of_the_receipts_day() -> None:
    order = orders_named("customs", Outcome.RELEASED, "m", "放行 CQXU2045171", CAME + timedelta(hours=8), "")
    receipt = Receipt("r", "m", Stage.BUSINESS, "P", Outcome.RELEASED, CAME, instructions=order)
    [one] = _read(1, "customs", zstandard.compress(msgspec.json.encode([receipt])), CAME)
    assert order
    assert {(said.at, said.version) for said in one.receipt.instructions} == {(CAME, int(CAME.timestamp()))}


@pytest.mark.parametrize("said", [UNTIMED, datetime(2199, 12, 31, tzinfo=UTC)])
def test_orders_are_of_the_day_that_their_receipt_is_taken_to_be_of(said: datetime) -> None:
    numbered = Instruction("o", "border", Order.HOLD, Subject("conveyance", "c"), said, 7)
    named = orders_named("customs", Outcome.HOLD, "m", "挂起 CQXU2045171：核对", said, "opened")
    receipt = Receipt("r", "m", Stage.BUSINESS, "H", Outcome.HOLD, said, instructions=(numbered, *named))
    [(_, _, read, _, _)] = _read(1, "customs", zstandard.compress(msgspec.json.encode([receipt])), CAME)
    [kept, timed] = read.instructions
    assert (kept.at, kept.version) == (CAME, 7)
    assert (timed.at, timed.version) == (CAME, int(CAME.timestamp())), "no order of another day outvotes it"
    assert named[0].subject == timed.subject

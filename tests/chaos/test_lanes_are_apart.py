"""A counterpart that is away, silent or cuts the line costs nobody else anything, and loses nothing."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import Sequence

import pytest

from chaos.load import Acknowledged, Load
from chaos.proofs import EVERYBODY, prove, settle
from running import BY_CHANCE, Platform, running
from singlewindow.kernel.messages import Outcome

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(240)]
SEED = 7
SECONDS, RATE = 6.0, 10.0
CALM, WAITING = 10, 20
OPENS_S, DONE_S = 30.0, 30.0
WAITS = {"retry": 0.25, "singlewindow.hub.exchange.ledger:LEASE_S": 10.0}
WAIT_SETTINGS = ("operation_timeout_s", "read_timeout_s", "connect_timeout_s")
DONE = """select r.partner, count(distinct r.submission_id)::int from receipt r
           where (r.stage = 'business' or r.outcome >= %s) and r.submission_id::text = any (%s)
             and r.partner <> %s
           group by 1"""
LANES = """select partner, breaker, (select count(*)::int from outbox o where o.partner = l.partner)
             from lane l"""


def shorten_waits(platform: Platform, partner: str) -> None:
    """A second for each answer of this partner, as an installation may configure, then a fresh component."""
    place = platform.endpoint_of(partner)
    kept = re.sub(rf"(?m)^({'|'.join(WAIT_SETTINGS)}) .*\n", "", place.read_text("utf-8"))
    names = WAIT_SETTINGS[:1] if partner == "customs" else WAIT_SETTINGS[1:]
    place.write_text(kept + "".join(f"{name} = 1.0\n" for name in names), "utf-8")
    os.kill(platform.role(f"component:{partner}"), signal.SIGKILL)


async def for_a_while(load: Load) -> None:
    """A steady stream for ``SECONDS``."""
    end = asyncio.Event()
    asyncio.get_running_loop().call_later(SECONDS, end.set)
    await load.run(RATE, end)


def breaker(platform: Platform, partner: str) -> str:
    rows = platform.ask("select breaker from lane where partner = %s", partner)
    return str(rows[0][0]) if rows else ""


def ids(acknowledged: Sequence[Acknowledged]) -> list[str]:
    return [one.submission_id for one in acknowledged]


def all_done(platform: Platform, away: str, acknowledged: Sequence[Acknowledged]) -> bool:
    """Whether every other partner has decided on all of these, or refused them technically."""
    done = {other: len(acknowledged) for other in EVERYBODY if other != away}
    return dict(platform.ask(DONE, int(Outcome.REFUSED), ids(acknowledged), away)) == done


def apart(platform: Platform, away: str, waiting: int) -> bool:
    """Whether at one moment so many wait for one partner, its breaker open, and nothing for any other."""
    lanes = {partner: (breaker, count) for partner, breaker, count in platform.ask(LANES)}
    return lanes == dict.fromkeys(EVERYBODY, ("closed", 0)) | {away: ("open", waiting)}


def arrivals(
    platform: Platform, partner: str, acknowledged: Sequence[Acknowledged]
) -> tuple[list[str], list[str]]:
    """These submissions' messages as they were laid in the lane, and as the counterpart took them."""
    query = """select m.message_id from message m join submission s on s.id = m.submission_id
                where m.partner = %s and s.id::text = any (%s) order by s.received_at"""
    laid = [row[0] for row in platform.ask(query, partner, ids(acknowledged))]
    taken = [row[0] for row in platform.ledger_of(partner, "select id from received order by number")]
    return laid, [message for message in taken if message in set(laid)]


@pytest.mark.parametrize(
    ("partner", "fault"), [("quarantine", "silent"), ("quarantine", "refuse"), ("customs", "drop")]
)
def test_one_partner_is_away_and_the_others_notice_nothing(partner: str, fault: str) -> None:
    with running(WAITS, settings=BY_CHANCE) as platform:
        load = Load(platform, SEED)
        shorten_waits(platform, partner)
        asyncio.run(load.some(CALM))
        settle(platform)
        switch = platform.state_of(partner) / "fault"
        switch.write_text(fault, "utf-8")
        asyncio.run(for_a_while(load))
        platform.wait_for(lambda: breaker(platform, partner) == "open", "the breaker stays closed", OPENS_S)
        waiting = asyncio.run(load.some(WAITING))
        platform.wait_for(lambda: all_done(platform, partner, load.acknowledged), "another suffers", DONE_S)
        unsent = len(load.acknowledged) - CALM
        platform.wait_for(lambda: apart(platform, partner, unsent), "lanes are not apart", DONE_S)
        untried = platform.ask("select count(*) from outbox where partner = %s and attempts = 0", partner)
        assert untried[0][0] >= WAITING - 1, "an open lane tries one message at a time"
        switch.unlink()
        settle(platform)
        assert breaker(platform, partner) == "closed"
        laid, taken = arrivals(platform, partner, waiting)
        assert len(laid) == len(waiting) == WAITING
        assert taken == laid
        assert load.given_up == []
        prove(platform, load.acknowledged)
        assert platform.end() == 0
        assert platform.left() == []

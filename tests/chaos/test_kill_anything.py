"""Every process is killed under load, again and again: nothing is lost and nothing happens twice."""

from __future__ import annotations

import asyncio
import os
import statistics
from random import SystemRandom

import pytest

from chaos.killing import Chaos
from chaos.load import Load
from chaos.proofs import prove, settle
from running import Platform, running

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]
SEED = int(os.environ.get("CHAOS_SEED") or SystemRandom().randrange(2**32))
LEASE_S = 5.0
LEAST_KILLS = 15
EVERY_KIND = {
    "web", "worker", "postgres", "backend", "component:customs", "component:quarantine",
    "counterpart:customs", "counterpart:quarantine",
}  # fmt: skip
RATE = 25.0
WAITS = {"singlewindow.hub.exchange.ledger:LEASE_S": LEASE_S}


async def wounded(platform: Platform) -> tuple[Load, Chaos]:
    """A load for as long as it takes to play every card."""
    load, chaos, end = Load(platform, SEED), Chaos(platform, SEED, LEASE_S), asyncio.Event()
    async with asyncio.TaskGroup() as both:
        both.create_task(load.run(RATE, end))
        both.create_task(_then(chaos, end))
    return load, chaos


async def _then(chaos: Chaos, end: asyncio.Event) -> None:
    try:
        await chaos.run()
    finally:
        end.set()


def tell(load: Load, chaos: Chaos) -> None:
    """What happened, for whoever reads the log of a run."""
    took = sorted(one.seconds for one in load.acknowledged)
    again = sum(one.tries > 1 for one in load.acknowledged)
    print(f"CHAOS_SEED={SEED}: {len(took)} acknowledged, {again} of them after more than one try")
    print(f"median {statistics.median(took):.3f} s, longest {took[-1]:.1f} s")
    print("killed", "; ".join(f"{one.at:.1f}s {one.name} {one.pid}" for one in chaos.killed))
    print(f"paused past its lease with {chaos.taken_over} messages, which the next one sent")


def test_nothing_is_lost_and_nothing_happens_twice_whatever_is_killed() -> None:
    print(f"CHAOS_SEED={SEED}")
    with running(WAITS) as platform:
        load, chaos = asyncio.run(wounded(platform))
        tell(load, chaos)
        assert len(chaos.killed) >= LEAST_KILLS
        assert EVERY_KIND <= {one.name for one in chaos.killed} == set(chaos.kinds)
        assert chaos.taken_over > 0
        assert load.given_up == []
        assert len(load.acknowledged) == load.sent
        settle(platform)
        prove(platform, load.acknowledged)
        assert platform.supervisor.poll() is None, platform.words()
        assert platform.end() == 0
        assert platform.left() == []


def test_a_killed_supervisor_leaves_no_process_and_the_next_goes_on_where_it_was() -> None:
    with running(WAITS) as platform:
        load = Load(platform, SEED)
        asyncio.run(load.some(20))
        platform.supervisor.kill()
        platform.supervisor.wait()
        platform.wait_for(lambda: platform.left() == [], "processes left", 15)
        platform.up()
        asyncio.run(load.some(5))
        settle(platform)
        prove(platform, load.acknowledged)
        assert platform.end() == 0
        assert platform.left() == []

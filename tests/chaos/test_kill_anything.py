"""Every process is killed under load, again and again: nothing is lost and nothing happens twice."""

from __future__ import annotations

import asyncio
import os
import statistics
from random import SystemRandom

import pytest

from chaos.killing import Chaos
from chaos.load import Load
from chaos.people import People, prove_work
from chaos.proofs import prove, settle
from running import BY_CHANCE, running

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
LEAST_WORKS = 5


async def wounded(load: Load, people: People, chaos: Chaos) -> None:
    """Load and people's work for as long as it takes to play every card."""
    end = asyncio.Event()
    async with asyncio.TaskGroup() as together:
        together.create_task(load.run(RATE, end))
        together.create_task(people.run(end))
        together.create_task(_then(chaos, end))


async def _then(chaos: Chaos, end: asyncio.Event) -> None:
    try:
        await chaos.run()
    finally:
        end.set()


def tell(load: Load, people: People, chaos: Chaos) -> None:
    """What happened, for whoever reads the log of a run."""
    took = sorted(one.seconds for one in load.acknowledged)
    again = sum(one.tries > 1 for one in load.acknowledged)
    print(f"CHAOS_SEED={SEED}: {len(took)} acknowledged, {again} of them after more than one try")
    left = sum(work.left for work in people.works)
    print(f"{len(people.works)} looked into by an officer, {left} of them left while processes died")
    print(f"median {statistics.median(took):.3f} s, longest {took[-1]:.1f} s")
    print("killed", "; ".join(f"{one.at:.1f}s {one.name} {one.pid}" for one in chaos.killed))
    print(f"paused past its lease with {chaos.taken_over} messages, which the next one sent")


def test_nothing_is_lost_and_nothing_happens_twice_whatever_is_killed() -> None:
    print(f"CHAOS_SEED={SEED}")
    with running(WAITS, settings=BY_CHANCE) as platform:
        load, chaos = Load(platform, SEED), Chaos(platform, SEED, LEASE_S)
        people = People(load)
        platform.wait_for(people.known, "the people's tokens are not known")
        asyncio.run(wounded(load, people, chaos))
        tell(load, people, chaos)
        assert len(chaos.killed) >= LEAST_KILLS
        assert EVERY_KIND <= {one.name for one in chaos.killed} == set(chaos.kinds)
        assert chaos.taken_over > 0
        assert load.given_up == []
        assert len(load.acknowledged) == load.sent
        settle(platform)
        asyncio.run(people.clear())
        settle(platform)
        prove(platform, load.acknowledged)
        prove_work(platform, people.works)
        assert len(people.works) >= LEAST_WORKS
        assert any(work.left for work in people.works)
        assert platform.supervisor.poll() is None, platform.words()
        assert platform.end() == 0
        assert platform.left() == []


def test_a_killed_supervisor_leaves_no_process_and_the_next_goes_on_where_it_was() -> None:
    with running(WAITS, settings=BY_CHANCE) as platform:
        load = Load(platform, SEED)
        asyncio.run(load.some(20))
        platform.supervisor.kill()
        platform.supervisor.wait()
        platform.wait_for(lambda: platform.left() == [], "processes left")
        platform.up()
        asyncio.run(load.some(5))
        settle(platform)
        prove(platform, load.acknowledged)
        assert platform.end() == 0
        assert platform.left() == []

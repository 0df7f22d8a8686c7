"""What kills: every process of a platform, in an order that a seed repeats."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import suppress
from random import Random

from msgspec import Struct

from running import Platform

BACKEND, PAUSE = "backend", "pause"
ROUNDS = 2
GAP_S = (0.8, 1.8)
WAIT_S = 45.0
WELL = """select coalesce((select failures = 0 from lane where partner = 'customs'), false)
             and not exists (select from outbox where partner = 'customs' and problem <> '')"""
LEASED = "select seq, token from outbox where partner = 'customs' and leased_until > now() order by seq"


class Killed(Struct, frozen=True):
    """One SIGKILL: which process, and when after the beginning."""

    name: str
    pid: int
    at: float


class Chaos:
    """Kills each kind of process ``ROUNDS`` times and pauses one component past its lease."""

    def __init__(self, platform: Platform, seed: int, lease_s: float) -> None:
        self.platform, self.chance, self.lease_s = platform, Random(seed), lease_s
        self.kinds = (*sorted(platform.roles()), BACKEND)
        self.killed: list[Killed] = []
        self.taken_over = 0
        self._begun = time.monotonic()

    def cards(self) -> list[str]:
        """What happens, in order: whole rounds, shuffled each, and the pause between two of them."""
        rounds = [self.chance.sample(self.kinds, len(self.kinds)) for _ in range(ROUNDS)]
        return [*rounds[0], PAUSE, *(name for each in rounds[1:] for name in each)]

    async def run(self) -> None:
        """Play every card."""
        for card in self.cards():
            await asyncio.sleep(self.chance.uniform(*GAP_S))
            if card == PAUSE:
                await asyncio.to_thread(self.pause)
            else:
                await asyncio.to_thread(self.kill, card)

    def kill(self, name: str) -> None:
        """SIGKILL one process of this kind; one that has just ended is waited for."""
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            pids = self._pids(name)
            if pids:
                pid = self.chance.choice(pids)
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    self.killed.append(Killed(name, pid, round(time.monotonic() - self._begun, 1)))
                    return
            time.sleep(0.02)
        raise AssertionError(f"{name} did not come back within {WAIT_S} s:\n{self.platform.words()}")

    def _pids(self, name: str) -> list[int]:
        if name == BACKEND:
            return self.platform.backends()
        return [pid for role, pid in self.platform.roles().items() if role == name]

    def pause(self) -> None:
        """Stop customs' component in the middle of a sending until another has taken its lease over."""
        self.platform.wait_for(
            lambda: self.platform.ask(WELL) == [(True,)], "customs' lane is not well", WAIT_S
        )
        counterpart, component = (
            self.platform.role(f"{kind}:customs") for kind in ("counterpart", "component")
        )
        os.kill(counterpart, signal.SIGSTOP)
        held = self._held_while_the_partner_is_silent()
        os.kill(component, signal.SIGSTOP)
        os.kill(counterpart, signal.SIGCONT)
        second = self.platform.begin("role", "component:customs")
        try:
            self.platform.wait_for(lambda: not self._still(held), "the lease was not taken over", WAIT_S)
            self.taken_over = len(held)
        finally:
            os.kill(component, signal.SIGCONT)
        time.sleep(self.lease_s / 4)  # two of them side by side, the one that woke late among them
        second.terminate()
        second.wait(WAIT_S)

    def _held_while_the_partner_is_silent(self) -> dict[int, int]:
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            before = dict(self.platform.ask(LEASED))
            time.sleep(self.lease_s / 10)
            held = dict(self.platform.ask(LEASED))
            if held and held.keys() == before.keys() and held == before:
                return held
        raise AssertionError("customs' component never held a lease")

    def _still(self, held: dict[int, int]) -> bool:
        """Whether a message is still under the lease of the one that sleeps."""
        rows = self.platform.ask("select seq, token from outbox where partner = 'customs'")
        return any(held.get(seq) == token for seq, token in rows)

"""A bounded stream of submissions that remembers exactly what was acknowledged."""

from __future__ import annotations

import asyncio
import time
from random import Random
from typing import Any

import httpx
from msgspec import Struct

from running import Platform, body_of, declaration

ANSWER_S = 10.0  # for one answer; then the same key is tried again
PATIENCE_S = 90.0  # for one submission, all tries together
PAUSE_S = 0.2
MOST = 5_000  # submissions of one load, whatever the clock says


class Acknowledged(Struct, frozen=True):
    """One submission the platform answered with 202: how many tries it took, and how long."""

    key: str
    bill: str
    submission_id: str
    digest: str
    tries: int
    seconds: float


class Load:
    """Submissions; what is not acknowledged is sent again under its own key, with the same content."""

    def __init__(self, platform: Platform, seed: int) -> None:
        self.platform = platform
        self.chance = Random(seed)
        self.acknowledged: list[Acknowledged] = []
        self.given_up: list[str] = []
        self.sent = 0

    async def run(self, rate: float, end: asyncio.Event) -> None:
        """Start ``rate`` submissions a second until ``end`` is set, then wait for their answers."""
        async with self._client() as client, asyncio.TaskGroup() as under_way:
            while not end.is_set() and self.sent < MOST:
                under_way.create_task(self._submit(client, *self._next()))
                await asyncio.sleep(1 / rate)

    async def some(self, count: int) -> list[Acknowledged]:
        """Submit ``count`` one after the other; those acknowledged, in order."""
        before = len(self.acknowledged)
        async with self._client() as client:
            for _ in range(count):
                await self._submit(client, *self._next())
        return self.acknowledged[before:]

    async def one(self, **values: Any) -> Acknowledged | None:
        """Submit one that says something of its own; None if it was given up."""
        async with self._client() as client:
            return await self._submit(client, *self._next(), **values)

    def _next(self) -> tuple[str, str]:
        self.sent += 1
        drawn = f"{self.chance.getrandbits(40):010X}"
        return f"{self.sent:05d}-{drawn}", f"CQ{drawn}{self.sent:05d}"

    def _client(self) -> httpx.AsyncClient:
        headers = {"authorization": f"Bearer {self.platform.token}"}
        limits = httpx.Limits(max_connections=64)
        return httpx.AsyncClient(
            base_url=self.platform.url, headers=headers, timeout=ANSWER_S, limits=limits, trust_env=False
        )

    async def _submit(
        self, client: httpx.AsyncClient, key: str, bill: str, **values: Any
    ) -> Acknowledged | None:
        named = {"bill_number": bill, "bill_of_lading_number": bill, "voyage_number": bill[-10:]}
        body = body_of(declaration(**named, **values))
        begun, tries = time.monotonic(), 0
        while time.monotonic() - begun < PATIENCE_S:
            tries += 1
            answer = await _try(client, key, body)
            if answer is not None:
                found, took = answer.json(), time.monotonic() - begun
                taken = Acknowledged(key, bill, found["submission_id"], found["digest"], tries, took)
                self.acknowledged.append(taken)
                return taken
            await asyncio.sleep(PAUSE_S)
        self.given_up.append(key)
        return None


async def _try(client: httpx.AsyncClient, key: str, body: bytes) -> httpx.Response | None:
    """The answer if it is an acknowledgement, None where trying again is right; nothing else may come."""
    try:
        answer = await client.post("/api/v1/submissions", content=body, headers={"idempotency-key": key})
    except httpx.TransportError:
        return None
    if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        return None
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    return answer

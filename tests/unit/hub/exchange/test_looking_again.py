"""A partner who was quiet for long is asked seldom, and at once after something was sent to it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from singlewindow.hub.exchange import pace
from singlewindow.hub.exchange.component import Component
from singlewindow.hub.exchange.transports.port import Inbound
from singlewindow.server.composition import connectors

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
WITHIN_S = 20.0


class Folder:
    """A partner's folder that is always empty."""

    def __init__(self) -> None:
        self.looks = asyncio.Semaphore(0)

    async def fetch(self) -> list[Inbound]:
        self.looks.release()
        return []

    def left(self) -> tuple[()]:
        return ()


class Kept:
    """A ledger that has nothing to say of earlier looks."""

    async def disconnected(self) -> bool:
        return False

    async def fetched(self, at: datetime, problem: str) -> None:
        return


async def test_what_is_sent_ends_the_long_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "SHARE", 1e12)
    monkeypatch.setattr(pace, "SELDOM_S", 3_600.0)
    folder: Any = Folder()
    component = Component(connectors()["customs"], folder, lambda: NOW, uuid4)
    nothing_kept: Any = Kept()
    looking = asyncio.create_task(component._collect_on(nothing_kept))
    try:
        async with asyncio.timeout(WITHIN_S):
            await folder.looks.acquire()
            component.spoken.set()
            await folder.looks.acquire()
    finally:
        looking.cancel()
        await asyncio.wait([looking])

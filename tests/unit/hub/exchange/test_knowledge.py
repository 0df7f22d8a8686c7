"""A door takes nothing before it knows who receives what."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from platform_under_test import knowledge
from singlewindow.hub.exchange import subscriptions
from singlewindow.hub.exchange.knowledge import LiveKnowledge
from singlewindow.hub.exchange.submission import Subscription
from singlewindow.hub.identity.directory import StaleDirectoryError

ROW = Subscription("customs", "goods_declaration", "customs_declaration", "", date(2018, 8, 1))


class Live:
    """A directory that has been read."""

    def __init__(self) -> None:
        self.current = knowledge().directory


async def test_nothing_is_known_until_the_subscriptions_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    known = knowledge()
    directory: Any = Live()
    live = LiveKnowledge("", known.registry, (), known.connectors, directory)
    with pytest.raises(StaleDirectoryError, match="who receives what"):
        live.current()

    async def load(_: Any) -> tuple[Subscription, ...]:
        return (ROW,)

    monkeypatch.setattr(subscriptions, "load", load)
    connection: Any = None
    await live.refresh(connection)
    assert live.current().subscriptions == (ROW,)

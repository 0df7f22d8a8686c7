"""A partner that listens, and a transport to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from singlewindow.hub.exchange.transports.http import HttpTransport
from unit.hub.exchange.transports.partner import Partner, transport


@pytest.fixture
async def partner() -> AsyncIterator[Partner]:
    partner = Partner()
    partner.port = await partner.server.start("127.0.0.1", 0)
    yield partner
    await partner.server.close()


@pytest.fixture
async def wire(partner: Partner) -> AsyncIterator[HttpTransport]:
    wire = transport(partner)
    yield wire
    await wire.close()

"""Partners that listen, and transports to them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from singlewindow.hub.exchange.transports.http import HttpTransport
from singlewindow.rehearsal.sftp import listen, prepare_endpoint
from unit.hub.exchange.transports.inboxes import Inbox
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


@pytest.fixture
async def inbox(tmp_path: Path) -> AsyncIterator[Inbox]:
    prepare_endpoint(tmp_path, 0)
    server = await listen(tmp_path, 0)
    found = Inbox(tmp_path, server.get_port())
    yield found
    await found.wire.close()
    server.close()
    await server.wait_closed()

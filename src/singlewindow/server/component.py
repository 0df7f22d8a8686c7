"""The component role: one connector's codec, transport and lane, put together."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Any

import structlog

from singlewindow.hub.exchange.component import Component
from singlewindow.hub.exchange.transports.port import Transport
from singlewindow.hub.journal.ending import ended
from singlewindow.kernel.clock import now
from singlewindow.kernel.ids import uuid7
from singlewindow.server import composition, endpoints, registry, rooms
from singlewindow.server.configuration import Configuration, component_role

log = structlog.get_logger(__name__)


async def run(name: str, configuration: Configuration, stop: asyncio.Event) -> None:
    """Dispatch and collect for one partner until asked to stop."""
    connector, transport = composition.connectors()[name], wire(name, configuration)
    component = Component(connector, transport, now, lambda: uuid7(now()))
    try:
        await until(stop, component.run(configuration.dsn(component_role(name))))
    finally:
        await transport.close()


def wire(name: str, configuration: Configuration) -> Transport:
    """The transport of one connector's kind, with the settings of the partner's file."""
    setting = composition.connectors()[name].manifest.transport
    kind = endpoints.settings_of(name)
    own = {"media": setting.media} if "media" in kind.__struct_fields__ else {}
    made: Transport = registry.resolve(registry.TRANSPORTS[setting.kind])(
        {**own, **endpoints.endpoint(configuration, name)}
    )
    return made


async def counterpart(name: str, configuration: Configuration, stop: asyncio.Event) -> None:
    """The rehearsed other side of one connector."""
    from singlewindow.rehearsal.script import Script

    module = import_module(rooms.rehearsal_of(name) or "")
    state = endpoints.state_of(configuration, name)
    script = Script(configuration.rehearsal_seed, profile=configuration.rehearsal_profile)
    log.info("counterpart decides", partner=name, seed=script.seed, profile=script.profile)
    await until(stop, module.serve(endpoints.endpoint(configuration, name), state, script))


async def until(stop: asyncio.Event, work: Any) -> None:
    """Do the work until it ends (its failure is ours) or we are asked to stop."""
    task = asyncio.ensure_future(work)
    waiting = asyncio.ensure_future(stop.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    results = await ended([task, waiting])
    if isinstance(results[0], Exception):
        raise results[0]

"""The roles a platform is made of, and how each is run."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module

from singlewindow.server import component, composition, endpoints, loop, registry, terminals, worker
from singlewindow.server.configuration import Configuration
from singlewindow.server.refusal import Refusal

WEB, COMPONENT, WORKER, COUNTERPART = range(4)  # the order of stopping; PostgreSQL comes after all
Task = Callable[[Configuration, asyncio.Event], Awaitable[None]]


@dataclass(frozen=True)
class Role:
    """One process: ``prepare`` imports before the fork and returns what then runs until SIGTERM."""

    name: str
    stage: int
    prepare: Callable[[Configuration], Callable[[], None]]


def roles(configuration: Configuration) -> list[Role]:
    """The roles of this installation: connectors run where they have an endpoint."""
    found = [Role("web", WEB, web)]
    if registry.WORKER_TASKS:
        found.append(Role("worker", WORKER, worker_role))
    rehearsed = endpoints.rehearse(configuration) if configuration.demo else []
    ours = [
        (COMPONENT, f"component:{each}", partial(component_role, each))
        for each in endpoints.configured(configuration)
    ]
    theirs = [(COUNTERPART, f"counterpart:{each}", partial(counterpart_role, each)) for each in rehearsed]
    found += [Role(name, stage, prepare) for stage, name, prepare in ours + theirs]
    return sorted(found, key=lambda role: (role.stage, role.name))


def role(configuration: Configuration, name: str) -> Role:
    """One role by its name."""
    found = {role.name: role for role in roles(configuration)}
    if name not in found:
        known = ", ".join(found)
        raise Refusal(f"没有角色 {name}；现有：{known}", f"There is no role {name}; there are: {known}")
    return found[name]


def web(configuration: Configuration) -> Callable[[], None]:
    """Pages, doors, live updates, files."""
    from singlewindow.server.asgi import composed
    from singlewindow.server.web import serve

    terminals.use(configuration)
    return partial(serve, configuration, composed(configuration))


def worker_role(configuration: Configuration) -> Callable[[], None]:
    """Sequencer, subscribers, deadlines, schedules."""
    terminals.use(configuration)
    for path in registry.WORKER_TASKS.values():
        registry.resolve(path)
    return partial(run, worker.run, configuration)


def component_role(connector: str, configuration: Configuration) -> Callable[[], None]:
    """One partner's lane."""
    kind = composition.connectors()[connector].manifest.transport.kind
    registry.resolve(registry.TRANSPORTS[kind])
    return partial(run, partial(component.run, connector), configuration)


def counterpart_role(connector: str, configuration: Configuration) -> Callable[[], None]:
    """The rehearsed other side."""
    import_module(f"singlewindow.connectors.{connector}.counterpart")
    return partial(run, partial(component.counterpart, connector), configuration)


def run(task: Task, configuration: Configuration) -> None:
    """Run an asynchronous role until SIGTERM or SIGINT asks it to stop."""

    async def main() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await task(configuration, stop)

    loop.run(main())

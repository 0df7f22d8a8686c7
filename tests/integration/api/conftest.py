"""One platform for every test of the API, and the story's declaration handed in."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from programs import World, contested_of, declared, unnoted_of, until, world_of
from running import running
from singlewindow.server import rooms
from strangers import Account, strangers

EXAMPLES = rooms.PACKAGE / "server/api_examples.json"
RECORD = "SINGLEWINDOW_RECORD_EXAMPLES"  # set it to write the examples of the description anew


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """The systems of a broker, an importer, two agencies and a terminal, and the platform they talk to."""
    with running() as platform:
        made = world_of(platform)
        yield made
        if os.environ.get(RECORD):
            seen = made.description.record.whole() if made.description.record else {}
            EXAMPLES.write_text(json.dumps(seen, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@pytest.fixture(scope="session")
def unnoted(world: World) -> World:
    """The same, asking what is no example for anybody."""
    return unnoted_of(world)


@pytest.fixture(scope="session")
def submission(world: World, unnoted: World) -> str:
    """The story's declaration, handed in, and a consignment by now."""
    made = declared(world)
    until(lambda: unnoted.broker.ask("GET", f"/consignments/{made}").status == 200)
    return made


@pytest.fixture(scope="session")
def contested(world: World) -> tuple[str, ...]:
    """Two declarations of one call that both name the same containers; nobody settles whose they are."""
    return contested_of(world, "CL")


@pytest.fixture(scope="module")
def outside(world: World) -> Iterator[list[Account]]:
    """Strangers of every kind, in the browser and with a token."""
    with strangers(world.platform) as accounts:
        yield accounts

"""Whoever works for two parties reads for each by the rights held there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import Client

from singlewindow.hub.identity import asking, permissions

from .conftest import World
from .test_sessions import sign_in, who

pytestmark = pytest.mark.database


def second(world: World, role: str) -> int:
    """乙's person works for another firm too, which comes after 乙; its number."""
    ((firm,),) = world.database.execute(
        "sw_engine",
        "insert into party (kind, code, name_zh, name_en)"
        " values ('firm', '91500112MADEM0B3XC', '丙', 'Bing') returning id",
    )
    given = "{" + role + "}"
    world.database.execute(
        "sw_engine", "insert into membership values (%s, %s, %s)", world.broker, firm, given
    )
    return int(firm)


def test_a_right_in_one_party_opens_nothing_of_another(site: Client, world: World) -> None:
    bing = second(world, "forwarder")
    sign_in(site)
    assert site.get("/declared").json() == {"viewing": [world.yi], "parties": [world.yi]}
    assert site.get("/followed").json() == {"viewing": [world.yi, bing]}
    assert who(site)["viewers"] == f"{{{world.yi},{bing}}}"
    assert site.get("/declarations").content == b"declarations", "asked from a loop, too"


def test_a_right_in_both_parties_reads_for_both(site: Client, world: World) -> None:
    bing = second(world, "importer")
    sign_in(site)
    assert site.get("/declared").json()["viewing"] == [world.yi, bing]


def test_of_one_party_nothing_more_is_asked(
    site: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    @contextmanager
    def noted() -> Iterator[Any]:
        told.append("narrowed")
        with asking.lookups() as cursor:
            yield cursor

    monkeypatch.setattr(permissions, "lookups", noted)
    sign_in(site)
    site.get("/declared")
    assert told == []
    second(world, "forwarder")
    site.get("/followed")
    assert told == []
    site.get("/declared")
    assert told == ["narrowed"]

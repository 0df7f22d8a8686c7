"""What takes the data base too long is ended: whoever asked reads so, and nothing of it is done."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client

from singlewindow.hub.identity import refusals

from .conftest import World
from .test_sessions import sign_in

pytestmark = pytest.mark.database
SOON = "alter role sw_web in database {} set statement_timeout = '300ms'"


@pytest.fixture
def hurried(site: Client, world: World) -> Client:
    """The site, whose data base gives up soon."""
    world.database.execute("postgres", SOON.format(world.database.configuration.database))
    sign_in(site)
    connection.close()
    return site


def kept(world: World) -> list[Any]:
    return world.database.execute("postgres", "select 1 from sw.session where key = sha256('slow')")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_program_reads_that_it_took_too_long_in_its_language(
    hurried: Client, world: World, language: str
) -> None:
    answer = hurried.get("/slow", headers={"Accept": "application/json", "Accept-Language": language})
    (problem,) = answer.json()["problems"]
    assert (answer.status_code, answer["Retry-After"]) == (503, refusals.AGAIN_S)
    assert problem["code"] == refusals.TOO_LONG.code
    assert kept(world) == []
    assert hurried.get("/who").status_code == 200, "its connection serves the next"


def test_a_person_reads_it_on_a_page(hurried: Client, world: World) -> None:
    answer = hurried.get("/slow", headers={"Accept": "text/html"})
    assert answer.status_code == 503
    assert refusals.TOO_LONG.text.zh in answer.content.decode()
    assert kept(world) == []


def test_it_is_said_too_where_the_data_base_does_not_say_who_asks(hurried: Client, world: World) -> None:
    with psycopg.connect(world.database.dsn("postgres")) as other:
        other.execute("lock table sw.person in access exclusive mode")
        answer = hurried.get("/who", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (503, refusals.TOO_LONG.code)
    assert hurried.get("/who").status_code == 200

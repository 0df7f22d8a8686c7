"""Parties and people of two firms and an agency, and a small Django site over the same data base."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import django
import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test import Client, override_settings
from psycopg.conninfo import conninfo_to_dict

from database import Database
from singlewindow.hub.identity import passwords
from singlewindow.hub.identity.people import array
from singlewindow.hub.identity.sessions import VIEWERS

PASSWORD = "correct horse 马"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "singlewindow.hub.identity.sessions.Identity",
]
FORM = "{% csrf_token %}{{ problem.text.en }}|{{ next }}|{{ login }}|{{ why.zh }}"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.locmem.Loader",
                    {
                        "identity/sign_in.html": FORM,
                        "identity/refused.html": '{{ problem.text.zh }} <a href="{{ back }}">',
                        "names.html": "{% for name in names %}{{ name }},{% endfor %}",
                    },
                )
            ]
        },
    }
]
SITE = {
    "MIDDLEWARE": MIDDLEWARE,
    "TEMPLATES": TEMPLATES,
    "SESSION_ENGINE": "singlewindow.hub.identity.session_store",
    "SESSION_COOKIE_NAME": "sw_session",
    "CSRF_FAILURE_VIEW": "singlewindow.hub.identity.refusals.not_from_here",
    "SECRET_KEY": "for tests only",
    "ALLOWED_HOSTS": ["testserver"],
    "LANGUAGE_CODE": "zh-hans",
    "LANGUAGES": [("zh-hans", "中文"), ("en", "English")],
}


@dataclass(frozen=True)
class World:
    """Numbers of what was inserted."""

    database: Database
    jia: int
    yi: int
    customs: int
    broker: int

    @contextmanager
    def serving(self, *parties: int) -> Iterator[psycopg.Cursor[Any]]:
        """One request's transaction as ``sw_web``, reading for these parties."""
        with psycopg.connect(self.database.dsn("sw_web")) as connection, connection.cursor() as cursor:
            cursor.execute(VIEWERS, [array(parties), str(parties[0]) if parties else ""])
            yield cursor


@pytest.fixture(scope="session")
def stored_hash() -> str:
    return passwords.hashed(PASSWORD)


@pytest.fixture
def world(database: Database, stored_hash: str) -> World:
    """Firms 甲 and 乙, 乙 declares for 甲; customs; one person in 乙."""

    def add(statement: str, *values: object) -> int:
        rows = database.execute("sw_engine", statement, *values)
        return int(str(rows[0][0])) if rows else 0

    party = (
        "insert into party (kind, code, partner, name_zh, name_en) values (%s, %s, %s, %s, %s) returning id"
    )
    jia = add(party, "firm", "91500112MADEM0A1XL", None, "甲", "Jia")
    yi = add(party, "firm", "91500105MADEM0Y2X3", None, "乙", "Yi")
    customs = add(party, "agency", "customs", "customs", "海关", "Customs")
    person = """insert into person (login, name, password_hash, language)
      values ('yi', '乙某', %s, 'en') returning id"""
    broker = add(person, stored_hash)
    add("insert into membership values (%s, %s, '{declarant}')", broker, yi)
    return World(database, jia, yi, customs, broker)


@pytest.fixture
def site(world: World) -> Iterator[Client]:
    """A client of a site whose default data base is the test's, as ``sw_web``."""
    if not settings.configured:
        settings.configure(USE_TZ=True, SECRET_KEY="for tests only", INSTALLED_APPS=[])
        django.setup()
    place = conninfo_to_dict(world.database.dsn("sw_web"))
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    entry = {name: str(place[key]) for name, key in names.items() if key in place}
    before = connections.settings.get("default")
    connections.settings["default"] = connections.configure_settings(
        {"default": {"ENGINE": "django.db.backends.postgresql", **entry}}
    )["default"]
    forget()
    from . import views  # the API library reads the settings when it is imported

    with override_settings(**SITE, ROOT_URLCONF=views):
        yield Client(raise_request_exception=False)
    forget()
    if before is None:
        del connections.settings["default"]
    else:
        connections.settings["default"] = before


def forget() -> None:
    """Close this thread's connection and make a new one at the next use."""
    if hasattr(connections._connections, "default"):
        connections["default"].close()
        del connections["default"]

"""Django's default connection as ``sw_web`` on a fresh database, reading for chosen parties."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import django
import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from psycopg.conninfo import conninfo_to_dict

from database import Database
from singlewindow.hub.journal.looking_up import KEPT_PLANS

NAMES = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}


@pytest.fixture
def reading(database: Database) -> Iterator[Callable[..., AbstractContextManager[None]]]:
    """``with reading(7, 8):`` one request of a viewer of these parties, who acts for the first."""
    if not settings.configured:
        settings.configure(USE_TZ=True, SECRET_KEY="for tests only", INSTALLED_APPS=[])
        django.setup()
    place = conninfo_to_dict(database.dsn("sw_web"))
    entry = {name: str(place[key]) for name, key in NAMES.items() if key in place}
    before = connections.settings.get("default")
    options = {"prepare_threshold": 0, "options": KEPT_PLANS}  # what is planned once is so at once
    chosen = {"default": {"ENGINE": "django.db.backends.postgresql", **entry, "OPTIONS": options}}
    connections.settings["default"] = connections.configure_settings(chosen)["default"]
    _forget()

    @contextmanager
    def request(*parties: int) -> Iterator[None]:
        with transaction.atomic(), connection.cursor() as cursor:
            viewers = "{" + ",".join(map(str, parties)) + "}"
            stated = "select set_config('sw.viewers', %s, true), set_config('sw.acting', %s, true)"
            cursor.execute(stated, [viewers, str(parties[0]) if parties else ""])
            yield

    yield request
    _forget()
    if before is None:
        del connections.settings["default"]
    else:
        connections.settings["default"] = before


def _forget() -> None:
    if hasattr(connections._connections, "default"):
        connections["default"].close()
        del connections["default"]

"""What a request asks: rows by their columns' names, statements in parts, JSON read."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from database import Database
from singlewindow.hub.identity import asking as room
from singlewindow.hub.identity.asking import asking, read_jsonb

pytestmark = pytest.mark.database

ask = asking(
    {
        "one": "select %(a)s::int as a, %(name)s::text as name",
        "named": "select 1 as n",
        "twice": "union all select 2",
    }
)


def test_rows_bear_the_names_of_their_columns(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with psycopg.connect(database.dsn("sw_web")) as connection:
        monkeypatch.setattr(room, "connection", connection)
        assert ask("one", a=7, name="箱") == [{"a": 7, "name": "箱"}]
        assert sorted(row["n"] for row in ask("named", "twice")) == [1, 2]


@pytest.mark.parametrize(
    "value", ['{"a": ["箱", null]}', b'{"a": ["\xe7\xae\xb1", null]}', {"a": ["箱", None]}]
)
def test_json_is_read_whoever_hands_it_over(value: Any) -> None:
    assert read_jsonb(value) == {"a": ["箱", None]}


def test_nothing_stays_nothing() -> None:
    assert read_jsonb(None) is None

"""Lanes are listed by the command line, paused and resumed for a reason alone, and tried at once."""

from __future__ import annotations

import argparse
from typing import Any

import pytest

from integration.hub.exchange.test_operating import OVER, WHY, cut, ran
from singlewindow.kernel.clock import now
from singlewindow.server import health, lock
from singlewindow.server.commands import lanes
from singlewindow.server.refusal import Refusal

pytestmark = pytest.mark.database


def asked(database: Any, act: str | None = None, *partners: str, reason: str = "") -> Any:
    given = argparse.Namespace(act=act, partners=list(partners), reason=reason)
    return lanes.run(given, database.configuration)


def test_a_lane_is_paused_listed_as_such_and_resumed(database: Any) -> None:
    ran(database, "customs", "border")
    done = asked(database, "pause", "customs", "customs", "maritime", reason=WHY)
    assert (done.code, done.values) == (1, {"done": ["customs"], "not_done": ["maritime"]})
    assert "customs 已暂停 · paused" in done.text
    known = {one["partner"]: one for one in asked(database).values}
    assert (known["customs"]["paused_for"], known["border"]["paused_at"]) == (WHY, None)
    assert WHY in asked(database).text
    assert "minutes" not in known["customs"]
    over = asked(database, "resume", "customs", reason=OVER)
    assert (over.code, over.values) == (0, {"done": ["customs"], "not_done": []})
    assert asked(database, "resume", "customs", reason=OVER).code == 1
    told = database.execute("postgres", "select verb, actor_kind, actor_id from sw.journal_entry order by id")
    assert told == [("lane.paused", "system", "lanes"), ("lane.resumed", "system", "lanes")]


def test_a_partner_that_is_away_is_tried_at_once_without_a_reason(database: Any) -> None:
    cut(database)
    assert asked(database, "probe", "customs").code == 0
    assert database.execute("postgres", "select probe_at <= now() from sw.lane") == [(True,)]


def test_lanes_and_doctor_name_a_partner_that_is_not_heard_and_why(database: Any) -> None:
    ran(database, "customs", "border", "maritime")
    away = """update sw.lane set fetch_failures = 9, fetch_problem = 'HTTP 404',
                unfetched_since = now() - interval '1 h' where partner = 'customs'"""
    database.execute("postgres", away)
    database.execute("postgres", "update sw.lane set fetched_at = now() where partner = 'border'")
    ended = "update sw.lane set fetched_at = now() - interval '1 h' where partner = 'maritime'"
    database.execute("postgres", ended)
    border, customs, maritime = sorted(asked(database).text.splitlines())[:3]
    assert ("not fetched" in border, "not fetched" in customs, "not fetched" in maritime) == (
        False,
        True,
        True,
    )
    assert customs.endswith(": HTTP 404")
    (found,) = health.unheard(database.configuration, now)
    assert (found.question, found.fine) == ("unheard", False)
    assert "customs" in found.text.en
    assert found.text.zh.endswith("HTTP 404")
    with lock.take(database.configuration.data):
        _, ended_one = health.unheard(database.configuration, now)
    assert "component-maritime.log" in ended_one.text.en, "while the platform runs its components do"


def test_a_partner_that_was_disconnected_is_told_as_such_and_as_no_fault(database: Any) -> None:
    ran(database, "customs")
    silent = "update sw.lane set fetched_at = now() - interval '9 d'"
    database.execute("postgres", silent)
    assert asked(database, "disconnect", "customs", "border", reason=WHY).values == {
        "done": ["customs"],
        "not_done": ["border"],
    }
    (line,) = (each for each in asked(database).text.splitlines() if each.startswith("customs"))
    assert "disconnected" in line
    assert WHY in line
    assert "not fetched" not in line
    with lock.take(database.configuration.data):
        (found,) = health.unheard(database.configuration, now)
    assert (found.question, found.fine) == ("disconnected", True)
    assert WHY in found.text.zh
    assert asked(database, "resume", "customs", reason=OVER).code == 1
    assert asked(database, "connect", "customs", reason=OVER).code == 0
    assert asked(database, "connect", "customs", reason=OVER).code == 1


@pytest.mark.parametrize(
    ("act", "partners", "said"),
    [
        ("pause", ("customs",), "give a reason"),
        ("resume", ("customs",), "give a reason"),
        ("disconnect", ("customs",), "give a reason"),
        ("connect", ("customs",), "give a reason"),
        ("pause", (), "say which"),
        ("probe", ("nobody",), "no such partner: nobody"),
    ],
)
def test_what_cannot_be_done_is_refused(
    database: Any, act: str, partners: tuple[str, ...], said: str
) -> None:
    with pytest.raises(Refusal, match=said):
        asked(database, act, *partners)
    assert database.execute("postgres", "select from sw.journal_entry") == []

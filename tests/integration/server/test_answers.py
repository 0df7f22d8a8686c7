"""Answers that wait for a person are listed by the command line, and laid aside for a reason alone."""

from __future__ import annotations

import argparse
from typing import Any

import pytest

from integration.hub.exchange.test_aside import WHY, states, unread
from singlewindow.server.commands import answers
from singlewindow.server.refusal import Refusal

pytestmark = pytest.mark.database


def asked(
    database: Any,
    *ids: int,
    reason: str = "",
    partner: str | None = None,
    up: tuple[int, ...] = (),
    aside: bool = False,
) -> Any:
    given = argparse.Namespace(
        lay_aside=list(ids), take_up=list(up), aside=aside, reason=reason, partner=partner
    )
    return answers.run(given, database.configuration)


def test_what_waits_is_listed_and_laid_aside_once(database: Any) -> None:
    id_ = unread(database)
    (found,) = asked(database).values
    assert (found["id"], found["partner"], found["again"]) == (id_, "customs", False)
    assert asked(database, partner="quarantine").values == []
    done = asked(database, id_, id_, reason=WHY)
    assert (done.code, done.values) == (0, {"laid_aside": [id_], "unknown": []})
    assert "闸口不再等" in done.text
    assert "nothing bars" in done.text
    again = asked(database, id_, reason=WHY)
    assert (again.code, again.values) == (1, {"laid_aside": [], "unknown": [id_]})
    assert "没有无法处理的回执" in asked(database).text
    rows = database.execute("postgres", "select actor_kind, actor_id, reason from sw.answer_aside")
    assert rows == [("system", "answers", WHY)]


def test_without_a_reason_nothing_is_laid_aside(database: Any) -> None:
    id_ = unread(database)
    with pytest.raises(Refusal, match="give a reason"):
        asked(database, id_)
    assert states(database) == [("in/7.xml", 1)]


def test_what_is_laid_aside_is_listed_and_taken_up_again_once(database: Any) -> None:
    id_ = unread(database)
    assert "没有已搁置的回执" in asked(database, aside=True).text
    asked(database, id_, reason=WHY)
    listed = asked(database, aside=True)
    assert [(one["id"], one["aside_for"]) for one in listed.values] == [(id_, WHY)]
    assert WHY in listed.text
    done = asked(database, up=(id_,), reason="again")
    assert (done.code, done.values) == (0, {"taken_up": [id_], "unknown": []})
    assert "every gate" in done.text
    assert asked(database, up=(id_,), reason="again").code == 1
    assert [one["id"] for one in asked(database).values] == [id_]
    for wrong in ({"up": (id_,)}, {"up": (id_,), "reason": " "}):
        with pytest.raises(Refusal, match="give a reason"):
            asked(database, **wrong)  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="one at a time"):
        asked(database, id_, up=(id_,), reason=WHY)

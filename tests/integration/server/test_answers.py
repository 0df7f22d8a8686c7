"""Answers that wait for a person are listed by the command line, and laid aside for a reason alone."""

from __future__ import annotations

import argparse
from typing import Any

import pytest

from integration.hub.exchange.test_aside import WHY, states, unread
from singlewindow.hub.exchange import lanes
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
    after: int | None = None,
) -> Any:
    given = argparse.Namespace(
        lay_aside=list(ids), take_up=list(up), aside=aside, reason=reason, partner=partner, after=after
    )
    return answers.run(given, database.configuration)


def test_what_waits_is_listed_and_laid_aside_once(database: Any) -> None:
    id_ = unread(database)
    (found,) = asked(database).values["items"]
    assert (found["id"], found["partner"], found["again"]) == (id_, "customs", False)
    assert asked(database, partner="quarantine").values["items"] == []
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
    assert [(one["id"], one["aside_for"]) for one in listed.values["items"]] == [(id_, WHY)]
    assert WHY in listed.text
    done = asked(database, up=(id_,), reason="again")
    assert (done.code, done.values) == (0, {"taken_up": [id_], "unknown": []})
    assert "every gate" in done.text
    assert asked(database, up=(id_,), reason="again").code == 1
    assert [one["id"] for one in asked(database).values["items"]] == [id_]
    for wrong in ({"up": (id_,)}, {"up": (id_,), "reason": " "}):
        with pytest.raises(Refusal, match="give a reason"):
            asked(database, **wrong)  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="one at a time"):
        asked(database, id_, up=(id_,), reason=WHY)


def test_a_list_says_how_many_there_are_and_how_one_goes_on(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "MOST_LETTERS", 2)
    ids = [unread(database, said=b"<torn %d" % n) for n in range(5)]

    def shown(aside: bool = False, after: int | None = None) -> tuple[list[int], int, int | None]:
        values = asked(database, aside=aside, after=after).values
        return [one["id"] for one in values["items"]], values["of"], values["next"]

    assert shown() == (ids[:2], 5, ids[1])
    assert shown(after=ids[3]) == (ids[4:], 5, None)
    assert asked(database).text.endswith(f"2 of 5 shown; go on with --after {ids[1]}")
    with pytest.raises(Refusal, match="--after is for listing"):
        asked(database, *ids, reason=WHY, after=1)
    asked(database, *ids, reason=WHY)
    assert shown() == ([], 0, None)
    assert shown(aside=True) == ([ids[4], ids[3]], 5, ids[3]), "the last first"
    assert shown(aside=True, after=ids[1]) == ([ids[0]], 5, None)

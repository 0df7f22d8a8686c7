"""One container on two ships in the same days: both firms are asked, and nobody any more once it is plain."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from integration.hub.coordination.story import ONE, TWO, VALUES, Yard
from singlewindow.hub.dossier.overlapping import OVERLAPS
from singlewindow.kernel.messages import Outcome

pytestmark = pytest.mark.database
OURS, THEIRS = 107, 207
BOX = VALUES["containers"][0]


def declare(yard: Yard, firm: int, voyage: str, day: str, **values: Any) -> UUID:
    """A consignment in the container, known as such: an agency has read it."""
    given = {"containers": [BOX], "voyage_number": voyage, "entry_exit_date": day, "trade_direction": "I"}
    bill = f"B{firm}{voyage}"
    submission = yard.declare(viewers=(firm,), **(given | {"bill_number": bill} | values))
    asyncio.run(yard.receive(yard.answer(submission, "customs", Outcome.RELEASED)))
    return submission


def tasks(yard: Yard, state: str = "open") -> set[tuple[UUID, str]]:
    """Of which consignments it is asked, and of which container."""
    rows = yard.rows("select dossier, about from sw.task where kind = %s and state = %s", OVERLAPS, state)
    return {(dossier, about) for dossier, about in rows}


def asked_of(yard: Yard, firm: int) -> list[str]:
    """In which words a firm is asked, as it may read it."""
    with yard.web(firm) as connection, connection.cursor() as cursor:
        rows = cursor.execute("select text_en from sw.task where kind = %s", [OVERLAPS]).fetchall()
    return [text for (text,) in rows]


def test_both_firms_are_asked_and_neither_is_told_of_the_other(database: Any) -> None:
    yard = Yard(database)
    ours = declare(yard, OURS, "2511E", "2026-11-20")
    assert tasks(yard) == set()
    theirs = declare(yard, THEIRS, "2512E", "2026-11-22")
    assert tasks(yard) == {(ours, ONE), (theirs, ONE)}
    for firm, own, other in ((OURS, "B1072511E", "B2072512E"), (THEIRS, "B2072512E", "B1072511E")):
        (text,) = asked_of(yard, firm)
        assert own in text
        assert not [word for word in (other, other[-5:], "2026") if word in text]
    keys = yard.rows("select count(distinct key) from sw.dossier_object where kind = 'container'")
    assert keys == [(2,)], "they stay two things"


@pytest.mark.parametrize(
    "other",
    [
        {"day": "2026-11-23"},
        {"day": "2026-11-17"},
        {"trade_direction": "E"},
        {"transport_mode": "4"},
        {"containers": [VALUES["containers"][1]]},
        {"voyage": "2511E"},
    ],
    ids=["three days later", "three days earlier", "an export", "by road", "another box", "the same call"],
)
def test_what_may_well_be_is_not_asked_about(database: Any, other: dict[str, Any]) -> None:
    yard = Yard(database)
    declare(yard, OURS, "2511E", "2026-11-20")
    declare(yard, THEIRS, **({"voyage": "2512E", "day": "2026-11-20"} | other))
    assert tasks(yard) == set()


def test_a_consignment_declared_anew_under_another_voyage_is_no_two(database: Any) -> None:
    yard = Yard(database)
    declare(yard, OURS, "2511E", "2026-11-20")
    declare(yard, OURS, "2512E", "2026-11-20", bill_number="B1072511E")
    assert tasks(yard) == set()


@pytest.mark.parametrize("how", ["left", "dropped", "dated anew"])
def test_it_ends_by_itself_once_only_one_brings_it(database: Any, how: str) -> None:
    yard = Yard(database)
    both = {declare(yard, OURS, "2511E", "2026-11-20"), declare(yard, THEIRS, "2512E", "2026-11-20")}
    asyncio.run(yard.work())
    assert {dossier for dossier, _ in tasks(yard)} == both
    if how == "left":
        yard.rows(
            "update sw.dossier_object set until = since where key like '%%2511E' and kind = 'container'"
        )
    else:
        yard.rows(
            "update sw.document set state = 60, created_at = created_at - interval '1 h'"
            " where submission_id = any (%s)",
            [*both],
        )  # sent back a while ago
        said = {"containers": [VALUES["containers"][1]]} if how == "dropped" else {}
        day = "2026-11-20" if how == "dropped" else "2026-12-20"
        declare(yard, THEIRS, "2512E", day, **said)
    asyncio.run(yard.work())
    assert tasks(yard) == set()
    assert {dossier for dossier, _ in tasks(yard, "done")} == both
    told = yard.rows(
        "select convert_from(content, 'UTF8')::json->>'why' from sw.journal_entry where verb = 'task.ended'"
    )
    assert told == [("apart",)] * 2
    asyncio.run(yard.work())
    assert yard.verbs().count("task.ended") == 2, "told once"


def test_what_a_firm_has_looked_into_is_not_asked_again(database: Any) -> None:
    yard = Yard(database)
    insert = "insert into sw.party (id, kind, code, name_zh, name_en) overriding system value"
    yard.rows(f"{insert} values (%s, 'firm', 'F', 'x', 'x') returning id", OURS)
    yard.party["ours"] = OURS
    ours = declare(yard, OURS, "2511E", "2026-11-20")
    theirs = declare(yard, THEIRS, "2512E", "2026-11-20")
    ((task,),) = yard.rows("select id from sw.task where kind = %s and dossier = %s", OVERLAPS, ours)
    found = asyncio.run(yard.ask("ours", "check_task", task=task, reason="箱号无误"))
    assert found.problems == ()
    assert tasks(yard) == {(theirs, ONE)}
    declare(yard, 307, "2513E", "2026-11-21")
    assert (ours, ONE) not in tasks(yard)
    assert TWO not in {about for _, about in tasks(yard)}

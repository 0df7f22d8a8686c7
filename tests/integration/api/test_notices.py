"""A program reads the message box of its party, says what it has dealt with, and reads nobody else's."""

from __future__ import annotations

from typing import Any

import pytest

from programs import BROKER, Program, World, declared, issued, until

pytestmark = pytest.mark.database
# Somebody of a party has read up to a place.
SOMEBODY = """insert into notice_reader (person, party, up_to, at, viewers)
select m.person_id, p.id, %s, now(), array[p.id]
  from membership m join party p on p.id = m.party_id
 where p.code = %s order by m.person_id limit 1
returning person"""
FORGOTTEN = """with broker as (select id from party where code = %s),
  one_by_one as (delete from notice_read where party in (select id from broker)),
  through as (delete from notice_through where party in (select id from broker)),
  up_to as (delete from notice_reader where party in (select id from broker))
select from broker"""
MARKS = """select r.person, r.up_to
  from (select person, party, up_to from notice_reader
         union all select person, party, position from notice_read) r
  join party p on p.id = r.party
 where p.code = %s"""


@pytest.fixture
def told(world: World, submission: str) -> list[dict[str, Any]]:
    """What the broker has been told, the newest first: a few at least, and none is marked as read."""
    world.platform.ask(FORGOTTEN, BROKER)
    until(lambda: len(world.broker.get("/notices")["items"]) > 2)
    return world.broker.pages("/notices", limit=2)


def unread(program: Program) -> set[int]:
    return {one["position"] for one in program.pages("/notices", unread="true")}


def test_the_newest_comes_first_and_each_is_an_entry_of_the_journal(
    world: World, told: list[dict[str, Any]]
) -> None:
    places = [one["position"] for one in told]
    assert places == sorted(places, reverse=True)
    assert all(one["title"]["zh"] and one["title"]["en"] for one in told)
    assert {one["role"] for one in told} <= {"declarant", "importer"}
    entry = world.broker.get(f"/journal/entries/{places[0]}")
    assert (entry["subject_id"], entry["at"]) == (told[0]["subject_id"], told[0]["at"])


def test_one_is_marked_and_then_all_that_were_shown_once_under_a_key(
    world: World, told: list[dict[str, Any]]
) -> None:
    newest, second = told[0]["position"], told[1]["position"]
    marked = world.broker.ask("POST", "/notices/read", {"positions": [second]}, "read-1")
    assert (marked.status, marked.json["number"] > 0) == (200, True)
    assert second not in unread(world.broker)
    assert newest in unread(world.broker)
    again = world.broker.ask("POST", "/notices/read", {"positions": [second]}, "read-1")
    assert (again.body, again.headers["Idempotency-Replayed"]) == (marked.body, "true")
    assert world.broker.ask("POST", "/notices/read", {"up_to": newest}, "read-1").status == 409
    assert (
        world.broker.ask("POST", "/notices/read", {"positions": [second], "up_to": newest}, "read-2").status
        == 200
    )
    assert {one["position"] for one in told} & unread(world.broker) == set()
    shown = {one["position"]: one["read"] for one in world.broker.pages("/notices")}
    assert all(shown[one["position"]] for one in told)


def test_what_comes_later_is_unread_however_far_was_marked(world: World, told: list[dict[str, Any]]) -> None:
    assert world.broker.ask("POST", "/notices/read", {"up_to": 2**53}, "read-far").status == 200
    returned = declared(world, "CQXRETURN-NOTE", "notice-1")
    until(
        lambda: [
            one
            for one in world.broker.pages("/notices", unread="true")
            if one["submission_id"] == returned and one["topic"]
        ]
    )


def test_another_token_of_the_party_goes_on_where_that_one_stood(
    world: World, told: list[dict[str, Any]]
) -> None:
    place = told[1]["position"]
    ((person,),) = world.platform.ask(SOMEBODY, place - 1, BROKER)
    assert world.broker.ask("POST", "/notices/read", {"positions": [place]}, "read-3").status == 200
    successor = Program(world.description, issued(world.platform, BROKER, ("notices.read",)))
    until(lambda: successor.ask("GET", "/notices").status == 200)
    assert place not in unread(successor)
    marks = world.platform.ask(MARKS, BROKER)
    assert {reader for reader, _ in marks} == {0, person}
    assert max(read for reader, read in marks if reader == 0) >= place
    assert [read for reader, read in marks if reader == person] == [place - 1], (
        "what people have read is theirs"
    )


def test_another_partys_box_is_neither_read_nor_marked(world: World, told: list[dict[str, Any]]) -> None:
    until(lambda: world.customs.get("/notices")["items"])
    theirs = [one["position"] for one in world.customs.pages("/notices")]
    rows = world.platform.ask(
        "select n.position, p.code from notice n join party p on p.id = n.party where n.position = any (%s)",
        [one["position"] for one in told],
    )
    assert {place for place, code in rows if code == BROKER} == {one["position"] for one in told}
    before = unread(world.customs)
    asked = {"positions": theirs[:3]}
    assert world.broker.ask("POST", "/notices/read", asked, "read-theirs").status == 200
    assert before <= unread(world.customs)
    own = {place for place, code in rows if code == "customs"}
    assert own == {one["position"] for one in told} & set(theirs)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"positions": []},
        {"positions": ["1"]},
        {"positions": [-1]},
        {"positions": [2**53 + 1]},
        {"positions": [0] * 201},
        {"up_to": -1},
        {"up_to": True},
        {"all": True},
    ],
)
def test_a_mark_that_says_nothing_or_too_much_is_refused(world: World, wrong: dict[str, Any]) -> None:
    assert world.broker.ask("POST", "/notices/read", wrong, "read-wrong").status == 422


def test_without_the_right_there_is_no_box(world: World) -> None:
    for program, status in ((world.bare, 404), (world.nobody, 401)):
        assert program.ask("GET", "/notices").status == status
        assert program.ask("POST", "/notices/read", {"up_to": 1}, "read-none").status == status

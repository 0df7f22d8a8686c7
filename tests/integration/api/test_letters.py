"""A dead letter is listed by who minds its lane, sent again once, and really reaches its partner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from programs import PLATFORM, Program, World, declared, issued, until

pytestmark = pytest.mark.database
RIGHTS = ("exchange.read", "exchange.operate")
WHY = {"reason": "边检系统维护 · border inspection maintain their system"}
WIRE = "ConnectError: border.internal refused"
LANE = "/exchange/lanes/border"
KILL = """update outbox set state = 1, attempts = 6, problem = %s where partner = 'border'
  and submission_id = any (%s::uuid[]) returning seq"""
KNOW = {"reason": "边检已电话获知 · border inspection know by telephone"}
UNWRITTEN = """with told as (select gen_random_uuid() as id, array[p.id] as viewers from party p
   where p.partner = 'border'), made as (
  insert into message (submission_id, id, document_id, version, partner, kind, definition_version, message_id,
    reference, digest, payload, created_at, viewers)
  select id, id, id, 1, 'border', 'release_notice', '1', id, 'W1', sha256(''), '', now(), viewers from told)
insert into outbox (submission_id, message, partner, order_key, state, ready_at, problem, viewers)
select id, id, 'border', 'notices', 1, now(), 'U+FFFE', viewers from told returning seq"""
AWAITED = "select from outbox where partner = 'border' and submission_id = any (%s::uuid[])"


@dataclass(frozen=True)
class Minding:
    """Systems of the operator and two agencies, one that may only look; declarations and their letters."""

    operator: Program
    border: Program
    quarantine: Program
    looking: Program
    submissions: list[str]
    letters: list[int]


@pytest.fixture(scope="module")
def minding(world: World) -> Iterator[Minding]:
    holders = ((PLATFORM, RIGHTS), ("border", RIGHTS), ("quarantine", RIGHTS), ("border", RIGHTS[:1]))
    made = [Program(world.description, issued(world.platform, *holder)) for holder in holders]
    until(lambda: all(one.ask("GET", "/me").status == 200 for one in made))
    until(lambda: world.platform.ask("select from lane where partner = 'border'"))
    assert made[0].ask("POST", f"{LANE}/pausing", WHY, "letters-pause").status == 200
    submissions = [declared(world, f"CQX2511070386-L{n}", f"letter-{n}") for n in range(3)]
    until(lambda: len(world.platform.ask(AWAITED, submissions)) == len(submissions))
    waiting = made[0].pages("/exchange/letters", partner="border", dead="false", limit=1)
    assert {one["submission_id"] for one in waiting} >= set(submissions)
    killed = sorted(seq for (seq,) in world.platform.ask(KILL, WIRE, submissions))
    yield Minding(*made, submissions, killed)
    made[0].ask("POST", f"{LANE}/resuming", WHY, "letters-resume-after")


def dead(program: Program, **asked: object) -> list[int]:
    return [one["seq"] for one in program.pages("/exchange/letters", **asked)]


def test_each_lists_those_of_its_lanes_page_by_page(minding: Minding) -> None:
    assert dead(minding.operator, limit=1) == dead(minding.border, limit=2) == minding.letters
    assert dead(minding.operator, partner="customs") == dead(minding.quarantine) == []
    assert {one["problem"] for one in minding.border.get("/exchange/letters")["items"]} == {None}
    assert minding.operator.get(f"/exchange/letters/{minding.letters[0]}")["problem"] == WIRE
    assert minding.quarantine.ask("GET", f"/exchange/letters/{minding.letters[0]}").status == 404


def test_it_is_sent_again_once_and_reaches_its_partner(world: World, minding: Minding) -> None:
    for letter in minding.letters:
        place = f"/exchange/letters/{letter}/replay"
        for stranger in (minding.quarantine, minding.looking, world.broker):
            assert stranger.ask("POST", place, None, "letter").status == 404
        sent = minding.border.ask("POST", place, None, f"again-{letter}")
        assert (sent.status, sent.json["dead"], sent.json["attempts"]) == (200, False, 0)
        again = minding.operator.ask("POST", place, None, f"twice-{letter}")
        assert (again.status, again.json["problems"][0]["code"]) == (422, "letter.not_dead")
    assert dead(minding.operator) == []
    about = {"verb": "message.replayed", "about": minding.submissions[0]}
    until(lambda: world.broker.get("/journal/entries", **about)["items"])
    assert minding.operator.ask("POST", f"{LANE}/resuming", WHY, "letters-resume").status == 200
    until(lambda: not world.platform.ask(AWAITED, minding.submissions))
    for submission in minding.submissions:
        until(lambda of=submission: receipts(world, of))
    first = minding.letters[0]
    assert minding.border.ask("GET", f"/exchange/letters/{first}").status == 404, "it is delivered"
    kept = minding.border.ask("POST", f"/exchange/letters/{first}/replay", None, f"again-{first}")
    assert (kept.status, kept.headers["Idempotency-Replayed"]) == (200, "true")


def receipts(world: World, submission: str) -> list[object]:
    documents = world.broker.get(f"/submissions/{submission}")["documents"]
    return [receipt for one in documents if one["receiver"] == "border" for receipt in one["receipts"]]


@pytest.mark.parametrize(("number", "status"), [("0", 404), ("999999999", 404), ("x", 422), ("-1", 422)])
def test_what_is_not_there_is_not_sent(minding: Minding, number: str, status: int) -> None:
    answer = minding.operator.ask("POST", f"/exchange/letters/{number}/replay", None, "none")
    assert answer.status == status


def test_without_the_right_there_are_no_letters(world: World) -> None:
    for program, status in ((world.bare, 404), (world.broker, 404), (world.nobody, 401)):
        assert program.ask("GET", "/exchange/letters").status == status


def test_what_cannot_be_written_is_laid_aside_once_for_a_reason(world: World, minding: Minding) -> None:
    ((notice,),) = world.platform.ask(UNWRITTEN)
    place = f"/exchange/letters/{notice}/laying-aside"
    for stranger in (minding.quarantine, minding.looking, world.broker):
        assert stranger.ask("POST", place, KNOW, "aside").status == 404
    assert minding.border.ask("POST", place, {"reason": " "}, "aside-blank").status == 422
    laid = minding.border.ask("POST", place, KNOW, f"aside-{notice}")
    assert (laid.status, laid.json["aside_for"], laid.json["dead"]) == (200, KNOW["reason"], True)
    again = minding.operator.ask("POST", place, KNOW, f"aside-twice-{notice}")
    assert (again.status, again.json["problems"][0]["code"]) == (422, "letter.not_dead")
    assert notice not in dead(minding.operator)
    assert dead(minding.operator, aside="true", limit=1) == dead(minding.border, aside="true") == [notice]
    assert dead(minding.quarantine, aside="true") == []
    told = world.platform.ask("select actor_kind from journal_entry where verb = 'message.laid_aside'")
    assert told == [("token",)]


def test_a_document_laid_aside_is_given_back_and_never_sent_again(world: World, minding: Minding) -> None:
    assert minding.operator.ask("POST", f"{LANE}/pausing", WHY, "document-pause").status == 200
    submission = declared(world, "CQX2511070386-LA", "letter-aside")
    until(lambda: world.platform.ask(AWAITED, [submission]))
    ((letter,),) = world.platform.ask(KILL, WIRE, [submission])
    assert minding.operator.ask("POST", f"{LANE}/resuming", WHY, "document-resume").status == 200
    place = f"/exchange/letters/{letter}"
    laid = minding.border.ask("POST", f"{place}/laying-aside", KNOW, "document-aside")
    assert (laid.status, laid.json["aside_for"]) == (200, KNOW["reason"])
    again = minding.operator.ask("POST", f"{place}/replay", None, "document-again")
    assert (again.status, again.json["problems"][0]["code"]) == (422, "letter.not_dead")
    documents = world.broker.get(f"/submissions/{submission}")["documents"]
    (waiting,) = [one["waiting"] for one in documents if one["receiver"] == "border"]
    assert (waiting["standing"], waiting["reason"]["code"]) == ("laid_aside", "delivery.laid_aside")
    until(lambda: asked(world, submission))
    assert [one["reason"] for one in asked(world, submission)] == [KNOW["reason"]]


def asked(world: World, submission: str) -> list[dict[str, object]]:
    found = world.broker.pages("/duties", limit=100)
    return [one for one in found if one["submission_id"] == submission and one["receiver"] == "border"]

"""A dead letter is listed by who minds its lane, sent again once, and really reaches its partner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

import pytest

from programs import PLATFORM, Program, World, declared, issued, until

pytestmark = pytest.mark.database
RIGHTS = ("exchange.read", "exchange.operate")
WHY = {"reason": "边检系统维护 · border inspection maintain their system"}
WIRE = "ConnectError: border.internal refused"
LANE = "/exchange/lanes/border"
KILL = """update outbox set state = 1, attempts = 6, problem = %s where partner = 'border'
  and submission_id = any (%s::uuid[]) returning submission_id::text, seq"""
FORGET = "delete from outbox where seq = any (%s) and state > 0 returning seq"
KNOW = {"reason": "边检已电话获知 · border inspection know by telephone"}
UNWRITTEN = """with told as (select gen_random_uuid() as id, array[p.id] as viewers from party p
   where p.partner = 'border'), made as (
  insert into message (submission_id, id, document_id, version, partner, kind, definition_version, message_id,
    reference, digest, payload, created_at, viewers)
  select id, id, id, 1, 'border', 'release_notice', '1', id, 'W1', sha256(''), '', now(), viewers from told)
insert into outbox (submission_id, message, partner, order_key, state, ready_at, problem, viewers)
select id, id, 'border', 'notices', 1, now(), 'U+FFFE', viewers from told returning seq"""
TOLD = """select e.actor_kind from journal_entry e join outbox o on e.subject_id = o.message
  where e.verb = 'message.laid_aside' and o.seq = %s"""
AWAITED = "select from outbox where partner = 'border' and submission_id = any (%s::uuid[])"
NUMBERS = count()  # of declarations and of keys: none is used twice


@dataclass(frozen=True)
class Minding:
    """Systems of the operator and two agencies, and one that may only look."""

    operator: Program
    border: Program
    quarantine: Program
    looking: Program


@pytest.fixture(scope="module")
def minding(world: World) -> Minding:
    holders = ((PLATFORM, RIGHTS), ("border", RIGHTS), ("quarantine", RIGHTS), ("border", RIGHTS[:1]))
    made = [Program(world.description, issued(world.platform, *holder)) for holder in holders]
    until(lambda: all(one.ask("GET", "/me").status == 200 for one in made))
    until(lambda: world.platform.ask("select from lane where partner = 'border'"))
    return Minding(*made)


@pytest.fixture
def resting(minding: Minding) -> Iterator[None]:
    """The lane rests, until somebody resumes it, at the latest behind the test."""
    assert minding.operator.ask("POST", f"{LANE}/pausing", WHY, f"pause-{next(NUMBERS)}").status == 200
    yield
    minding.operator.ask("POST", f"{LANE}/resuming", WHY, f"resume-{next(NUMBERS)}")


@pytest.fixture
def letters(world: World, minding: Minding, resting: None) -> Iterator[dict[str, int]]:
    """Dead letters of three declarations, by submission, in the order in which they are listed."""
    yield from killed(world, minding, 3)


@pytest.fixture
def letter(world: World, minding: Minding, resting: None) -> Iterator[dict[str, int]]:
    """One of them."""
    yield from killed(world, minding, 1)


def killed(world: World, minding: Minding, number: int) -> Iterator[dict[str, int]]:
    """So many declarations wait in the lane, and then for a person; none does afterwards."""
    submissions = [declared(world, f"CQX2511070386-L{n}", f"letter-{n}") for n in islice(NUMBERS, number)]
    until(lambda: len(world.platform.ask(AWAITED, submissions)) == number)
    waiting = minding.operator.pages("/exchange/letters", partner="border", dead="false", limit=1)
    assert {one["submission_id"] for one in waiting} >= set(submissions)
    dead = sorted(world.platform.ask(KILL, WIRE, submissions), key=lambda row: row[1])
    yield dict(dead)
    world.platform.ask(FORGET, [seq for _, seq in dead])


@pytest.fixture
def notice(world: World) -> Iterator[int]:
    """A dead letter of what the platform could not write to border inspection."""
    ((seq,),) = world.platform.ask(UNWRITTEN)
    yield seq
    world.platform.ask(FORGET, [seq])


def dead(program: Program, **asked: object) -> list[int]:
    return [one["seq"] for one in program.pages("/exchange/letters", **asked)]


def test_each_lists_those_of_its_lanes_page_by_page(minding: Minding, letters: dict[str, int]) -> None:
    first, *_ = found = list(letters.values())
    assert dead(minding.operator, limit=1) == dead(minding.border, limit=2) == found
    assert dead(minding.operator, partner="customs") == dead(minding.quarantine) == []
    assert {one["problem"] for one in minding.border.get("/exchange/letters")["items"]} == {None}
    assert minding.operator.get(f"/exchange/letters/{first}")["problem"] == WIRE
    assert minding.quarantine.ask("GET", f"/exchange/letters/{first}").status == 404


def test_it_is_sent_again_once_and_reaches_its_partner(
    world: World, minding: Minding, letters: dict[str, int]
) -> None:
    for letter in letters.values():
        place = f"/exchange/letters/{letter}/replay"
        for stranger in (minding.quarantine, minding.looking, world.broker):
            assert stranger.ask("POST", place, None, "letter").status == 404
        sent = minding.border.ask("POST", place, None, f"again-{letter}")
        assert (sent.status, sent.json["dead"], sent.json["attempts"]) == (200, False, 0)
        again = minding.operator.ask("POST", place, None, f"twice-{letter}")
        assert (again.status, again.json["problems"][0]["code"]) == (422, "letter.not_dead")
    assert dead(minding.operator) == []
    (submission, first), *_ = letters.items()
    about = {"verb": "message.replayed", "about": submission}
    until(lambda: world.broker.get("/journal/entries", **about)["items"])
    assert minding.operator.ask("POST", f"{LANE}/resuming", WHY, "letters-resume").status == 200
    until(lambda: not world.platform.ask(AWAITED, [*letters]))
    for each in letters:
        until(lambda of=each: receipts(world, of))
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


def test_what_cannot_be_written_is_laid_aside_once_for_a_reason(
    world: World, minding: Minding, notice: int
) -> None:
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
    assert world.platform.ask(TOLD, notice) == [("token",)]


def test_a_document_laid_aside_is_given_back_and_never_sent_again(
    world: World, minding: Minding, letter: dict[str, int]
) -> None:
    ((submission, seq),) = letter.items()
    assert minding.operator.ask("POST", f"{LANE}/resuming", WHY, "document-resume").status == 200
    place = f"/exchange/letters/{seq}"
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

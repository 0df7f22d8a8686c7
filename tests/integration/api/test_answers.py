"""Programs of those who mind a lane list what nobody could read and lay it aside, once and for a reason."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

import pytest
import zstandard

from programs import PLATFORM, Program, World, issued, until

pytestmark = pytest.mark.database
WHY = {"reason": "海关确认：该回执为格式说明，无布控 · customs confirm that it holds no order"}
NUMBERS = count()  # of what customs said: no two answers are the same
Unread = Callable[..., int]


@dataclass(frozen=True)
class Minding:
    """Systems of the operator and of two agencies, and one that may only look."""

    operator: Program
    customs: Program
    quarantine: Program
    looking: Program


@pytest.fixture(scope="module")
def minding(world: World) -> Minding:
    rights = ("exchange.read", "exchange.operate")
    holders = ((PLATFORM, rights), ("customs", rights), ("quarantine", rights), ("customs", rights[:1]))
    made = [Program(world.description, issued(world.platform, *holder)) for holder in holders]
    until(lambda: all(one.ask("GET", "/me").status == 200 for one in made))
    return Minding(*made)


@pytest.fixture
def unread(world: World) -> Iterator[Unread]:
    """Makes answers that wait for a person; afterwards none does, or it would bar every gate."""
    made: list[int] = []

    def answered(attempts: int = 0) -> int:
        made.append(_unread(world, next(NUMBERS), attempts))
        return made[-1]

    yield answered
    world.platform.ask("update inbox set state = 2 where id = any (%s) returning id", made)


@pytest.fixture
def answers(unread: Unread) -> list[int]:
    """Three of them."""
    return [unread() for _ in range(3)]


def _unread(world: World, number: int, attempts: int) -> int:
    """An answer of customs that was too large; or, tried before, one that holds nothing."""
    said, source = b"<beginning %d" % number, f"receipts@{number}"
    ((id_,),) = world.platform.ask(
        "insert into inbox (partner, source, digest, raw, receipts, problem, state, attempts, received_at)"
        " values ('customs', %s, %s, %s, %s, %s || ': 过大 · too large', 1, %s, now()) returning id",
        source, hashlib.sha256(said).digest(), zstandard.compress(said),
        zstandard.compress(b"[]"), source, attempts,
    )  # fmt: skip
    return int(id_)


def test_each_lists_those_of_its_lanes_page_by_page(minding: Minding, answers: list[int]) -> None:
    assert [one["id"] for one in minding.operator.pages("/exchange/answers", limit=1)] == answers
    assert [one["id"] for one in minding.operator.pages("/exchange/answers", partner="customs")] == answers
    assert minding.operator.pages("/exchange/answers", partner="border") == []
    assert minding.quarantine.pages("/exchange/answers") == []
    told = minding.customs.pages("/exchange/answers")
    assert [one["id"] for one in told] == answers
    assert {(one["source"], one["problem"]) for one in told} == {(None, None)}, "a wire's words"
    assert "too large" in minding.operator.get(f"/exchange/answers/{answers[0]}")["problem"]


def aside(program: Program, **asked: object) -> list[int]:
    return [one["id"] for one in program.pages("/exchange/answers", aside="true", **asked)]


def test_what_is_laid_aside_is_listed_and_taken_up_again_once(minding: Minding, answers: list[int]) -> None:
    first, second, _ = answers
    for answer in (first, second):
        assert (
            minding.customs.ask(
                "POST", f"/exchange/answers/{answer}/laying-aside", WHY, f"up-{answer}"
            ).status
            == 200
        )
    assert aside(minding.operator, limit=1) == aside(minding.customs, partner="customs") == [second, first]
    assert aside(minding.quarantine) == aside(minding.operator, partner="border") == []
    (told, _) = minding.customs.get("/exchange/answers", aside="true")["items"]
    assert (told["aside_for"], bool(told["aside_by"])) == (WHY["reason"], True)
    place, why = (
        f"/exchange/answers/{first}/taking-up",
        {"reason": "海关另函：其中有布控 · it holds an order after all"},
    )
    for stranger in (minding.quarantine, minding.looking):
        assert stranger.ask("POST", place, why, "up").status == 404
    assert minding.customs.ask("POST", place, {"reason": " "}, "blank").status == 422
    done = minding.customs.ask("POST", place, why, "up-again")
    assert (done.status, done.json["aside_at"]) == (200, None)
    assert minding.customs.ask("POST", place, why, "up-again").body == done.body
    again = minding.operator.ask("POST", place, why, "up-twice")
    assert (again.status, again.json["problems"][0]["code"]) == (422, "answer.not_aside")
    assert aside(minding.operator) == [second]
    assert (
        minding.operator.ask("POST", f"/exchange/answers/{second}/taking-up", why, "up-second").status == 200
    )
    assert [one["id"] for one in minding.operator.pages("/exchange/answers")] == answers


def test_it_is_laid_aside_once_and_says_by_whom(minding: Minding, answers: list[int]) -> None:
    programs = (minding.customs, minding.operator, minding.customs)
    for answer, program in zip(answers, programs, strict=True):
        place = f"/exchange/answers/{answer}/laying-aside"
        for stranger in (minding.quarantine, minding.looking):
            assert stranger.ask("POST", place, WHY, "aside").status == 404
        for wrong in ({}, {"reason": "  "}, {"reason": "x" * 501}, WHY | {"more": 1}):
            assert program.ask("POST", place, wrong, "wrong").status == 422
        done = program.ask("POST", place, WHY, f"aside-{answer}")
        assert (done.status, done.json["aside_for"]) == (200, WHY["reason"])
        assert done.json["aside_by"]
        assert program.ask("POST", place, WHY, f"aside-{answer}").body == done.body
        again = minding.operator.ask("POST", place, WHY, f"again-{answer}")
        assert (again.status, again.json["problems"][0]["code"]) == (422, "answer.settled")
        assert minding.looking.get(f"/exchange/answers/{answer}")["aside_at"] == done.json["aside_at"]
    assert minding.operator.pages("/exchange/answers") == []


def test_one_that_was_read_is_applied_again_once_and_one_that_was_not_never(
    world: World, minding: Minding, unread: Unread
) -> None:
    torn, read = unread(), unread(attempts=1)
    for stranger in (minding.quarantine, minding.looking):
        assert stranger.ask("POST", f"/exchange/answers/{read}/replay", None, "apply").status == 404
    never = minding.customs.ask("POST", f"/exchange/answers/{torn}/replay", None, "apply-torn")
    assert (never.status, never.json["problems"][0]["code"]) == (422, "answer.not_again")
    aside = minding.customs.ask("POST", f"/exchange/answers/{read}/laying-aside", WHY, "aside-first")
    again = minding.customs.ask("POST", f"/exchange/answers/{read}/taking-up", WHY, "up-first")
    assert (aside.status, again.status) == (200, 200)
    done = minding.customs.ask("POST", f"/exchange/answers/{read}/replay", None, "apply-read")
    assert (done.status, done.json["id"]) == (200, read)
    assert done.json["again_by"]
    until(lambda: world.platform.ask("select from inbox where id = %s and state = 2", read))
    assert (
        minding.customs.ask("POST", f"/exchange/answers/{read}/replay", None, "apply-read").body == done.body
    )
    assert minding.operator.ask("POST", f"/exchange/answers/{read}/replay", None, "apply-late").status == 404
    place = f"/exchange/answers/{read}/laying-aside"
    assert minding.customs.ask("POST", place, WHY, "aside-first").body == aside.body, (
        "it is known for 30 days"
    )
    assert minding.customs.ask("POST", f"/exchange/answers/{torn}/laying-aside", WHY, "torn").status == 200


@pytest.mark.parametrize("number", ["0", "999999999", "x", "-1"])
def test_what_is_not_there_is_not_laid_aside(minding: Minding, number: str) -> None:
    answer = minding.operator.ask("POST", f"/exchange/answers/{number}/laying-aside", WHY, "none")
    assert answer.status in (404, 422)

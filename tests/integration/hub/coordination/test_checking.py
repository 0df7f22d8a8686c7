"""What nothing else ends is ended by a person whom it was asked of, for a reason that all of them read."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec import structs

from integration.hub.coordination.story import AT, ONE, Yard, said
from integration.hub.coordination.test_claims import join, told
from singlewindow.hub.exchange.services import LONGEST_REASON
from singlewindow.kernel.messages import Order, Outcome

pytestmark = pytest.mark.database
FIRM, ELSEWHERE = 107, "CSQU3054383"
WHY = "与海关核对，箱号录错"


@pytest.fixture
def yard(yard: Yard) -> Yard:
    """A port with the operator of the platform and the firm of the goods in it."""
    yard.database.execute(
        "postgres",
        "insert into sw.party (id, kind, code, name_zh, name_en) overriding system value"
        " values (%s, 'firm', 'F', 'F', 'F')",
        FIRM,
    )
    yard.party["firm"] = FIRM
    return yard


async def doubted(yard: Yard) -> UUID:
    """A consignment of which customs holds a container that it does not have."""
    submission = yard.declare()
    hold = said("customs", Order.HOLD, ELSEWHERE)
    await yard.receive(yard.answer(submission, "customs", Outcome.HOLD, 0, hold))
    return submission


def task(yard: Yard) -> UUID:
    ((id_,),) = yard.rows("select id from sw.task where state = 'open'")
    return id_


async def problem(yard: Yard, office: str, **given: Any) -> str:
    asked = await yard.ask(office, "check_task", **({"task": task(yard), "reason": WHY} | given))
    (found,) = asked.problems
    return found.code


async def test_an_agency_ends_the_doubt_and_all_who_had_it_read_why(yard: Yard) -> None:
    submission = await doubted(yard)
    assert await problem(yard, "firm") == "task.not_yours"
    done = await yard.ask("customs", "check_task", task=task(yard), reason=f" {WHY} ")
    assert done.problems == ()
    assert yard.rows("select state, done_by from sw.task") == [("done", "customs 01")]
    for viewer in (yard.party["customs"], yard.party["quarantine"], FIRM):
        ((content),) = told(yard, viewer, "task.checked")
        assert (content["task"], content["reason"]) == ("unknown_subject", WHY)
    assert told(yard, 999, "task.checked") == []
    assert yard.dispositions()[ONE] == "held", "the hold itself stands until it is lifted"
    ((subject,),) = yard.rows("select subject_id from sw.journal_entry where verb = 'task.checked'")
    assert subject == submission


@pytest.mark.parametrize("reason", ["", "  ", "x" * (LONGEST_REASON + 1)])
async def test_it_needs_a_reason_within_bounds(yard: Yard, reason: str) -> None:
    await doubted(yard)
    assert await problem(yard, "customs", reason=reason) == "request.reason"
    assert yard.rows("select state from sw.task") == [("open",)]


async def test_who_was_not_asked_or_comes_late_ends_nothing(yard: Yard) -> None:
    await doubted(yard)
    for office, given in (("border", {}), ("customs", {"task": uuid4()})):
        assert await problem(yard, office, **given) == "task.unknown"
    ended = task(yard)
    await yard.ask("quarantine", "check_task", task=ended, reason=WHY)
    again = await yard.ask("customs", "check_task", task=ended, reason=WHY)
    assert [one.code for one in again.problems] == ["task.unknown"]


async def test_who_acts_in_a_merged_agencys_place_ends_its_tasks(yard: Yard) -> None:
    await doubted(yard)
    yard.rows(
        "update sw.party set merged_into = %s, merged_from = %s where id = %s returning id",
        yard.party["border"], AT.date(), yard.party["customs"],
    )  # fmt: skip
    done = await yard.ask("border", "check_task", task=task(yard), reason=WHY)
    assert done.problems == ()


async def test_whose_a_container_is_ends_by_settling_alone(yard: Yard) -> None:
    first, second = (yard.declare(viewers=(viewer,), bill_number=str(viewer)) for viewer in (FIRM, 202))
    await join(yard, first, second)
    ((own,),) = yard.rows(
        "select id from sw.task where kind = 'container_claimed_twice' and dossier = %s and about = %s",
        first, ONE,
    )  # fmt: skip
    asked = await yard.ask("firm", "check_task", task=own, reason=WHY)
    assert [one.code for one in asked.problems] == ["task.not_yours"]


@pytest.mark.parametrize("more", [{"withdrawn": True}, {}])
async def test_an_instruction_said_anew_asks_nothing_of_what_it_said_before(
    yard: Yard, more: dict[str, Any]
) -> None:
    submission = await doubted(yard)
    assert "海关的指令" in yard.rows("select text_zh from sw.task")[0][0]
    subject = ELSEWHERE if more else ONE
    anew = structs.replace(said("customs", Order.HOLD, subject, 2, **more), id=f"customs-{ELSEWHERE}")
    await yard.receive(yard.answer(submission, "customs", Outcome.NOTED, 1, anew))
    assert yard.rows("select state from sw.task") == [("done",)]

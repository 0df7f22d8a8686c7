"""What comes back as it left may leave once more; a recall ends by that, by release or an agency's word."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from integration.hub.coordination.story import AT, ONE, Yard
from integration.hub.coordination.test_claims import refused, release, told
from integration.hub.coordination.test_departing import (
    RECALLS,
    SEAL,
    at_gate,
    declared,
    hold,
    out,
    reported,
    yard,
)
from integration.hub.dossier.declared import container
from integration.hub.exchange.telling import boxed, hear, passes, terminal_of
from integration.hub.exchange.telling import told as tell
from singlewindow.hub.coordination import facts
from singlewindow.kernel.messages import Outcome

__all__ = ["yard"]

pytestmark = pytest.mark.database
LET_GO = "已在目的地核验，准予提离"


async def back(yard: Yard, submission: UUID, seconds: float, **facts: str) -> None:
    """The terminal's report of a container that came in."""
    yard.now = max(yard.now, AT + timedelta(seconds=seconds))
    told_of = {"milestone": "in_yard", "container": ONE} | facts
    await yard.receive(yard.answer(submission, "terminal", Outcome.NOTED, seconds, **told_of))


async def test_what_was_called_back_and_is_in_again_may_leave_anew(yard: Yard, tmp_path: Path) -> None:
    submission, terminal = await declared(yard), terminal_of(yard, tmp_path)
    await release(yard, submission)
    await out(yard, submission, 3)
    await hold(yard, submission)
    for seconds in (20, 20):
        await back(yard, submission, seconds)
    assert [state for *_, state in yard.rows(RECALLS)] == ["done"]
    assert [said["why"] for said in told(yard, 107, "recall.ended")] == ["returned"]
    assert yard.rows("select until from sw.dossier_object where number = %s", ONE) == [(None,)]
    await yard.work()
    assert at_gate(yard) == ["G-22", "G-21"], "it is barred still"
    await hold(yard, submission, 30, 2, withdrawn=True)
    assert told(yard, 107, "release.issued")[-1]["containers"] == [ONE]
    await yard.work()
    await hear(yard, terminal)
    assert [one["state"] for one in passes(yard)] == ["used", "given"]
    assert at_gate(yard) == []
    assert at_gate(yard) == ["G-23"]
    await back(yard, submission, 20)
    assert at_gate(yard) == ["G-23"], "an old report told again opens nothing"


async def test_a_lot_that_was_released_while_the_box_was_out_has_a_release_once_it_is_back(
    yard: Yard,
) -> None:
    lots = [
        await declared(yard, viewers=(201 + n,), bill_number=f"LOT{n}", containers=[container(ONE, True)])
        for n in range(2)
    ]
    await out(yard, lots[0], 3)
    await release(yard, lots[0])
    assert sorted(state for *_, state in yard.rows(RECALLS)) == ["done", "open"]
    assert told(yard, 201, "release.issued") == [], "what has left needs none"
    await back(yard, lots[0], 20)
    assert [one["waiting"] for one in told(yard, 201, "release.issued")] == [[ONE]]
    assert told(yard, 201, "recall.ended")[1:] == [], "its own was over before"
    await release(yard, lots[1])
    await yard.work()
    assert refused(yard) == []


@pytest.mark.parametrize(
    ("seconds", "facts"),
    [
        (2, {}),
        (2, {"seal": SEAL}),
        (20, {}),
        (20, {"seal": ""}),
        (20, {"seal": "EMPTY1"}),
    ],
)
async def test_what_nobody_called_back_has_left_for_good_whatever_comes_in(
    yard: Yard, seconds: float, facts: dict[str, str]
) -> None:
    submission = await declared(yard)
    await release(yard, submission)
    await out(yard, submission, 3)
    if seconds < 3:
        await hold(yard, submission)
    await back(yard, submission, seconds, **facts)
    await yard.work()
    assert at_gate(yard) == ["G-23"]


async def test_what_comes_back_under_its_seal_is_here_again_and_leaves_once_more(
    yard: Yard, tmp_path: Path
) -> None:
    submission, terminal = await declared(yard), terminal_of(yard, tmp_path)
    await release(yard, submission)
    await out(yard, submission, 3)
    for seconds in (20, 20):
        await back(yard, submission, seconds, seal=f" {SEAL.lower()} ")
    assert yard.rows(RECALLS) == []
    assert yard.rows("select until from sw.dossier_object where number = %s", ONE) == [(None,)]
    assert [content["number"] for content in told(yard, 107, "pass.given")] == [ONE]
    assert yard.rows("select code from sw.milestone order by at") == [("gate_out",), ("in_yard",)]
    await hear(yard, terminal)
    assert [one["state"] for one in passes(yard)] == ["used", "given"]
    await yard.work()
    assert at_gate(yard) == []
    assert at_gate(yard) == ["G-23"]
    await back(yard, submission, 20, seal=SEAL)
    assert at_gate(yard) == ["G-23"], "an old report told again opens nothing"


async def test_a_late_report_of_its_first_way_out_uses_up_nothing_of_what_is_back(yard: Yard) -> None:
    submission = await declared(yard)
    await release(yard, submission)
    await yard.work()
    yard.now = AT + timedelta(seconds=3)
    assert at_gate(yard) == [], "our own gate lets it out"
    await back(yard, submission, 20, seal=SEAL)
    for seconds in (2, 3, 19):  # by the terminal's clock
        await out(yard, submission, seconds)
    assert yard.rows("select until from sw.dossier_object where number = %s", ONE) == [(None,)]
    assert yard.rows("select used_at, revoked_at from sw.gate_pass where number = %s", ONE) == [(None, None)]
    assert yard.verbs().count("gate.passed") == 1
    assert yard.rows(RECALLS) == []
    await out(yard, submission, 30)
    assert yard.verbs().count("gate.passed") == 2, "it has left again"
    await yard.work()
    assert at_gate(yard) == ["G-23"]


async def test_what_is_back_under_its_seal_is_barred_by_whoever_bars_it_now(yard: Yard) -> None:
    submission = await declared(yard)
    await release(yard, submission)
    await out(yard, submission, 3)
    await back(yard, submission, 20, seal=SEAL)
    await hold(yard, submission, 30)
    assert yard.rows(RECALLS) == [], "it is here: there is nothing to call back"
    await yard.work()
    assert at_gate(yard) == ["G-22", "G-21"]


async def test_what_was_reported_in_before_it_was_reported_out_is_here(yard: Yard) -> None:
    submission = await declared(yard)
    await release(yard, submission)
    await hold(yard, submission, 1)
    await back(yard, submission, 20)
    await out(yard, submission, 3)
    assert [state for *_, state in yard.rows(RECALLS)] == ["done"]
    assert [said["why"] for said in told(yard, 107, "recall.ended")] == ["returned"]
    await yard.work()
    assert at_gate(yard) == ["G-22", "G-21"]


async def test_what_came_in_under_no_seal_is_here_once_somebody_calls_it_back(yard: Yard) -> None:
    submission = await declared(yard)
    await release(yard, submission)
    await out(yard, submission, 3)
    await back(yard, submission, 20)
    await hold(yard, submission, 30)
    assert [state for *_, state in yard.rows(RECALLS)] == ["done"]
    await yard.work()
    assert at_gate(yard) == ["G-22", "G-21"]
    await hold(yard, submission, 40, 2, withdrawn=True)
    await yard.work()
    assert at_gate(yard) == []


async def test_what_is_back_after_its_release_ended_needs_one_anew(yard: Yard) -> None:
    submission = await declared(yard)
    await release(yard, submission)
    await out(yard, submission, 3)
    yard.now = AT + facts.release_validity()
    await back(yard, submission, facts.release_validity().total_seconds(), seal=SEAL)
    await yard.work()
    assert at_gate(yard) == ["G-24"]
    assert (await yard.ask("importer", "renew_release", dossier=submission)).problems == ()
    assert at_gate(yard) == []


@pytest.mark.parametrize("lifted_first", [True, False])
async def test_a_box_that_is_back_leaves_anew_whether_its_recall_or_its_way_ended_first(
    yard: Yard, lifted_first: bool
) -> None:
    submission = await declared(yard)
    await release(yard, submission)
    await out(yard, submission, 3)
    await hold(yard, submission)
    for lifting in (lifted_first, not lifted_first):
        if lifting:
            await hold(yard, submission, 12, 2, withdrawn=True)
        else:
            await back(yard, submission, 20)
    assert [state for *_, state in yard.rows(RECALLS)] == ["done"]
    await yard.work()
    assert at_gate(yard) == []
    assert at_gate(yard) == ["G-23"]
    await back(yard, submission, 60)
    assert at_gate(yard) == ["G-23"], "that recall was of another time"


async def test_what_leaves_without_a_release_again_is_called_back_again(yard: Yard) -> None:
    submission = await declared(yard)
    await release(yard, submission)
    ended = facts.release_validity().total_seconds()
    await out(yard, submission, ended)
    await back(yard, submission, ended + 9)
    assert [state for *_, state in yard.rows(RECALLS)] == ["done"]
    await out(yard, submission, ended + 20)
    assert [state for *_, state in yard.rows(RECALLS)] == ["done", "open"]


async def called_off(yard: Yard, office: str = "customs") -> list[str]:
    """What stands in the way of calling the open recall off."""
    ((task,),) = yard.rows("select id from sw.task where kind = 'recall' and state = 'open'")
    asked = await yard.ask(office, "check_task", task=task, reason=LET_GO)
    return [one.code.rpartition(".")[2] for one in asked.problems]


async def test_what_nobody_bars_need_not_come_back_if_an_agency_says_so(yard: Yard) -> None:
    submission = await declared(yard)
    await release(yard, submission)
    await out(yard, submission, facts.release_validity().total_seconds())
    assert await called_off(yard, "terminal") == ["not_yours"]
    assert await called_off(yard) == []
    assert yard.rows("select state, done_by from sw.task") == [("done", "customs 01")]
    (content,) = told(yard, 107, "recall.ended")
    assert (content["number"], content["why"], content["reason"]) == (ONE, "called_off", LET_GO)
    await boxed(yard)
    said = "select title_zh, detail_zh from sw.notice where party = %s and topic = 'recall_called_off'"
    for party in ("terminal", "quarantine"):
        assert yard.rows(said, yard.party[party]) == [(f"{ONE} 不再召回", f"提运单 CQX2511070386：{LET_GO}")]


async def test_what_somebody_bars_is_called_back_until_all_release_it(yard: Yard) -> None:
    submission = await declared(yard)
    await release(yard, submission)
    await out(yard, submission)
    await hold(yard, submission)
    assert await called_off(yard) == ["still_barred"]
    await hold(yard, submission, 12, 2, withdrawn=True)
    assert [state for *_, state in yard.rows(RECALLS)] == ["done"]


async def test_what_left_and_nobody_ever_released_is_called_back_until_all_release_it(yard: Yard) -> None:
    await out(yard, await declared(yard))
    assert await called_off(yard) == ["still_barred"]


async def test_what_is_reported_in_on_a_pass_is_in_the_yard_for_everybody_in_it(yard: Yard) -> None:
    lots = [
        await declared(yard, viewers=(201 + n,), bill_number=f"LOT{n}", containers=[container(ONE, True)])
        for n in range(2)
    ]
    for lot in lots:
        await release(yard, lot)
    await out(yard, lots[0], 3)
    await tell(yard)
    ((message,),) = yard.rows("select message from sw.notification where verb = 'gate.passed'")
    yard.now = AT + timedelta(seconds=20)
    await reported(yard, message, 20, milestone="in_yard", seal="S1")
    assert yard.rows("select dossier, code from sw.milestone where code = 'in_yard' order by dossier") == [
        (lot, "in_yard") for lot in sorted(lots)
    ]
    await yard.work()
    assert refused(yard) == []


RETURNS = "select number, left_at, released, came_at, viewers from sw.gate_return order by left_at"


@pytest.mark.parametrize("released", [True, False])
async def test_when_it_had_left_and_came_back_is_kept_and_told_to_all_who_read_of_its_pass(
    yard: Yard, released: bool
) -> None:
    submission = await declared(yard)
    if released:
        await release(yard, submission)
    left, came = AT + timedelta(seconds=3), AT + timedelta(seconds=20)
    await out(yard, submission, 3)
    for _ in range(2):
        await back(yard, submission, 20, seal=SEAL)
    ((number, *times, viewers),) = yard.rows(RETURNS)
    assert (number, times) == (ONE, [left, released, came])
    readers = (107, yard.party["terminal"], yard.party["customs"])
    assert set(viewers) >= set(readers)
    for reader in readers:
        (content,) = told(yard, reader, "gate.returned")
        assert content["number"] == ONE
    assert told(yard, 999, "gate.returned") == []
    await release(yard, submission)
    await yard.work()
    assert at_gate(yard) == []
    await back(yard, submission, 60, seal=SEAL)
    assert [out_ for _, out_, *_ in yard.rows(RETURNS)] == [left, came], "each time it left"


async def test_a_recall_of_a_claim_that_was_settled_is_called_off_by_an_agency_alone(yard: Yard) -> None:
    yard.operated()
    mine = await declared(yard, viewers=(201,), bill_number="MINE", containers=[container(ONE)])
    theirs = await declared(yard, viewers=(202,), bill_number="THEIRS", containers=[container(ONE)])
    await out(yard, mine, 3)
    open_ = "select dossier from sw.task where kind = 'recall' and state = 'open' order by dossier"
    assert yard.rows(open_) == [(one,) for one in sorted((mine, theirs))]
    ((key,),) = yard.rows("select key from sw.claimed_container")
    settled = await yard.ask("platform", "settle_claim", key=key, stands=[mine], ends=[theirs], reason="提单")
    assert settled.problems == ()
    assert yard.rows(open_) == [(one,) for one in sorted((mine, theirs))], "nobody decided that of it"
    ((task,),) = yard.rows("select id from sw.task where kind = 'recall' and dossier = %s", theirs)
    for office, code in (("platform", "task.not_yours"), ("terminal", "task.not_yours")):
        asked = await yard.ask(office, "check_task", task=task, reason=LET_GO)
        assert [one.code for one in asked.problems] in ([code], ["task.unknown"])
    assert (await yard.ask("customs", "check_task", task=task, reason=LET_GO)).problems == ()
    assert yard.rows(open_) == [(mine,)]
    (said,) = told(yard, 202, "recall.ended")
    assert (said["number"], said["name"], said["why"], said["reason"]) == (
        ONE,
        "THEIRS",
        "called_off",
        LET_GO,
    )
    assert told(yard, 201, "recall.ended") == [], "theirs is nobody else's"
    assert await called_off(yard) == ["still_barred"], "whose claim stands is barred still"
    await release(yard, mine)
    assert yard.rows(open_) == []
    (said,) = told(yard, 201, "recall.ended")
    assert said["name"] == "MINE"

"""What a terminal reports as out has used its pass; what is out and is not released is called back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from integration.hub.coordination.story import AT, ONE, TWO, Yard, said
from integration.hub.coordination.test_claims import consignment, join, release, told
from integration.hub.exchange.telling import boxed, hear, messages, passes, terminal_of
from integration.hub.exchange.telling import told as tell
from singlewindow.hub.coordination import facts, gate
from singlewindow.hub.coordination.departing import Departures
from singlewindow.hub.exchange.arrived import Arrived
from singlewindow.kernel.messages import Actor, Order, Outcome, Receipt, Stage

pytestmark = pytest.mark.database
PARTNERS = ("customs", "quarantine", "terminal")
USED = "select number, used_at, used_by, plate from sw.gate_pass where used_at is not null order by number"
SEAL = "DM884120"
RECALLS = "select dossier, about, text_zh, state from sw.task where kind = 'recall' order by made_at, about"


@pytest.fixture
def yard(database: Any) -> Yard:
    yard = Yard(database)
    yard.party["importer"] = 107
    return yard


async def declared(yard: Yard, **values: Any) -> UUID:
    submission = yard.declare(partners=PARTNERS, **values)
    await join(yard, submission)
    return submission


async def out(yard: Yard, submission: UUID, seconds: float = 3, box: str = ONE, **facts: str) -> None:
    """The terminal's report of a container at its gate."""
    yard.now = max(yard.now, AT + timedelta(seconds=seconds))
    told_of = {"milestone": "gate_out", "container": box} | facts
    await yard.receive(yard.answer(submission, "terminal", Outcome.NOTED, seconds, **told_of))


async def hold(yard: Yard, submission: UUID, seconds: float = 9, version: int = 1, **more: Any) -> None:
    order = said("quarantine", Order.HOLD, ONE, version, **more)
    await yard.receive(yard.answer(submission, "quarantine", Outcome.HOLD, seconds, order))


def at_gate(yard: Yard) -> list[str]:
    party = yard.party["terminal"]
    with yard.web(party) as connection, connection.cursor() as cursor:
        asked = {"plate": "渝D3Q7F1", "container": ONE, "seal": SEAL}
        actor = Actor("person", "9", "卡口 02", party)
        verdict = gate.gate_out(actor, cursor, gate="3", at=yard.now, **asked)
    return [reason.code for reason in verdict.reasons]


async def test_what_the_terminal_reports_as_out_has_used_its_pass(yard: Yard, tmp_path: Path) -> None:
    submission, terminal = await declared(yard), terminal_of(yard, tmp_path)
    await release(yard, submission)
    await out(yard, submission, 3, plate="渝A12345")
    assert yard.rows(USED) == [(ONE, AT + timedelta(seconds=3), "terminal", "渝A12345")]
    assert yard.rows(RECALLS) == []
    until = "select until from sw.dossier_object where number = %s"
    assert yard.rows(until, ONE) == [(AT + timedelta(seconds=3),)]
    assert yard.rows(until, TWO) == [(None,)]
    await yard.work()
    assert at_gate(yard) == ["G-23"]
    await hear(yard, terminal)
    assert [one["state"] for one in passes(yard)] == ["used"]
    assert (terminal.gate(ONE)["why"], terminal.may_leave(TWO)) == ("used", True)
    (content,) = told(yard, 107, "gate.passed")
    assert (content["plate"], content["number"]) == ("渝A12345", ONE)
    assert yard.rows("select code, at from sw.milestone") == [("gate_out", AT + timedelta(seconds=3))]


async def test_what_the_terminal_reports_as_out_is_called_back(yard: Yard) -> None:
    submission = await declared(yard)
    await release(yard, submission)
    await out(yard, submission)
    await hold(yard, submission)
    assert yard.rows("select kind from sw.task") == [("recall",)]
    await hold(yard, submission, 12, 2, withdrawn=True)
    assert yard.rows("select state from sw.task") == [("done",)]
    await yard.work()
    assert at_gate(yard) == ["G-23"], "lifting it opens no gate"


async def test_told_again_or_by_both_gates_it_has_left_once(yard: Yard) -> None:
    submission = await declared(yard)
    await release(yard, submission)
    await yard.work()
    assert at_gate(yard) == []
    for seconds in (3, 3, 4):
        await out(yard, submission, seconds)
    assert yard.rows("select used_at, used_by from sw.gate_pass where number = %s", ONE) == [(AT, "卡口 02")]
    assert yard.verbs().count("gate.passed") == 1
    assert yard.rows(RECALLS) == []


async def test_what_left_is_not_issued_anew(yard: Yard) -> None:
    submission = await declared(yard)
    await release(yard, submission)
    await out(yard, submission)
    yard.now = AT + facts.release_validity()
    done = await yard.ask("importer", "renew_release", dossier=submission)
    assert done.problems == ()
    assert told(yard, 107, "release.issued")[-1]["containers"] == [TWO]


@pytest.mark.parametrize("outcome", [None, Outcome.RELEASED, Outcome.HOLD])
async def test_what_left_without_a_release_is_called_back(yard: Yard, outcome: Outcome | None) -> None:
    submission = await declared(yard)
    if outcome:
        await yard.receive(yard.answer(submission, "customs", outcome))
    await out(yard, submission)
    ((dossier, _, text, state),) = yard.rows(RECALLS)
    assert (dossier, state) == (submission, "open")
    assert text.startswith(f"{ONE} 已出闸，")
    await out(yard, submission, 4)
    assert len(yard.rows(RECALLS)) == 1
    await boxed(yard)
    topics = "select topic, detail_zh from sw.notice where party = %s and topic like 'recall%%'"
    assert yard.rows(topics, yard.party["terminal"]) == [
        ("recall_unreleased", "提运单 CQX2511070386；出闸时没有有效放行")
    ]
    await yard.receive(yard.answer(submission, "customs", Outcome.RELEASED, 30))
    await release(yard, submission)
    assert [state for *_, state in yard.rows(RECALLS)] == ["done"]
    assert told(yard, 107, "release.issued")[-1]["containers"] == [TWO], "what has left needs no pass"


async def test_what_left_after_its_release_had_ended_is_called_back(yard: Yard) -> None:
    submission = await declared(yard)
    await release(yard, submission)
    await out(yard, submission, facts.release_validity().total_seconds())
    ((_, _, text, _),) = yard.rows(RECALLS)
    assert text == f"{ONE} 已出闸，出闸时没有有效放行，请召回"


async def test_a_report_that_comes_late_counts_as_of_when_it_left(yard: Yard) -> None:
    submission = await declared(yard)
    await release(yard, submission)
    yard.now = AT + timedelta(seconds=9)
    await hold(yard, submission)
    await out(yard, submission, 3)
    assert yard.verbs().count("gate.passed") == 1, "its pass was in force when it left"
    ((_, _, text, _),) = yard.rows(RECALLS)
    assert text == f"{ONE} 已出闸，检验检疫未予放行，请召回"
    (content,) = told(yard, 107, "recall.opened")
    assert (content["agencies"], content.get("why")) == (["quarantine"], None)


async def test_a_lot_that_is_declared_after_the_box_left_and_is_barred_is_called_back(yard: Yard) -> None:
    first = consignment(yard, "LOT0", 201, lot=True)
    await release(yard, first)
    yard.rows("update sw.gate_pass set used_at = %s", AT)
    late = consignment(yard, "LOT1", 202, lot=True)
    await join(yard, late)
    assert yard.rows(RECALLS) == []
    for version in (1, 2):
        deny = said("quarantine", Order.DENY, str(late), version, kind="bill")
        await yard.receive(yard.answer(late, "quarantine", Outcome.HOLD, version, deny))
    ((dossier, _, text, state),) = yard.rows(RECALLS)
    assert (dossier, text, state) == (late, f"{ONE} 已出闸，检验检疫未予放行，请召回", "open")
    assert [len(told(yard, party, "recall.opened")) for party in (201, 202)] == [0, 1]


async def test_a_claim_that_does_not_count_has_no_goods_in_what_is_out(yard: Yard) -> None:
    mine, theirs = consignment(yard, "MINE", 201), consignment(yard, "THEIRS", 202)
    await release(yard, mine)
    yard.rows("update sw.gate_pass set used_at = %s", AT)
    await join(yard, theirs)
    yard.rows("update sw.dossier_object set standing = 'waits' where dossier = %s", theirs)
    deny = said("quarantine", Order.DENY, str(theirs), kind="bill")
    await yard.receive(yard.answer(theirs, "quarantine", Outcome.HOLD, 1, deny))
    assert yard.rows(RECALLS) == []


async def test_of_what_left_and_was_released_no_more_the_journal_names_who_is_missing(yard: Yard) -> None:
    submission = await declared(yard)
    await yard.receive(yard.answer(submission, "customs", Outcome.RELEASED))
    for version, outcome in ((1, Outcome.RELEASED), (2, Outcome.NOTED)):
        free = said("quarantine", Order.RELEASE, ONE, version, withdrawn=version == 2)
        await yard.receive(yard.answer(submission, "quarantine", outcome, 9 * version, free))
        if version == 1:
            await out(yard, submission, 10)
            assert yard.rows(RECALLS) == []
    ((_, _, text, state),) = yard.rows(RECALLS)
    assert (text, state) == (f"{ONE} 已出闸，检验检疫未予放行，请召回", "open")
    (content,) = told(yard, 107, "recall.opened")
    assert (content["agencies"], content["disposition"]) == (["quarantine"], "pending")


async def test_a_report_that_answers_a_notice_counts_too(yard: Yard) -> None:
    submission = await declared(yard)
    await release(yard, submission)
    await tell(yard)
    await reported(yard, messages(yard)[-1][0])
    assert [number for number, *_ in yard.rows(USED)] == [ONE]


async def test_of_a_pass_that_several_share_it_counts_in_the_call_that_was_told_of(yard: Yard) -> None:
    later = {"voyage_number": "2512E", "bill_number": "LATER"}
    lots = [consignment(yard, f"LOT{n}", 201 + n, lot=True) for n in range(2)]
    await join(yard, *lots)
    for lot in lots:
        await release(yard, lot)
    await release(yard, yard.declare(**later))
    for version, withdrawn in ((1, False), (2, True)):
        await hold(yard, lots[0], 9 + version, version, withdrawn=withdrawn)
    await tell(yard)
    told_of = "select message from sw.notification where verb = 'gate.cleared'"
    ((message,),) = yard.rows(told_of)
    await reported(yard, message)
    ((key,),) = yard.rows("select key from sw.gate_pass where used_at is not null")
    assert "2512E" not in key


async def reported(yard: Yard, message: UUID, seconds: float = 0, **more: str) -> None:
    """The terminal's report on one of the platform's notices."""
    facts, at = {"milestone": "gate_out", "container": ONE} | more, AT + timedelta(seconds=seconds)
    receipt = Receipt(str(uuid4()), "m", Stage.BUSINESS, "X", Outcome.NOTED, at, facts=facts)
    arrived = Arrived("terminal", receipt, at, message, message, [yard.party["terminal"]])
    async with await yard.database.connect("sw_engine") as connection, connection.cursor() as cursor:
        await Departures(yard.means).handle(cursor, [arrived])

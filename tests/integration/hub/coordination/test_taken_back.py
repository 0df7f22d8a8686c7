"""“In position” and “started”, pressed by mistake: taken back by who said so, while nothing builds on it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from integration.hub.coordination.story import ONE, Yard, said
from singlewindow.kernel.messages import Order, Outcome, Subject

pytestmark = pytest.mark.database


@pytest.fixture
async def yard(yard: Yard) -> Yard:
    """Customs and quarantine both want to see a container of the story's consignment."""
    submission = yard.declare()
    for agency in ("customs", "quarantine"):
        look = said(agency, Order.INSPECT, ONE, items=["seal"])
        await yard.receive(yard.answer(submission, agency, Outcome.INSPECT, 0, look))
    yard.submission = submission  # type: ignore[attr-defined]
    return yard


async def test_what_was_pressed_by_mistake_is_taken_back_and_who_read_of_it_reads_why(yard: Yard) -> None:
    order = yard.order()
    await yard.ask("terminal", "appoint", order=order, when=yard.now + timedelta(hours=2), place="B-07")
    await yard.ask("terminal", "ready", order=order)
    await yard.ask("customs", "start", order=order)
    late = {"dossier": yard.submission, "agency": "border", "instruct": Order.INSPECT}  # type: ignore[attr-defined]
    await yard.ask("border", "issue_instruction", subject=Subject("container", ONE), items=["crew"], **late)
    offered = "select agency from sw.inspection_part where standing = 'offered'"
    assert yard.rows(offered) == [("border",)]
    for office, verb, given, code in (
        ("terminal", "not_ready", "r", "inspection.begun"),
        ("quarantine", "not_started", "r", "inspection.not_yours"),
        ("maritime", "not_started", "r", "inspection.unknown"),
        ("customs", "not_started", " ", "request.reason"),
    ):
        refused = await yard.ask(office, verb, order=order, reason=given)
        assert [problem.code for problem in refused.problems] == [code]
    assert (await yard.ask("customs", "not_started", order=order, reason="误点")).problems == ()
    assert yard.state() == "ready"
    assert yard.rows(offered) == [], "who came meanwhile takes part"
    assert (await yard.ask("terminal", "not_ready", order=order, reason="拖错箱")).problems == ()
    assert yard.state() == "scheduled"
    told = yard.rows(
        "select verb, actor_party, convert_from(content, 'UTF8')::json ->> 'reason', viewers"
        " from sw.journal_entry where verb in ('inspection.ready', 'inspection.started',"
        " 'inspection.not_ready', 'inspection.not_started') order by id"
    )
    terminal, customs = yard.party["terminal"], yard.party["customs"]
    assert [(verb, by, reason) for verb, by, reason, _ in told][2:] == [
        ("inspection.not_started", customs, "误点"),
        ("inspection.not_ready", terminal, "拖错箱"),
    ]
    assert all(set(told[0][3]) <= set(viewers) for *_, viewers in told), "who was told reads it"
    await yard.ask("terminal", "ready", order=order)
    await yard.ask("customs", "start", order=order)
    await yard.ask(
        "customs", "record_result", order=order, agency="customs", results={"seal": ("normal", "")}
    )
    stands = await yard.ask("customs", "not_started", order=order, reason="误点")
    assert [problem.code for problem in stands.problems] == ["inspection.has_results"]

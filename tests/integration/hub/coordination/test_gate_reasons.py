"""A gate clerk reads everything that bars a container: every order, of all goods in it, and who gave it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from integration.hub.coordination.story import ONE, VALUES, Yard, found, said
from singlewindow.hub.coordination import gate, queries
from singlewindow.hub.coordination.gate import Verdict
from singlewindow.kernel.messages import Actor, Order, Outcome, Viewer

pytestmark = pytest.mark.database
TRUCK = {"plate": "渝D·3Q7F1", "container": ONE, "seal": "DM884120"}
AGENCIES = ("customs", "quarantine")
ALL = (*AGENCIES, "border")
SHARED = {"containers": [VALUES["containers"][0] | {"less_than_container_load": "1"}]}
MINE, OTHER = 107, 207


def checked(yard: Yard, reader: int) -> Verdict:
    with yard.web(reader) as connection, connection.cursor() as cursor:
        return gate.check(cursor, at=yard.now, **TRUCK)


def barring(verdict: Verdict) -> list[tuple[str, str]]:
    assert all(one.text.zh and one.text.en for one in verdict.barring)
    return [(str(one.disposition), " ".join(one.agencies)) for one in verdict.barring]


async def ordered(yard: Yard, submission: UUID, *orders: tuple[str, Order]) -> None:
    for second, (agency, order) in enumerate(orders, 5):
        outcome = Outcome.HOLD if order is Order.HOLD else Outcome.INSPECT
        word = said(agency, order, ONE, items=["pests"])
        await yard.receive(yard.answer(submission, agency, outcome, second, word))
    await yard.work()


@pytest.mark.parametrize("turn", [1, -1], ids=["as said", "the other way round"])
async def test_every_order_is_read_the_strongest_first_in_whichever_order_they_came(
    yard: Yard, turn: int
) -> None:
    submission = yard.declare(ALL)
    orders = [("border", Order.INSPECT), ("customs", Order.DENY), ("quarantine", Order.HOLD)]
    await ordered(yard, submission, *orders[::turn])
    verdict = checked(yard, yard.party["terminal"])
    assert [reason.code for reason in verdict.reasons] == ["G-21"]
    assert verdict.reasons[0].text.zh == "不予放行：海关", "the member that was there says what it said"
    assert barring(verdict) == [
        ("not_released", "customs"),
        ("held", "quarantine"),
        ("single_inspection", "border"),
    ]
    assert [one.text.en for one in verdict.barring] == [
        "Release denied: customs",
        "On hold: inspection and quarantine",
        "Inspection: border inspection",
    ]


async def test_what_was_last_at_the_gate_names_every_order_too(yard: Yard) -> None:
    """The lane's page, and the journal, long after the check was read."""
    await ordered(yard, yard.declare(ALL), ("border", Order.INSPECT), ("quarantine", Order.HOLD))
    terminal = yard.party["terminal"]
    lane = Actor("person", "1", "闸口", terminal)
    with yard.web(terminal) as connection, connection.cursor() as cursor:
        verdict = gate.check(cursor, at=yard.now, **TRUCK)
        for _ in range(2):
            gate.turned_away(lane, cursor, gate="3", verdict=verdict)
        (last,) = queries.last_passes(Viewer((terminal,)), cursor)
        connection.commit()
    every = [one.text for one in verdict.barring]
    assert [text.zh for text in every] == ["挂起：检验检疫", "单独查验：边检", "待放行：海关尚未放行"]
    assert [(one.code, one.text) for one in last.reasons] == [("G-21", text) for text in every]
    assert [reason.text for reason in verdict.reasons] == every[:1]
    (kept,) = yard.rows(
        "select convert_from(content, 'utf8')::jsonb from sw.journal_entry where verb = 'gate.refused'"
    )
    assert [reason[1] for reason in kept[0]["reasons"]] == [text.zh for text in every]


async def test_an_order_and_a_release_that_is_missing_are_both_read(yard: Yard) -> None:
    await ordered(yard, yard.declare(AGENCIES), ("quarantine", Order.INSPECT))
    verdict = checked(yard, yard.party["terminal"])
    assert barring(verdict) == [("single_inspection", "quarantine"), ("pending", "customs")]
    assert verdict.barring[1].text.zh == "待放行：海关尚未放行"


async def _lots(yard: Yard, firms: Sequence[int]) -> dict[int, UUID]:
    return {firm: yard.declare(AGENCIES, (firm,), bill_number=f"LCL{firm}", **SHARED) for firm in firms}


async def test_of_a_shared_container_all_that_bars_any_of_it_is_read_here_and_by_no_other_owner(
    yard: Yard,
) -> None:
    lots = await _lots(yard, (MINE, OTHER))
    await yard.receive(yard.answer(lots[MINE], "customs", Outcome.HOLD, 3))
    await yard.receive(*(yard.answer(lots[OTHER], agency, Outcome.RELEASED, 6) for agency in AGENCIES))
    await yard.work()
    at_gate = checked(yard, yard.party["terminal"])
    assert [reason.code for reason in at_gate.reasons] == ["G-27"], "of what changed last nothing bars it"
    assert barring(at_gate) == [("held", "customs"), ("pending", "quarantine")]
    assert barring(checked(yard, MINE)) == [("held", "customs"), ("pending", "quarantine")]
    assert barring(checked(yard, OTHER)) == [], "whose goods are free reads nothing of the others'"


async def test_what_was_inspected_and_found_in_order_bars_no_more(yard: Yard) -> None:
    submission = yard.declare(AGENCIES)
    await ordered(yard, submission, ("quarantine", Order.INSPECT), ("customs", Order.HOLD))
    order = yard.order()
    await yard.ask("terminal", "appoint", order=order, when=yard.now.replace(hour=12), place="B-07")
    await yard.ask("quarantine", "start", order=order)
    told: dict[str, Any] = {"agency": "quarantine", "results": found(["pests"]), "conclusion": "normal"}
    await yard.ask("quarantine", "record_result", order=order, **told)
    assert barring(checked(yard, yard.party["terminal"])) == [("held", "customs"), ("pending", "quarantine")]


async def test_what_may_leave_is_barred_by_nothing(yard: Yard) -> None:
    submission = yard.declare(AGENCIES)
    await yard.receive(*(yard.answer(submission, agency, Outcome.RELEASED) for agency in AGENCIES))
    await yard.work()
    verdict = checked(yard, yard.party["terminal"])
    assert (verdict.passed, verdict.barring) == (True, ())

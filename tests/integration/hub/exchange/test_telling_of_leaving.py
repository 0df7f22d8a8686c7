"""The terminal's own gate, told by notices alone, never opens where the platform's would refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from integration.hub.coordination.story import AT, ONE, TWO, VALUES, Port, Yard, said
from integration.hub.coordination.test_claims import consignment, join, release
from integration.hub.dossier.declared import container
from integration.hub.exchange.telling import CALL, hear, lines, passes, released, terminal_of, told
from singlewindow.hub.coordination import facts, gate
from singlewindow.hub.exchange.notices import verbs
from singlewindow.kernel.messages import Actor, Order, Outcome

pytestmark = pytest.mark.database
SEALS = {ONE: "DM884120", TWO: "DM884121"}
NEXT = {"voyage_number": "2512E", "bill_number": "CQX2512070386"}
NEXT_CALL = f"2/{VALUES['imo_number']}/2512E"


@pytest.fixture
def yard(database: Any) -> Yard:
    yard = Yard(database)
    yard.party["importer"] = 201
    return yard


def out(port: Port, number: str = ONE, seal: str = "") -> list[str]:
    """The codes by which the platform's gate refuses; none where it lets the container out."""
    party = port.party["terminal"]
    with port.web(party) as connection, connection.cursor() as cursor:
        asked = {"plate": "渝D3Q7F1", "container": number, "seal": seal or SEALS[number]}
        actor = Actor("person", "9", "卡口 02", party)
        verdict = gate.gate_out(actor, cursor, gate="3", at=port.now, **asked)
    return [reason.code for reason in verdict.reasons]


def leaves(port: Port) -> list[str]:
    """What the last release told says of its first container."""
    last = [line for line in lines(port) if "releaseNumber" in line][-1]
    return [last["containers"][0]["mayLeave"], last["containers"][0].get("validUntil", "")]


@pytest.mark.parametrize("verb", sorted(verbs()))
async def test_the_small_index_holds_every_verb_that_counterparts_are_told_of(yard: Yard, verb: str) -> None:
    assert yard.rows("select sw.journal_tells(%s, '')", verb) == [(True,)]


async def test_what_a_gate_let_out_is_told_as_used(yard: Yard, tmp_path: Path) -> None:
    submission, terminal = yard.declare(), terminal_of(yard, tmp_path)
    await released(yard, [submission])
    await yard.work()
    await hear(yard, terminal)
    assert terminal.may_leave(ONE, CALL)
    assert out(yard) == []
    await hear(yard, terminal)
    (used,) = passes(yard)
    assert used == {
        "containerNumber": ONE,
        "call": CALL,
        "state": "used",
        "passVersion": "1",
        "vesselName": VALUES["conveyance_name"],
        "voyageNumber": VALUES["voyage_number"],
    }
    assert out(yard) == ["G-23"]
    assert terminal.gate(ONE)["why"] == "used"
    assert terminal.may_leave(TWO)


@pytest.mark.parametrize(("seals", "why"), [(("", ""), "no_seal"), (("A", "B"), "seals_differ")])
async def test_neither_gate_opens_where_a_person_must_check_the_seal(
    yard: Yard, tmp_path: Path, seals: tuple[str, str], why: str
) -> None:
    lots = [
        yard.declare(viewers=(201 + n,), bill_number=f"LOT{n}", containers=[container(ONE, True, seal=seal)])
        for n, seal in enumerate(seals)
    ]
    await join(yard, *lots)
    for lot in lots:
        await release(yard, lot)
    await yard.work()
    terminal = terminal_of(yard, tmp_path)
    await hear(yard, terminal)
    assert out(yard) == ["G-33" if why == "no_seal" else "G-32"]
    assert (terminal.may_leave(ONE), terminal.gate(ONE)["why"]) == (False, why)


async def test_both_gates_close_at_the_end_of_the_release(yard: Yard, tmp_path: Path) -> None:
    submission, terminal = yard.declare(), terminal_of(yard, tmp_path)
    await released(yard, [submission])
    await hear(yard, terminal)
    yard.now = AT + facts.release_validity()
    await yard.work()
    assert out(yard) == ["G-24"]
    assert terminal.gate(ONE)["why"] == "expired"


async def test_a_word_of_one_call_counts_in_no_other(yard: Yard, tmp_path: Path) -> None:
    before, now, terminal = yard.declare(), yard.declare(**NEXT), terminal_of(yard, tmp_path)
    await released(yard, [before])
    await hear(yard, terminal)
    assert not terminal.may_leave(ONE, NEXT_CALL), "nobody has released it in this call"
    await yard.work()
    assert out(yard) == []
    await released(yard, [now], 60)
    await hear(yard, terminal)
    assert terminal.may_leave(ONE, NEXT_CALL)
    hold = said("quarantine", Order.HOLD, ONE)
    await yard.receive(yard.answer(before, "quarantine", Outcome.HOLD, 90, hold))
    await hear(yard, terminal)
    assert terminal.gate(ONE, CALL)["why"] == "used"
    assert terminal.may_leave(ONE, NEXT_CALL), "what is recalled of last month bars nothing"
    assert terminal.may_leave(ONE), "only this one is here"


async def test_a_shared_container_leaves_until_the_first_of_its_releases_ends(
    yard: Yard, tmp_path: Path
) -> None:
    mine, theirs = await _both_released(yard)
    terminal = terminal_of(yard, tmp_path)
    await hear(yard, terminal)
    first = AT + facts.release_validity()
    assert leaves(yard) == ["1", first.isoformat()]
    yard.now = first - facts.release_renewable()
    assert (await yard.ask("importer", "renew_release", dossier=theirs)).problems != ()
    assert (await yard.ask("importer", "renew_release", dossier=mine)).problems == ()
    await hear(yard, terminal)
    assert leaves(yard) == ["1", first.isoformat()], "another in it ends as before"
    yard.now = first
    assert not terminal.may_leave(ONE)


async def test_the_terminal_is_told_no_more_than_our_gate_knows(yard: Yard, tmp_path: Path) -> None:
    mine, _ = await _both_released(yard)
    terminal = terminal_of(yard, tmp_path)
    yard.now += facts.release_validity()
    assert (await yard.ask("importer", "renew_release", dossier=mine)).problems == ()
    await hear(yard, terminal)
    assert leaves(yard) == ["0", ""], "the other release in the container has expired"
    assert not terminal.may_leave(ONE)


async def test_a_release_that_is_replaced_is_told_to_count_no_more(yard: Yard) -> None:
    submission = yard.declare(viewers=(201,))
    await released(yard, [submission])
    yard.now = AT + facts.release_validity()
    assert (await yard.ask("importer", "renew_release", dossier=submission)).problems == ()
    await told(yard)
    told_of = [(line["state"], line["releaseNumber"]) for line in lines(yard) if "releaseNumber" in line]
    first, replaced, second = told_of
    assert (first[0], replaced[0], second[0]) == ("issued", "revoked", "issued")
    assert first[1] == replaced[1] != second[1]


async def _both_released(yard: Yard) -> tuple[UUID, UUID]:
    lots = consignment(yard, "MINE", 201, True), consignment(yard, "THEIRS", 202, True)
    await join(yard, *lots)
    for one in lots:
        await release(yard, one)
    return lots

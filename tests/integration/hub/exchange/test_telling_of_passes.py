"""A gate pass that falls reaches the terminal's own system, and so does one given again: once, in order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from psycopg.rows import dict_row

from integration.hub.coordination.story import ONE, TWO, VALUES, Port, Yard, said, seen
from integration.hub.coordination.test_claims import consignment, join, release, settle
from integration.hub.dossier.declared import container
from integration.hub.exchange.telling import (
    CALL,
    boxed,
    lines,
    messages,
    notifying,
    passes,
    released,
    terminal_of,
    told,
)
from singlewindow.connectors.terminal.counterpart import Body
from singlewindow.hub.coordination import gate, queries
from singlewindow.hub.coordination import passes as standing
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.messages import Order, Outcome, Viewer

pytestmark = pytest.mark.database
OPEN = {
    "gate_pass": "key, number, seals_of_pass(key), version, suspended",
    "release": "number, dossier, revoked_for, (select t from release_told(number) t)",
}


WHICH = f"提运单 CQX2511070386，{VALUES['conveyance_name']} / {VALUES['voyage_number']}"


@pytest.fixture
def yard(database: Any) -> Yard:
    """A port with the operator of the platform and three firms in it."""
    return Yard(database).operated().joined_by(201, 202, 203)


async def held(port: Port, submission: UUID, seconds: float = 60, version: int = 1, **more: Any) -> None:
    hold = said("quarantine", Order.HOLD, ONE, version, **more)
    await port.receive(port.answer(submission, "quarantine", Outcome.HOLD, seconds, hold))


async def test_an_order_after_the_release_suspends_the_pass_by_its_number(yard: Yard) -> None:
    submission = yard.declare()
    await released(yard, [submission])
    await told(yard)
    assert passes(yard) == [], "a first pass is told with its release and costs nothing more"
    await held(yard, submission)
    await told(yard)
    (suspended,) = passes(yard)
    assert suspended == {
        "containerNumber": ONE,
        "call": CALL,
        "state": "suspended",
        "passVersion": "2",
        "reason": "held",
        "billNumber": "CQX2511070386",
        "vesselName": VALUES["conveyance_name"],
        "voyageNumber": VALUES["voyage_number"],
        "agencies": [{"agency": "quarantine"}],
        "instructions": [
            {"agency": "quarantine", "number": f"quarantine-{ONE}", "version": "1", "order": "hold"}
        ],
    }
    (line,) = (line for line in lines(yard) if line.get("passVersion"))
    ((since,),) = yard.rows("select revoked_at from sw.gate_pass where number = %s", ONE)
    assert line["since"] == since.isoformat().replace("+00:00", "Z")
    await held(yard, submission, 90, 2, withdrawn=True)
    await told(yard)
    assert [(one["state"], one["passVersion"]) for one in passes(yard)] == [
        ("suspended", "2"),
        ("given", "3"),
    ]
    assert [(one["billNumber"], one["voyageNumber"]) for one in passes(yard)] == [
        ("CQX2511070386", VALUES["voyage_number"])
    ] * 2
    assert passes(yard)[1]["validUntil"]
    assert passes(yard)[1]["seal"]


async def test_of_several_orders_the_terminal_is_told_the_strongest(yard: Yard) -> None:
    submission = yard.declare()
    await released(yard, [submission])
    hold = said("quarantine", Order.HOLD, ONE)
    await yard.receive(
        yard.answer(submission, "customs", Outcome.INSPECT, 60),
        yard.answer(submission, "quarantine", Outcome.INSPECT, 60),
        yard.answer(submission, "quarantine", Outcome.NOTED, 61, hold),
    )
    await told(yard)
    (suspended,) = (one for one in passes(yard) if one["containerNumber"] == ONE)
    assert (suspended["reason"], suspended["agencies"]) == ("held", [{"agency": "quarantine"}])
    assert [(one["number"], one["order"]) for one in suspended["instructions"]] == [(hold.id, "hold")]


async def test_a_release_that_is_taken_back_names_what_was_withdrawn(yard: Yard) -> None:
    submission = yard.declare()
    free = said("quarantine", Order.RELEASE, ONE)
    await yard.receive(yard.answer(submission, "customs", Outcome.RELEASED))
    await yard.receive(yard.answer(submission, "quarantine", Outcome.RELEASED, 1, free))
    back = said("quarantine", Order.RELEASE, ONE, 2, withdrawn=True)
    await yard.receive(yard.answer(submission, "quarantine", Outcome.NOTED, 2, back))
    await told(yard)
    (suspended,) = passes(yard)
    assert (suspended["reason"], suspended["agencies"]) == ("pending", [{"agency": "quarantine"}])
    assert suspended["instructions"] == [
        {"agency": "quarantine", "number": f"quarantine-{ONE}", "version": "2", "order": "withdrawn"}
    ]


async def test_lines_are_one_lane_in_the_journals_order(yard: Yard) -> None:
    submission = yard.declare()
    await released(yard, [submission])
    for version in range(1, 8, 2):
        await held(yard, submission, 60 + version, version)
        await held(yard, submission, 61 + version, version + 1, withdrawn=True)
        await told(yard)
    states = [(one["state"], one["passVersion"]) for one in passes(yard)]
    assert states == [("given" if n % 2 else "suspended", str(n)) for n in range(2, 10)]
    sequences = [int(line["sequence"]) for line in lines(yard) if "passVersion" in line]
    assert sequences == sorted(set(sequences))
    assert yard.rows("select distinct order_key from sw.outbox where partner = 'terminal'") == [("notices",)]


@pytest.mark.parametrize("limit", [1, 3, 10_000])
async def test_killed_in_between_a_fall_is_told_once(yard: Yard, limit: int) -> None:
    submission = yard.declare()
    await released(yard, [submission])
    await held(yard, submission)

    async def dying(*_: Any) -> set[tuple[UUID, str]]:
        raise ConnectionError("killed")

    with pytest.raises(ConnectionError):
        await told(yard, notifying(yard, dying), limit)
    await told(yard, limit=limit)
    await told(yard, limit=limit)
    assert [one["state"] for one in passes(yard)] == ["suspended"]
    verbs = "select count(*), count(distinct position) from sw.notification where verb = 'gate.barred'"
    assert yard.rows(verbs) == [(1, 1)]


async def test_the_terminal_s_own_gate_obeys_in_whatever_order_messages_come(
    yard: Yard, tmp_path: Any
) -> None:
    submission = yard.declare()
    await released(yard, [submission])
    await told(yard)
    terminal = terminal_of(yard, tmp_path)
    states = []
    for version, withdrawn in ((1, False), (2, True), (3, False)):
        await held(yard, submission, 60 + version, version, withdrawn=withdrawn)
        await told(yard)
        for _, message in reversed(messages(yard)):
            terminal.take(msgspec.convert(message["body"], Body))
        states.append((terminal.may_leave(ONE), terminal.may_leave(TWO)))
    assert states == [(False, True), (True, True), (False, True)]
    assert terminal.gate(ONE)["why"] == f"held · quarantine quarantine-{ONE} v3"
    terminal.close()


async def test_a_late_lot_and_a_claim_reach_the_terminal_too(yard: Yard) -> None:
    mine = consignment(yard, "MINE", 201)
    await release(yard, mine)
    theirs = consignment(yard, "THEIRS", 202)
    await join(yard, theirs)
    await yard.work()
    await told(yard)
    (suspended,) = passes(yard)
    assert (suspended["state"], suspended["reason"]) == ("suspended", "claimed")
    assert not {"instructions", "billNumber"} & suspended.keys()
    assert suspended["voyageNumber"] == VALUES["voyage_number"], "which call's box it is, if not whose"
    seen_by = "select count(*) from journal_entry where verb = 'gate.barred'"
    assert seen(yard.database, 201, seen_by) == [(0,)]
    await settle(yard, "platform", mine, ends=[theirs])
    await told(yard)
    assert [one["state"] for one in passes(yard)] == ["suspended", "given"]


async def test_a_claim_that_ends_leaves_the_gate_open_to_who_stays(yard: Yard, tmp_path: Any) -> None:
    mine, theirs = consignment(yard, "MINE", 201), consignment(yard, "THEIRS", 202)
    await join(yard, mine, theirs)
    for one in (mine, theirs):
        await release(yard, one)
    await yard.work()
    await settle(yard, "platform", mine, ends=[theirs], reason="误报")
    await told(yard)
    terminal = terminal_of(yard, tmp_path)
    for _, message in messages(yard):
        terminal.take(msgspec.convert(message["body"], Body))
    assert terminal.may_leave(ONE), "the release that ended barred it, the pass given again frees it"
    assert "pass.suspended" not in yard.verbs(), "nobody is told of a fall that ends in the same decision"
    terminal.close()


async def test_the_terminal_is_told_in_its_box_and_a_firm_of_its_own_release(yard: Yard) -> None:
    submission = yard.declare(viewers=(201,))
    await released(yard, [submission])
    await held(yard, submission)
    await boxed(yard)
    told_of = "select topic, kind, title_zh, detail_zh from sw.notice where party = %s order by position"
    assert yard.rows(told_of, yard.party["terminal"]) == [
        ("gate_barred", "hold", f"{ONE} 暂停出闸", f"{WHICH}；quarantine另有指令，恢复时另行通知")
    ]
    assert [topic for topic, *_ in yard.rows(told_of, 201)] == [
        "release_issued",
        "release_revoked",
        "release_issued",
    ]
    await held(yard, submission, 90, 2, withdrawn=True)
    await boxed(yard)
    assert yard.rows(told_of, yard.party["terminal"])[1] == (
        "gate_cleared", "ok", f"{ONE} 恢复出闸", f"{WHICH}；凭放行信息提箱"
    )  # fmt: skip


async def test_what_the_terminal_reads_of_a_shared_container_no_party_reads(yard: Yard) -> None:
    lots = [consignment(yard, f"LOT{n}", 201 + n, lot=True) for n in range(3)]
    await join(yard, *lots)
    for lot in lots:
        await release(yard, lot)
    await yard.work()
    await held_bill(yard, lots[1])
    await told(yard)
    (suspended,) = passes(yard)
    assert (suspended["reason"], suspended["agencies"]) == ("held", [{"agency": "quarantine"}])
    assert "billNumber" not in suspended
    assert suspended["vesselName"] == VALUES["conveyance_name"]
    barred = "select count(*) from journal_entry where verb = 'gate.barred'"
    readers = {name: seen(yard.database, yard.party[name], barred) for name in ("terminal", "platform")}
    assert readers == {"terminal": [(1,)], "platform": [(1,)]}
    for party in (201, 202, 203, yard.party["quarantine"], yard.party["customs"]):
        assert seen(yard.database, party, barred) == [(0,)]
        assert seen(yard.database, party, "select count(*) from notification where verb = 'gate.barred'") == [
            (0,)
        ]


async def test_of_a_shared_container_each_notice_names_the_ship_alike(yard: Yard) -> None:
    ships = ("DEMO 08", "DEMO VIII")
    boxes = [container(ONE, lot=True)]
    lots = [
        yard.declare(viewers=(201 + n,), bill_number=f"LOT{n}", conveyance_name=ship, containers=boxes)
        for n, ship in enumerate(ships)
    ]
    await join(yard, *lots)
    for lot in lots:
        await release(yard, lot)
    await held(yard, lots[0])
    await held(yard, lots[0], 90, 2, withdrawn=True)
    await yard.work()
    await told(yard)
    with yard.web(yard.party["terminal"]) as connection, connection.cursor() as cursor:
        truck = {"gate": "3", "plate": "渝D3Q7F1", "container": ONE, "seal": "S1", "at": yard.now}
        assert gate.gate_out(yard.actor("terminal"), cursor, **truck).passed
    await told(yard)
    assert [one["state"] for one in passes(yard)] == ["suspended", "given", "used"]
    (ship,) = {one["vesselName"] for one in passes(yard)}
    assert ship in ships
    (read,) = yard.rows(
        "select convert_from(content, 'UTF8') from sw.journal_entry where verb = 'gate.passed'"
    )
    assert not [name for name in ships if name in read[0]], "all with goods in it read this entry"


async def held_bill(yard: Yard, lot: UUID, version: int = 1, **more: Any) -> None:
    """Quarantine bars one lot, with words that only its own people may read."""
    hold = said("quarantine", Order.HOLD, str(lot), version, kind="bill", text="疑似松材线虫", **more)
    await yard.receive(yard.answer(lot, "quarantine", Outcome.HOLD, 60 + version, hold))


async def test_the_other_lots_hear_that_it_is_held_again_and_nothing_more(yard: Yard) -> None:
    lots = [consignment(yard, f"LOT{n}", 201 + n, lot=True) for n in range(3)]
    await join(yard, *lots)
    for lot in lots:
        await release(yard, lot)
    await yard.work()
    yard.now += timedelta(seconds=5)
    await held_bill(yard, lots[1])
    await boxed(yard)
    words = "concat_ws(' ', title_zh, title_en, detail_zh, detail_en)"
    mine = f"select topic, {words} from sw.notice where party = %s order by position desc limit 1"
    for party, own in ((201, "LOT0"), (203, "LOT2")):
        ((topic, said_),) = yard.rows(mine, party)
        assert topic == "pass_again"
        assert ONE in said_
        assert own in said_
        for secret in (*{"LOT0", "LOT1", "LOT2"} - {own}, "quarantine", "线虫", "held"):
            assert secret not in said_.replace("is held again", "")
        assert leaks(yard, party, lots[1]) == []
        with yard.web(party) as connection, connection.cursor() as cursor:
            matrix = queries.matrix(Viewer((party,)), cursor, lots[party - 201])
        assert matrix is not None
        assert [one.suspended for one in matrix.passes] == ["shared"], "their own release was not revoked"
        assert read_by(yard, party) == ("suspended", "shared", ["G-27"])
    assert read_by(yard, 202) == ("revoked", "", ["G-22", "G-21"]), "whose own goods were barred"
    assert read_by(yard, yard.party["terminal"]) == ("revoked", "", ["G-22", "G-21"])
    topics = [topic for (topic,) in yard.rows("select topic from sw.notice where party = 202")]
    assert "pass_again" not in topics, "whose own goods it is hears of these"
    await held_bill(yard, lots[1], 2, withdrawn=True)
    await boxed(yard)
    assert [yard.rows(mine, party)[0][0] for party in (201, 203)] == ["pass_given", "pass_given"]


def read_by(yard: Yard, party: int) -> tuple[str, str, list[str]]:
    """The container's pass as a program reads it, and what a gate's screen would say to the same party."""
    asked = statements_beside(gate.__file__, "sql/api.sql")
    with yard.web(party) as connection, connection.cursor(row_factory=dict_row) as cursor:
        given = {"number": ONE, "most": 2, "used": None, "issued_at": None, "place": None}
        cursor.execute(asked["passes"], given)
        (shown,) = (standing.shown(row, yard.now) for row in cursor.fetchall())
    with yard.web(party) as connection, connection.cursor() as cursor:
        verdict = gate.check(cursor, plate="渝A12345", container=ONE, seal="DM1", at=yard.now)
    return shown["state"], shown["suspended_for"], [reason.code for reason in verdict.reasons]


def leaks(yard: Yard, party: int, other: UUID) -> list[Any]:
    """What a party reads, anywhere, of another lot or of why it is held."""
    found = []
    for table in (
        "journal_entry",
        "notice",
        "notification",
        "release",
        "disposition",
        "instruction",
        "gate_pass",
    ):
        columns = OPEN.get(table, "*")
        for row in seen(yard.database, party, f"select {columns} from {table}"):
            text = " ".join(
                bytes(value).decode("utf-8", "replace")
                if isinstance(value, bytes | memoryview)
                else str(value)
                for value in row
            )
            if any(secret in text for secret in (str(other), "LOT1", "线虫", f"quarantine-{other}")):
                found.append((table, text))
    return found

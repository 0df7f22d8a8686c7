"""Orders and releases reach the terminal as messages of the ledger: once, in order, interrupted or not."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from integration.hub.coordination.story import AT, ONE, TWO, Port, said, seen
from integration.hub.exchange.telling import inspected, lines, messages, notifying, released, told
from singlewindow.hub.coordination.acting import tick
from singlewindow.hub.exchange.arrived import Arrived
from singlewindow.kernel.messages import Order, Outcome, Receipt, Stage

pytestmark = pytest.mark.database
BROKER, IMPORTER, STRANGER = 107, 108, 999


@pytest.fixture
def port(database: Any) -> Port:
    return Port(database)


def counts(port: Port) -> list[tuple[Any, ...]]:
    return port.rows(
        "select (select count(*) from sw.notification), (select count(*) from sw.outbox),"
        " (select count(*) from sw.message), (select count(*) from sw.document where id = submission_id),"
        " (select count(*) from sw.journal_entry where verb = 'notice.issued')"
    )


async def test_an_order_reaches_the_terminal_as_a_message_of_its_own(port: Port) -> None:
    submission = port.declare()
    await inspected(port, submission)
    await told(port)
    ((id_, message),) = messages(port)
    assert (message["kind"], message["messageId"]) == ("inspection-notice", str(id_))
    (order,) = message["body"]["orders"]
    ((number,),) = port.rows("select number from sw.inspection_order")
    assert order | {"time": "", "sequence": ""} == {
        "sequence": "",
        "time": "",
        "orderNumber": number,
        "state": "opened",
        "kind": "joint",
        "subjectKind": "container",
        "subject": ONE,
        "billNumber": "CQX2511070386",
        "agencies": [{"agency": "customs"}, {"agency": "quarantine"}],
    }
    assert port.rows("select kind, partner, viewers from sw.document where id = %s", id_) == [
        ("inspection_notice", "terminal", [port.party["terminal"]])
    ]


async def test_an_agency_that_takes_part_is_told_over_its_own_wire_and_others_are_not(port: Port) -> None:
    submission = port.declare(partners=("customs", "quarantine", "border"))
    await inspected(port, submission)
    await told(port)
    rows = port.rows(
        "select partner, kind, viewers from sw.document where id = submission_id order by partner"
    )
    assert rows == [
        ("quarantine", "joint_inspection_notice", [port.party["quarantine"]]),
        ("terminal", "inspection_notice", [port.party["terminal"]]),
    ]
    withdrawn = said("quarantine", Order.INSPECT, ONE, 2, withdrawn=True)
    await port.receive(port.answer(submission, "quarantine", Outcome.INSPECT, 9, withdrawn))
    await told(port)
    told_of = port.rows("select partner, verb from sw.notification order by position, partner")
    assert told_of[2:] == [("quarantine", "inspection.changed"), ("terminal", "inspection.changed")]


async def test_an_agency_alone_is_told_of_no_order_of_anothers(port: Port) -> None:
    submission = port.declare()
    order = said("customs", Order.INSPECT, ONE)
    await port.receive(port.answer(submission, "customs", Outcome.INSPECT, 1, order))
    await told(port)
    assert port.rows("select partner from sw.notification") == [("terminal",)]


async def test_many_releases_go_in_one_message(port: Port) -> None:
    bills = [port.declare(bill_number=f"B{n}", containers=[boxed_in(f"CQXU{n:07d}")]) for n in range(7)]
    await released(port, bills)
    await told(port)
    ((_, message),) = messages(port)
    assert message["kind"] == "release-notice"
    assert sorted(one["billNumber"] for one in message["body"]["releases"]) == [f"B{n}" for n in range(7)]
    assert {box["mayLeave"] for line in message["body"]["releases"] for box in line["containers"]} == {"1"}
    assert port.rows("select count(distinct message), count(*) from sw.notification") == [(1, 7)]


async def test_running_it_again_changes_nothing(port: Port) -> None:
    submission = port.declare()
    await inspected(port, submission)
    await told(port)
    before = counts(port)
    assert before == [(2, 2, 2, 2, 2)], "the terminal, and quarantine"
    await told(port)
    assert counts(port) == before, "the second run tells nothing; its own entries are none of its verbs"
    rewound = "update sw.journal_cursor set position = -1 where name = 'notifying'"
    port.rows(rewound)
    with pytest.raises(psycopg.errors.UniqueViolation):
        await told(port)
    assert counts(port) == before, "even a lost place tells nobody twice"


@pytest.mark.parametrize("limit", [1, 3, 10_000])
async def test_killed_in_between_it_tells_everything_once(port: Port, limit: int) -> None:
    first, second = port.declare(bill_number="B1"), port.declare(bill_number="B2")
    await inspected(port, first)
    await released(port, [second])

    async def dying(*_: Any) -> set[tuple[UUID, str]]:
        raise ConnectionError("killed")

    with pytest.raises(ConnectionError):
        await told(port, notifying(port, dying), limit)
    assert "releases" not in str(messages(port))
    await told(port, limit=limit)
    assert len(lines(port)) == len({line["sequence"] for line in lines(port)})
    assert {line.get("state") for line in lines(port)} == {"opened", "issued"}


async def test_two_workers_at_once_tell_once(port: Port) -> None:
    bills = [port.declare(bill_number=f"B{n}", containers=[boxed_in(f"CQXU{n:07d}")]) for n in range(5)]
    await released(port, bills)
    await asyncio.gather(*(told(port, limit=4) for _ in range(3)))
    assert sorted(line["billNumber"] for line in lines(port)) == [f"B{n}" for n in range(5)]


async def test_a_revocation_follows_its_release_in_one_lane(port: Port) -> None:
    submission = port.declare()
    await released(port, [submission])
    await told(port)
    hold = said("quarantine", Order.HOLD, ONE)
    await port.receive(port.answer(submission, "quarantine", Outcome.HOLD, 60, hold))
    await told(port)
    issued, revoked, again = (line for line in lines(port) if "releaseNumber" in line)
    assert [issued["state"], revoked["state"], again["state"]] == ["issued", "revoked", "issued"]
    assert revoked["releaseNumber"] == issued["releaseNumber"]
    assert {box["containerNumber"]: box["mayLeave"] for box in revoked["containers"]} == {ONE: "0", TWO: "0"}
    assert [box["containerNumber"] for box in again["containers"]] == [TWO]
    places = [int(line["sequence"]) for line in (issued, revoked, again)]
    assert places == sorted(places)
    assert port.rows("select count(distinct (partner, order_key)) from sw.outbox") == [(1,)]


async def test_a_shared_container_may_leave_with_its_last_lot(port: Port) -> None:
    box = [boxed_in("CQXU2045171", "1")]
    lots = [port.declare(viewers=(200 + n,), bill_number=f"LOT{n}", containers=box) for n in range(2)]
    await released(port, lots[:1])
    await port.receive(port.answer(lots[1], "customs", Outcome.RELEASED))
    await told(port)
    await port.receive(port.answer(lots[1], "quarantine", Outcome.RELEASED))
    await told(port)
    told_of = [line["containers"][0]["mayLeave"] for line in lines(port) if "releaseNumber" in line]
    assert told_of == ["0", "1"]
    statement = "select number, dossier from notification"
    first = seen(port.database, 200, statement)
    assert [dossier for _, dossier in first] == [lots[0]], "nobody sees what another lot's parties were told"
    assert seen(port.database, STRANGER, statement) == []


async def test_who_was_told_of_an_order_learns_that_it_is_cancelled(port: Port) -> None:
    submission = port.declare()
    await inspected(port, submission)
    await told(port)
    withdrawn = [said(agency, Order.INSPECT, ONE, 2, withdrawn=True) for agency in ("customs", "quarantine")]
    await port.receive(*(port.answer(submission, one.agency, Outcome.INSPECT, 9, one) for one in withdrawn))
    await told(port)
    assert [line["state"] for line in lines(port) if "orderNumber" in line] == ["opened", "cancelled"]


async def asked(port: Port, verb: str, **arguments: str) -> None:
    """The terminal asks for something about the one order, and it is carried out."""
    ((order,),) = port.rows("select id from sw.inspection_order")
    port.rows(
        "insert into sw.coordination_request (id, verb, actor_kind, actor_id, actor_name, actor_party,"
        " arguments, asked_at, viewers) values (%s, %s, 'person', '1', '调度', %s, %s, %s, %s)",
        uuid4(),
        verb,
        port.party["terminal"],
        json.dumps({"order": str(order), **arguments}),
        AT,
        [port.party["terminal"]],
    )
    async with await port.database.connect("sw_engine") as connection, connection.cursor() as cursor:
        await tick(cursor, port.means)
    await told(port)


async def test_an_appointment_is_told_and_why_it_is_called_off(port: Port) -> None:
    submission = port.declare()
    await inspected(port, submission)
    await asked(port, "appoint", when="2026-11-23T06:00:00Z", place="B-07")
    appointed = lines(port)[-1]
    assert (appointed["state"], appointed["appointedAt"], appointed["place"]) == (
        "appointed",
        "2026-11-23T06:00:00Z",
        "B-07",
    )
    await asked(port, "call_off", reason="场桥故障")
    off = lines(port)[-1]
    assert (off["state"], off["reason"]) == ("called_off", "场桥故障")
    assert off.keys() & {"appointedAt", "place"} == set(), "no time is agreed"
    assert port.rows(
        "select partner from sw.notification where verb = 'inspection.called_off' order by 1"
    ) == [
        ("quarantine",),
        ("terminal",),
    ]


async def test_without_a_subscription_in_force_nobody_is_told(port: Port) -> None:
    port.rows("update sw.subscription set valid_to = '2026-11-20' where document_kind = 'release_notice'")
    submission = port.declare()
    await inspected(port, submission)
    await released(port, [submission], 60)
    await told(port)
    assert {message["kind"] for _, message in messages(port)} == {"inspection-notice"}


async def test_answers_say_how_the_telling_stands_and_move_the_goods(port: Port) -> None:
    submission = port.declare()
    await inspected(port, submission)
    await told(port)
    ((id_, _),) = messages(port)

    def answer(code: str, outcome: Outcome, **facts: str) -> Arrived:
        receipt = Receipt(str(uuid4()), str(id_), Stage.BUSINESS, code, outcome, AT, facts=facts)
        return Arrived("terminal", receipt, AT, id_, id_, [port.party["terminal"]])

    async with await port.database.connect("sw_engine") as connection, connection.cursor() as cursor:
        accepted = answer("ACC", Outcome.ACCEPTED)
        moved = answer("MOV", Outcome.NOTED, milestone="moved", container=ONE)
        await notifying(port).handle(cursor, [moved, accepted])
        await notifying(port).handle(cursor, [moved])
    answers = port.rows("select answer from sw.notification where partner = 'terminal'")
    assert answers == [(int(Outcome.ACCEPTED),)]
    assert port.rows("select dossier, code, source from sw.milestone") == [(submission, "moved", "terminal")]


@pytest.mark.parametrize("standing", ["ended", "waits"])
async def test_a_claim_that_does_not_count_learns_nothing_of_the_container(port: Port, standing: str) -> None:
    mine, theirs = (
        port.declare(viewers=(300 + n,), bill_number=f"B{n}", containers=[boxed_in(ONE)]) for n in range(2)
    )
    await released(port, [mine, theirs])
    await told(port)
    ((message, _),) = messages(port)
    port.rows(
        "update sw.dossier_object set standing = %s, until = since where kind = 'container' and dossier = %s",
        standing, theirs,
    )  # fmt: skip
    facts = {"milestone": "moved", "container": ONE}
    receipt = Receipt(str(uuid4()), "m", Stage.BUSINESS, "MOV", Outcome.NOTED, AT, facts=facts)
    moved = Arrived("terminal", receipt, AT, message, message, [port.party["terminal"]])
    async with await port.database.connect("sw_engine") as connection, connection.cursor() as cursor:
        await notifying(port).handle(cursor, [moved])
    assert port.rows("select dossier from sw.milestone") == [(mine,)]


async def test_each_party_sees_only_its_own_row_of_a_common_message(port: Port) -> None:
    bills = [
        port.declare(viewers=(300 + n,), bill_number=f"B{n}", containers=[boxed_in(f"CQXU{n:07d}")])
        for n in range(2)
    ]
    await released(port, bills)
    await told(port)
    for n, bill in enumerate(bills):
        assert seen(port.database, 300 + n, "select dossier from notification") == [(bill,)]
        assert seen(port.database, 300 + n, "select id from message where kind = 'release_notice'") == []


def boxed_in(number: str, shared: str = "0") -> dict[str, str]:
    return {"container_number": number, "seal_number": "S1", "less_than_container_load": shared}

"""What the clearance pages read is what row-level security lets somebody read, agencies included."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection
from django.http import HttpRequest, QueryDict

from database import Database
from integration.hub.coordination.story import AT, ONE, TWO, VALUES, Port, said
from singlewindow.hub.coordination import queries as coordination
from singlewindow.hub.coordination import services
from singlewindow.hub.identity.asking import read_jsonb
from singlewindow.hub.portal import queries as pages
from singlewindow.hub.portal import shares
from singlewindow.hub.portal.clearance import inspections, matrix, queries, who
from singlewindow.hub.portal.clearance.matrix import Line
from singlewindow.hub.portal.queries import find
from singlewindow.kernel.messages import Actor, Order, Outcome, Subject, Viewer
from singlewindow.server import loaders

pytestmark = pytest.mark.database
Reading = Callable[..., AbstractContextManager[None]]
BROKER, STRANGER = 107, 999
HANDED_IN = """
insert into sw.submission
       (id, party, actor_kind, actor_id, actor_name, door, format, message_id, digest, received_at, viewers)
values (%s, %s, 'person', '1', 'b', 'http', 'json', 'm', '', %s, %s)
"""


def let_read(database: Database) -> None:
    """As the write path does: a partner reads the document it was sent."""
    database.execute(
        "postgres",
        "update sw.document d set viewers = d.viewers || p.id from sw.party p where p.partner = d.partner"
        " and not p.id = any (d.viewers) returning d.id",
    )


async def ordered(database: Database) -> tuple[Port, UUID]:
    """Customs and quarantine both order an inspection of the first container."""
    port = Port(database)
    submission = port.declare()
    await port.receive(
        port.answer(
            submission, "customs", Outcome.INSPECT, 1, said("customs", Order.INSPECT, ONE, items=["seal"])
        ),
        port.answer(
            submission,
            "quarantine",
            Outcome.INSPECT,
            2,
            said("quarantine", Order.INSPECT, ONE, items=["pests"]),
        ),
    )
    return port, submission


def inspected(database: Database) -> tuple[Port, UUID]:
    return asyncio.run(ordered(database))


def lines(submission: UUID) -> dict[str, Line]:
    found = matrix.matrix(queries.kept_of(submission), AT + timedelta(seconds=3))
    return {line.number: line for line in found.lines} if found else {}


def test_the_firm_and_the_agency_see_one_composite_and_a_stranger_nothing(
    database: Database, reading: Reading
) -> None:
    port, submission = inspected(database)
    for viewer in (BROKER, port.party["customs"], port.party["terminal"]):
        with reading(viewer):
            one = lines(submission)[ONE]
            assert one.kind is not None
            assert one.kind.id == "joint_inspection"
            assert one.order is not None
            assert [cell.word is not None for cell in one.cells] == [True, True]
            assert TWO in lines(submission)
    with reading(STRANGER):
        assert queries.kept_of(submission) == {"dossiers": []}
        assert matrix.matrix(queries.kept_of(submission), AT) is None


def test_officers_know_what_their_own_document_says_and_no_more(database: Database, reading: Reading) -> None:
    port, submission = inspected(database)
    let_read(database)
    with psycopg.connect(database.dsn("sw_engine")) as connection:
        loaders.shares(connection, database.configuration)
    for partner, has_seal in (("customs", False), ("quarantine", True)):
        with reading(port.party[partner]):
            rows = queries.kept_of(submission)["containers"]
            assert [bool(row["seal"]) for row in rows] == [has_seal, has_seal]
            assert all(row["lines"] for row in rows)
            assert bool(queries.ask("box_of", dossiers=[submission], number=ONE)[0]["seal"]) == has_seal
    with reading(port.party["border"]):
        # It was sent nothing, so it reads no row of the dossier.
        assert queries.ask("box_of", dossiers=[submission], number=ONE) == []


def test_a_partner_is_shown_the_names_that_its_document_says(database: Database, reading: Reading) -> None:
    port = Port(database)
    database.execute("postgres", "delete from sw.receives")
    database.execute("sw_engine", "insert into receives values ('customs', 'form', 'declarant_name', false)")
    with reading(port.party["customs"]):
        assert shares.unnamed("customs") == {"importer", "forwarder"}
        assert shares.unnamed("quarantine") == {"declarant", "importer", "forwarder"}, "asks for itself alone"
    with reading(port.party["quarantine"]):
        assert shares.received("customs") == set()
    with reading(BROKER):
        assert shares.unnamed("") == set(), "a firm is no partner and reads its own"


async def declared_twice(database: Database) -> tuple[Port, UUID, UUID]:
    port, first = await ordered(database)
    second = port.declare(partners=("customs",))
    await port.receive(port.answer(second, "customs", Outcome.RELEASED, 5))
    return port, first, second


def test_of_a_later_submission_officers_see_the_whole_matrix(database: Database, reading: Reading) -> None:
    port, first, second = asyncio.run(declared_twice(database))
    let_read(database)
    for viewer in (BROKER, port.party["customs"]):
        with reading(viewer):
            assert [row["id"] for row in queries.ask("dossiers", submission=second)] == [first]
            kind = lines(second)[ONE].kind
            assert kind is not None
            assert kind.id == "joint_inspection"
    with reading(port.party["quarantine"]):
        assert queries.ask("dossiers", submission=second) == []


async def shared(database: Database) -> tuple[Port, UUID, UUID]:
    """Two importers' lots in one container; quarantine is concerned with the first alone."""
    port = Port(database)
    box = {"containers": [VALUES["containers"][0] | {"less_than_container_load": "1"}]}
    first = port.declare(**box)
    other = port.declare(("customs",), (207, 208), bill_number="CQX999", **box)
    await port.receive(
        port.answer(first, "customs", Outcome.RELEASED), port.answer(other, "customs", Outcome.RELEASED)
    )
    return port, first, other


def test_an_officer_never_reads_a_co_loaders_goods(database: Database, reading: Reading) -> None:
    port, first, other = asyncio.run(shared(database))
    let_read(database)
    with reading(port.party["quarantine"]), connection.cursor() as cursor:
        cursor.execute("select distinct dossier from dossier_object")
        assert cursor.fetchall() == [(first,)]
        cursor.execute("select value from identity_key where kind = 'bill'")
        assert ("CQX999",) not in cursor.fetchall()
    with reading(port.party["customs"]):
        assert {row["dossier"] for row in queries.kept_of(first)["containers"]} == {first}
        assert {row["dossier"] for row in queries.kept_of(other)["containers"]} == {other}
    for firm in (107, 207):
        with reading(firm), connection.cursor() as cursor:
            cursor.execute("select count(distinct dossier) from dossier_object")
            assert cursor.fetchall() == [(1,)]


def test_whoever_has_goods_on_a_call_reads_how_it_stands(database: Database, reading: Reading) -> None:
    async def held() -> tuple[Port, UUID]:
        port, submission = await ordered(database)
        call = database.execute("postgres", "select call from sw.dossier")[0][0]
        order = said("border", Order.HOLD, call, kind="conveyance")
        late = port.declare(("border",), bill_number="CQX888")
        await port.receive(port.answer(late, "border", Outcome.HOLD, 3, order))
        return port, submission

    port, submission = asyncio.run(held())
    let_read(database)
    for viewer in (BROKER, port.party["customs"]):
        with reading(viewer):
            kinds = {line.subject.id: line.kind and line.kind.id for line in lines(submission).values()}
            assert kinds["conveyance"] == "held"
    with reading(STRANGER), connection.cursor() as cursor:
        cursor.execute("select count(*) from disposition")
        assert cursor.fetchall() == [(0,)]


def test_the_times_of_an_order_and_its_parts_are_read(database: Database, reading: Reading) -> None:
    port, _ = inspected(database)
    customs = port.party["customs"]
    with reading(customs):
        with connection.cursor() as cursor:
            (order,) = coordination.open_orders(Viewer((customs,)), cursor, "customs")
        told = {row["verb"] for row in queries.ask("moments_of", order=order.id, dossier=order.dossier)}
        assert "inspection.ordered" in told
        parts = queries.ask("parts_of", orders=[order.id])
        assert [row["agency"] for row in parts] == ["customs", "quarantine"]
    with reading(STRANGER):
        assert queries.ask("parts_of", orders=[order.id]) == []


CONCLUDED = """
with concluded as (update sw.inspection_order set conclusion = 'normal' returning id)
update sw.inspection_part p set concluded_at = %s from concluded c where p.inspection_order = c.id"""
ISSUED = """
insert into sw.release
       (id, number, dossier, version, statement, key_id, signature, issued_at, valid_until, revoked_at,
        viewers)
select gen_random_uuid(), 'FX1', dossier, 1, '', 'k', '', %s, 'infinity', %s, viewers
  from sw.inspection_order"""
LEFT = """
insert into sw.gate_pass
       (key, number, seals, releases, dossiers, version, issued_at, valid_until, used_at, operators, viewers)
select subject_key, name, '{}', '{FX1}', array[dossier], 1, opened_at, 'infinity', %s, '{}', viewers
  from sw.inspection_order"""


BACK = """
with gone as (select key, used_at from sw.gate_pass), again as (update sw.gate_pass set used_at = null)
insert into sw.gate_return (key, number, left_at, released, came_at, viewers)
select o.subject_key, o.name, l.used_at, true, %s, o.viewers
  from sw.inspection_order o join gone l on l.key = o.subject_key"""


def test_what_the_platform_did_is_read_by_whom_the_goods_concern(
    database: Database, reading: Reading
) -> None:
    port, submission = inspected(database)
    let_read(database)
    minute = timedelta(minutes=1)
    port.rows(CONCLUDED + " returning 1", AT + minute)
    port.rows(ISSUED + " returning 1", AT + 2 * minute, AT + 4 * minute)
    port.rows(LEFT + " returning 1", AT + 3 * minute)
    for viewer in (BROKER, port.party["customs"]):
        with reading(viewer):
            kept = pages.consignment(submission)
        assert kept
        did = [(row["what"], row["number"]) for row in kept["acts"]]
        assert did == [
            ("ordered", ONE),
            ("normal", ONE),
            ("released", "FX1"),
            ("left", ONE),
            ("revoked", "FX1"),
        ]
    with reading(STRANGER):
        assert pages.consignment(submission) is None
    port.rows(BACK + " returning 1", AT + 5 * minute)
    for released, what in ((True, "left"), (False, "strayed")):
        port.rows("update sw.gate_return set released = %s returning 1", released)
        with reading(BROKER):
            came = pages.consignment(submission)
        assert came
        moved = [(row["what"], row["at"]) for row in came["acts"] if row["number"] == ONE][2:]
        assert moved == [(what, AT + 3 * minute), ("back", AT + 5 * minute)], "it had left, and came back"
    port.rows("update sw.release set revoked_for = 'renewed' returning 1")
    with reading(BROKER):
        renewed = pages.consignment(submission)
    assert renewed
    assert [row["what"] for row in renewed["acts"]][-2] == "replaced", "another took its place"


MORE_ORDERS = """
insert into sw.inspection_order
select (jsonb_populate_record(o, jsonb_build_object(
         'id', gen_random_uuid(), 'number', 'CY' || n, 'subject_key', o.subject_key || n))).*
  from sw.inspection_order o, generate_series(1, 4) n"""


def test_a_long_list_of_orders_goes_on_page_by_page(
    database: Database, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspected(database)
    database.execute("postgres", MORE_ORDERS)
    monkeypatch.setattr(inspections, "PAGE", 2)
    request = HttpRequest()
    request.viewer = Viewer((BROKER,), party=BROKER)  # type: ignore[attr-defined]
    seen, further = [], []
    with reading(BROKER):
        for page in ("", "2", "3", "4"):
            request.GET = QueryDict(f"page={page}")
            found = inspections.paged(request)
            seen += [line.order.id for line in found["listed"]]
            further.append(found["further"])
    assert len(seen) == len(set(seen)) == 5
    assert further == [True, True, False, False]


def test_without_a_basis_of_its_own_an_instruction_shows_what_was_received_on_that_day(
    database: Database, reading: Reading
) -> None:
    port, _ = inspected(database)
    for source, basis, since in (
        ("goods_declaration", "an older law", AT.date() - timedelta(900)),
        ("goods_declaration", "the law of that day", AT.date() - timedelta(9)),
        ("goods_declaration", "a later law", AT.date() + timedelta(9)),
        ("inspection_orders", "the plan on notices", AT.date() - timedelta(1)),
    ):
        database.execute(
            "postgres",
            "insert into sw.subscription (receiver, source_kind, document_kind, purpose, legal_basis,"
            " legal_basis_en, valid_from) values ('quarantine', %s, 'any', '', '法', %s, %s)",
            source,
            basis,
            since,
        )
    with reading(port.party["quarantine"]):
        asked = queries.ask("asked_for", agencies=["quarantine"], channels=[""], ids=["x"], versions=[1])
        assert asked == []
        with connection.cursor() as cursor:
            cursor.execute("select agency, channel, id, version from instruction where agency = 'quarantine'")
            agency, channel, number, version = cursor.fetchone()
        named = {"agencies": [agency], "channels": [channel], "ids": [number], "versions": [version]}
        (row,) = queries.ask("asked_for", **named)
        assert row["receiving_basis"] == ["法", "the law of that day"]


def test_what_is_asked_on_a_screen_is_kept_for_who_asked_alone(database: Database, reading: Reading) -> None:
    port, submission = inspected(database)
    customs = port.party["customs"]
    actor, request = Actor("person", "1", "关员", customs), uuid4()
    with reading(customs), connection.cursor() as cursor:
        services.issue_instruction(
            actor,
            cursor,
            request=request,
            at=AT,
            dossier=submission,
            agency="customs",
            instruct=Order.HOLD,
            subject=Subject("container", TWO),
            basis="海关法",
            text="单证不齐",
        )
    with reading(customs):
        (row,) = queries.ask("asked", id=request)
        assert read_jsonb(row["arguments"])["text"] == "单证不齐"
        assert row["applied_at"] is None
    with reading(port.party["quarantine"]):
        assert queries.ask("asked", id=request) == []


def test_a_gate_that_never_heard_of_coordination_has_no_age(database: Database, reading: Reading) -> None:
    port = Port(database)
    with reading(port.party["terminal"]):
        assert queries.ask("pulse") == [{"at": None}]


def test_who_runs_a_terminal_has_its_lanes_and_who_looks_has_none(
    database: Database, reading: Reading
) -> None:
    port = Port(database)
    for name, lanes in (("terminal", ("1", "2", "3", "4")), ("customs", ())):
        request = HttpRequest()
        request.viewer = Viewer((port.party[name],), party=port.party[name])  # type: ignore[attr-defined]
        with reading(port.party[name]):
            assert who.lanes(request) == lanes
    request.viewer = Viewer(())  # type: ignore[attr-defined]
    with reading():
        assert who.lanes(request) == ()


def test_a_gate_is_asked_by_who_is_told_the_seals_it_compares(database: Database, reading: Reading) -> None:
    port = Port(database)
    with psycopg.connect(database.dsn("sw_engine")) as connection:
        loaders.shares(connection, database.configuration)
    database.execute("sw_engine", "delete from receives where partner = 'terminal'")
    for name, compares in (("terminal", True), ("quarantine", True), ("customs", False)):
        request = HttpRequest()
        request.viewer = Viewer((port.party[name],), party=port.party[name])  # type: ignore[attr-defined]
        with reading(port.party[name]):
            assert who.told_seals(request) is compares, name


def test_what_messages_name_leads_to_its_consignment(database: Database, reading: Reading) -> None:
    port, submission = inspected(database)
    port.rows(HANDED_IN, submission, BROKER, AT, [BROKER])
    asyncio.run(
        port.receive(
            port.answer(submission, "customs", Outcome.RELEASED, 5),
            port.answer(submission, "quarantine", Outcome.RELEASED, 5),
        )
    )
    numbers = [
        port.rows(f"select number from sw.{table} limit 1")[0][0] for table in ("inspection_order", "release")
    ]
    with reading(BROKER):
        assert [find(number.lower()) for number in numbers] == [[submission]] * 2
    with reading(STRANGER):
        assert [find(number) for number in numbers] == [[], []]

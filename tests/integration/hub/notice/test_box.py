"""The message box: each told once as what it is, nobody else, read by each person for themselves."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from integration.hub.coordination.story import AT, ONE, Port, seen
from integration.hub.exchange.telling import boxed, inspected, messages, released, sequenced, told
from singlewindow.hub.exchange import burying
from singlewindow.hub.exchange.arrived import Arrived
from singlewindow.hub.exchange.concerned import concerned
from singlewindow.hub.exchange.receipt_rows import entry_of
from singlewindow.hub.journal.append import append
from singlewindow.hub.notice import queries, services
from singlewindow.hub.notice.following import Box
from singlewindow.hub.notice.queries import Place
from singlewindow.kernel.messages import Outcome, Receipt, Stage, Viewer

pytestmark = pytest.mark.database
BROKER, IMPORTER, STRANGER = 107, 108, 999
BROKER_CODE, IMPORTER_CODE, FORWARDER_CODE = "BROKER", "IMPORTER", "91500112MADEM0B3XC"
PERSON = 5


@pytest.fixture
def port(database: Any) -> Port:
    """The story's port with its firms in it: the one that declares, its principal, the forwarder."""
    port = Port(database)
    for id_, code in ((7, BROKER_CODE), (BROKER, "B107"), (IMPORTER, IMPORTER_CODE), (109, FORWARDER_CODE)):
        database.execute(
            "postgres",
            "insert into sw.party (id, kind, code, name_zh, name_en) overriding system value"
            " values (%s, 'firm', %s, %s, %s)",
            id_,
            code,
            code,
            code,
        )
    return port


def box(port: Port, *fields: str) -> list[tuple[Any, ...]]:
    return port.rows(f"select {', '.join(fields)} from sw.notice order by position, party")


async def test_an_order_is_told_to_everybody_it_concerns_as_what_they_are(port: Port) -> None:
    submission = port.declare(viewers=(7, IMPORTER))
    await inspected(port, submission)
    await boxed(port)
    roles = dict(box(port, "party", "role"))
    assert roles[7] == "declarant"
    assert (roles[IMPORTER], roles[109]) == ("importer", "forwarder")
    assert (roles[port.party["terminal"]], roles[port.party["customs"]]) == ("terminal", "agency")
    assert port.party["border"] not in roles
    ((zh, en),) = set(box(port, "title_zh", "title_en"))
    assert (zh, en) == (f"{ONE} 须查验", f"{ONE} is to be inspected")


async def test_who_was_told_of_an_order_reads_who_else_was_and_when_they_first_read_it(port: Port) -> None:
    submission = port.declare(viewers=(7, IMPORTER))
    await inspected(port, submission)
    await boxed(port)
    ((order,),) = port.rows("select id from sw.inspection_order")
    statement = f"select party, role, read_at from notice_told('{order}') order by party"
    concerned = {(IMPORTER, "importer"), (7, "declarant"), (109, "forwarder")}
    assert {row[:2] for row in seen(port.database, 7, statement)} > concerned
    assert not any(read_at for *_, read_at in seen(port.database, 7, statement))
    for minutes, person in ((3, 5), (2, 6), (9, 5)):  # again, and by another, later and earlier
        at = AT + timedelta(minutes=minutes)
        for party in (IMPORTER, 109):
            reader = Viewer((party,), person=person)
            with port.web(party) as connection, connection.cursor() as cursor:
                if party == IMPORTER:
                    services.mark_read(reader, cursor, queries.listed(reader, cursor)[-1].place, at)
                else:
                    services.mark_all_read(reader, cursor, 2**53, at)
                connection.commit()
    first = AT + timedelta(minutes=2)
    found = {party: read_at for party, _, read_at in seen(port.database, 7, statement) if read_at}
    assert found == {IMPORTER: first, 109: first}
    assert seen(port.database, STRANGER, statement) == []


async def test_customs_reads_of_a_joint_order_in_its_box_for_its_wire_has_no_message_for_it(
    port: Port,
) -> None:
    submission = port.declare(viewers=(7, IMPORTER))
    await inspected(port, submission)
    await boxed(port)
    await told(port)
    customs = port.party["customs"]
    assert seen(port.database, customs, "select topic, role from notice where topic like 'inspection_%'") == [
        ("inspection_ordered", "agency")
    ]
    assert messages(port, "customs") == []
    assert len(messages(port, "terminal")) == 1


async def test_one_notice_an_event_and_party_however_often_it_runs(port: Port) -> None:
    submission = port.declare(viewers=(7, IMPORTER))
    await inspected(port, submission)
    await released(port, [submission], 60)
    await asyncio.gather(*(boxed(port, limit=3) for _ in range(3)))
    before = box(port, "party", "position", "topic")
    assert len(before) == len(set(before))
    assert {topic for *_, topic in before} >= {"inspection_ordered", "release_issued"}
    port.rows("update sw.journal_cursor set position = -1 where name = 'notice'")
    with pytest.raises(psycopg.errors.UniqueViolation):
        await boxed(port)
    assert box(port, "party", "position", "topic") == before


async def test_what_fails_in_between_is_told_afterwards(port: Port) -> None:
    submission = port.declare(viewers=(7, IMPORTER))
    await inspected(port, submission)
    await sequenced(port)

    async def dying(*_: Any) -> Any:
        raise ConnectionError("killed")

    connection = await psycopg.AsyncConnection.connect(port.database.dsn("sw_engine"), autocommit=True)
    async with connection:
        with pytest.raises(ConnectionError):
            await Box(dying).once(connection)
        assert box(port, "party") == []
        await Box(concerned).once(connection)
    assert len(box(port, "party")) == 6


async def test_a_shared_container_tells_no_lot_of_another(port: Port) -> None:
    shared = [{"container_number": ONE, "seal_number": "S1", "less_than_container_load": "1"}]
    lots = [
        port.declare(viewers=(200 + n,), bill_number=f"LOT{n}", containers=shared, ship_agent_code="")
        for n in range(2)
    ]
    for n in range(2):
        port.rows(
            "insert into sw.party (id, kind, code, name_zh, name_en) overriding system value"
            " values (%s, 'firm', %s, 'x', 'x')",
            200 + n,
            f"F{n}",
        )
    await released(port, lots)
    await boxed(port)
    for n in range(2):
        statement = "select title_zh || detail_zh from notice"
        texts = [text for (text,) in seen(port.database, 200 + n, statement)]
        assert texts
        assert all(f"LOT{1 - n}" not in text for text in texts)
    assert seen(port.database, STRANGER, "select * from notice") == []


@pytest.mark.parametrize(
    ("outcome", "topic"),
    [
        (Outcome.RETURNED, "receipt_returned"),
        (Outcome.REFUSED, "receipt_refused"),
        (Outcome.HOLD, "receipt_held"),
        (Outcome.INSPECT, "receipt_inspect"),
        (Outcome.ACCEPTED, None),
        (Outcome.RELEASED, None),
    ],
)
async def test_a_receipt_that_stands_in_the_way_is_told_in_the_agencys_words(
    port: Port, outcome: Outcome, topic: str | None
) -> None:
    submission = port.declare(viewers=(7, IMPORTER))
    words, facts = '件数不符 },"outcome":"hold"', {"outcome": "refused"}
    said = Receipt("R1", "m", Stage.BUSINESS, "Z", outcome, AT, words, facts)
    one = Arrived("customs", said, AT, submission, port.document(submission, "customs"), [7, IMPORTER])
    async with await port.database.connect("sw_engine") as connection, connection.cursor() as cursor:
        await append(cursor, [entry_of(one)])
    await boxed(port)
    found = box(port, "topic", "party", "detail_zh")
    expected = [(topic, party, said.text) for party in (7, IMPORTER)] if topic else []
    assert found == expected


async def test_a_dead_letter_is_told_once_to_its_own_people_and_to_the_platform(port: Port) -> None:
    submission = port.declare(viewers=(7, IMPORTER))
    platform = port.operated().party["platform"]
    dead = bury(port, submission)
    connection = await psycopg.AsyncConnection.connect(port.database.dsn("sw_engine"), autocommit=True)
    async with connection:
        assert await burying.once(connection, lambda: AT) == 1
        assert await burying.once(connection, lambda: AT) == 0
        await boxed(port)
        port.rows("update sw.outbox set token = token + 1")
        assert await burying.once(connection, lambda: AT) == 1, "what died again is told again"
    found = box(port, "party", "topic", "detail_zh")
    telling = "运行中心正在处置，不必重报"
    assert sorted(found) == sorted(
        [
            (7, "message_buried", telling),
            (IMPORTER, "message_buried", telling),
            (platform, "message_buried_operations", str(dead)),
        ]
    )


def bury(port: Port, submission: UUID) -> UUID:
    """A message of the submission that the partner refused."""
    ((message,),) = port.rows(
        """insert into sw.message (submission_id, id, document_id, version, partner, kind, definition_version,
             message_id, reference, digest, payload, created_at, viewers)
           values (%s, gen_random_uuid(), %s, 1, 'customs', 'k', '1', 'm', 'W', 'x', 'x', now(), '{7,108}')
           returning id""",
        submission,
        port.document(submission, "customs"),
    )
    port.rows(
        """insert into sw.outbox (submission_id, message, partner, order_key, state, ready_at, problem,
             viewers)
           values (%s, %s, 'customs', 'a', 1, now(), 'host 10.0.0.1', '{7,108}')""",
        submission,
        message,
    )
    return UUID(str(message))


async def test_each_person_reads_for_themselves_and_pages_follow_each_other(port: Port) -> None:
    for n in range(5):
        await inspected(port, port.declare(viewers=(7, IMPORTER), bill_number=f"B{n}"), n)
    await boxed(port)
    mine, other = Viewer((7,), person=PERSON), Viewer((7,), person=6)
    with port.web(7) as connection, connection.cursor() as cursor:
        whole = queries.listed(mine, cursor)
        first = queries.listed(mine, cursor, most=2)
        second = queries.listed(mine, cursor, first[-1].place, most=100)
        assert [*first, *second] == whole
        assert len(whole) >= 5
        assert queries.unread(mine, cursor).number == len(whole)
        services.mark_read(mine, cursor, whole[1].place, AT)
        services.mark_read(mine, cursor, whole[1].place, AT)
        assert queries.unread(mine, cursor).number == len(whole) - 1
        assert whole[1].place not in [one.place for one in queries.listed(mine, cursor, unread=True)]
        services.mark_all_read(mine, cursor, whole[2].position, AT)
        assert queries.unread(mine, cursor).number == 1
        assert [one.read for one in queries.listed(mine, cursor)][:3] == [False, True, True]
        services.mark_all_read(mine, cursor, 0, AT)
        assert queries.unread(mine, cursor).number == 1, "what was read stays read"
        assert queries.unread(other, cursor).number == len(whole)


async def test_what_was_read_one_by_one_is_not_looked_through_again(port: Port) -> None:
    for n in range(5):
        await inspected(port, port.declare(viewers=(7, IMPORTER), bill_number=f"B{n}"), n)
    await boxed(port)
    program = Viewer((7,), party=7)
    with port.web(7) as connection, connection.cursor() as cursor:
        places = [one.place for one in reversed(queries.listed(program, cursor))]
        stood = []
        for place in (places[0], places[2], places[1], *places[3:]):
            services.mark_read(program, cursor, place, AT)
            stood.append(cursor.execute("select max(up_to) from notice_reader").fetchone()[0])
        connection.commit()
    positions = [place.position for place in places]
    assert stood == [positions[0], positions[0], *positions[2:]]
    assert port.rows("select count(*) from sw.notice_read") == [(len(places),)]


async def test_nobody_marks_or_reads_for_another_party(port: Port) -> None:
    await inspected(port, port.declare(viewers=(7, IMPORTER)))
    await boxed(port)
    claimed = Viewer((7,), person=PERSON)
    with port.web(STRANGER) as connection, connection.cursor() as cursor:
        assert queries.listed(claimed, cursor) == []
        services.mark_read(claimed, cursor, Place(1, 7), AT)
        services.mark_all_read(claimed, cursor, 2**53, AT)
        connection.commit()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            cursor.execute("insert into notice_reader values (%s, 7, 9, %s, array[7])", [PERSON, AT])
    assert port.rows("select from sw.notice_reader union all select from sw.notice_read") == []


async def test_what_comes_after_the_newest_is_unread_and_programs_share_a_mark(port: Port) -> None:
    await inspected(port, port.declare(viewers=(7, IMPORTER)), 1)
    await boxed(port)
    program, person = Viewer((7,), party=7), Viewer((7,), person=PERSON)
    with port.web(7) as connection, connection.cursor() as cursor:
        services.mark_all_read(program, cursor, 2**53, AT)
        services.mark_all_read(person, cursor, 2**53, AT)
        assert queries.unread(program, cursor).number == queries.unread(person, cursor).number == 0
    await inspected(port, port.declare(viewers=(7, IMPORTER), bill_number="B2"), 2)
    await boxed(port)
    with port.web(7) as connection, connection.cursor() as cursor:
        assert queries.unread(program, cursor).number == queries.unread(person, cursor).number > 0
        newest = queries.listed(program, cursor, unread=True)[0]
        services.mark_read(program, cursor, newest.place, AT)
        assert newest.place not in [one.place for one in queries.listed(program, cursor, unread=True)]
        assert queries.listed(person, cursor, unread=True)[0] == newest, "a person's are their own"


@pytest.mark.parametrize("text", ["", "x", "1", "1.", "-1.2", "１.２", "9" * 19 + ".1", "1.2.3"])
def test_a_place_that_nobody_wrote_is_none(text: str) -> None:
    assert Place.read(text) is None
    assert Place.read(str(Place(12, 3))) == Place(12, 3)

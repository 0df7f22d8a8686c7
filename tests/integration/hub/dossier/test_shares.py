"""What of a dossier its readers are told, asked raw through the portal's role."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors

from database import Database
from integration.hub.coordination.story import ONE, TWO, VALUES, Port
from integration.hub.dossier.declared import joined
from singlewindow.server import loaders

pytestmark = pytest.mark.database
BROKER, IMPORTER, FORWARDER, STRANGER = 107, 108, 301, 999
PARTNERS = ("customs", "quarantine", "border", "maritime", "terminal")
SEAL, LINES = VALUES["containers"][0]["seal_number"], VALUES["containers"][0]["goods_line_numbers"]


SEAL_TOLD = "insert into receives values ('customs', %s, 'containers.seal_number', false)"


async def port_of(database: Database, **values: Any) -> tuple[Port, UUID]:
    """The story's consignment, sent to everybody, with the shares that are shipped."""
    port = Port(database)
    with psycopg.connect(database.dsn("sw_engine")) as connection:
        loaders.shares(connection, database.configuration)
    submission = port.declare(PARTNERS, **values)
    await joined(database, [submission])
    return port, submission


def told(port: Port, viewer: int, submission: UUID, number: str = ONE) -> tuple[str, str] | None:
    """Seal and goods lines of a container, as a party reads them."""
    with port.web(viewer) as connection:
        asked = "select seal, lines from objects_told(%s) where number = %s"
        row: Any = connection.execute(asked, [[submission], number]).fetchone()
    return row


@pytest.mark.parametrize("column", ["seal", "lines", "*", "o"])
async def test_no_page_reads_seals_or_goods_lines_of_the_table(database: Database, column: str) -> None:
    port, _ = await port_of(database)
    for viewer in (BROKER, *port.party.values()):
        with port.web(viewer) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute(f"select {column} from dossier_object o")


async def test_each_partner_is_told_what_its_own_document_says(database: Database) -> None:
    port, submission = await port_of(database)
    found = {name: told(port, party, submission) for name, party in port.party.items()}
    assert found == {
        "customs": ("", LINES),
        "quarantine": (SEAL, LINES),
        "border": (SEAL, LINES),
        "maritime": ("", LINES),
        "terminal": (SEAL, ""),
    }
    assert told(port, BROKER, submission) == told(port, IMPORTER, submission) == (SEAL, LINES)
    assert told(port, STRANGER, submission) is None


async def test_of_a_box_without_dangerous_goods_maritime_safety_is_told_nothing(database: Database) -> None:
    port, submission = await port_of(database)
    assert told(port, port.party["maritime"], submission, TWO) == ("", "")
    assert told(port, port.party["border"], submission, TWO) != ("", "")


async def test_who_was_sent_nothing_is_told_nothing(database: Database) -> None:
    port = Port(database)
    submission = port.declare(("customs",))
    await joined(database, [submission])
    for party in (port.party["quarantine"], port.party["terminal"]):
        assert told(port, party, submission) is None


async def test_without_a_known_share_nothing_is_told(database: Database) -> None:
    port, submission = await port_of(database)
    database.execute("postgres", "delete from sw.receives")
    assert {told(port, party, submission) for party in port.party.values()} == {("", "")}


async def test_a_share_that_ended_is_told_no_more(database: Database) -> None:
    port, submission = await port_of(database)
    database.execute("sw_engine", SEAL_TOLD, "customs_declaration")
    assert told(port, port.party["customs"], submission) == (SEAL, LINES)
    with psycopg.connect(database.dsn("sw_engine")) as connection:
        loaders.shares(connection, database.configuration)
    assert told(port, port.party["customs"], submission) == ("", LINES)


async def test_what_another_of_its_documents_says_is_not_told_here(database: Database) -> None:
    port, submission = await port_of(database)
    database.execute("sw_engine", SEAL_TOLD, "manifest")
    assert told(port, port.party["customs"], submission) == ("", LINES), "no manifest was sent of this one"


def firm(database: Database, number: int, code: str) -> None:
    database.execute(
        "postgres",
        "insert into sw.party (id, kind, code, name_zh, name_en) overriding system value"
        " values (%s, 'firm', %s, %s, %s)",
        number, code, f"{number}号", f"No. {number}",
    )  # fmt: skip


def named(port: Port, viewer: int, *about: UUID) -> set[int]:
    with port.web(viewer) as connection:
        rows = connection.execute("select id from parties_named(%s)", [list(about)]).fetchall()
    return {row[0] for row in rows if row[0] not in port.party.values()}


async def test_names_are_told_by_what_somebody_reads_and_as_its_document_says(database: Database) -> None:
    port, submission = await port_of(database)
    firm(database, BROKER, "91500105MADEM0Y2X3")
    firm(database, IMPORTER, "91500112MADEM0A1XL")
    firm(database, FORWARDER, VALUES["ship_agent_code"])
    firm(database, STRANGER, "91500112MADEM9999X")
    assert named(port, BROKER, submission) == {BROKER, IMPORTER, FORWARDER}
    assert named(port, port.party["customs"], submission) == {BROKER, IMPORTER}
    assert FORWARDER in named(port, port.party["border"], submission)
    assert named(port, STRANGER, submission) == set()
    database.execute("postgres", "delete from sw.receives where entry = 'consignee_name'")
    assert IMPORTER not in named(port, port.party["customs"], submission)
    assert named(port, port.party["customs"], uuid4()) == set()


async def test_nobody_asks_for_a_firm_by_number_or_code(database: Database) -> None:
    port, _ = await port_of(database)
    firm(database, IMPORTER, "91500112MADEM0A1XL")
    for viewer in port.party.values():
        with port.web(viewer) as connection:
            rows = connection.execute("select code from party where kind = 'firm'").fetchall()
            assert rows == []
            with pytest.raises(errors.UndefinedFunction):
                connection.execute("select * from firms_named('{108}', '{91500112MADEM0A1XL}')")


async def test_what_is_asked_about_at_once_is_bounded(database: Database) -> None:
    port, submission = await port_of(database)
    firm(database, BROKER, "91500105MADEM0Y2X3")
    assert BROKER in named(port, BROKER, *(uuid4() for _ in range(999)), submission)
    assert named(port, BROKER, *(uuid4() for _ in range(1_000)), submission) == set()


async def test_lists_find_the_dossiers_that_the_policy_shows(database: Database) -> None:
    port, both = await port_of(database)
    alone = port.declare(("customs",), bill_number="OTHER1", voyage_number="2599E")
    unsent = port.declare((), bill_number="OTHER2", voyage_number="2598E")
    await joined(database, [alone, unsent])
    own = "update sw.document d set viewers = array[p.id] from sw.party p where p.partner = d.partner"
    database.execute("postgres", own)
    asked = [both, alone, unsent]
    for viewer in (BROKER, STRANGER, *port.party.values()):
        with port.web(viewer) as connection:
            policy = connection.execute(
                "select distinct submission_id, dossier from dossier_document where submission_id = any (%s)",
                [asked],
            ).fetchall()
            found = connection.execute("select * from dossiers_sent(%s)", [asked]).fetchall()
        assert set(found) == set(policy)
        assert len(found) == len(policy)
    with port.web(port.party["customs"]) as connection:
        found = connection.execute("select submission_id from dossiers_sent(%s)", [asked]).fetchall()
    assert {submission for (submission,) in found} == {both, alone}

"""Whom a release and a gate pass tell their seals, asked raw through the portal's role."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from psycopg import errors

from database import Database
from integration.hub.coordination.story import ONE, VALUES, Port
from singlewindow.kernel.messages import Outcome
from singlewindow.server import loaders

pytestmark = pytest.mark.database
BROKER, IMPORTER, STRANGER = 107, 108, 999
PARTNERS = ("customs", "quarantine", "border", "maritime", "terminal")
SEALS = {box["container_number"]: box["seal_number"] for box in VALUES["containers"]}
Told = tuple[bool, list[str]]


async def released(database: Database) -> Port:
    """The story's goods, sent to everybody, with the shares that are shipped, released by all."""
    port = Port(database)
    with psycopg.connect(database.dsn("sw_engine")) as connection:
        loaders.shares(connection, database.configuration)
    submission = port.declare(PARTNERS)
    await port.receive(*(port.answer(submission, agency, Outcome.RELEASED) for agency in PARTNERS[:-1]))
    assert port.rows("select count(*) from sw.release") == [(1,)]
    return port


def told(port: Port, viewer: int) -> Told | None:
    """Whether statement and signature are told to a party, and a pass's seals; None: it sees no release."""
    with port.web(viewer) as connection:
        row: Any = connection.execute("select number from release").fetchone()
        if row is None:
            return None
        signed = connection.execute("select statement, signature from release_told(%s)", row).fetchall()
        (seals,) = connection.execute(
            "select seals_of_pass(key) from gate_pass where number = %s", [ONE]
        ).fetchone() or ([],)
    if signed:
        boxes = json.loads(signed[0][0])["containers"]
        assert {box["number"]: box["seal"] for box in boxes} == SEALS
        assert bytes(signed[0][1])
    return bool(signed), seals


async def test_a_release_tells_its_seals_to_who_is_told_them_by_the_consignment(database: Database) -> None:
    port = await released(database)
    whole, nothing = (True, [SEALS[ONE]]), (False, [])
    assert {name: told(port, party) for name, party in port.party.items() if name in PARTNERS} == {
        "customs": nothing,
        "quarantine": whole,
        "border": whole,
        "maritime": nothing,
        "terminal": whole,
    }
    assert told(port, BROKER) == told(port, IMPORTER) == whole
    assert told(port, STRANGER) is None
    number: Any = port.rows("select number from sw.release")[0]
    with port.web(STRANGER) as connection:
        assert connection.execute("select * from release_told(%s)", number).fetchall() == []
        key: Any = port.rows("select key from sw.gate_pass limit 1")[0]
        assert connection.execute("select seals_of_pass(%s)", key).fetchone() == ([],)


async def test_a_share_that_is_given_tells_the_release_too_and_one_that_ends_no_more(
    database: Database,
) -> None:
    port = await released(database)
    given = "insert into receives values ('customs', 'customs_declaration', 'containers.seal_number', %s)"
    database.execute("sw_engine", given, True)
    assert told(port, port.party["customs"]) == (False, [SEALS[ONE]]), (
        "of one box without dangerous goods it is not"
    )
    database.execute("sw_engine", "update receives set only_dangerous = false where partner = 'customs'")
    assert told(port, port.party["customs"]) == (True, [SEALS[ONE]])
    database.execute("postgres", "delete from sw.receives")
    assert [told(port, port.party[name]) for name in ("quarantine", "border")] == [(False, [])] * 2
    assert told(port, port.party["terminal"]) == (False, [SEALS[ONE]]), "the gate that compares it"


@pytest.mark.parametrize(
    "asked", ["statement from release", "signature from release", "seals from gate_pass"]
)
async def test_no_page_reads_what_states_seals(database: Database, asked: str) -> None:
    port = await released(database)
    for viewer in (BROKER, *port.party.values()):
        with port.web(viewer) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute(f"select {asked}")


async def test_the_journal_tells_of_a_release_without_seals_or_signature(database: Database) -> None:
    port = await released(database)
    ((content,),) = port.rows(
        "select convert_from(content, 'UTF8') from sw.journal_entry where verb = 'release.issued'"
    )
    said = json.loads(content)
    assert sorted(said["containers"]) == sorted(SEALS)
    assert not any(seal in content for seal in SEALS.values())
    assert "signature" not in said
    ((digest,),) = port.rows("select encode(sha256(signature), 'hex') from sw.release")
    assert said["signature_digest"] == digest

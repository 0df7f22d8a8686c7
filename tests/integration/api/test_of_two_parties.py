"""Whoever works for two parties reads for each what its own administrator let them read."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import psycopg
import pytest

from programs import BILL, FIRM, FORWARDER, Program, World, issued, until
from running import body_of, declaration
from singlewindow.server.loaders import demo_secrets
from strangers import signed_in

pytestmark = [pytest.mark.database, pytest.mark.timeout(300)]
THEIRS = "CQX2511070386-TWO"
DECLARED = re.compile("<dd><b>([0-9]+)</b>")
MEMBER = """insert into sw.membership (person_id, party_id, roles)
  select p.id, f.id, array[%s] from sw.person p, sw.party f where p.login = 'importer' and f.code = %s
  on conflict (person_id, party_id) do update set roles = excluded.roles"""
ENDED = (
    "delete from sw.membership where party_id = (select id from sw.party where code = %s) and person_id in ("
    "select id from sw.person where login = 'importer')"
)


@pytest.fixture
def theirs(world: World, submission: str) -> None:
    """What another firm declares for itself."""
    firm = Program(world.description, issued(world.platform, FORWARDER, FIRM))
    until(lambda: firm.ask("GET", "/tasks").status == 200)
    own = {"consignee_code": FORWARDER, "declarant_code": FORWARDER}
    document = declaration(bill_number=THEIRS, voyage_number="2TWO", **own)
    assert firm.ask("POST", "/submissions", body_of(document), "two-1").status == 202


@pytest.fixture
def importer(world: World) -> Iterator[httpx.Client]:
    """A browser of the importer's clerk, who belongs to the other firm for the time of a test."""
    password = demo_secrets(world.platform.configuration)["password"]
    client = signed_in(world.platform, "importer", password)
    yield client
    client.close()


@pytest.mark.usefixtures("theirs")
def test_lists_show_each_partys_declarations_to_whom_it_let_read_them(
    world: World, importer: httpx.Client
) -> None:
    declared: dict[str, int] = {}
    with psycopg.connect(world.platform.configuration.dsn("postgres"), autocommit=True) as connection:
        try:
            for role, shown in (("forwarder", False), ("importer", True), ("forwarder", False)):
                connection.execute(MEMBER, [role, FORWARDER])
                for page in ("/hall", "/declarations", "/consignments"):
                    told = importer.get(page).text
                    assert BILL in told
                    assert (THEIRS in told) is shown, (role, page)
                declared[role] = int(DECLARED.search(importer.get("/hall/today").text)[1])  # type: ignore[index]
        finally:
            connection.execute(ENDED, [FORWARDER])
    assert declared["importer"] > declared["forwarder"] > 0

"""The platform on a PostgreSQL that somebody else keeps: as its superuser, and by the recipe for others.

The server is made by each release that the locked wheel carries, or by the programs of the one folder that
``SINGLEWINDOW_TEST_POSTGRES`` names.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from running import COMMAND_S, Platform, body_of, declaration, environment
from singlewindow.rehearsal.ports import LOOPBACK, free_port
from singlewindow.server import checks, configuration, database, postgres, rooms
from singlewindow.server.accounts import private_folder, reaches, server_account
from singlewindow.server.refusal import REFUSED

pytestmark = [pytest.mark.database, pytest.mark.timeout(300)]
PROGRAMS = "SINGLEWINDOW_TEST_POSTGRES"
KEEPER, GUEST = "postgres", "guest"
PASSWORD = "of-this-server-alone"
MADE = (f"--username={KEEPER}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C")
RUN = ("-c", f"listen_addresses={LOOPBACK}", "-c", "unix_socket_directories=")
VERSIONS = range(15, 19)
ACCEPTED_S = 30.0


class Elsewhere:
    """A PostgreSQL of its own on a TCP port of this machine, set up as its programs do by themselves."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder, self.port, self.log = folder / "cluster", free_port(), folder / "log"
        self.account, self.programs = server_account(), programs
        self._make(folder)
        self.process = self._start()

    def _make(self, folder: Path) -> None:
        secret = private_folder(folder / "secret", self.account) / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)  # in a folder that only the server's account may enter
        private_folder(self.folder, self.account)
        make = [self.programs / "initdb", "-D", self.folder, f"--pwfile={secret}", *MADE]
        with self.log.open("ab") as log:
            postgres.run_as(self.account, make, log)

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder, "-p", str(self.port), *RUN],
                stdout=log,
                stderr=log,
                cwd="/",
                env=postgres.ENVIRONMENT,
                preexec_fn=partial(postgres.begin, os.getpid()),  # noqa: PLW1509 - it ends with the tests
                **postgres.ownership(self.account),
            )
        postgres.wait_until_ready(process, self.folder, self.log)
        return process

    def url(self, account: str = KEEPER, name: str = "postgres") -> str:
        """As somebody writes it into ``DATABASE_URL``."""
        return f"postgresql://{account}:{PASSWORD}@{LOOPBACK}:{self.port}/{name}"

    @contextmanager
    def kept(self, name: str = "postgres") -> Iterator[psycopg.Connection[Any]]:
        """What whoever keeps the server does in one of its databases."""
        with psycopg.connect(self.url(name=name), autocommit=True) as connection:
            yield connection

    def put_back(self, name: str, into: str) -> None:
        """A dump of one database, by the server's own programs, in a new one."""
        with self.kept() as keeper:
            keeper.execute(sql.SQL("create database {}").format(sql.Identifier(into)))
        dump = [self.programs / "pg_dump", "--format=custom", f"--dbname={self.url(name=name)}"]
        back = [self.programs / "pg_restore", "--exit-on-error", f"--dbname={self.url(name=into)}"]
        dumped = subprocess.run(dump, capture_output=True, timeout=COMMAND_S, check=True).stdout
        subprocess.run(back, input=dumped, capture_output=True, timeout=COMMAND_S, check=True)


@pytest.fixture(params=["newest", "older"])
def programs(request: pytest.FixtureRequest) -> Path:
    """Of the wheel's newest release, which the platform brings up itself, and of the one beside it."""
    account, given = server_account(), os.environ.get(PROGRAMS)
    if request.param == "newest":
        return Path(given) if given else postgres.installation(account) / "bin"
    if given:
        pytest.skip(f"{PROGRAMS} names the one server to try")
    newest = postgres.shipped()
    if not (beside := [each for each in newest.parent.glob("pginstall*") if each != newest]):
        pytest.skip("the wheel carries one release of PostgreSQL alone")
    in_reach = account is None or reaches(account, beside[0] / "bin")
    return (beside[0] if in_reach else postgres.copied(beside[0])) / "bin"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Nothing of it stays behind."""
    made = Path(tempfile.mkdtemp(prefix="sw-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def elsewhere(folder: Path, programs: Path) -> Iterator[Elsewhere]:
    """The server, which outlives the platform."""
    server = Elsewhere(folder, programs)
    yield server
    postgres.stop(server.process)


@contextmanager
def up(folder: Path, url: str) -> Iterator[Platform]:
    """The platform on this server; no process of it stays behind."""
    platform = Platform(folder, {}, DATABASE_URL=url)
    try:
        yield platform
    finally:
        platform.kill()


def test_as_its_superuser(folder: Path, elsewhere: Elsewhere) -> None:
    with up(folder, elsewhere.url()) as platform:
        works(platform)
        assert platform.ask("select current_database()") == [("singlewindow",)]
        ((version,),) = platform.ask("select current_setting('server_version_num')::int / 10000")
        print(f"PostgreSQL {version}")
        assert version in VERSIONS
        is_its_keepers_to_back_up(platform, elsewhere)
        assert platform.end() == 0
    assert elsewhere.process.poll() is None


@pytest.mark.parametrize("programs", ["newest"], indirect=True)
def test_without_a_superuser_by_the_recipe(folder: Path, elsewhere: Elsewhere) -> None:
    with elsewhere.kept() as keeper:
        keeper.execute(sql.SQL("create role guest login password {}").format(PASSWORD))
    url = elsewhere.url(GUEST, "singlewindow")
    known = configuration.load({"data": folder / "data"}, {"DATABASE_URL": url})
    assert "There is no database singlewindow" in refused(folder, url)
    with elsewhere.kept() as keeper:
        keeper.execute("create database singlewindow")
    assert f"The database lacks the roles {', '.join(known.roles)};" in refused(folder, url)
    with elsewhere.kept("singlewindow") as keeper:
        recipe(keeper, known)
    with up(folder, url) as platform:
        works(platform)
        shown = replace(known, bind="0.0.0.0", https=True, demo=False)
        with database.connect(shown, "postgres") as guest:
            assert [each.code for each in checks.of_database(shown, guest)] == ["demo-kept"]
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                guest.execute("select from sw.party")
        assert platform.end() == 0


def is_its_keepers_to_back_up(platform: Platform, elsewhere: Elsewhere) -> None:
    """By the server's own means; what is put back is the same record with everything it tells of."""
    done = platform.finish("backup", str(platform.data.parent / "backup"), "--json")
    assert done.returncode == REFUSED
    assert [one["code"] for one in json.loads(done.stdout)["problems"]] == ["backup-elsewhere"]
    elsewhere.put_back("singlewindow", "again")
    platform.surroundings = {"DATABASE_URL": elsewhere.url(name="again")}
    again = platform.run("journal", "verify")
    assert (again["sound"], again["held"] > 0) == (True, True), again


def recipe(keeper: psycopg.Connection[Any], known: configuration.Configuration) -> None:
    """Word for word what docs/operate/database.md asks of whoever keeps the server."""
    keeper.execute((rooms.PACKAGE / "server/roles.sql").read_text("utf-8"))
    for connector in rooms.connectors():
        role = sql.Identifier(configuration.component_role(connector))
        keeper.execute(sql.SQL("create role {} login in role sw_component").format(role))
        keeper.execute(sql.SQL("alter role {} set search_path = sw").format(role))
    for role in known.roles:
        statement = sql.SQL("alter role {} password {}")
        keeper.execute(statement.format(sql.Identifier(role), known.secret(role)))


def refused(folder: Path, url: str) -> str:
    """What ``up`` says where it does not start."""
    place = ["--data", str(folder / "data"), "--port", str(free_port())]
    done = subprocess.run(
        [sys.executable, "-m", "singlewindow.server", "up", *place],
        env=environment() | {"DATABASE_URL": url},
        capture_output=True,
        timeout=COMMAND_S,
        check=False,
    )
    said = done.stderr.decode()
    assert done.returncode == REFUSED, said
    return said


def works(platform: Platform) -> None:
    """One declaration in, accepted by all, in a record that verifies; the platform brings no server."""
    taken = platform.finish("submit", "-", "--json", given=body_of(declaration()))
    assert taken.returncode == 0, taken.stdout
    submission = json.loads(taken.stdout)["submission_id"]
    everybody = set(rooms.connectors())
    platform.wait_for(lambda: accepted(platform, submission) == everybody, "not all accept it", ACCEPTED_S)
    report = platform.run("journal", "verify")
    assert report["sound"], report
    assert report["size"] > len(everybody)
    assert [one for one in platform.run("doctor") if one["fine"] is False] == []  # type: ignore[index]
    assert "postgres" not in platform.roles()
    assert not (platform.data / "postgres").exists()


def accepted(platform: Platform, submission: str) -> set[str]:
    """Who has said that they take their document."""
    documents = platform.run("status", submission)["documents"]
    return {
        one["receiver"] for one in documents for said in one["receipts"]
        if said["stage"] == "business" and said["outcome"] == "accepted"
    }  # fmt: skip

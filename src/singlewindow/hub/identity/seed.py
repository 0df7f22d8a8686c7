"""The parties, people and programs of the demonstration, loaded from ``demo.yaml``; safe to repeat."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg import Connection, Cursor

from singlewindow.hub.identity import passwords, tokens
from singlewindow.hub.journal.append import COPY, copied
from singlewindow.hub.journal.entry import Entry, entry
from singlewindow.kernel.clock import Clock
from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Actor

HERE = Path(__file__).parent
ACTOR = Actor("system", "identity.seed", "演示数据 Demonstration data")
KNOWN = "select password_hash from person where login = any(%s) limit 1"


@cache
def facts() -> dict[str, Any]:
    """What ``demo.yaml`` says: parties, people, mandates, tokens."""
    loaded: dict[str, Any] = parse_yaml((HERE / "demo.yaml").read_text(encoding="utf-8"))
    return loaded


def logins() -> tuple[tuple[str, str], ...]:
    """Who may sign in to the demonstration: login and name."""
    return tuple((person["login"], person["name"]) for person in facts()["people"])


def token_names() -> tuple[str, ...]:
    """What the programs' tokens are called where they are kept, the broker's first."""
    return tuple(token["secret"] for token in facts()["tokens"])


def seed(connection: Connection[Any], clock: Clock, password: str, secrets: Mapping[str, str]) -> None:
    """Add what is missing, as ``sw_engine`` in the caller's transaction.

    Everybody's password becomes ``password``; each program may use the token of its name in ``secrets``
    (``token_names``), which has the form of ``tokens.new_token``. Each change is told to the journal.
    """
    people = facts()["people"]
    programs = [one | {"hash": tokens.digest(secrets[one["secret"]]).hex()} for one in facts()["tokens"]]
    with connection.cursor() as cursor:
        made = [
            ("party", "party.registered", _run(cursor, "parties", facts()["parties"])),
            ("person", "person.registered", _run(cursor, "people", people, _hash(cursor, password))),
            ("person", "person.admitted", _run(cursor, "memberships", people)),
            ("mandate", "mandate.given", _run(cursor, "mandates", facts()["mandates"])),
            ("api_token", "token.issued", _run(cursor, "tokens", programs)),
        ]
        entries = [_entry(clock, kind, verb, row) for kind, verb, rows in made for row in rows]
        if entries:
            with cursor.copy(COPY) as copy:
                copy.write(copied(entries))


def _run(cursor: Cursor[Any], name: str, wanted: Sequence[Any], *first: Any) -> list[tuple[Any, ...]]:
    statement = (HERE / "sql" / f"seed_{name}.sql").read_text(encoding="utf-8")
    cursor.execute(statement, [*first, json.dumps(wanted)])
    return cursor.fetchall()


def _hash(cursor: Cursor[Any], password: str) -> str:
    """The hash already stored if it is of this password, so that repeating changes nothing."""
    cursor.execute(KNOWN, [[login for login, _ in logins()]])
    row = cursor.fetchone()
    return row[0] if row and passwords.matches(row[0], password) else passwords.hashed(password)


def _entry(clock: Clock, kind: str, verb: str, row: tuple[Any, ...]) -> Entry:
    key, party, content = row
    return entry(
        at=clock(),
        actor=ACTOR,
        verb=verb,
        subject_kind=kind,
        subject_id=UUID(bytes=key[:16]) if kind == "api_token" else UUID(int=key),
        submission_id=None,
        content=content,
        viewers=(party,) if party else (),
    )

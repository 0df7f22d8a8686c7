"""By which migrations a database was made, in which wording: only a program that fits it serves it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg

from singlewindow.kernel.messages import Problem, Text
from singlewindow.server.configuration import OWNER, Configuration

Name = tuple[str, str]  # a room's label, a migration's name
KEEP = """create table if not exists sw.migration_text
  (room text, name text, digest bytea not null, primary key (room, name))"""
NOTE = """insert into sw.migration_text (room, name, digest) values (%s, %s, %s)
on conflict (room, name) do update set digest = excluded.digest"""
COMMENT, SPACE = re.compile(r"--[^\n]*"), re.compile(r"\s+")
SHOWN = 5


def shipped() -> dict[Name, bytes]:
    """The migrations of this program, each with the digest of what it does; Django must be set up."""
    from django.db.migrations.loader import MigrationLoader

    found = MigrationLoader(None).disk_migrations
    return {name: digest(migration) for name, migration in found.items()}


def digest(migration: Any) -> bytes:
    """Of its statements; remarks and spacing change nothing."""
    said = [str(getattr(operation, "sql", operation)) for operation in migration.operations]
    plain = SPACE.sub(" ", COMMENT.sub("", "\n".join(said))).strip()
    return hashlib.sha256(plain.encode()).digest()


def applied(configuration: Configuration) -> dict[Name, bytes | None]:
    """The migrations that made this database, with the digests noted then; none of an empty one."""
    with psycopg.connect(configuration.dsn(OWNER), autocommit=True) as connection:
        if _lacks(connection, "django_migrations"):
            return {}
        rows = connection.execute("select app, name from sw.django_migrations").fetchall()
        noted = {} if _lacks(connection, "migration_text") else _noted(connection)
    return {(room, name): noted.get((room, name)) for room, name in rows}


def _lacks(connection: psycopg.Connection, table: str) -> bool:
    return connection.execute("select to_regclass(%s)", [f"sw.{table}"]).fetchone() == (None,)


def _noted(connection: psycopg.Connection) -> dict[Name, bytes]:
    rows = connection.execute("select room, name, digest from sw.migration_text").fetchall()
    return {(room, name): bytes(digest) for room, name, digest in rows}


def unknown(found: Mapping[Name, bytes | None], ours: Mapping[Name, bytes]) -> Iterator[Problem]:
    """What of a database this program did not make, and would only half understand."""
    if newer := found.keys() - ours.keys():
        yield Problem(
            "schema-newer",
            Text(
                f"数据库由更新的版本建立：{_named(newer)}",
                f"a newer version made the database: {_named(newer)}",
            ),
            remedy=Text(
                "请用那个版本启动，或把本版本做的备份恢复到新目录",
                "start it with that version, or restore a backup that this one made into a new folder",
            ),
        )
    if other := {name for name in found.keys() & ours.keys() if found[name] != ours[name]}:
        yield Problem(
            "schema-differs",
            Text(
                f"数据库的结构与本程序不同（1.0 之前会就地修改）：{_named(other)}",
                f"the schema is not this program's (before 1.0 it is changed in place): {_named(other)}",
            ),
            remedy=Text(
                "请用建立它的版本启动，或用 --data 另建数据目录",
                "start it with the version that made it, or begin another folder with --data",
            ),
        )


def _named(names: set[Name]) -> str:
    said = [".".join(name) for name in sorted(names)]
    return ", ".join(said[:SHOWN]) + (f" … ({len(said)})" if said[SHOWN:] else "")


def note(
    configuration: Configuration, found: Mapping[Name, bytes | None], ours: Mapping[Name, bytes]
) -> None:
    """Before migrating: what is about to be applied, so that an interrupted start finds its own again."""
    pending = [(*name, ours[name]) for name in sorted(ours.keys() - found.keys())]
    with psycopg.connect(configuration.dsn(OWNER)) as connection:
        connection.execute(KEEP)
        connection.cursor().executemany(NOTE, pending)

"""Definitions in the data base: published once under their version, never changed afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from psycopg import Connection

from singlewindow.hub.documents.definition import Definition, DefinitionError

_PUBLISH = """
insert into definition (id, version, valid_from, hash, text)
values (%s, %s, %s, %s, %s)
on conflict (id, version) do nothing
"""


def publish(connection: Connection[Any], definitions: Iterable[Definition]) -> None:
    """Add new versions; raises DefinitionError where a published version now reads differently."""
    ordered = list(definitions)
    with connection.cursor() as cursor:
        cursor.executemany(_PUBLISH, [(d.id, d.version, d.valid_from, d.hash, d.text) for d in ordered])
        changed = differing(cursor.execute("select id, version, hash from definition").fetchall(), ordered)
    if changed:
        raise DefinitionError("definitions", [f"{each} was published with another text" for each in changed])


def differing(published: Iterable[tuple[str, str, bytes]], definitions: Iterable[Definition]) -> list[str]:
    """The versions whose published hash is not that of the definition shipped."""
    shipped = {(d.id, d.version): d.hash for d in definitions}
    return [
        f"{id_} {version}"
        for id_, version, found in published
        if (id_, version) in shipped and shipped[id_, version] != bytes(found)
    ]

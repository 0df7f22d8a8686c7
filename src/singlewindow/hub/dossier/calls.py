"""What the call of a ship is known by: some documents give the ship's IMO number, others its name alone.

Taken apart, two lots of one container would be two containers, and the one that is released would take the
other along. So a call bears the key of the first document that names it, and is found by every key that a
document gives it together with one that is known. Ships of one name and one voyage number that have IMO
numbers of their own stay apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct
from psycopg import AsyncCursor

from singlewindow.hub.dossier.facts import Facts
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.columns import texts
from singlewindow.hub.journal.statements import statements_beside

_SQL = statements_beside(__file__, "sql/calls.sql")
_ask = asking(_SQL)
_JSON = msgspec.json.Encoder()


Calls = Mapping[str, str]  # a document's own key → the key that its call bears


def call_of(said: Facts, calls: Calls) -> str:
    """What the call of a document is known by; empty where it names none."""
    return calls.get(said.call, said.call)


class Name(Struct, frozen=True):
    """A key that documents give a call, and the one that it bears here."""

    said: str
    call: str
    by_number: bool  # of the ship


async def known(cursor: AsyncCursor[Any], said: Iterable[Facts]) -> Calls:
    """The key that each document's call bears, by the document's own; under the joining lock."""
    given = list(dict.fromkeys((one.call, one.call_by_name) for one in said if one.call_by_name))
    if not given:
        return {}
    rows = await _ask(cursor, "known", texts(sorted({key for keys in given for key in keys})))
    found, fresh = named(given, [Name(*row) for row in rows])
    if fresh:
        await cursor.execute(_SQL["name"], [_JSON.encode(fresh).decode()])
    return {key: found[key].call for key, _ in given}


def named(given: Iterable[tuple[str, str]], rows: Iterable[Name]) -> tuple[Mapping[str, Name], list[Name]]:
    """What these documents' keys, own and by the ship's name, are known by, and what of it is new; pure."""
    found = {one.said: one for one in rows}
    fresh: list[Name] = []
    for key, by_name in given:
        call = _call(key, by_name, found)
        for said in dict.fromkeys((key, by_name)):
            if said not in found:
                found[said] = Name(said, call, said != by_name)
                fresh.append(found[said])
    return found, fresh


def _call(key: str, by_name: str, found: Mapping[str, Name]) -> str:
    """By its own key, else by the ship's name, unless that call is another ship's."""
    if key in found:
        return found[key].call
    if by_name not in found:
        return key
    call = found[by_name].call
    another = any(one.by_number for one in found.values() if one.call == call)
    return key if another else call

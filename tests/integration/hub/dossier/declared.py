"""Source documents as a door leaves them, without a door: for tests that need thousands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
import zstandard

from singlewindow.kernel.ids import following, uuid7
from singlewindow.server import composition

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
_NUMBERS = following(uuid7(AT))  # what is declared later has the higher id, as with the doors
CALL = {
    "transport_mode": "2",
    "imo_number": "9999993",
    "conveyance_name": "DEMO 08",
    "voyage_number": "2511E",
}


def container(number: str, lot: bool = False, seal: str = "S1") -> dict[str, str]:
    shared = "1" if lot else "0"
    return {
        "container_number": number,
        "seal_number": seal,
        "goods_line_numbers": "1",
        "less_than_container_load": shared,
    }


def declare(
    database: Any,
    declarations: Sequence[dict[str, Any]],
    viewers: Sequence[Sequence[int]] = ((7, 8),),
    kind: str = "goods_declaration",
    partners: Sequence[str] = (),
    at: datetime = AT,
) -> list[UUID]:
    """Store one source document each (and one of each partner's); the ids of the submissions, in order."""
    ids = [next(_NUMBERS) for _ in declarations]
    with psycopg.connect(database.dsn("sw_engine")) as connection, connection.cursor() as cursor:
        documents, versions = [], []
        for number, (submission, values) in enumerate(zip(ids, declarations, strict=True)):
            seen, moment = list(viewers[number % len(viewers)]), at + timedelta(seconds=number)
            source = uuid4()
            documents.append((submission, source, kind, None, values.get("bill_number", ""), moment, seen))
            documents += [(submission, uuid4(), sent(one), one, "", moment, seen) for one in partners]
            content = zstandard.compress(msgspec.json.encode({"values": values, "extension": {}}))
            versions.append((submission, source, content, moment, seen))
        with cursor.copy(
            "copy document (submission_id, id, kind, partner, title, created_at, viewers, definition_version,"
            " version, party, reference, boxes, changed_at) from stdin"
        ) as stream:
            for row in documents:
                stream.write_row((*row, "1", 1, 7, "W", 1, row[5]))
        with cursor.copy(
            "copy document_version (submission_id, document_id, content, created_at, viewers, version,"
            " definition_version, format, digest, original) from stdin"
        ) as stream:
            for version in versions:
                stream.write_row((*version, 1, "1", "json", b"", b""))
    return ids


def sent(partner: str) -> str:
    """The kind of document that a partner is sent of a goods declaration."""
    made = composition.registry().principal.get(partner)
    return made.target.id if made else partner


async def joined(database: Any, *groups: Sequence[UUID]) -> None:
    """Join group after group, each in a transaction of its own."""
    from singlewindow.hub.dossier.joining import join

    for group in groups:
        async with await database.connect("sw_engine") as connection, connection.cursor() as cursor:
            await join(cursor, group)


def seen(database: Any, viewer: int, statement: str) -> list[tuple[Any, ...]]:
    """What a party reads through the portal's role."""
    with psycopg.connect(database.dsn("sw_web")) as connection:
        connection.execute("select set_config('sw.viewers', %s, true)", [f"{{{viewer}}}"])
        return connection.execute(statement).fetchall()

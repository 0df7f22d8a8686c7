"""Drafts: kept by version, so that two windows never overwrite each other unseen."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import zstandard
from django.db import connection
from msgspec import Struct

from singlewindow.hub.documents.decoding import MOST_BYTES
from singlewindow.hub.identity.asking import lookups
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.messages import Viewer

MOST_LISTED = 50
LONGEST_TITLE = 200
Place = tuple[datetime, UUID]
_SQL = statements_beside(__file__, "sql/drafts.sql")
_JSON = msgspec.json.Encoder()
_ZSTD = zstandard.ZstdCompressor(level=1)


class Draft(Struct, frozen=True):
    """A draft as it was last kept. ``submission_id`` is what it became, ``mends`` what it was returned as."""

    id: UUID
    kind: str
    definition_version: str
    version: int
    values: dict[str, Any]
    digest: bytes
    updated_at: datetime
    submission_id: UUID | None = None
    mends: UUID | None = None


class Sheet(Struct, frozen=True):
    """What is to be kept: values as they were typed, right or wrong, and what lists call it.

    ``mends`` is the submission whose return it answers; it counts when a draft is begun.
    """

    kind: str
    definition_version: str
    values: dict[str, Any]
    title: str
    entries: int
    mends: UUID | None = None

    @property
    def content(self) -> bytes:
        """The same values are the same bytes."""
        return _JSON.encode(self.values)

    @property
    def digest(self) -> bytes:
        """SHA-256 of the content."""
        return hashlib.sha256(self.content).digest()


class Listed(Struct, frozen=True):
    """One line of the list of drafts."""

    id: UUID
    kind: str
    title: str
    entries: int
    version: int
    person_name: str
    updated_at: datetime


class Stale(Exception):
    """Somebody has kept a newer version, or handed it in; carries what is there now, if it may be seen."""

    def __init__(self, now: Draft | None) -> None:
        super().__init__("a newer version was kept")
        self.now = now


def called(reference: Any) -> str:
    """What lists call a draft: what can be seen of what was typed as its reference."""
    return "".join(one for one in reference if one.isprintable()) if isinstance(reference, str) else ""


def read(draft_id: UUID) -> Draft | None:
    """A draft that the viewer may see."""
    return _one("read", draft_id)


def locked(draft_id: UUID) -> Draft | None:
    """The same, kept from others until the request ends."""
    return _one("lock", draft_id)


def keep(draft_id: UUID, version: int, sheet: Sheet, viewer: Viewer, at: datetime) -> int:
    """Keep what was typed over ``version`` (0: a new draft); the new version. Raises Stale."""
    values: dict[str, Any] = {
        "id": draft_id,
        "version": version,
        "kind": sheet.kind,
        "definition_version": sheet.definition_version,
        "title": sheet.title[:LONGEST_TITLE],
        "entries": sheet.entries,
        "content": _ZSTD.compress(sheet.content),
        "digest": sheet.digest,
        "party": viewer.party,
        "person": viewer.person,
        "person_name": viewer.name,
        "at": at,
        "mends": sheet.mends,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL["keep" if version else "begin"], values)
        row = cursor.fetchone()
    if row is None:
        raise Stale(read(draft_id))
    return int(row[0])


def close(draft_id: UUID, submission: UUID) -> UUID | None:
    """It was handed in and became a submission; the one whose return it answers."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["close"], {"id": draft_id, "submission": submission})
        row = cursor.fetchone()
    return row[0] if row else None


def mended(submission: UUID) -> UUID | None:
    """What a returned submission was handed in again as, by the viewer's own party."""
    return _id("mended", submission)


def mending(submission: UUID) -> UUID | None:
    """The draft that is to answer a submission's return, where one was begun."""
    return _id("mending", submission)


def discard(draft_id: UUID) -> bool:
    """Throw a draft away; False if there is none that was not handed in."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["discard"], {"id": draft_id})
        return bool(cursor.rowcount)


def listed(kind: str, viewer: Viewer, most: int = MOST_LISTED, place: Place | None = None) -> list[Listed]:
    """The newest drafts of the viewer's parties, those behind a place in the list."""
    before, after = place or (None, None)
    values: dict[str, Any] = {"kind": kind, "parties": list(viewer.parties), "most": most}
    values |= {"before": before, "after": after}
    with connection.cursor() as cursor:
        cursor.execute(_SQL["open"], values)
        return [Listed(*row) for row in cursor.fetchall()]


def _id(query: str, submission: UUID) -> UUID | None:
    with lookups() as cursor:
        row = cursor.execute(_SQL[query], {"id": submission}).fetchone()
    return row[0] if row else None


def _one(query: str, draft_id: UUID) -> Draft | None:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[query], {"id": draft_id})
        row = cursor.fetchone()
    if row is None:
        return None
    id_, kind, definition_version, version, content, digest, updated_at, submission, mends = row
    plain = zstandard.decompress(bytes(content), max_output_size=MOST_BYTES)
    return Draft(
        id_,
        kind,
        definition_version,
        version,
        msgspec.json.decode(plain),
        bytes(digest),
        updated_at,
        submission,
        mends,
    )

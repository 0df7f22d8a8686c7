"""The one way to what a stored document says: pages, programs, exports and copies all read it here.

Whoever is entitled to a declaration sees every field of it; a receiver sees its own document, which is
made of the fields it may have. Restrictions of fields belong here, so that no reader can forget them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import zstandard
from django.db import connection

from singlewindow.hub.documents.decoding import MOST_BYTES
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.messages import Document, Viewer

_SQL = statements_beside(__file__, "sql/visible.sql")
_MOST_KEPT = 2 * MOST_BYTES  # canonical values may take more room than what was sent


class Seen(msgspec.Struct, frozen=True):
    """A document as one viewer sees it. ``digest`` is the SHA-256 of the bytes as they came, in hex.

    ``values`` are canonical, with what the platform filled in; ``extension`` holds, by path, what the
    sender's format carried and no definition names.
    """

    submission_id: UUID
    document_id: UUID
    kind: str
    definition_version: str
    version: int
    format: str
    digest: str
    created_at: datetime
    values: dict[str, Any]
    extension: dict[str, Any]

    @property
    def document(self) -> Document:
        """The same without where it came from."""
        return Document(self.kind, self.definition_version, self.values, self.extension)


class _Kept(msgspec.Struct):
    values: dict[str, Any]
    extension: dict[str, Any] = {}


_KEPT = msgspec.json.Decoder(_Kept)
_FILLED = msgspec.json.Decoder(dict[str, str])


def visible(document: UUID, viewer: Viewer) -> Seen | None:
    """The newest version of the declaration of a submission, as far as this viewer may see it.

    ``document`` is the submission's id. None where there is nothing to see: no right and no document are
    the same. To be called inside the viewer's own request, whose connection reads for no one else.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SQL["declared"], {"document": document, "parties": list(viewer.parties)})
        row = cursor.fetchone()
    if row is None:
        return None
    submission, id_, kind, definition, version, format_, digest, created_at, content, filled = row
    kept = _KEPT.decode(zstandard.decompress(bytes(content), max_output_size=_MOST_KEPT))
    values = kept.values | (_FILLED.decode(filled) if filled else {})
    named = submission, id_, kind, definition, version, format_
    return Seen(*named, bytes(digest).hex(), created_at, values, kept.extension)


def visible_of(kind: str, document: UUID, viewer: Viewer) -> Seen | None:
    """The same of one kind of documents: of another kind it is as if it were not there."""
    seen = visible(document, viewer)
    return seen if seen is not None and seen.kind == kind else None

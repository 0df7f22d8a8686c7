"""A draft that was handed in is closed, and what it was to mend is answered."""

from __future__ import annotations

from uuid import UUID

from singlewindow.hub.documents import desk, drafts
from singlewindow.kernel.messages import Actor


def handed_in(draft_id: UUID, submission: UUID, actor: Actor) -> None:
    """In the request's transaction; the write path has committed, and answers the same when asked again."""
    if mends := drafts.close(draft_id, submission):
        desk.current().mended(mends, submission, actor)

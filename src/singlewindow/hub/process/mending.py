"""What a partner sent back is answered once it is handed in again: the duty is done, the journal says so."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from singlewindow.hub.identity.telling import tell
from singlewindow.hub.journal.entry import Entry, entry
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.process.queries import MENDS, MOST_OF_ONE, Duty, duty_of
from singlewindow.kernel.messages import Actor
from singlewindow.kernel.queries import Cursor

_SQL = statements_beside(__file__, "sql/mending.sql")


def asked(cursor: Cursor, submission: UUID) -> list[Duty]:
    """What partners ask to be mended in a submission, most pressing first."""
    cursor.execute(_SQL["asked"], {"submission": submission, "most": MOST_OF_ONE})
    return [duty_of(row) for row in cursor.fetchall()]


def answered(cursor: Cursor, submission: UUID, again: UUID, actor: Actor, at: datetime) -> int:
    """A submission that was sent back was handed in ``again``: how many duties that closes."""
    cursor.execute(_SQL["answer"], {"submission": submission, "at": at})
    rows = cursor.fetchall()
    tell(cursor, [_closed(submission, again, actor, at, *row) for row in rows])
    return len(rows)


def _closed(
    submission: UUID,
    again: UUID,
    actor: Actor,
    at: datetime,
    document: UUID,
    partner: str,
    viewers: list[int],
) -> Entry:
    return entry(
        at=at,
        actor=actor,
        verb="duty.closed",
        subject_kind="document",
        subject_id=document,
        submission_id=submission,
        content={"duty": MENDS, "partner": partner, "again": str(again)},
        viewers=viewers,
    )

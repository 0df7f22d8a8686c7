"""What is done with the message box: one notice is marked as read, or all up to a place.

People mark for themselves. The programs of a party share one mark, kept under nobody's number: a token
that replaces another goes on where that one stood.
"""

from __future__ import annotations

from datetime import datetime

from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.notice.queries import Place
from singlewindow.kernel.messages import Viewer
from singlewindow.kernel.queries import Cursor

_SQL = statements_beside(__file__, "sql/marking.sql")


def mark_read(viewer: Viewer, cursor: Cursor, place: Place, at: datetime) -> None:
    """One notice; marking again changes nothing, and one that is not the viewer's does not exist."""
    if place.party not in viewer.parties:
        return
    cursor.execute(_SQL["one"], _given(viewer, place, at))
    cursor.execute(_SQL["through"], _given(viewer, place, at))


def mark_all_read(viewer: Viewer, cursor: Cursor, up_to: int, at: datetime) -> None:
    """Everything up to a position that was shown; what came since stays unread."""
    for party in viewer.parties:
        cursor.execute(_SQL["all"], _given(viewer, Place(up_to, party), at))


def _given(viewer: Viewer, place: Place, at: datetime) -> dict[str, object]:
    return {"person": viewer.person, "party": place.party, "position": place.position, "at": at}

"""What ``singlewindow status`` prints of a document that is not with its receiver yet."""

from __future__ import annotations

from datetime import UTC, datetime

from singlewindow.hub.exchange.queries import _waiting
from singlewindow.server.commands import status

AT = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)


def test_why_it_waits_is_said_as_the_api_says_it() -> None:
    waiting = _waiting(2, 0, AT, None, AT)
    document = {"waiting": waiting, "receiver": "customs", "document": "d", "state": "submitted", "code": ""}
    line = status._line(document)
    assert "queued (2)" in line
    assert "11-21 09:30" in line
    assert "has been paused since" in line

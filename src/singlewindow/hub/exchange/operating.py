"""What those who mind the lanes decide about one: that it rests, that it goes on, that its next try is now.

The data base lets each reach the lanes its people mind. While a lane rests nothing is claimed from it
(``sql/ledger.sql``); what the partner has for us is fetched all the same, as an order to hold may be in it.
That a partner is spoken with no more, either way, is decided by the operator on the machine alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from singlewindow.hub.exchange.lanes import MINDING, subject_of
from singlewindow.hub.identity.telling import tell
from singlewindow.hub.journal.entry import Entry, entry
from singlewindow.kernel.messages import Actor
from singlewindow.kernel.queries import Cursor

FETCH = "/fetch"  # behind a partner's id: look now for what it has for us
MOST_NEARER = 10_000  # of the oldest that wait, whose next try one word brings nearer


def pause(actor: Actor, cursor: Cursor, *, partner: str, reason: str, at: datetime) -> bool:
    """Let a lane rest; False if it rests already, never ran, or is not the actor's to mind.

    What its component had taken up before is sent to its end. The reason is one that ``unfit`` finds
    nothing wrong with.
    """
    why = reason.strip()
    return _done(actor, cursor, "pause", [partner, why, actor.name, at], partner=partner, at=at, reason=why)


def resume(actor: Actor, cursor: Cursor, *, partner: str, reason: str, at: datetime) -> bool:
    """Let a lane go on where it stopped, whoever paused it; False if it does not rest."""
    return _done(actor, cursor, "resume", [partner], partner=partner, at=at, reason=reason.strip())


def disconnect(actor: Actor, cursor: Cursor, *, partner: str, reason: str, at: datetime) -> bool:
    """Speak with a partner no more; False if that is so already, or its lane never ran.

    Its lane rests for good, and that nothing is heard of it is told as this decision and as no fault. Who
    runs the machine says so, and takes away the file that says how the partner is reached.
    """
    why = reason.strip()
    given = [partner, why, actor.name, at]
    return _done(actor, cursor, "disconnect", given, partner=partner, at=at, reason=why)


def connect(actor: Actor, cursor: Cursor, *, partner: str, reason: str, at: datetime) -> bool:
    """Speak with it again: what waits goes out in its order; False if it is not disconnected."""
    return _done(actor, cursor, "connect", [partner], partner=partner, at=at, reason=reason.strip())


def probe(actor: Actor, cursor: Cursor, *, partner: str, at: datetime) -> bool:
    """Try a partner at once that does not answer, or whose answers are not fetched; False if neither is so.

    While its lane rests nothing is sent; answers are looked for all the same.
    """
    done = _done(actor, cursor, "probe", [partner, at, MOST_NEARER], partner=partner, at=at)
    if done:
        cursor.execute(MINDING["wake"], [[partner + FETCH]])
    return done


_VERBS = {
    "pause": "lane.paused",
    "resume": "lane.resumed",
    "probe": "lane.probed",
    "disconnect": "lane.disconnected",
    "connect": "lane.connected",
}


def _done(
    actor: Actor,
    cursor: Cursor,
    what: str,
    given: Sequence[Any],
    *,
    partner: str,
    at: datetime,
    reason: str = "",
) -> bool:
    cursor.execute(MINDING[what], given)
    rows = cursor.fetchall()
    tell(cursor, [_entry(actor, _VERBS[what], partner, viewers, reason, at) for (viewers,) in rows])
    if rows:
        cursor.execute(MINDING["wake"], [[partner]])
    return bool(rows)


def _entry(actor: Actor, verb: str, partner: str, viewers: Sequence[int], reason: str, at: datetime) -> Entry:
    """For the operator and the partner's own people, whoever of them did it."""
    return entry(
        at=at,
        actor=actor,
        verb=verb,
        subject_kind="lane",
        subject_id=subject_of(partner),
        submission_id=None,
        content={"partner": partner, "agencies": [partner]} | ({"reason": reason} if reason else {}),
        viewers=sorted({*viewers, *([actor.party] if actor.party else [])}),
    )

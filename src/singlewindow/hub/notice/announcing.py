"""What the operator does with announcements: publish one, withdraw one. Nothing is edited.

What was said stays as it was said; whoever has to correct it withdraws it, for a reason, and publishes anew.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from singlewindow.hub.identity.declined import Declined
from singlewindow.hub.identity.telling import tell
from singlewindow.hub.journal.entry import Entry, entry
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.notice import announced, drafting
from singlewindow.hub.notice.announcements import Announcement
from singlewindow.hub.notice.drafting import Typed
from singlewindow.kernel.messages import Actor, Problem, Text
from singlewindow.kernel.queries import Cursor

PUBLISH = "announcements.publish"
FULL = Problem(
    "announcement.full",
    Text(
        f"有效和待发布的公告已有 {announced.MOST_STANDING} 条",
        f"{announced.MOST_STANDING} announcements are in force or ahead already",
    ),
    remedy=Text("请先撤回不再需要的", "withdraw first what is needed no more"),
)
_SQL = statements_beside(__file__, "sql/announcing.sql")


def publish(actor: Actor, cursor: Cursor, *, typed: Typed, id_: UUID, at: datetime) -> Announcement:
    """Announce to everybody what was typed; raises Declined with everything that is wrong about it."""
    problems = list(drafting.unfit(typed, at))
    if not announced.room(cursor, at):
        problems.append(FULL)
    if problems:
        raise Declined(*problems)
    one = drafting.made(typed, id_, at)
    cursor.execute(_SQL["publish"], _columns(one) | {"party": actor.party, "by": actor.name, "at": at})
    tell(cursor, [_entry(actor, cursor, "announcement.published", one.id, _told(one), at)])
    return one


def withdraw(actor: Actor, cursor: Cursor, *, id_: UUID, reason: str, at: datetime) -> bool:
    """Take one back, shown no more from now on; False if that was done before, or there is none.

    The reason is one that ``drafting.without_reason`` finds nothing wrong with.
    """
    why = reason.strip()
    cursor.execute(_SQL["withdraw"], {"id": id_, "by": actor.name, "reason": why, "at": at})
    titles = cursor.fetchall()
    content = [{"title": {"zh": zh, "en": en}, "reason": why} for zh, en in titles]
    tell(cursor, [_entry(actor, cursor, "announcement.withdrawn", id_, one, at) for one in content])
    return bool(titles)


def _columns(one: Announcement) -> dict[str, Any]:
    said = {"title": one.title, "text": one.text}
    languages = {f"{name}_{tag}": text.of(tag) for name, text in said.items() for tag in ("zh", "en")}
    times = (one.shown_from, one.shown_until, one.stops_at, one.resumes_at)
    names = ("shown_from", "shown_until", "stops_at", "resumes_at")
    return {"id": one.id, "kind": one.kind} | languages | dict(zip(names, times, strict=True))


def _told(one: Announcement) -> dict[str, Any]:
    """All that was announced: whoever doubts what stood there reads it in the journal."""
    said: dict[str, Any] = {"kind": one.kind}
    for name, text in (("title", one.title), ("text", one.text)):
        said[name] = {"zh": text.zh, "en": text.en}
    times = {name: value for name, value in _columns(one).items() if isinstance(value, datetime)}
    return said | times


def _entry(
    actor: Actor, cursor: Cursor, verb: str, id_: UUID, content: dict[str, Any], at: datetime
) -> Entry:
    """For the operator's people: everybody else reads the announcement itself."""
    cursor.execute(_SQL["operators"])
    return entry(
        at=at,
        actor=actor,
        verb=verb,
        subject_kind="announcement",
        subject_id=id_,
        submission_id=None,
        content=content,
        viewers=[row[0] for row in cursor.fetchall()],
    )

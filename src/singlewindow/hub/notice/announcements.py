"""What the operator announces to everybody (公告): kinds, what is in force, which comes first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

from msgspec import Struct

from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Text

SOURCE = Path(__file__).with_name("announcements.yaml")
NEAR = timedelta(days=3)  # before it begins, a stop of service comes first
AHEAD, IN_FORCE, PAST, WITHDRAWN = "ahead", "in_force", "past", "withdrawn"


class Kind(Struct, frozen=True):
    """What an announcement is about. ``stops``: it says when something stands still."""

    id: str
    name: Text
    stops: bool


class Announcement(Struct, frozen=True):
    """Plain text in both languages, shown from a moment until another, or until it is withdrawn.

    A stop of service lasts from ``stops_at`` to ``resumes_at``; others have neither. Who published and who
    withdrew it are the operator's people: pages name them to the operator alone.
    """

    id: UUID
    kind: str
    title: Text
    text: Text
    shown_from: datetime
    shown_until: datetime | None = None
    stops_at: datetime | None = None
    resumes_at: datetime | None = None
    published_by: str = ""
    published_at: datetime | None = None
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None
    withdrawn_for: str | None = None

    def state(self, at: datetime) -> str:
        """``ahead``, ``in_force``, ``past`` or ``withdrawn`` at a moment; its last moment is past."""
        if self.withdrawn_at is not None:
            return WITHDRAWN
        if at < self.shown_from:
            return AHEAD
        return PAST if self.shown_until is not None and self.shown_until <= at else IN_FORCE

    def pressing(self, at: datetime) -> bool:
        """Whether it is in force and tells of a stop of service that lasts, or is near."""
        if self.stops_at is None or self.resumes_at is None or self.state(at) != IN_FORCE:
            return False
        return self.stops_at - NEAR <= at < self.resumes_at


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind, by id."""
    read = parse_yaml(SOURCE.read_text("utf-8"))
    return {id_: Kind(id_, Text(said["zh"], said["en"]), "stops" in said) for id_, said in read.items()}


def ordered(several: Iterable[Announcement], at: datetime) -> list[Announcement]:
    """Stops of service that press, the first to begin first; then all others, the newest first."""
    newest = sorted(several, key=lambda one: (one.shown_from, one.id), reverse=True)
    stops = [one for one in newest if one.pressing(at)]
    return [*sorted(stops, key=_begins), *(one for one in newest if not one.pressing(at))]


def _begins(one: Announcement) -> datetime:
    return one.stops_at or one.shown_from

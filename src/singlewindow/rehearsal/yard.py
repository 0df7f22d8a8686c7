"""A terminal's yard, rehearsed: what notices told of orders, releases and passes, and its gate by that."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Protocol

from msgspec import Meta, Struct

from singlewindow.rehearsal.ledger import wall_ms

OPEN = ("opened", "changed", "appointed", "called_off")  # of the last: its appointment, not the order

# Of a container: number, call, sequence, may leave, until (ms), release, seal, why, since.
Word = tuple[str, str, int, bool, int, str, str, str, str]
_TABLES = """
create table if not exists ordered (
  number text primary key, sequence integer not null, state text not null, subject text not null,
  appointed_at text not null, place text not null);
create table if not exists release (
  number text primary key, sequence integer not null, state text not null, bill text not null,
  valid_until text not null);
create table if not exists box (
  number text not null, call text not null, sequence integer not null, may_leave integer not null,
  until_ms integer not null, release text not null, seal text not null, why text not null,
  since text not null, primary key (number, call));
create table if not exists departed (
  number text not null, call text not null, sequence integer not null, since text not null,
  back text not null, primary key (number, call));
"""
_KEEP_ORDER = """insert into ordered values (?, ?, ?, ?, ?, ?) on conflict (number) do update
 set sequence = excluded.sequence, state = excluded.state, appointed_at = excluded.appointed_at,
     place = excluded.place where excluded.sequence > sequence"""
_KEEP_RELEASE = """insert into release values (?, ?, ?, ?, ?) on conflict (number) do update
 set sequence = excluded.sequence, state = excluded.state where excluded.sequence > sequence"""
_KEEP_BOX = """insert into box values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (number, call) do update
 set sequence = excluded.sequence, may_leave = excluded.may_leave, until_ms = excluded.until_ms,
     why = excluded.why, since = excluded.since, release = coalesce(nullif(excluded.release, ''), release),
     seal = coalesce(nullif(excluded.seal, ''), seal) where excluded.sequence > sequence"""
_KEEP_DEPARTED = """insert into departed values (?, ?, ?, ?, '') on conflict (number, call) do update
 set sequence = excluded.sequence, since = excluded.since, back = '' where excluded.sequence > sequence"""
_BRING_BACK = """update departed set back = ? where back = '' and exists (
  select 1 from box b join release r on r.number = b.release
   where (b.number, b.call) = (departed.number, departed.call) and b.sequence > departed.sequence
     and not b.may_leave and r.state = 'revoked' and r.bill like '%' || ?)"""
_BACK = """select d.number, b.seal, r.bill
  from departed d join box b using (number, call) join release r on r.number = b.release
 where d.back = ? order by d.number"""
_BOXES = """select b.call, b.may_leave, b.until_ms, b.why, b.since, g.since
  from box b left join departed g on (g.number, g.call, g.back) = (b.number, b.call, '')
 where b.number = ? and ? in ('', b.call)"""

Digits = Annotated[str, Meta(pattern="^[0-9]{1,18}$")]
Moment = Annotated[datetime, Meta(tz=True)]
_MILLISECOND = timedelta(milliseconds=1)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # an end that nobody told: nothing leaves by it


class Leave(Struct, rename="camel"):
    """A container of a release; it may leave once all in it is released, and until the first of that ends."""

    container_number: str
    call: str = ""
    seal: str = ""
    may_leave: str = "0"
    reason: str = ""
    valid_until: Moment = NEVER


class Order(Struct, rename="camel"):
    """An inspection order as a notice tells of it."""

    order_number: str
    state: str
    subject: str
    sequence: Digits
    subject_kind: str = ""
    bill_number: str = ""
    appointed_at: str = ""
    place: str = ""


class Release(Struct, rename="camel"):
    """A composite release as a notice tells of it."""

    release_number: str
    state: str
    sequence: Digits
    bill_number: str = ""
    valid_until: str = ""
    containers: list[Leave] = []


class Named(Struct, rename="camel"):
    """An agency's instruction, by its own number."""

    agency: str
    number: str
    version: str
    order: str


class Pass(Struct, rename="camel"):
    """What became of a container's gate pass, as a notice tells of it."""

    container_number: str
    state: str
    sequence: Digits
    since: str
    call: str = ""
    reason: str = ""
    seal: str = ""
    valid_until: Moment = NEVER
    instructions: list[Named] = []


class Told(Protocol):
    """What a notice tells; the terminal's own reading of it has more."""

    @property
    def orders(self) -> Sequence[Order]:
        """Inspection orders."""

    @property
    def releases(self) -> Sequence[Release]:
        """Composite releases."""

    @property
    def passes(self) -> Sequence[Pass]:
        """Gate passes."""


class Yard:
    """What the terminal was told of orders and releases: its own gate and yard go by it.

    Of one thing the higher sequence counts, so a notice told again, or late, changes nothing. A container of
    one call may leave by the last word on it, and until that ends: a release that frees it, the revocation of
    any that named it, its pass suspended or given again. What has left does not leave twice, unless it was
    called back and came in: then the words that come after count.
    """

    def __init__(self, path: Path, clock_ms: Callable[[], int] = wall_ms) -> None:
        self._clock_ms = clock_ms
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        self._db.executescript(_TABLES)

    def take(self, body: Told) -> None:
        """Keep what a notice tells, in one commit."""
        orders = [
            (one.order_number, int(one.sequence), one.state, one.subject, one.appointed_at, one.place)
            for one in body.orders
        ]
        releases = [
            (one.release_number, int(one.sequence), one.state, one.bill_number, one.valid_until)
            for one in body.releases
        ]
        boxes = [*_of_releases(body.releases), *map(_of_pass, body.passes)]
        with self._db:
            self._db.execute("begin immediate")
            self._db.executemany(_KEEP_ORDER, orders)
            self._db.executemany(_KEEP_RELEASE, releases)
            self._db.executemany(_KEEP_BOX, boxes)
            self._db.executemany(_KEEP_DEPARTED, _used(body.passes))

    def bring_back(self, bills: str, notice: str) -> list[tuple[str, str, str]]:
        """What comes in again by a notice: containers that are out and called back, of bills that end so.

        Number, seal and bill of each; the same where it is asked again. Notices of releases and of passes
        overtake each other, so it does not matter which of them says the last of it.
        """
        with self._db:
            self._db.execute("begin immediate")
            self._db.execute(_BRING_BACK, (notice, bills))
        return self._db.execute(_BACK, (notice,)).fetchall()

    def may_leave(self, container: str, call: str = "") -> bool:
        """What the terminal's own gate knows of a container; nothing told is no."""
        return self.gate(container, call)["mayLeave"] is True

    def gate(self, container: str, call: str = "") -> dict[str, Any]:
        """What the gate says to a truck with this container, and where it refuses, why and since when.

        The same number comes back with other calls: without the call nothing leaves while several are here.
        """
        why, since = self._barred(self._db.execute(_BOXES, (container, call)).fetchall())
        return {"container": container, "mayLeave": not why, "why": why, "since": since}

    def _barred(self, found: list[tuple[Any, ...]]) -> tuple[str, str]:
        """Why and since when a container may not leave, by its rows; empty where it may."""
        here = [row for row in found if row[-1] is None]
        if not here:
            return ("used", found[-1][-1]) if found else ("unknown", "")
        if len(here) > 1:
            return "which call", ""
        ((_, may, until_ms, why, since, _),) = here
        if may and until_ms <= self._clock_ms():
            return "expired", datetime.fromtimestamp(until_ms / 1000, UTC).isoformat()
        return ("", since) if may else (why, since)

    def to_inspect(self) -> list[str]:
        """What is to be brought to the inspection yard."""
        found = self._db.execute("select subject, state from ordered order by subject")
        return [subject for subject, state in found if state in OPEN]

    def close(self) -> None:
        """Close the file; everything answered for is already in it."""
        self._db.close()


def _of_releases(releases: Sequence[Release]) -> Iterator[Word]:
    for one in releases:
        refused = "revoked" if one.state == "revoked" else "waiting"
        for box in one.containers:
            may = box.may_leave == "1"
            which = box.container_number, box.call, int(one.sequence)
            why = "" if may else box.reason or refused
            yield *which, may, _ms(box.valid_until), one.release_number, box.seal, why, ""


def _of_pass(one: Pass) -> Word:
    """Suspended and used are refused, and so is a state that nobody agreed on."""
    may = one.state == "given"
    by = [f"{said.agency} {said.number} v{said.version}" for said in one.instructions]
    why = "" if may else " · ".join([one.reason or one.state, *by])
    until = _ms(one.valid_until)
    return one.container_number, one.call, int(one.sequence), may, until, "", one.seal, why, one.since


def _used(passes: Sequence[Pass]) -> list[tuple[str, str, int, str]]:
    used = [one for one in passes if one.state == "used"]
    return [(one.container_number, one.call, int(one.sequence), one.since) for one in used]


def _ms(at: datetime) -> int:
    """Whole milliseconds since 1970, none more: at its last instant nothing leaves any more."""
    return (at - NEVER) // _MILLISECOND

"""Walking through a list: in order, behind a place, until a page is full, and no further than a bound.

Row-level security decides what there is. What fits is asked of everything the viewer may see, not of a
window: where the bound is reached first, ``Found`` says how far was looked, and the walk goes on from there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.documents.stretches import EARLIEST, NEVER, midnight, stretch
from singlewindow.hub.identity.asking import Row, asking, patterns
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.portal import standing
from singlewindow.hub.portal.queries import HORIZON, Received

PAGE = 30
# Declarations looked at, one step after the other, until a page is full; and how many are counted by state.
# Of a partner's, what bars goods is asked dossier by dossier, and whether it takes part: five times as much.
STEPS, STEPS_OF_SENT = (500, 2_000, 7_500), (500, 2_000)
LOOK_S = 1.0  # and the last step again for so long: an old number's middle is found in few requests
COUNTED, COUNTED_OF_SENT = 5_000, 1_000
CHANGES, CHANGES_OF_SENT = 5_000, 2_000  # of which those that changed last come first
NEWEST, OLDEST, DUE, CHANGED = "newest", "oldest", "due", "changed"
_ask = asking(statements_beside(__file__, "walking.sql"))


class Place(Struct, frozen=True):
    """A place in a list: the time that it is sorted by, and the id of the declaration that stands there."""

    at: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.id}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """The place in a page's address; anything unreadable means the beginning."""
        at, _, last = text.partition("~")
        try:
            moment = datetime.fromisoformat(at)
            return cls(moment, UUID(last)) if moment.tzinfo and EARLIEST <= moment <= NEVER else None
        except ValueError:
            return None


class Asked(Struct, frozen=True):
    """Which declarations, in which order, from where on; ``of`` a partner: of what it was sent."""

    states: tuple[str, ...] = ()
    words: str = ""
    since: date | None = None
    until: date | None = None
    sort: str = NEWEST
    place: Place | None = None
    of: Received | None = None

    @property
    def plain(self) -> bool:
        """Whether everything fits."""
        return not self.states and not self.words.split()


class Found(Struct, frozen=True):
    """A page of a list, and the place to go on from; ``cut``: not full, and not looked through to the end.

    ``stands``: the time by which each is sorted; ``looked``: at how many at most.
    """

    ids: tuple[UUID, ...]
    stands: tuple[datetime, ...]
    following: Place | None = None
    cut: bool = False
    looked: int = 0


class Counted(Struct, frozen=True):
    """How many stand how (``standing.py``), of ``looked`` at; ``cut``: there may be earlier ones."""

    numbers: dict[int, int]
    looked: int
    until: datetime | None
    cut: bool


def walk(asked: Asked, clock: Callable[[], float] = time.monotonic) -> Found:
    """One page of a list. ``clock`` counts seconds."""
    found: list[Row] = []
    place, looked = asked.place, 0
    for look in _in_time(_steps(asked), clock):
        rows = _look(asked, place, look, PAGE + 1 - len(found))
        looked += look
        found += [row for row in rows if row["fits"]]
        if len(found) > PAGE:
            return _found(found[:PAGE], _place(found[PAGE - 1]), looked=looked)
        if not rows or rows[-1]["n"] < look or asked.sort == CHANGED:
            return _found(found, looked=looked)
        place = _place(rows[-1])
    return _found(found, place, cut=True, looked=looked)


def counted(asked: Asked) -> Counted:
    """The newest that the words and days fit, by how they stand."""
    parts = (*_judged(asked), "counted")
    source, look = ("sent", COUNTED_OF_SENT) if asked.of else ("declared", COUNTED)
    rows = _ask(source, *parts, **_given(asked, None, False), look=look)
    numbers = {row["standing"]: row["number"] for row in rows if row["number"]}
    return Counted(numbers, rows[0]["looked"], rows[0]["until"], rows[0]["looked"] >= look)


def deep(asked: Asked, found: Found) -> bool:
    """Whether more was looked at than is worth looking at again whenever something changes."""
    return found.looked > sum(_steps(asked))


def among(asked: Asked) -> int:
    """Of how many of the newest those come first that changed last."""
    return CHANGES_OF_SENT if asked.of else CHANGES


def left_out(asked: Asked) -> bool:
    """Whether the order by the last change is not of everything: the days chosen have more than ``among``."""
    if asked.sort != CHANGED:
        return False
    most = among(asked)
    [row] = _ask(_source(asked)[0], "reached", **_given(asked, None, False) | {"among": most + 1})
    return bool(row["reached"] > most)


def _steps(asked: Asked) -> tuple[int, ...]:
    if asked.plain:
        return (PAGE + 1,)
    if asked.sort == CHANGED:
        return (among(asked),)
    return STEPS_OF_SENT if asked.of else STEPS


def _in_time(steps: tuple[int, ...], clock: Callable[[], float]) -> Iterator[int]:
    until = clock() + LOOK_S
    yield from steps
    while clock() < until:
        yield steps[-1]


def _look(asked: Asked, place: Place | None, look: int, wanted: int) -> list[Row]:
    parts = ("plain_page",) if asked.plain else (*_judged(asked), "page")
    given = _given(asked, place, asked.sort in (OLDEST, DUE))
    fitting = [] if asked.plain else standing.numbers(asked.states)
    return _ask(*_source(asked), *parts, **given, look=look, wanted=wanted, standings=fitting)


def _source(asked: Asked) -> tuple[str, ...]:
    if asked.sort == CHANGED:
        return ("newest_sent" if asked.of else "newest_declared", "changed")
    return ("sent" if asked.of else "due" if asked.sort == DUE else "declared",)


def _judged(asked: Asked) -> tuple[str, ...]:
    fitting = ("firms_of_sent" if asked.of else "firms", "worded") if asked.words.split() else ("every",)
    return (*fitting, "barred_of_sent" if asked.of else "barred", "judged")


def _given(asked: Asked, place: Place | None, forwards: bool) -> dict[str, Any]:
    """The values of a walk."""
    until = midnight(asked.until, 1) or NEVER
    since = midnight(asked.since) or _horizon(asked, until)
    behind = (place.at, place.id) if place else None
    if asked.sort == CHANGED:  # the place is one in time of change, not of declaration
        given = stretch(since, until, None, oldest=False)
        given |= {"end": given["at"], "last": given["place"], "among": among(asked)}
        given |= {"at": behind[0], "place": behind[1]} if behind else {}
    else:
        given = stretch(since, until, behind, oldest=forwards)
    given |= {"never": NEVER, "patterns": patterns(asked.words), "bars": list(standing.BARS)}
    return given | ({"partner": asked.of.partner} if asked.of else {})


def ends(asked: Asked) -> datetime | None:
    """How far back a list goes by itself; None where somebody chose, or it goes to the beginning."""
    horizon = _horizon(asked, midnight(asked.until, 1) or NEVER)
    return None if asked.since or horizon == EARLIEST else horizon


def _horizon(asked: Asked, until: datetime) -> datetime:
    """How far back a list goes where nobody says: firms' to the beginning, partners' a month."""
    if not asked.of:
        return EARLIEST
    return max(EARLIEST, asked.of.since if until == NEVER else until - HORIZON)


def _place(row: Row) -> Place:
    return Place(row["stands"], row["submission_id"])


def _found(rows: list[Row], following: Place | None = None, cut: bool = False, looked: int = 0) -> Found:
    ids, stands = (tuple(row[name] for row in rows) for name in ("submission_id", "stands"))
    return Found(ids, stands, following, cut, looked)

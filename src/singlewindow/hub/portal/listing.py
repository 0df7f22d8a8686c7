"""Lists of declarations: states counted over a bounded window, filtered, cut into pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.identity.asking import Row
from singlewindow.hub.portal import names, states
from singlewindow.hub.portal.names import Partner
from singlewindow.hub.portal.queries import WINDOW, Cursor
from singlewindow.hub.portal.states import Stand, State
from singlewindow.kernel.messages import Text

PAGE = 30
# Counts of the hall, in a fixed order: each is a question somebody asks, over one or more states.
FILTERS: tuple[tuple[str, str, Text, tuple[str, ...]], ...] = (
    ("all", "run", Text("全部", "All"), ()),
    ("act", "back", Text("需处理", "To act on"), ("returned", "refused", "undelivered", "tax", "deleted")),
    ("inspect", "ins", Text("查验", "Inspection"), ("inspect", "joint")),
    ("hold", "hold", Text("挂起", "On hold"), ("hold",)),
    (
        "open",
        "wait",
        Text("办理中", "Under way"),
        ("queued", "paused", "waiting", "retrying", "noted", "accepted", "partly_accepted", "partly"),
    ),
    ("done", "ok", Text("已放行", "Released"), ("released", "closed")),
)


SENT_BACK = frozenset({"returned", "refused", "deleted"})


class Line(Struct, frozen=True):
    """One declaration of a list."""

    id: UUID
    kind: Text
    title: Text
    version: int
    at: datetime
    party: Text | None
    state: State
    agencies: tuple[tuple[Partner, Stand], ...]
    keys: tuple[tuple[Text, str], ...]
    principal: Text | None = None  # for whom it was declared, where that is somebody else

    def mentions(self, words: str) -> bool:
        """Whether all of these words stand in its numbers or names."""
        named = (each for each in (self.title, self.party, self.principal) if each)
        said = [value for text in named for value in (text.zh, text.en)] + [value for _, value in self.keys]
        everything = "\n".join(said).casefold()
        return all(word in everything for word in words.casefold().split())


class Count(Struct, frozen=True):
    """How many declarations of the window answer a question."""

    id: str
    kind: str
    name: Text
    number: int
    current: bool


class Listing(Struct, frozen=True):
    """A page of a list: counts over the window, lines, and where the next page starts."""

    counts: tuple[Count, ...]
    lines: tuple[Line, ...]
    chosen: str
    following: Cursor | None
    cut: bool  # the window was full: there are more than were counted


def listing(rows: list[Row], chosen: str, page: int = PAGE, window: int = WINDOW, words: str = "") -> Listing:
    """Cut a window of rows into the page of one filter; an unknown filter is no filter.

    Where there are ``words``, only what mentions all of them counts.
    """
    every = [_line(row) for row in rows]
    lines = [line for line in every if line.mentions(words)]
    wanted = {name: set(ids) for name, _, _, ids in FILTERS}
    chosen = chosen if chosen in wanted else "all"
    matching = [line for line in lines if _answers(line, wanted[chosen])]
    shown = matching[:page]
    cut = len(rows) >= window
    last = shown[-1] if len(matching) > page else every[-1] if cut else None
    return Listing(
        counts=tuple(
            Count(each, kind, name, sum(_answers(line, wanted[each]) for line in lines), each == chosen)
            for each, kind, name, _ in FILTERS
        ),
        lines=tuple(shown),
        chosen=chosen,
        following=Cursor(last.at, last.id) if last else None,
        cut=cut,
    )


def _answers(line: Line, wanted: set[str]) -> bool:
    return not wanted or line.state.id in wanted


def _line(row: Row) -> Line:
    agencies = tuple(_agency(document) for document in row["documents"])
    words = states.keys()
    return Line(
        id=row["submission_id"],
        kind=names.document(row["kind"]),
        title=states.called(row["title"], [(kind, value) for kind, value in row["keys"]]),
        version=row["version"],
        at=row["created_at"],
        party=Text(row["name_zh"], row["name_en"]) if row["name_zh"] else None,
        state=_state(row, agencies),
        agencies=agencies,
        keys=tuple(
            (words[kind], value) for kind, value in row["keys"] if kind in words and value != row["title"]
        ),
        principal=Text(row["for_zh"], row["for_en"]) if row.get("for_zh") else None,
    )


def _state(row: Row, agencies: tuple[tuple[Partner, Stand], ...]) -> State:
    """How it stands as a whole; what was sent back and declared again is nobody's to act on any more."""
    found = states.whole(
        row.get("state") or 0, (stand.state for _, stand in agencies), row.get("kinds") or ()
    )
    return states.states()["mended"] if row.get("mended") and found.id in SENT_BACK else found


def _agency(document: dict[str, Any]) -> tuple[Partner, Stand]:
    partner = names.partner(document["partner"])
    return partner, states.of_document(partner, document, document["delivery"])

"""Lists of declarations: lines, the questions that filter them, and how many answer each. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct, structs

from singlewindow.hub.identity.asking import Row
from singlewindow.hub.portal import names, standing, states, worklist
from singlewindow.hub.portal.names import Partner
from singlewindow.hub.portal.states import Stand, State
from singlewindow.hub.portal.walking import Counted
from singlewindow.kernel.messages import Text

# Counts of the hall, in a fixed order: each is a question somebody asks, over one or more states.
FILTERS: tuple[tuple[str, str, Text, tuple[str, ...]], ...] = (
    ("all", "run", Text("全部", "All"), ()),
    (
        "act",
        "back",
        Text("需处理", "To act on"),
        ("returned", "denied", "refused", "undelivered", "tax", "deleted"),
    ),
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


class Due(Struct, frozen=True):
    """The nearest deadline of what has still to be done about a declaration."""

    at: datetime
    when: Text
    left: Text
    pressing: bool
    late: bool


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
    due: Due | None = None
    changed: datetime | None = None  # when something last became of it, in lists by that time


class Count(Struct, frozen=True):
    """How many declarations answer a question."""

    id: str
    kind: str
    name: Text
    number: int
    current: bool


def chosen(state: str) -> str:
    """The question that an address names; an unknown one is none."""
    return state if any(state == each for each, *_ in FILTERS) else "all"


def wanted(state: str) -> tuple[str, ...]:
    """The states that answer a question; none: any does."""
    return next(states_of for each, _, _, states_of in FILTERS if each == state)


def counts(counted: Counted, current: str) -> tuple[Count, ...]:
    """How many answer each question, the one that was asked marked."""
    known = standing.every()
    of_state: dict[str, int] = {}
    for number, many in counted.numbers.items():
        state = known[number].id if number in known else ""
        of_state[state] = of_state.get(state, 0) + many
    return tuple(
        Count(each, kind, name, _sum(of_state, answering), each == current)
        for each, kind, name, answering in FILTERS
    )


def lines(rows: Sequence[Row], now: datetime) -> tuple[Line, ...]:
    """Rows as a list shows them."""
    return tuple(_line(row, now) for row in rows)


def changed(lines: Sequence[Line], stands: Mapping[UUID, datetime]) -> tuple[Line, ...]:
    """The same lines with the time of their last change."""
    return tuple(structs.replace(line, changed=stands[line.id]) for line in lines)


def _sum(of_state: dict[str, int], answering: tuple[str, ...]) -> int:
    return sum(many for state, many in of_state.items() if not answering or state in answering)


def _line(row: Row, now: datetime) -> Line:
    agencies = tuple(_agency(document) for document in row["documents"])
    words = states.keys()
    return Line(
        id=row["submission_id"],
        kind=names.document(row["kind"]),
        title=states.called(row["title"], [(kind, value) for kind, value in row["keys"]]),
        version=row["version"],
        at=row["created_at"],
        party=Text(row["name_zh"], row["name_en"]) if row["name_zh"] else None,
        state=standing.whole(
            row.get("state") or 0,
            [stand.state for _, stand in agencies],
            row.get("kinds") or (),
            bool(row.get("mended")),
        ),
        agencies=agencies,
        keys=tuple(
            (words[kind], value) for kind, value in row["keys"] if kind in words and value != row["title"]
        ),
        principal=Text(row["for_zh"], row["for_en"]) if row.get("for_zh") else None,
        due=_due(row["due"], now) if row.get("due") else None,
    )


def _due(due: datetime, now: datetime) -> Due:
    return Due(due, worklist.when(due, now), worklist.left(due, now), due - now < worklist.SOON, due < now)


def _agency(document: dict[str, Any]) -> tuple[Partner, Stand]:
    partner = names.partner(document["partner"])
    return partner, states.of_document(partner, document, document["delivery"])

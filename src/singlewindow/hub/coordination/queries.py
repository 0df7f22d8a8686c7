"""What pages read of coordination. The transaction's viewer set decides what exists for whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import chain
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from singlewindow.hub.coordination import facts, wording
from singlewindow.hub.coordination.algebra import Disposition, Given, Kind, Unit, covering, whole
from singlewindow.hub.coordination.cases import places
from singlewindow.hub.coordination.counting import Said, contents, seen
from singlewindow.hub.coordination.gate import Reason
from singlewindow.hub.coordination.passes import suspended_for
from singlewindow.hub.identity.asking import Row, read_jsonb
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.messages import Order, Problem, Subject, Text, Viewer
from singlewindow.kernel.queries import Cursor

MOST = 200

SAID = statements_beside(__file__, "sql/said.sql")
_SQL = statements_beside(__file__, "sql/reading.sql") | SAID
_PROBLEMS = msgspec.json.Decoder(tuple[Problem, ...])


class Cell(Struct, frozen=True):
    """What one agency says of one object and what counts; an ``executed`` inspection found nothing."""

    agency: str
    order: Order
    word: Text
    at: datetime
    channel: str
    method: str = ""
    items: tuple[str, ...] = ()
    executed: bool = False
    instruction: str = ""


class Line(Struct, frozen=True):
    """An object with its composite disposition and what each agency says of it."""

    kind: str
    number: str
    lot: bool
    version: int
    disposition: Kind
    word: Text
    reason: Text
    agencies: tuple[str, ...]
    missing: tuple[str, ...]
    changed_at: datetime
    cells: tuple[Cell, ...]


class Issued(Struct, frozen=True):
    """A release in a list."""

    number: str
    version: int
    issued_at: datetime
    valid_until: datetime
    revoked_at: datetime | None
    revoked_for: str
    key_id: str


class Passed(Struct, frozen=True):
    """A container's leave to go, and whether it went; ``suspended`` is why, where no order took it away.

    ``free``: these goods are released, whatever holds others' in the container.
    """

    number: str
    releases: tuple[str, ...]
    issued_at: datetime
    valid_until: datetime
    revoked_at: datetime | None
    used_at: datetime | None
    gate: str
    suspended: str
    free: bool


class Matrix(Struct, frozen=True):
    """Object × agency of one dossier."""

    dossier: UUID
    goods: str
    name: str
    opened_at: datetime
    whole: Kind
    partly_open: bool
    agencies: tuple[str, ...]
    lines: tuple[Line, ...]
    releases: tuple[Issued, ...]
    passes: tuple[Passed, ...]


class Ordered(Struct, frozen=True):
    """An inspection order in a list."""

    id: UUID
    number: str
    dossier: UUID
    kind: str
    name: str
    state: str
    lead: str
    method: str
    opened_at: datetime
    appointed_at: datetime | None
    place: str
    conclusion: str

    @property
    def word(self) -> Text:
        """Its state in words."""
        return wording.word("states", self.state)


class Detail(Struct, frozen=True):
    """An inspection order whole: parts and results as plain rows by column name."""

    order: Ordered
    reason: str
    parts: tuple[dict[str, Any], ...]
    results: tuple[dict[str, Any], ...]
    appointed_by: int = 0  # the party that made the appointment
    changed_at: datetime | None = None
    ready_by: int = 0  # who said that it is in position, and who that it began
    started_by: int = 0


class GateEvent(Struct, frozen=True):
    """One container at one gate."""

    at: datetime
    gate: str
    plate: str
    number: str
    seal: str
    passed: bool
    out: bool
    reasons: tuple[Reason, ...]


class Recipient(Struct, frozen=True):
    """Who is to be told, and as what: declarant, importer, forwarder, terminal."""

    party: int
    role: str


class Request(Struct, frozen=True):
    """What became of something asked for: not yet, done, or declined with problems."""

    verb: str
    asked_at: datetime
    applied_at: datetime | None
    problems: tuple[Problem, ...]


def matrix(viewer: Viewer, cursor: Cursor, id_: UUID) -> Matrix | None:
    """Object × agency of a dossier, by its id or that of a submission in it; None if there is none to see."""
    rows = _all(viewer, cursor, "dossier", {"id": id_})
    if not rows:
        return None
    dossier, goods, name, call, opened_at = rows[0]
    found = _all(viewer, cursor, "dispositions", [dossier])
    boxes = [(key, number, "", lot, False) for kind, key, number, lot, *_ in found if kind == "container"]
    units = {place.key: place.unit for place in places(dossier, goods, name, call, False, boxes)}
    given = _said(viewer, cursor, dossier, [row[1] for row in found] + [call]).counting
    lines = tuple(_line(row, given, units.get(row[1]) or Unit(Subject(row[0], row[1]))) for row in found)
    parts = [Disposition(line.disposition, line.agencies, line.missing) for line in lines]
    together = whole(parts)
    agencies = {cell.agency for line in lines for cell in line.cells}
    agencies |= {agency for line in lines for agency in line.missing}
    return Matrix(
        dossier,
        goods,
        name,
        opened_at,
        together.kind,
        together.partly_open,
        tuple(sorted(agencies)),
        lines,
        tuple(Issued(*row) for row in _all(viewer, cursor, "releases", [dossier])),
        tuple(_passed(*row) for row in _all(viewer, cursor, "passes", [dossier])),
    )


def _passed(
    number: str,
    releases: list[str],
    issued_at: datetime,
    valid_until: datetime,
    revoked_at: datetime | None,
    used_at: datetime | None,
    gate: str,
    suspended: str,
    free: bool,
) -> Passed:
    why = suspended_for(suspended, revoked_at, free=free)
    return Passed(number, tuple(releases), issued_at, valid_until, revoked_at, used_at, gate, why, free)


def _said(viewer: Viewer, cursor: Cursor, dossier: UUID, keys: list[str]) -> Said:
    inside = contents([(key, number, out) for key, number, out in _all(viewer, cursor, "boxes", [dossier])])
    asked = {"dossiers": [dossier], "shared": keys}
    rows, sent = (_rows(viewer, cursor, name, asked) for name in ("instructions", "sent"))
    return seen(rows, sent, {dossier: inside})


def _line(row: Any, given: Sequence[Given], unit: Unit) -> Line:
    kind, _, number, lot, version, disposition, agencies, missing, changed_at = row
    cells = tuple(_cell(one, unit) for one in covering(unit, given))
    reason = wording.sentence(disposition, agencies, missing)
    word = wording.word("kinds", disposition)
    return Line(
        kind,
        number,
        lot,
        version,
        Kind(disposition),
        word,
        reason,
        tuple(agencies),
        tuple(missing),
        changed_at,
        cells,
    )


def _cell(one: Given, unit: Unit) -> Cell:
    said = one.instruction
    executed = said.order is Order.INSPECT and not one.restricts(unit)
    return Cell(
        said.agency,
        said.order,
        wording.word("orders", str(int(said.order))),
        said.at,
        one.channel,
        said.method,
        said.items,
        executed,
        said.id,
    )


def open_orders(
    viewer: Viewer,
    cursor: Cursor,
    agency: str | None = None,
    dossier: UUID | None = None,
    most: int = MOST,
    skip: int = 0,
) -> list[Ordered]:
    """Orders that are not closed, of an agency or a dossier where one is given, the next due first."""
    asked = {"open": True, "agency": agency, "dossier": dossier, "most": min(most, MOST), "skip": skip}
    return [Ordered(*row) for row in _all(viewer, cursor, "orders", asked)]


def inspection(viewer: Viewer, cursor: Cursor, order: UUID) -> Detail | None:
    """One order with its parts and results; None if there is none that the viewer may see."""
    rows = _all(viewer, cursor, "order", [order])
    if not rows:
        return None
    *plain, reason, _, appointed_by, changed_at, ready_by, started_by = rows[0]
    return Detail(
        Ordered(*plain),
        reason,
        tuple(map(_part, _rows(viewer, cursor, "parts", [order]))),
        tuple(_rows(viewer, cursor, "results", [order])),
        appointed_by,
        changed_at,
        ready_by,
        started_by,
    )


def _part(row: Row) -> Row:
    """Its items in the order of the instructions that ask for them; ``untold``: how many more there are."""
    items = list(dict.fromkeys(chain.from_iterable(read_jsonb(row["items"]))))
    known = {name: value for name, value in row.items() if name not in ("items", "asked")}
    return known | {"items": items, "untold": row["asked"] - len(items)}


def notices(viewer: Viewer, cursor: Cursor, order: Ordered, on: date) -> list[Recipient]:
    """Who is to be told of an order: declarant, importer, forwarder and terminal of its dossier."""
    rows = _all(viewer, cursor, "terminal", [order.dossier])
    operator = facts.operators(on).get(rows[0][0], "") if rows else ""
    told = _all(viewer, cursor, "recipients", {"dossier": order.dossier, "operator": operator})
    return [Recipient(*row) for row in told]


def last_passes(viewer: Viewer, cursor: Cursor, most: int = 20) -> list[GateEvent]:
    """What happened last at the viewer's gates, newest first."""
    found = []
    for at, gate, plate, number, seal, passed, out, reasons in _all(
        viewer, cursor, "gate_events", [min(most, MOST)]
    ):
        said = tuple(Reason(code, Text(zh, en)) for code, zh, en in read_jsonb(reasons))
        found.append(GateEvent(at, gate, plate, number, seal, passed, out, said))
    return found


def request(viewer: Viewer, cursor: Cursor, id_: UUID) -> Request | None:
    """What became of something that was asked for."""
    rows = _all(viewer, cursor, "request", [id_])
    if not rows:
        return None
    verb, asked_at, applied_at, problems = rows[0]
    return Request(verb, asked_at, applied_at, _PROBLEMS.decode(msgspec.json.encode(read_jsonb(problems))))


def _rows(viewer: Viewer, cursor: Cursor, name: str, values: Any) -> list[Row]:
    found = _all(viewer, cursor, name, values)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found]


def _all(viewer: Viewer, cursor: Cursor, name: str, values: Any) -> list[Any]:
    if not viewer.parties:
        return []
    cursor.execute(_SQL[name], values)
    found: list[Any] = cursor.fetchall()
    return found

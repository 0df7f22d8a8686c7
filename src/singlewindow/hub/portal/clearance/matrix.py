"""The matrix of one consignment (综合处置): object × agency, and what it comes to, with reasons. Pure.

What reaches an object is asked of the algebra, so that a cell and the disposition beside it agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from singlewindow.hub.coordination import facts
from singlewindow.hub.coordination.algebra import Disposition, Given, Kind, Unit, covering, whole
from singlewindow.hub.coordination.cases import NOBODYS, Box, Place, places
from singlewindow.hub.coordination.counting import contents, seen
from singlewindow.hub.coordination.orders import OPEN
from singlewindow.hub.coordination.passes import suspended_for
from singlewindow.hub.identity.asking import Row
from singlewindow.hub.portal import names
from singlewindow.hub.portal.clearance import reasons, sharing
from singlewindow.hub.portal.clearance.reasons import Release
from singlewindow.hub.portal.words import Word, word
from singlewindow.hub.ui import moments
from singlewindow.kernel.codes.calls import call_parts
from singlewindow.kernel.messages import Order, Subject, Text

UNRESOLVED = "outcome"  # the channel of receipts that name no instruction of their own
SCREEN = "screen"  # an officer's, here
LONGEST_ID, LARGEST_VERSION = 24, 999_999
OUT = ("ended", "dropped")  # what is in it no more: a person decided so, or the declaration was corrected


class Agency(Struct, frozen=True):
    """A column."""

    id: str
    seal: str
    name: Text


class Cell(Struct, frozen=True):
    """What one agency says of one object; ``word`` None: it is not concerned."""

    agency: Agency
    word: Word | None = None
    at: datetime | None = None
    text: Text | None = None
    method: Text | None = None
    reference: Text | None = None


class Line(Struct, frozen=True):
    """One object: its cells in the order of the columns, the composite, why, and its release."""

    subject: Word
    number: str
    note: Text | None
    cells: tuple[Cell, ...]
    kind: Word | None
    strong: bool
    why: tuple[Text, ...]
    order: Row | None
    release: Release | None

    @property
    def inspected_by(self) -> tuple[str, ...]:
        """The agencies that are still to inspect it under its order; none once that is over."""
        if self.order is None or self.order["state"] not in OPEN:
            return ()
        wanted = str(int(Order.INSPECT))
        return tuple(cell.agency.id for cell in self.cells if cell.word and cell.word.id == wanted)


class Matrix(Struct, frozen=True):
    """The panel: ``given`` counts the instructions in force, ``at`` is the last change."""

    agencies: tuple[Agency, ...]
    lines: tuple[Line, ...]
    given: int
    at: datetime | None


class _Ground(Struct):
    """The rows of one submission, looked up as the lines need them."""

    agencies: tuple[Agency, ...]
    names: dict[str, Text]
    counting: list[Given]
    past: list[Given]
    replaced: Mapping[str, datetime]
    dispositions: dict[tuple[UUID, str, str], Row]
    orders: dict[tuple[UUID, str, str], Row]
    passes: dict[str, Row]
    waiting: dict[str, str]
    inspecting: dict[UUID, frozenset[str]]  # who takes part in an order on a shared container
    releases: dict[UUID, Row]
    valid: frozenset[str]
    now: datetime


def matrix(kept: dict[str, list[Row]], now: datetime) -> Matrix | None:
    """The matrix of what the queries found; None where no dossier of it may be seen."""
    if not kept["dossiers"]:
        return None
    ground = _ground(kept, now)
    lines: list[Line] = []
    for dossier in kept["dossiers"]:
        own = [row for row in kept["containers"] if row["dossier"] == dossier["id"]]
        lines += _of_dossier(dossier, own, kept["conveyances"], ground)
    changed = [row["changed_at"] for row in kept["dispositions"]]
    return Matrix(ground.agencies, tuple(lines), len(ground.counting), max(changed, default=None))


def called(found: Matrix, name: str) -> Matrix:
    """The same, where the goods bear no number because their dossier may not be read."""
    return replace(
        found, lines=tuple(line if line.number else replace(line, number=name) for line in found.lines)
    )


def _ground(kept: dict[str, list[Row]], now: datetime) -> _Ground:
    inside = {
        dossier["id"]: contents(
            (row["key"], row["number"], row["standing"] in OUT)
            for row in kept["containers"]
            if row["dossier"] == dossier["id"]
        )
        for dossier in kept["dossiers"]
    }
    boxes = {str(id_): frozenset(one.named.values()) for id_, one in inside.items()}
    said = seen(kept["instructions"], kept["sent"], inside)
    everyone = {row["partner"]: _agency(row) for row in kept["agencies"]}
    concerned = {row["agency"] for row in kept["instructions"]} | {
        row["partner"] for row in kept["addressed"]
    }
    concerned |= {agency for row in kept["dispositions"] for agency in row["missing"]}
    newest: dict[UUID, Row] = {}
    for row in kept["releases"]:
        newest.setdefault(row["dossier"], row)
    return _Ground(
        agencies=tuple(agency for id_, agency in everyone.items() if id_ in concerned),
        names={id_: agency.name for id_, agency in everyone.items()},
        counting=[_looked_at(one, boxes) for one in said.counting],
        past=list(said.past),
        replaced=said.replaced,
        dispositions={_where(row): row for row in kept["dispositions"]},
        orders={_where(row): row for row in kept["orders"]},
        passes={row["key"]: row for row in kept["passes"]},
        waiting={row["key"]: row["why"] for row in kept["waiting"]},
        inspecting=sharing.inspecting(kept["parts"]),
        releases=newest,
        valid=frozenset(row["number"] for row in kept["releases"] if row["valid_until"] > now),
        now=now,
    )


def _where(row: Row) -> tuple[UUID, str, str]:
    return row["dossier"], row["subject_kind"], row["subject_key"]


def _agency(row: Row) -> Agency:
    return Agency(row["partner"], row["seal"], Text(row["name_zh"], row["name_en"]))


def _looked_at(given: Given, boxes: Mapping[str, frozenset[str]]) -> Given:
    """Of the goods as a whole: each of their containers was looked at."""
    whole_ = given.instruction.subject.id
    if whole_ in boxes and given.executed and given.executed >= boxes[whole_]:
        return replace(given, executed=given.executed | {whole_})
    return given


def _of_dossier(dossier: Row, containers: Sequence[Row], calls: Sequence[Row], ground: _Ground) -> list[Line]:
    named = {row["key"]: row for row in containers if row["standing"] not in OUT}
    here = {row["number"] for row in named.values()}  # a box whose call was corrected is in it still
    ended = [row for row in containers if row["standing"] in OUT and row["number"] not in here]
    boxes = [_box(row) for row in named.values()]
    units = places(dossier["id"], dossier["goods"], dossier["name"], dossier["call"], False, boxes)
    lines = []
    if dossier["call"]:
        conveyance = _conveyance(dossier["call"], calls, ground)
        # Of a call that nobody may tell this viewer of, there is nothing to show.
        lines += [conveyance] if conveyance.kind or any(cell.word for cell in conveyance.cells) else []
    lines.append(_goods(dossier, units if boxes else (), ground))
    lines += [_container(dossier["id"], place, named[place.key], ground) for place in units if boxes]
    return lines + [_ended(row, ground) for row in ended]


def _box(row: Row) -> Box:
    return row["key"], row["number"], row["seal"], row["lot"], False


def _conveyance(call: str, calls: Sequence[Row], ground: _Ground) -> Line:
    number, voyage = call_parts(call)  # who does not see the conveyance still knows its numbers
    named = next((row["number"] for row in calls if row["key"] == call), number)
    name = " / ".join(part for part in (named, voyage) if part)
    row = ground.dispositions.get((NOBODYS, "conveyance", call))
    order = ground.orders.get((NOBODYS, "conveyance", call))
    unit = Unit(Subject("conveyance", call))
    return _line("conveyance", name, None, unit, row, order, None, ground)


def _goods(dossier: Row, boxes: Sequence[Place], ground: _Ground) -> Line:
    """The goods as a whole: a disposition of their own, or what is true of their containers."""
    id_, kind = dossier["id"], dossier["goods"]
    row = ground.dispositions.get((id_, kind, str(id_)))
    if boxes:
        parts = [ground.dispositions.get((id_, "container", place.key)) for place in boxes]
        row = _together([part for part in parts if part], {place.key: place.number for place in boxes})
    number = len(boxes)
    note = Text(f"{number} 箱", f"{number} container{'s' if number > 1 else ''}") if boxes else None
    release = None if boxes else reasons.of_release(ground.releases.get(id_), ground.now)
    order = ground.orders.get((id_, kind, str(id_)))
    unit = Unit(Subject(kind, str(id_)))
    return _line(kind, dossier["name"], note, unit, row, order, release, ground)


def _together(rows: Sequence[Row], numbers: Mapping[str, str]) -> Row | None:
    """What containers come to together: whatever bars one of them, named, for it never bars another."""
    if not rows:
        return None
    parts = [
        Disposition(Kind(row["kind"]), tuple(row["agencies"]), tuple(row["missing"]), tuple(row["used"]))
        for row in rows
    ]
    found = whole(parts)
    strongest = min((part.kind for part in parts), key=tuple(Kind).index)
    those = [numbers[row["subject_key"]] for row in rows if row["kind"] == strongest]
    alike = len(those) == len(rows)
    return {
        "kind": found.kind if alike else strongest,
        "agencies": found.agencies,
        "missing": found.missing,
        "partly": () if alike else tuple(those),
        "others": len(rows) - len(those),
    }


def _container(dossier: UUID, place: Place, named: Row, ground: _Ground) -> Line:
    row = ground.dispositions.get((dossier, "container", place.key))
    order = sharing.order_on(dossier, place, ground.orders)
    free = row is not None and row["kind"] == Kind.RELEASED
    given = ground.passes.get(place.key)
    release = reasons.of_pass(_read_by(given, free=free), ground.now)
    if release and release.kind == "warn" and given and ground.valid.intersection(given["releases"]):
        release = reasons.of_wait("expired")  # the own one is in force
    if given and given["used_at"] and row and not free:
        release = reasons.called_back(given)
    waits = "waits" if named["standing"] == "waits" else ground.waiting.get(place.key)
    if waits and free:
        release = reasons.of_wait(waits)
    beside = sharing.ordered(row, order, ground.inspecting) if place.lot else {}
    return _line(
        "container", place.number, sharing.held_in(named), place.unit, row, order, release, ground, beside
    )


def _read_by(given: Row | None, *, free: bool) -> Row | None:
    if given is None:
        return None
    return given | {"suspended": suspended_for(given["suspended"], given["revoked_at"], free=free)}


def _ended(row: Row, ground: _Ground) -> Line:
    """A container that is none of these goods' any more: how it stands concerns them no longer."""
    nobodys = tuple(Cell(agency) for agency in ground.agencies)
    said = reasons.of_wait(row["standing"])
    return Line(word("subject", "container"), row["number"], None, nobodys, None, False, (), None, said)


def _line(
    kind: str,
    number: str,
    note: Text | None,
    unit: Unit,
    row: Row | None,
    order: Row | None,
    release: Release | None,
    ground: _Ground,
    beside: Mapping[str, Order] = sharing.NOTHING,
) -> Line:
    cells = tuple(_cell(agency, unit, row, ground, beside.get(agency.id)) for agency in ground.agencies)
    return Line(
        subject=word("subject", kind),
        number=number,
        note=note,
        cells=cells,
        kind=word("composite", row["kind"]) if row else None,
        strong=row is not None and row["kind"] not in (Kind.PENDING, Kind.RELEASED) and kind == "container",
        why=reasons.of(row, ground.names) if row else (),
        order=order,
        release=release,
    )


def _cell(agency: Agency, unit: Unit, row: Row | None, ground: _Ground, beside: Order | None) -> Cell:
    reaching = [one for one in covering(unit, ground.counting) if one.instruction.agency == agency.id]
    if beside and not any(one.restricts(unit) for one in reaching):
        return Cell(agency, word("order", int(beside)), text=sharing.WITH_OTHERS)
    if reaching:
        return _spoken(agency, max(reaching, key=lambda given: _weight(given, unit)), unit)
    if row and agency.id in row["missing"] and not row.get("partly"):
        return Cell(agency, word("standing", "awaited"))
    gone = [
        one
        for one in ground.past
        if one.instruction.agency == agency.id and one.instruction.subject in (unit.subject, unit.bill)
    ]
    return _past(agency, gone[-1], unit, ground.replaced) if gone else Cell(agency)


def _past(agency: Agency, given: Given, unit: Unit, replaced: Mapping[str, datetime]) -> Cell:
    """What was taken back, or rests on a document in whose place a newer one was sent."""
    shown = _spoken(agency, given, unit)
    if given.instruction.withdrawn:
        return replace(shown, word=word("standing", "withdrawn"))
    was, at = word("order", int(given.instruction.order)).text, moments.stamp(replaced[given.origin])
    text = Text(f"原为“{was.zh}”，由 {at} 的新单证取代", f"was “{was.en}”, replaced by the document of {at}")
    return replace(shown, word=word("standing", "replaced"), text=text, method=None)


def _weight(given: Given, unit: Unit) -> tuple[bool, int, datetime]:
    """What an agency is shown by: what stands in the way first, then the newest."""
    said, bars = given.instruction, given.restricts(unit)
    return bars, said.order if bars else 0, said.at


def _spoken(agency: Agency, given: Given, unit: Unit) -> Cell:
    said = given.instruction
    shown = word("order", int(said.order))
    if said.order is Order.INSPECT and not given.restricts(unit):
        shown = word("standing", "executed")
    method = facts.method_name(said.method) if said.method and said.order is Order.INSPECT else None
    return Cell(agency, shown, said.at, _words(given), method, _reference(given))


def _words(given: Given) -> Text | None:
    """The agency's reason as it wrote it; a bare code of a receipt with what the agency calls it."""
    said = given.instruction.text
    letter = (
        names.partner(given.instruction.agency).letters.get(said) if given.channel == UNRESOLVED else None
    )
    if letter:
        return Text(f"{letter.zh} {said}", f"{letter.en} {said}")
    return Text(said, said) if said else None


def shortened(number: str) -> str:
    """An instruction's number with its middle left out, where it is long."""
    return f"{number[:4]}…{number[-4:]}" if len(number) > LONGEST_ID else number


def versioned(version: int) -> str:
    """The version behind the number; where an agency counts by its clock it tells nobody anything."""
    return f" · v{version}" if version <= LARGEST_VERSION else ""


def _reference(given: Given) -> Text:
    short, version = shortened(given.instruction.id), versioned(given.instruction.version)
    if given.channel == UNRESOLVED:
        return Text(f"回执 {short}", f"receipt {short}")
    if given.channel == SCREEN:
        return Text(f"屏幕 {short}{version}", f"screen {short}{version}")
    return Text(f"{short}{version}", f"{short}{version}")

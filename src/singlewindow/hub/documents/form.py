"""The form of a definition: ruled cells in their order, tables for what repeats; made from facts alone.

Nothing here knows a kind of document. ``layout`` is pure and costs a few milliseconds; pages keep what
they render from it, once a definition and language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from msgspec import Struct

from singlewindow.hub.documents.checking import Listing
from singlewindow.hub.documents.definition import Definition, Field, Section
from singlewindow.kernel.messages import Text

SHORT_LIST = 5  # codes that are chosen from a menu; longer lists are looked up
_FIXED = {"date": 10, "time": 25, "flag": 1}
_SENTENCE = 200  # characters from which on a table gives a field more room
_STEPS = (1, 2, 3, 4, 5, 6, 8, 10, 11, 13, 18)  # widths of code columns that the style sheet knows


class Entry(Struct, frozen=True):
    """One thing to fill in. ``control`` is text, code, choice, flag or tick; ``path`` has no line numbers."""

    path: str
    name: str
    short: Text
    full: Text
    meaning: Text
    control: str
    kind: str
    most: int
    required: str
    system: bool
    codes: str = ""
    unit: str = ""
    column: bool = False
    seldom: bool = False
    party: bool = False
    total: str = ""
    signed: bool = False

    @property
    def step(self) -> int:
        """The code column's width in characters, rounded up to one the style sheet knows."""
        return next((step for step in _STEPS if step >= self.most), _STEPS[-1])

    @property
    def roomy(self) -> bool:
        """Whether it may hold a sentence."""
        return self.most > _SENTENCE

    @property
    def number(self) -> bool:
        """Whether it is aligned and grouped as a quantity."""
        return self.kind == "d"

    @property
    def digits(self) -> bool:
        """Whether a telephone's keys for numbers will do: some have no minus."""
        return self.kind in ("d", "n") and not self.signed


class Cell(Struct, frozen=True):
    """A labelled cell of the ruled grid with one entry or several."""

    label: Text
    entries: tuple[Entry, ...]
    width: int
    seldom: bool
    ticks: bool = False  # every entry carries its own label

    @property
    def system(self) -> bool:
        """Whether nobody types anything here."""
        return all(entry.system for entry in self.entries)


class Grid(Struct, frozen=True):
    """Sections that do not repeat, as one sheet of ruled paper."""

    id: str
    name: Text
    key: str
    cells: tuple[Cell, ...]

    @property
    def usual(self) -> list[Cell]:
        """What everybody sees."""
        return [cell for cell in self.cells if not cell.seldom]

    @property
    def folded(self) -> list[Cell]:
        """What is folded away while empty."""
        return [cell for cell in self.cells if cell.seldom]


class Lines(Struct, frozen=True):
    """A repeating section: a table, with an editor of its own or with fields in its cells."""

    id: str
    path: str
    name: Text
    key: str
    least: int
    most: int
    half: bool
    entries: tuple[Entry, ...]
    editor: Grid | None = None
    inner: tuple[Lines, ...] = ()

    @property
    def columns(self) -> list[list[Entry]]:
        """What the table shows of each line: usual entries, or beside an editor the chosen ones."""
        if self.editor is None:
            return [[entry] for entry in self.entries if not entry.seldom]
        chosen = ([entry for entry in cell.entries if entry.column] for cell in self.editor.cells)
        return [entries for entries in chosen if entries]

    @property
    def totals(self) -> list[Entry]:
        """What is summed up below the lines."""
        return [entry for entry in self.entries if entry.total]

    @property
    def span(self) -> int:
        """Columns of the table: the line's number, what it shows, the verdict."""
        return len(self.columns) + 2


class Form(Struct, frozen=True):
    """What a page shows of a definition."""

    definition: Definition
    grids: tuple[Grid, ...]
    lines: tuple[Lines, ...]

    def entries(self) -> Iterator[Entry]:
        """Every entry of the form."""
        for grid in self.grids:
            for cell in grid.cells:
                yield from cell.entries
        yield from _below(self.lines)

    def names(self) -> dict[str, Text]:
        """What people call a section, by its path."""
        return {lines.path: lines.name for lines in _all_lines(self.lines)}


def layout(definition: Definition, listings: Mapping[str, Listing], on: date) -> Form:
    """Lay a definition out; the codes in force on a day decide between menu and look-up."""
    drawing = _Drawing(listings, on)
    return Form(
        definition,
        tuple(drawing.grids(section for section in definition.sections if not section.repeats)),
        tuple(drawing.lines(section, "") for section in definition.groups()),
    )


class _Drawing:
    def __init__(self, listings: Mapping[str, Listing], on: date) -> None:
        self.listings, self.on = listings, on

    def grids(self, sections: Iterable[Section]) -> Iterator[Grid]:
        waiting: Grid | None = None
        for section in sections:
            cells = self.cells(section, "")
            if waiting is not None and section.shape.joined:
                waiting = Grid(waiting.id, waiting.name, waiting.key, (*waiting.cells, *cells))
                continue
            if waiting is not None:
                yield waiting
            waiting = Grid(section.id, section.name, section.shape.key, cells)
        if waiting is not None:
            yield waiting

    def lines(self, section: Section, prefix: str) -> Lines:
        path = prefix + section.id
        grid = None
        if section.shape.editor:
            grid = Grid(section.id, section.name, section.shape.key, self.cells(section, f"{path}."))
        return Lines(
            section.id,
            path,
            section.name,
            section.shape.key,
            section.least,
            section.most,
            section.shape.half,
            tuple(self.entry(field, f"{path}.") for field in section.fields),
            grid,
            tuple(self.lines(inner, f"{path}.") for inner in section.sections),
        )

    def cells(self, section: Section, prefix: str) -> tuple[Cell, ...]:
        """One cell a box, where its first field stands."""
        boxes: dict[str, list[Field]] = {}
        for field in section.fields:
            boxes.setdefault(field.place.box or field.name, []).append(field)
        return tuple(self.cell(id_, fields, section, prefix) for id_, fields in boxes.items())

    def cell(self, id_: str, fields: list[Field], section: Section, prefix: str) -> Cell:
        ticks = id_ in section.shape.boxes
        named = next((field for field in fields if field.name == id_), fields[0])
        return Cell(
            section.shape.boxes[id_] if ticks else named.element.short,
            tuple(self.entry(field, prefix, ticks) for field in fields),
            max(field.place.width for field in fields),
            all(field.place.seldom for field in fields),
            ticks,
        )

    def entry(self, field: Field, prefix: str, tick: bool = False) -> Entry:
        element, form = field.element, field.element.representation
        return Entry(
            path=prefix + field.name,
            name=field.name,
            short=element.short,
            full=element.name,
            meaning=element.definition,
            control=self.control(field, tick),
            kind=form.kind,
            most=self.longest(field),
            required=field.required,
            system=field.filled_by == "system",
            codes=element.codes,
            unit=field.place.unit,
            column=field.place.column,
            seldom=field.place.seldom,
            party=bool(field.place.party),
            total=field.place.total,
            signed=form.signed,
        )

    def longest(self, field: Field) -> int:
        """Characters of the longest value: of a code, the longest that is in force."""
        form, codes = field.element.representation, field.element.codes
        if codes and (active := self.listings[codes].active(self.on)):
            return max(map(len, active))
        return _FIXED.get(form.kind, form.most)

    def control(self, field: Field, tick: bool) -> str:
        element = field.element
        if element.representation.kind == "flag":
            return "tick" if tick and field.required == "no" else "flag"
        if not element.codes:
            return "text"
        return "choice" if len(self.listings[element.codes].active(self.on)) <= SHORT_LIST else "code"


def _below(sections: Iterable[Lines]) -> Iterator[Entry]:
    for lines in _all_lines(sections):
        yield from lines.entries


def _all_lines(sections: Iterable[Lines]) -> Iterator[Lines]:
    for lines in sections:
        yield lines
        yield from _all_lines(lines.inner)


def bands(sections: Iterable[Lines]) -> list[list[Lines]]:
    """Tables as they stand: two narrow ones side by side, all others alone."""
    found: list[list[Lines]] = []
    for lines in sections:
        last = found[-1] if found else []
        if lines.half and len(last) == 1 and last[0].half:
            last.append(lines)
        else:
            found.append([lines])
    return found


def where(form: Form, path: str) -> tuple[Text, Text]:
    """What people call the section (with its line) and the field that a problem's path names."""
    steps = path.split(".")
    plain = ".".join(step.partition("[")[0] for step in steps)
    short = next((entry.short for entry in form.entries() if entry.path == plain), None)
    names = form.names()
    for step in reversed(steps):
        id_, _, line = step.partition("[")
        name = next((text for at, text in names.items() if at.rpartition(".")[2] == id_), None)
        if name is not None:
            number = f" {int(line[:-1]) + 1}" if line[:-1].isdecimal() else ""
            return Text(name.zh + number, name.en + number), short or Text("", "")
    return _grid_of(form, plain), short or Text(plain, plain)


def _grid_of(form: Form, path: str) -> Text:
    for grid in form.grids:
        if any(entry.path == path for cell in grid.cells for entry in cell.entries):
            return grid.name
    return Text("", "")

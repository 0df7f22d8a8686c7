"""A stored document laid out for reading: its form with the values printed in. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from singlewindow.hub.documents.form import Cell, Entry, Form, Grid, Lines
from singlewindow.kernel.messages import Text

Values = Mapping[str, Any]
Names = Mapping[str, Mapping[str, str]]  # code list → code → what it is called
_WHOLE = re.compile("[0-9]{1,30}")
YES_NO = {"1": Text("是", "Yes"), "0": Text("否", "No")}


class Said(Struct, frozen=True):
    """One entry with its value; ``called`` is the code's name, ``path`` tells it from every other."""

    entry: Entry
    path: str
    value: str
    called: str | Text = ""

    @property
    def shown(self) -> str:
        """The value as people read it: a quantity in groups of three, everything else as it is."""
        whole, point, part = self.value.partition(".")
        return f"{int(whole):,}{point}{part}" if self.entry.number and _WHOLE.fullmatch(whole) else self.value

    @property
    def brief(self) -> str | Text:
        """Behind a quantity: what a code of digits is called, any other code itself."""
        return self.called if self.called and self.value.isdigit() else self.value


class Box(Struct, frozen=True):
    """A labelled cell; in a ``shared`` one every entry has a label of its own."""

    label: Text
    said: tuple[Said, ...]
    width: int
    shared: bool = False


class Sheet(Struct, frozen=True):
    """A ruled grid of what is usual, and of what is seldom where it was filled."""

    id: str
    name: Text
    boxes: tuple[Box, ...]


class Row(Struct, frozen=True):
    """A line of a table: what the table shows of it, all the rest of it, and the tables below it."""

    number: int
    columns: tuple[tuple[Said, ...], ...]
    rest: Sheet | None
    inner: tuple[Table, ...]


class Table(Struct, frozen=True):
    """A repeating section."""

    id: str
    name: Text
    heads: tuple[Entry, ...]
    rows: tuple[Row, ...]


class Paper(Struct, frozen=True):
    """The whole document."""

    sheets: tuple[Sheet, ...]
    tables: tuple[Table, ...]


def paper(form: Form, values: Values, names: Names) -> Paper:
    """What a document says, in the form's order; tables without lines are left out."""
    printing = _Printing(names)
    return Paper(
        tuple(printing.sheet(grid, values, "") for grid in form.grids),
        tuple(printing.tables(form.lines, values, "")),
    )


class _Printing:
    def __init__(self, names: Names) -> None:
        self.names = names

    def sheet(self, grid: Grid, values: Values, at: str) -> Sheet:
        boxes = (self.box(cell, values, at) for cell in grid.cells)
        return Sheet(grid.id, grid.name, tuple(box for box in boxes if box is not None))

    def box(self, cell: Cell, values: Values, at: str) -> Box | None:
        said = tuple(self.said(entry, values, at) for entry in cell.entries)
        if cell.ticks:
            said = tuple(one for one in said if one.value == "1" or one.entry.control != "tick")
        if cell.seldom and not any(one.value for one in said):
            return None
        return Box(cell.label, said, cell.width, cell.ticks)

    def said(self, entry: Entry, values: Values, at: str) -> Said:
        value = str(values.get(entry.name, ""))
        called: str | Text = self.names.get(entry.codes, {}).get(value, "")
        if entry.kind == "flag":
            called = YES_NO.get(value, "")
        return Said(entry, at + entry.name, value, called)

    def tables(self, sections: Iterable[Lines], values: Values, at: str) -> Iterator[Table]:
        for lines in sections:
            if found := values.get(lines.id):
                rows = (self.row(lines, n, line, f"{at}{lines.id}[{n}].") for n, line in enumerate(found))
                heads = tuple(column[0] for column in lines.columns)
                yield Table(lines.path, lines.name, heads, tuple(rows))

    def row(self, lines: Lines, number: int, line: Values, at: str) -> Row:
        shown = tuple(tuple(self.said(entry, line, at) for entry in column) for column in lines.columns)
        rest = self.sheet(lines.editor, line, at) if lines.editor else self.seldom(lines, line, at)
        return Row(number + 1, shown, rest, tuple(self.tables(lines.inner, line, at)))

    def seldom(self, lines: Lines, line: Values, at: str) -> Sheet | None:
        """What has no column because it is seldom filled, where it was."""
        said = [self.said(entry, line, at) for entry in lines.entries if entry.seldom]
        boxes = tuple(Box(one.entry.short, (one,), 1) for one in said if one.value)
        return Sheet(lines.id, lines.name, boxes) if boxes else None

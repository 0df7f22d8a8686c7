"""Code lists in memory: exact look-up at a date, and suggestions while somebody types."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct

from singlewindow.hub.standards.finding import Finder, Keys
from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Text

FOLDER = Path(__file__).parent / "codes"
BETWEEN = " · "  # Chinese and English of one source; without it a designation, the same in both
COLUMNS = ("code", "zh", "en", "pinyin", "valid_from", "valid_to", "successor", "source")
MOST_SUGGESTIONS = 50
_MOST_DAYS = 64  # days a list remembers its active codes for
_NONE: Mapping[str, str] = MappingProxyType({})


class Code(Struct, frozen=True, gc=False):
    """One code in one period of validity, both ends included; ``valid_to`` None is open.

    ``pinyin`` has one syllable a Chinese character, separated by spaces. ``successor`` is the code to
    use after an ended one. ``extra`` are the list's own columns, such as a port's UN/LOCODE.
    """

    code: str
    name: Text
    valid_from: date = date.min
    valid_to: date | None = None
    pinyin: str = ""
    successor: str = ""
    source: str = ""
    extra: Mapping[str, str] = _NONE

    @property
    def source_said(self) -> Text:
        """The source in each language."""
        zh, _, en = self.source.partition(BETWEEN)
        return Text(zh, en or zh)

    def valid(self, on: date) -> bool:
        """Whether the code may be used on a day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class Standing(StrEnum):
    """What a code is on a day."""

    CURRENT = "current"
    ENDED = "ended"
    FUTURE = "future"
    UNKNOWN = "unknown"


class CodeList:
    """A code list with all its periods. Immutable; an import makes a new one."""

    def __init__(self, list_id: str, name: Text, source: Text, codes: Iterable[Code]) -> None:
        self.id = list_id
        self.name = name
        self.source = source
        self.codes = tuple(codes)
        self._active: dict[date, frozenset[str]] = {}

    def __len__(self) -> int:
        return len(self.codes)

    def says(self, other: CodeList) -> bool:
        """Whether it has the same codes, under the same names, from the same source."""
        return (self.id, self.name, self.source, self.codes) == (
            other.id,
            other.name,
            other.source,
            other.codes,
        )

    @cached_property
    def _periods(self) -> dict[str, list[Code]]:
        periods: dict[str, list[Code]] = {}
        for code in sorted(self.codes, key=lambda each: each.valid_from):
            periods.setdefault(code.code, []).append(code)
        return periods

    def active(self, on: date) -> frozenset[str]:
        """The codes that may be used on a day."""
        found = self._active.get(on)
        if found is None:
            found = frozenset(code.code for code in self.codes if code.valid(on))
            if len(self._active) >= _MOST_DAYS:
                self._active.clear()
            self._active[on] = found
        return found

    def find(self, code: str, on: date) -> tuple[Standing, Code | None]:
        """What a code is on a day, with the period that says so."""
        periods = self._periods.get(code, [])
        for period in reversed(periods):
            if period.valid(on):
                return Standing.CURRENT, period
        past = [period for period in periods if period.valid_from <= on]
        if past:
            return Standing.ENDED, past[-1]
        return (Standing.FUTURE, periods[0]) if periods else (Standing.UNKNOWN, None)

    def ended(self, code: str, on: date) -> tuple[date, str] | None:
        """The last day of a code that has ended, and its successor or ``""``."""
        standing, period = self.find(code, on)
        if standing is not Standing.ENDED or period is None or period.valid_to is None:
            return None
        return period.valid_to, period.successor

    def begins(self, code: str, on: date) -> date | None:
        """The first day of a code that is not valid yet on a day."""
        standing, period = self.find(code, on)
        return period.valid_from if standing is Standing.FUTURE and period else None

    def text(self, code: str, on: date) -> Text:
        """The name of a code on a day, the latest known if it has ended; the code itself if unknown."""
        period = self.find(code, on)[1]
        return period.name if period else Text(code, code)

    def suggest(self, typed: str, on: date, most: int = 20) -> list[Code]:
        """Codes valid on a day that fit what is typed, best first; see ``finding``."""
        most = min(most, MOST_SUGGESTIONS)
        found: dict[int, Code] = {}
        for place in self._finder.places(typed) if most > 0 else ():
            code = self.codes[place]
            if place not in found and code.valid(on):
                found[place] = code
                if len(found) == most:
                    break
        return list(found.values())

    def ready(self, on: date) -> None:
        """Work out now what the first question on a day would have to wait for."""
        self.active(on)
        self.find("", on)
        self._finder.places("")

    @cached_property
    def _finder(self) -> Finder:
        return Finder([Keys(code.code, code.name.zh, code.name.en, code.pinyin) for code in self.codes])


def load(folder: Path = FOLDER) -> dict[str, CodeList]:
    """The code lists shipped with the platform, by id."""
    return {list_id: shipped(list_id, folder) for list_id in _catalogue(folder)}


def shipped(list_id: str, folder: Path = FOLDER) -> CodeList:
    """One of them."""
    with (folder / f"{list_id}.csv").open(encoding="utf-8", newline="") as file:
        codes = [_code(row) for row in csv.DictReader(file)]
    name, source = (_catalogue(folder)[list_id][part] for part in ("name", "source"))
    return CodeList(list_id, Text(name["zh"], name["en"]), Text(source["zh"], source["en"]), codes)


def list_names(folder: Path = FOLDER) -> dict[str, Text]:
    """The ids and names of the lists shipped, without reading their codes."""
    return {
        list_id: Text(raw["name"]["zh"], raw["name"]["en"]) for list_id, raw in _catalogue(folder).items()
    }


@cache
def _catalogue(folder: Path) -> dict[str, dict[str, dict[str, str]]]:
    catalogue: dict[str, dict[str, dict[str, str]]] = parse_yaml(
        (folder / "lists.yaml").read_text(encoding="utf-8")
    )
    return catalogue


def _code(row: dict[str, str]) -> Code:
    starts, ends = row["valid_from"], row["valid_to"]
    extra = {name: value for name, value in row.items() if name not in COLUMNS and value}
    return Code(
        row["code"],
        Text(row["zh"], row["en"]),
        date.fromisoformat(starts) if starts else date.min,
        date.fromisoformat(ends) if ends else None,
        row.get("pinyin", ""),
        row.get("successor", ""),
        row["source"],
        extra or _NONE,
    )

"""Code lists as their pages show them: counts and sources, and each code with what it is on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import connection
from msgspec import Struct

from singlewindow.hub.documents.registry import Registry
from singlewindow.hub.standards.codelists import MOST_SUGGESTIONS, Code, CodeList
from singlewindow.hub.standards.elements import Element
from singlewindow.hub.standards.finding import folded
from singlewindow.kernel.messages import Text

PAGE = 100
MOST_FOUND = MOST_SUGGESTIONS
PLATFORM = "platform"  # source of codes that the platform numbered itself
STANDINGS = {
    "ended": ("off", Text("已停用", "ended")),
    "future": ("wait", Text("尚未生效", "not valid yet")),
}
Imports = Mapping[str, tuple[datetime | None, int]]


class Head(Struct, frozen=True):
    """A list with its counts on a day; ``imported_at`` None: as shipped."""

    listing: CodeList
    current: int
    other: int
    elements: tuple[Element, ...]
    imported_at: datetime | None
    revision: int


class Line(Struct, frozen=True):
    """A code; ``kind`` and ``word`` say what it is on the day unless it is in force."""

    code: Code
    begins: date | None
    kind: str
    word: Text | None
    source: Text | None
    extra: tuple[tuple[str, str], ...]


def lists(registry: Registry, listings: Mapping[str, CodeList], on: date, query: str) -> list[Head]:
    """Every list, or those whose id, name or source says each word of a query."""
    words, kept = [folded(word) for word in query.split()], _imports()
    return [
        _head(registry, each, on, kept)
        for _, each in sorted(listings.items())
        if all(word in _said(each) for word in words)
    ]


def head(registry: Registry, listing: CodeList, on: date) -> Head:
    """One list."""
    return _head(registry, listing, on, _imports())


def codes(listing: CodeList, on: date, query: str, every: bool) -> list[Code]:
    """The codes in force on a day, the best fits of a query, or every period there is."""
    if query and not every:
        return listing.suggest(query, on, MOST_FOUND)
    wanted = folded(query)
    return [code for code in listing.codes if (every or code.valid(on)) and _fits(code, wanted)]


def lines(listing: CodeList, shown: list[Code], on: date) -> list[Line]:
    """How each is shown."""
    return [_line(listing, code, on) for code in shown]


def _line(listing: CodeList, code: Code, on: date) -> Line:
    standing = "" if code.valid(on) else "future" if code.valid_from > on else "ended"
    kind, word = STANDINGS.get(standing, ("", None))
    return Line(
        code,
        None if code.valid_from == date.min else code.valid_from,
        kind,
        word,
        _source(listing, code),
        tuple(code.extra.items()),
    )


def _source(listing: CodeList, code: Code) -> Text | None:
    """Where a code is from, if that is not where its list is from."""
    if code.source == PLATFORM:
        return Text("平台自编", "numbered by the platform")
    return None if code.source in ("", listing.source.zh, listing.source.en) else code.source_said


def _fits(code: Code, wanted: str) -> bool:
    return not wanted or wanted in folded(f"{code.code} {code.name.zh} {code.name.en}")


def _said(listing: CodeList) -> str:
    name, source = listing.name, listing.source
    return folded(f"{listing.id} {name.zh} {name.en} {source.zh} {source.en}")


def _head(registry: Registry, listing: CodeList, on: date, kept: Imports) -> Head:
    current = len(listing.active(on))
    imported_at, revision = kept.get(listing.id, (None, 0))
    return Head(
        listing,
        current,
        len(listing) - current,
        tuple(element for element in registry.elements.values() if element.codes == listing.id),
        imported_at,
        revision,
    )


def _imports() -> Imports:
    with connection.cursor() as cursor:
        cursor.execute("select id, imported_at, revision from code_list")
        return {list_id: (at, revision) for list_id, at, revision in cursor.fetchall()}

"""Pieces of the rooms' pages for the styleguide: the templates that the pages include, with sample values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from msgspec import Struct

from singlewindow.kernel.messages import Text

Drawn = tuple[tuple[Text, tuple[tuple[str, SafeString], ...]], ...]
DRAWN_MOST = 4  # languages and sets of themes kept; there are two languages, and one set
# Within a page an id stands once; here each specimen is drawn in both themes.
_NAMES = re.compile(r'(?<=\s)(id|for|form|list|aria-(?:labelledby|describedby|controls))="([^"]+)"')
# A specimen leads nowhere, asks nothing of the server and takes no cursor.
_LEADS = re.compile(r'(?<=\s)href="[^"]*"')
_SENDS = re.compile(r'(?<=\s)method="\w+"')
_ASKS = re.compile(r'\s(?:hx-[a-z-]+|formaction|action)="[^"]*"|\sautofocus\b')
# What folds is seen unfolded; a menu that would hang over its neighbours stays shut.
_FOLDED = re.compile(r'<details(?! class="drop")')


class Specimen(Struct, frozen=True):
    """One piece: its name, the template, what it is drawn with.

    ``inside`` are the classes of what it stands in on its page, the outermost first: ``panel > body``.
    """

    name: Text
    template: str
    values: Mapping[str, Any]
    inside: str


class _Sample(dict[str, Any]):
    """Values that are read by name, as those of the pages are."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


_books: list[Path] = []


def add(book: Path) -> None:
    """Offer a room's ``specimens.yaml``, once."""
    if book not in _books:
        _books.append(book)


def styles() -> list[str]:
    """The style sheets that the specimens need, each once."""
    return list(dict.fromkeys(name for book in _books for name in _read(book)["styles"]))


def drawn(themes: Sequence[str]) -> Drawn:
    """Each specimen's name, and its markup for each theme, in the language of the page.

    They are the same for everybody, and whoever is not signed in may ask: drawn once a language.
    """
    return _drawn(tuple(themes), get_language() or "", tuple(_books))


@lru_cache(DRAWN_MOST)
def _drawn(themes: tuple[str, ...], _language: str, _offered: tuple[Path, ...]) -> Drawn:
    return tuple(
        (one.name, tuple((theme, _at_rest(_markup(one), f"-{theme}-{n}")) for theme in themes))
        for n, one in enumerate(every())
    )


def every() -> Iterator[Specimen]:
    """All specimens, in the order of the rooms and of their books."""
    for book in _books:
        for each in _read(book)["specimens"]:
            yield Specimen(each["name"], each["template"], each.get("values", {}), each.get("inside", ""))


@cache
def _read(book: Path) -> Any:
    # Not every scalar a text, as in facts: moments and numbers are shown as such.
    return _sample(yaml.safe_load(book.read_text("utf-8")))


def _sample(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"zh", "en"}:
            return Text(**value)
        return _Sample({str(name): _sample(inner) for name, inner in value.items()})
    return [_sample(inner) for inner in value] if isinstance(value, list) else value


def _markup(one: Specimen) -> str:
    around = [f'<div class="{classes}">' for classes in one.inside.split(" > ")]
    return "".join([*around, render_to_string(one.template, dict(one.values)), "</div>" * len(around)])


def _at_rest(markup: str, mark: str) -> SafeString:
    """The markup unfolded, with names of its own, links that lead nowhere and forms that send nothing."""

    def named(match: re.Match[str]) -> str:
        return f'{match[1]}="{" ".join(name + mark for name in match[2].split())}"'

    markup = _FOLDED.sub("<details open", markup)
    still = _SENDS.sub('method="dialog"', _LEADS.sub('href="#components"', _ASKS.sub("", markup)))
    # Rendered by Django from templates and sample values of our own, and only renamed here.
    return mark_safe(_NAMES.sub(named, still))  # noqa: S308

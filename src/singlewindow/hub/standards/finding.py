"""Finding a code while somebody types: by code, initials, pinyin, Chinese or English, within a millisecond.

Each way of being found is one text that holds every code's key in the list's order, a line each, so that
finding is the string search of the interpreter, and what is found first stands first.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import accumulate
from pathlib import Path

from msgspec import Struct

TRADITIONAL = Path(__file__).with_name("traditional.csv")
MOST_TYPED = 64  # characters of what somebody types that are looked at
_MARKS = re.compile("[\u0300-\u036f]")
_NO_WORD = re.compile(r"[^\w\n]+")
_SPACE = re.compile(r"[^\S\n]+")


class Keys(Struct, frozen=True):
    """What one code is found by; ``pinyin`` has one syllable a character, separated by spaces."""

    code: str
    zh: str
    en: str
    pinyin: str


class Finder:
    """The keys of one list, folded once. Places count from 0 in the order they were given."""

    def __init__(self, keys: list[Keys]) -> None:
        syllables = [each.pinyin.split() for each in keys]
        self._codes = _Text(_SPACE.sub("", folded(_lines(each.code for each in keys))))
        self._names = _Text(_SPACE.sub("", folded(_lines(each.zh for each in keys))))
        spelt = [_lines(" ".join(each) for each in syllables), _lines(each.en for each in keys)]
        self._spaced = [_Text(_words(lines)) for lines in spelt]
        self._joined = [_Text(_words(lines).replace(" ", "")) for lines in spelt]
        self._initials = _Text(_lines("".join(one[0] for one in each) for each in syllables))

    def places(self, typed: str) -> Iterator[int]:
        """Where what is typed fits, best first, a place perhaps more than once.

        The whole code, its beginning; initials; name; a later word, syllable or initial; within the name.
        """
        wanted = _SPACE.sub("", folded(" ".join(typed[:MOST_TYPED].split())))
        if not wanted:
            return
        latin = wanted.isascii()
        for text in (self._codes, self._initials) if latin else (self._codes,):
            yield from text.places(f"\n{wanted}\n")
            yield from text.places(f"\n{wanted}")
        spelt = "".join(letter for letter in wanted if letter.isalnum()) if latin else ""
        for end in ("\n", ""):
            yield from self._names.places(f"\n{wanted}{end}")
            for text in self._joined if spelt else ():
                yield from text.places(f"\n{spelt}{end}")
        for text in reversed(self._spaced) if spelt else ():
            yield from text.later(spelt)
        if latin:
            yield from self._initials.places(wanted)
        yield from self._names.places(wanted)


class _Text:
    """One line a code, each between two line breaks, and where each line begins."""

    __slots__ = ("_begins", "_text")

    def __init__(self, lines: str) -> None:
        self._text = lines
        sizes = (len(line) + 1 for line in lines[1:-1].split("\n"))
        self._begins = array("L", accumulate(sizes, initial=0))

    def places(self, wanted: str) -> Iterator[int]:
        at = self._text.find(wanted)
        while at >= 0:
            place = bisect_right(self._begins, at) - 1
            yield place
            at = self._text.find(wanted, self._begins[place + 1])

    def later(self, wanted: str) -> Iterator[int]:
        """Lines in which a later word begins so; spaces within were not typed."""
        for match in re.finditer(" " + " ?".join(wanted), self._text):
            yield bisect_right(self._begins, match.start()) - 1


def _lines(keys: Iterable[str]) -> str:
    return "\n" + "\n".join(keys) + "\n"


def _words(lines: str) -> str:
    """Words between single spaces; marks part words as spaces do."""
    text = _NO_WORD.sub(" ", folded(lines.replace("'", "")))
    return text.replace("\n ", "\n").replace(" \n", "\n")


def folded(text: str) -> str:
    """The form in which texts are compared: lower case, half width, without accents, simplified."""
    if not text.isascii():
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text)).translate(_simplified())
    return text.lower().replace("'", "")


@cache
def _simplified() -> dict[int, str]:
    with TRADITIONAL.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {ord(letter): row["simplified"] for row in rows for letter in row["traditional"]}

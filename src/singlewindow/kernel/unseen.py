"""Characters nobody sees, as a class of a regular expression: who takes texts states what it lets through.

Two values that look alike must be alike, nothing turns the direction in which a number is read, and no wire,
terminal or data base is handed what it cannot carry. Joiners and variation selectors are part of writing
(Mongolian, the form of an ideograph in a name) and stay; where a value is a key, they make no other key
(``codes/calls.py``). Source: the Unicode Standard 15.0, chapter 23 (controls, layout, bidirectional and tag
characters, noncharacters), section 3.8 (surrogates), and what DerivedCoreProperties.txt has as
Default_Ignorable_Code_Point beside these; the blank pattern of Braille (U+2800) looks like nothing, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

CONTROLS = (0x00, 0x1F), (0x7F, 0x9F)
MARKS = (0x061C, 0x061C), (0x200E, 0x200F), (0x202A, 0x202E), (0x2066, 0x2069)  # of the direction of writing
SEPARATORS = ((0x2028, 0x2029),)  # lines and paragraphs, beside the ends of lines among the controls
# Of format and layout, not assigned yet among these, and of notes between the lines.
LAID_OUT = (0x200B, 0x200B), (0x2060, 0x2065), (0x206A, 0x206F), (0xFEFF, 0xFEFF), (0xFFF0, 0xFFFB)
HYPHEN_AND_JOINER = (0x00AD, 0x00AD), (0x034F, 0x034F)  # those that Unicode calls soft, and of graphemes
FILLERS = (0x115F, 0x1160), (0x17B4, 0x17B5), (0x2800, 0x2800), (0x3164, 0x3164), (0xFFA0, 0xFFA0)
NOTATED = (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A)  # of shorthand and of music
TAGS = (0xE0000, 0xE00FF), (0xE01F0, 0xE0FFF)
INVISIBLE = (*LAID_OUT, *HYPHEN_AND_JOINER, *FILLERS, *NOTATED, *TAGS)
HALVES = ((0xD800, 0xDFFF),)  # of a character
NONCHARACTERS = (0xFDD0, 0xFDEF), (0xFFFE, 0xFFFF)
ALL = sorted((*CONTROLS, *MARKS, *SEPARATORS, *INVISIBLE, *HALVES, *NONCHARACTERS))
JOINERS = ((0x200C, 0x200D),)
SELECTORS = (0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF)  # of variations; vowels kept apart
IN_WRITING = sorted((*JOINERS, *SELECTORS))
_LATIN, _ASTRAL = 0x100, 0x10000


def unseen(but: str = "", *, halves: bool = True, in_writing: bool = False) -> str:
    """What stands between ``[`` and ``]``, for Python, Rust and ECMAScript alike: all of them ``but`` some.

    Without ``halves`` for engines that know whole characters alone, as whoever feeds them does. With what is
    unseen ``in_writing`` where only what is read counts.
    """
    among = sorted((*ALL, *IN_WRITING)) if in_writing else ALL
    spans = (span for span in among if halves or span not in HALVES)
    codes = (code for first, last in spans for code in range(first, last + 1) if chr(code) not in but)
    return "".join(_written(*run) for run in _runs(codes))


def _runs(codes: Iterable[int]) -> Iterator[tuple[int, int]]:
    """First and last of what follows one another without a gap."""
    for _, several in groupby(enumerate(codes), lambda one: one[1] - one[0]):
        run = [code for _, code in several]
        yield run[0], run[-1]


def _written(first: int, last: int) -> str:
    return ("-" if last > first + 1 else "").join(map(_named, sorted({first, last})))


def _named(code: int) -> str:
    """Escaped as every engine reads it; above U+FFFF each has its own way, so the character itself."""
    if code < _LATIN:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < _ASTRAL else chr(code)


LAYOUT = "\t\n\r"  # of what somebody writes
_WRITTEN_UNSEEN = re.compile(f"[{unseen(but=LAYOUT)}]")


def first_unseen(text: str) -> str:
    """The first that nobody sees in what somebody wrote, as ``U+202E``; empty where there is none."""
    found = _WRITTEN_UNSEEN.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""

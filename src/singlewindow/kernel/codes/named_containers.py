"""The containers that an agency's sentence names, what it wants of each, and what in it stays in doubt.

Whoever orders on what was read must know what was not: of two containers the one that is written unlike the
other would else get no order, and a release for one container would be read as one of all (decision 0006).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple
from unicodedata import normalize

from singlewindow.kernel.unseen import LAYOUT, unseen

_SHOWN = 40  # characters of what is in doubt
_UNSEEN = re.compile(f"[{unseen(but=LAYOUT, in_writing=True)}]")
# Each repetition ends where the next begins, and gives nothing back: one look at each character.
_BETWEEN = r"[\s\-\u2010-\u2015\u2212]*+"  # blanks and hyphens, as on the doors of containers
_LOOSELY = r"(?:[^\w,;:、。\n]|_){0,3}"
_OWNER = rf"(?<![A-Z])[A-Z]{_BETWEEN}[A-Z]{_BETWEEN}[A-Z]{_BETWEEN}[UJZR]"
# Digits of any script: what was meant for a number is one, right or wrong.
_NUMBER = rf"{_OWNER}(?:{_BETWEEN}\d){{7}}(?!\d)"
# Up to two digits too few or one too many (bills of carriers have ten), letters for digits, other signs.
_MISCOUNTED = rf"{_OWNER}(?:{_LOOSELY}[\dOI]){{5,8}}(?![\dOI])"
_L = r"A-Z\u0370-\u04ff"  # Greek and Cyrillic letters look like Latin ones
# Four characters before seven digits, or more letters that end as an owner's do, with a word before it.
# Three letters, or other ends, begin the bills of carriers.
_MISSPELT = (
    rf"(?<![{_L}\d])(?:[{_L}]{{4}}|[{_L}]{{2}}\d[{_L}]|[{_L}]\d[{_L}]{{2}}|\d[{_L}]{{3}}|[{_L}]{{4,15}}[UJZR])"
    rf"{_BETWEEN}\d{{6}}{_BETWEEN}\d(?!\d)"
)
_MARK = re.compile(f"(?P<number>{_NUMBER})|{_MISCOUNTED}|{_MISSPELT}")
# The next of a list or range, as if its owner were said again.
_FOLLOWED = re.compile(r"\s*[/、,和及与&~至到\-\u2010-\u2015]\s*(\d{6,7})(?!\d)")
_SPACES = re.compile(_BETWEEN)
_WANTED = re.compile(r"[^\S\r\n]*[：:]([^；;\r\n]*)")
_SENTENCE_ENDS = re.compile(r"[。;\r\n]")
# What is lifted, ruled out or disinfested is no exception.
_BUT = re.compile("(?<![解免排消清删拆去])除(?![害虫])")
# What else turns a sentence round: of a release also that the others are released, or these not.
_ROUND = "除了|剔除|[以之]外|EXCEPT(?!ION)|EXCLUD|OTHER THAN|BUT NOT"
_ROUND_BARRING = re.compile(f"{_ROUND}|其余[^,]{{0,12}}[查检验扣挂]")
_ROUND_FREEING = re.compile(
    f"{_ROUND}|(?:其余|其他|其它)[^,]{{0,12}}放|[不未][予能得准可许宜同意]{{0,3}}放|暂[缓停]放"
    "|NOT [A-Z ]{0,12}RELEASE"
)


class Named(NamedTuple):
    """What a sentence says of containers.

    ``containers``: by number, upper case without blanks and hyphens, its check digit right or wrong, the
    items wanted there. ``unread``: what is like a number and is none. ``excepting``: the beginning of what
    says that those named are not the ones meant; empty where nothing does.
    """

    containers: dict[str, tuple[str, ...]]
    unread: tuple[str, ...] = ()
    excepting: str = ""


def read(text: str, *, freeing: bool) -> Named:
    """``查验 CQXU2045171：核对件数、核对铅封；`` names that container with two items.

    Items end at a semicolon, at the end of the line and before the next number; those of one that is named
    again are added. Items are as written, everything else as ``_seen``. What else a sentence may say of those
    that it names depends on whether it is ``freeing`` them or barring their way.
    """
    seen = _seen(text)
    marks = list(_MARK.finditer(seen))
    wanted: dict[str, dict[str, None]] = {}
    unread: dict[str, None] = {}
    for mark, following in zip_longest(marks, marks[1:]):
        number = _SPACES.sub("", mark[0])
        if mark["number"]:
            until = following.start() if following else len(text)
            wanted.setdefault(number, {}).update(dict.fromkeys(_items(text[mark.end() : until])))
        else:
            unread[number[:_SHOWN]] = None
        if short := _FOLLOWED.match(seen, mark.end()):
            unread[short[1]] = None
    containers = {number: tuple(items) for number, items in wanted.items()}
    return Named(containers, tuple(unread), _excepting(seen, _ROUND_FREEING if freeing else _ROUND_BARRING))


def _seen(text: str) -> str:
    """As long as the text: without case and width (NFKC, Unicode annex 15), blanks for what nobody sees.

    A circled number stays: it is the first of a list and no digit.
    """
    if text.isascii():
        return _UNSEEN.sub(" ", text.upper())
    return _UNSEEN.sub(" ", "".join(map(_folded, text)))


@lru_cache(4096)  # a language writes with few
def _folded(character: str) -> str:
    if character.isnumeric() and not character.isdecimal():
        return character
    folded = normalize("NFKC", character).upper()
    return folded if len(folded) == 1 else character


def _items(after: str) -> Iterable[str]:
    found = _WANTED.match(after)
    listed = re.split("[、,，]", found[1]) if found else ()
    return filter(None, map(str.strip, listed))


def _excepting(seen: str, turning: re.Pattern[str]) -> str:
    for sentence in _SENTENCE_ENDS.split(seen):
        before, out, _ = sentence.rpartition("外")
        found = (_BUT.search(before) if out else None) or turning.search(sentence)
        if found:
            return sentence[found.start() :][:_SHOWN].strip()
    return ""

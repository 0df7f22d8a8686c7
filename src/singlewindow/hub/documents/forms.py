"""What a value must look like: one pattern a representation, and how a sloppy value is put right."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct

from singlewindow.hub.standards.representation import Representation
from singlewindow.kernel.messages import Text
from singlewindow.kernel.unseen import unseen

_PRINTABLE = f"[^{unseen()}]"
# As XML Schema writes a decimal, and many data bases do: a digit on either side of the point is enough.
_LOOSE_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})", re.ASCII)
# What a shipment can name: terms counted from such days, in any zone, stay within every calendar.
YEAR = "(?:19|2[01])[0-9]{2}"
_DATE = re.compile(rf"({YEAR})-?([0-9]{{2}})-?([0-9]{{2}})", re.ASCII)


class Form(Struct, frozen=True):
    """``pattern`` matches canonical values only; ``settle`` gives the canonical value or None."""

    pattern: str
    expected: Text
    settle: Callable[[str], str | None]
    flag: bool = False  # takes JSON's true and false


@lru_cache(maxsize=512)
def form_of(representation: Representation) -> Form:
    """The form of a representation of decision 0001, such as an..35, d19,5 or date."""
    if representation.kind in _COUNTED:
        return _counted(representation)
    if representation.kind == "d":
        return _decimal(representation)
    return _FIXED[representation.kind]


_COUNTED = {
    "a": ("[A-Za-z]", Text("个字母", "letters")),
    "an": (r"[A-Za-z0-9/().,:;_+*&# -]", Text("个字母或数字", "letters or digits")),
    "n": ("[0-9]", Text("个数字", "digits")),
    "text": (_PRINTABLE, Text("个字符", "characters")),
}


def _counted(r: Representation) -> Form:
    characters, unit = _COUNTED[r.kind]
    pattern = re.compile(f"(?=\\S){characters}{{{r.least},{r.most}}}(?<=\\S)")  # no space around a value
    count = str(r.most) if r.least == r.most else f"{r.least}–{r.most}"

    def settle(value: str) -> str | None:
        value = value.strip()
        return value if pattern.fullmatch(value) else None

    return Form(pattern.pattern, Text(f"{count} {unit.zh}", f"{count} {unit.en}"), settle)


def _decimal(r: Representation) -> Form:
    whole = r.most - r.decimals
    tail = f"(?:\\.[0-9]{{0,{r.decimals - 1}}}[1-9])?" if r.decimals else ""
    pattern = re.compile(f"(?:0|[1-9][0-9]{{0,{whole - 1}}}){tail}")
    if r.signed:  # zero has no sign
        small = f"|0\\.[0-9]{{0,{r.decimals - 1}}}[1-9]" if r.decimals else ""
        pattern = re.compile(f"(?:0|-?(?:[1-9][0-9]{{0,{whole - 1}}}{tail}{small}))")

    def settle(value: str) -> str | None:
        text = canonical_decimal(value.strip())
        return text if text is not None and pattern.fullmatch(text) else None

    zh = f"{'数（可为负）' if r.signed else '不小于 0 的数'}，整数至多 {whole} 位，小数至多 {r.decimals} 位"
    en = f"a number{', which may be negative,' if r.signed else ' not below 0'}"
    en += f" with at most {whole} digits and {r.decimals} decimals"
    return Form(pattern.pattern, Text(zh, en), settle)


def canonical_decimal(value: str) -> str | None:
    """The shortest plain notation of a decimal, ``1080.0000`` as ``1080``; None if it is none."""
    if not _LOOSE_DECIMAL.fullmatch(value):
        return None
    text = format(Decimal(value), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _settle_date(value: str) -> str | None:
    match = _DATE.fullmatch(value.strip())
    return _day(match[1], match[2], match[3]) if match else None


@lru_cache(maxsize=4096)
def _day(*parts: str) -> str | None:
    try:
        return date(*map(int, parts)).isoformat()
    except ValueError:
        return None


def _settle_flag(value: str) -> str | None:
    return {"0": "0", "1": "1", "true": "1", "false": "0"}.get(value.strip())


def _settle_time(value: str) -> str | None:
    value = value.strip()
    if not TIME.fullmatch(value):
        return None
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return None
    return value


TIME = re.compile(
    rf"{YEAR}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9](?::[0-5][0-9])?(?:Z|[+-][0-2][0-9]:[0-5][0-9])?",
    re.ASCII,
)
# Every day of every year but the 29th of February, which is settled: a pattern tells no leap year.
_DAY = (
    f"{YEAR}-(?:(?:0[13-9]|1[0-2])-(?:0[1-9]|[12][0-9]|30)|(?:0[13578]|1[02])-31|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_HOUR = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_FIXED = {
    "date": Form(
        _DAY,
        Text("1900–2199 年的日期，如 2026-11-21", "a date of 1900 to 2199, such as 2026-11-21"),
        _settle_date,
    ),
    "time": Form(
        f"{_DAY}T{_HOUR}(?::[0-5][0-9])?(?:Z|[+-]{_HOUR})?",
        Text(
            "1900–2199 年的时刻，如 2026-11-21T09:30+08:00",
            "a time of 1900 to 2199, such as 2026-11-21T09:30+08:00",
        ),
        _settle_time,
    ),
    "flag": Form("[01]", Text("1（是）或 0（否）", "1 (yes) or 0 (no)"), _settle_flag, flag=True),
}

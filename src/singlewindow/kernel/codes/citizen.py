"""The number of a natural person (公民身份号码), GB 11643-1999.

Eighteen characters: six digits of the administrative division, eight of the day of birth, three that
tell apart who was born there on that day, and a check character by ISO 7064 MOD 11-2, where ten is X.
The divisions are not looked up: numbers outlive them.
"""

from __future__ import annotations

import re
from datetime import date

from singlewindow.kernel.messages import Problem, Text

LENGTH = 18
_FORM = re.compile(r"[1-9][0-9]{16}[0-9X]")
_BODY = re.compile(r"[0-9]{17}")
_CENTURIES = ("18", "19", "20")  # of a day of birth; what else stands there is some other code
_CHARACTERS = "10X98765432"  # by the remainder
_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_SHOWN = 40  # of a wrong value, what a message repeats


def check_character(body: str) -> str:
    """The last character that belongs to the first 17; ValueError where these are not digits."""
    if not _BODY.fullmatch(body):
        raise ValueError(f"not seventeen digits: {body[:_SHOWN]!r}")
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return _CHARACTERS[total % 11]


def resembles(value: str) -> bool:
    """Whether it was meant as such a number, by its form and a day of birth, whatever its last character."""
    return _FORM.fullmatch(value) is not None and value[6:8] in _CENTURIES and _is_day(value[6:14])


def check(value: str, field: str = "") -> Problem | None:
    """What is wrong with a number as written: its form, its day of birth, then its check character."""
    if not _FORM.fullmatch(value):
        remedy = Text("17 位数字，末位数字或大写 X", "Seventeen digits, then a digit or a capital X")
        text = Text("公民身份号码格式不对", "The citizen identification number is malformed")
        return _problem("citizen.form", value, field, text, remedy)
    if not resembles(value):
        remedy = Text("第 7 至 14 位为出生年月日，请核对", "Places 7 to 14 are the day of birth; check them")
        text = Text("公民身份号码中的出生日期不存在", "The number names a day of birth that there is not")
        return _problem("citizen.birth", value, field, text, remedy)
    wanted = check_character(value[:17])
    if value[17] == wanted:
        return None
    remedy = Text(
        f"前 17 位若无误，末位应为 {wanted}", f"If the first 17 digits are right, the last one is {wanted}"
    )
    text = Text("公民身份号码校验位不对", "The check character of the citizen identification number is wrong")
    return _problem("citizen.check", value, field, text, remedy)


def _is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def _problem(code: str, value: str, field: str, text: Text, remedy: Text) -> Problem:
    return Problem(code=code, text=text, field=field, value=value[:_SHOWN], remedy=remedy)

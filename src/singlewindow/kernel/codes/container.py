"""The number on a freight container (集装箱号), ISO 6346.

Owner code of three letters, category (U container, J detachable equipment, Z trailer or chassis,
R refrigerated, of earlier editions), six digits, and a check digit.
"""

from __future__ import annotations

import re

from singlewindow.kernel.messages import Problem, Text

_FORM = re.compile(r"[A-Z]{3}[UJZR][0-9]{7}")
_BODY = re.compile(r"[A-Z]{3}[UJZR][0-9]{6}")
# Letters count from 10; multiples of 11 are left out, as they would vanish modulo 11.
_VALUES = {str(digit): digit for digit in range(10)} | dict(
    zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (n for n in range(10, 39) if n % 11), strict=True)
)
_SHOWN = 40  # of a wrong value, what a message repeats


def check_digit(body: str) -> str:
    """The digit that belongs to owner, category and serial number; a remainder of 10 is written 0."""
    if not _BODY.fullmatch(body):
        raise ValueError(f"not owner, category and six digits: {body[:_SHOWN]!r}")
    return str(sum(_VALUES[character] << place for place, character in enumerate(body)) % 11 % 10)


def check(value: str, field: str = "") -> Problem | None:
    """What is wrong with a number as written, first of form and then of its check digit."""
    if not _FORM.fullmatch(value):
        return Problem(
            code="container.form",
            text=Text("集装箱号格式不对", "The container number is malformed"),
            field=field,
            value=value[:_SHOWN],
            remedy=Text(
                "三位箱主字母、类别 U/J/Z/R、七位数字，如 CSQU3054383",
                "Three letters of the owner, category U/J/Z/R, seven digits, such as CSQU3054383",
            ),
        )
    wanted = check_digit(value[:10])
    if value[10] == wanted:
        return None
    return Problem(
        code="container.check",
        text=Text("集装箱号校验位不对", "The check digit of the container number is wrong"),
        field=field,
        value=value,
        remedy=Text(
            f"前 10 位若无误，末位应为 {wanted}", f"If the first ten are right, the last digit is {wanted}"
        ),
    )

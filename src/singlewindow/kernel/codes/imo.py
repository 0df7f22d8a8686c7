"""The number of a ship (船舶识别号), IMO Resolution A.1117(30): six digits and a check digit."""

from __future__ import annotations

import re

from singlewindow.kernel.messages import Problem, Text

_FORM = re.compile(r"[0-9]{7}")
_WEIGHTS = (7, 6, 5, 4, 3, 2)


def check(value: str, field: str = "") -> Problem | None:
    """What is wrong with seven digits as written; ValueError where they are none."""
    if not _FORM.fullmatch(value):
        raise ValueError("not seven digits")
    wanted = str(sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, value, strict=False)) % 10)
    if value[6] == wanted:
        return None
    right = value[:6] + wanted
    return Problem(
        "imo.check",
        Text("IMO 编号校验位不对", "the check digit of the IMO number is wrong"),
        field,
        value,
        Text(f"前六位无误时应为 {right}", f"if the first six are right, give {right}"),
    )

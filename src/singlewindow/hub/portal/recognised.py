"""What a number is, told to anybody who asks on the public home: by its form and check digit alone. Pure.

Whether such a number is known here is nobody's business who is not signed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

from singlewindow.kernel.codes import container, imo, uscc
from singlewindow.kernel.codes.calls import folded
from singlewindow.kernel.messages import Problem, Text

MOST = 40  # characters that are looked at

_ENTRY = re.compile(r"[0-9]{18}")
_AIR = re.compile(r"([0-9]{3})-?([0-9]{7})([0-9])")
_SHIP = re.compile(r"(?:IMO)?([0-9]{7})")
_CONTAINER = re.compile(r"[A-Z]{4}[0-9]{7}")
_CREDIT = re.compile(r"[0-9A-Z]{18}")

ENTRY = Text("报关单号", "Customs declaration number")
OTHER = Text("提运单号或其他编号", "Bill of lading or another number")


class Recognised(Struct, frozen=True):
    """What it is, and what is wrong with it; a check digit is ``checked`` where the kind has one."""

    number: str
    kind: Text
    checked: bool = False
    problem: Problem | None = None


def recognised(written: str) -> Recognised | None:
    """What a number is as somebody wrote it; None of an empty one."""
    number = folded(written[:MOST])
    if not number:
        return None
    if _ENTRY.fullmatch(number):  # before the credit code, which may be of digits alone
        return Recognised(number, ENTRY)
    for form, kind, check in _KINDS:
        if found := form.fullmatch(number):
            return Recognised(number, kind, checked=True, problem=check(found))
    return Recognised(number, OTHER)


def _air(found: re.Match[str]) -> Problem | None:
    """IATA Resolution 600a: the eighth digit of the serial number is the other seven modulo 7."""
    wanted = str(int(found[2]) % 7)
    if found[3] == wanted:
        return None
    return Problem(
        "waybill.check",
        Text("空运单号校验位不对", "The check digit of the air waybill is wrong"),
        value=found[0],
        remedy=Text(f"前面无误时末位应为 {wanted}", f"If the others are right, the last digit is {wanted}"),
    )


_KINDS: tuple[tuple[re.Pattern[str], Text, Callable[[re.Match[str]], Problem | None]], ...] = (
    (_CONTAINER, Text("集装箱号", "Container number"), lambda found: container.check(found[0])),
    (_SHIP, Text("船舶 IMO 编号", "IMO number of a ship"), lambda found: imo.check(found[1])),
    (_AIR, Text("空运单号", "Air waybill number"), _air),
    (_CREDIT, Text("统一社会信用代码", "Unified social credit code"), lambda found: uscc.check(found[0])),
)

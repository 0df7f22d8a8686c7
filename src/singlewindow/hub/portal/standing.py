"""How a declaration stands as a whole, as one number that a list can filter and count by. Pure.

The data base puts the number together (``walking.sql``); what it means is said here alone.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from itertools import product

from singlewindow.hub.portal import states
from singlewindow.hub.portal.states import State
from singlewindow.hub.process import overall

SENT_BACK = frozenset({"returned", "denied", "refused", "deleted"})
# What bars goods, weakest first, as dispositions name it: the place in this list is part of the number.
BARS = ("single_inspection", "joint_inspection", "held", "not_released")
_WAYS = ("waiting", "retrying", "undelivered")  # how far what was not answered is on its way
_LOWEST = -128


def whole(number: int, parts: Collection[State], barred: Collection[str], mended: bool) -> State:
    """How it stands; what was sent back and declared again is nobody's to act on any more."""
    found = states.whole(number, parts, barred)
    return states.states()["mended"] if mended and found.id in SENT_BACK else found


def of(standing: int) -> State:
    """What the number of a declaration means."""
    rest, mended = divmod(standing, 2)
    rest, way = divmod(rest, len(_WAYS))
    number, bar = divmod(rest, len(BARS) + 1)
    parts = [states.states()[_WAYS[way]]]
    return whole(number + _LOWEST, parts, BARS[bar - 1 : bar] if bar else (), bool(mended))


@cache
def every() -> dict[int, State]:
    """Every number there can be, and its state."""
    kept = {0, *overall.ids()}
    parts = product(kept, range(len(BARS) + 1), range(len(_WAYS)), range(2))
    numbers = ((((kept - _LOWEST) * (len(BARS) + 1) + bar) * len(_WAYS) + way) * 2 + again
               for kept, bar, way, again in parts)  # fmt: skip
    return {number: of(number) for number in numbers}


def numbers(wanted: Collection[str]) -> list[int]:
    """The numbers of these states; of all, where none is wanted."""
    return [number for number, state in every().items() if not wanted or state.id in wanted]

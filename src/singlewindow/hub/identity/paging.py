"""Where a page of a list begins: opaque to programs, bounded, and refused where it is not ours."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Sequence
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Annotated, Any, TypeVar

import msgspec

from singlewindow.hub.identity import refusals
from singlewindow.hub.identity.programs import Denied
from singlewindow.hub.identity.shapes import Paging
from singlewindow.kernel.messages import Problem, Text

Item = TypeVar("Item")
Number = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]  # what an int4 column holds
Position = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
STRANGE = Problem(
    "after.unreadable",
    Text("翻页标记无法识别", "the cursor cannot be read"),
    "after",
    remedy=Text("请原样使用上一页的 next，或从头开始", "use the `next` of a page as it is, or begin anew"),
)


def cursor(*place: Any) -> str:
    """The place of a list's row, as a program may carry it about."""
    return urlsafe_b64encode(msgspec.json.encode(place)).rstrip(b"=").decode()


def begin(after: str, kinds: Any) -> Any:
    """The place that a cursor names, as a tuple of ``kinds``; None for the beginning. Refuses all else."""
    if not after:
        return None
    try:
        place = msgspec.json.decode(urlsafe_b64decode(after + "=" * (-len(after) % 4)), type=kinds)
    except (ValueError, binascii.Error, msgspec.DecodeError):
        raise Denied(refusals.answer(422, STRANGE)) from None
    if not all(map(_asked_with, place)):
        raise Denied(refusals.answer(422, STRANGE))
    return place


def _asked_with(part: Any) -> bool:
    """Whether a statement can be asked with it: it has no NUL, and no zone leads out of the years."""
    if isinstance(part, datetime):
        return part.tzinfo is not None and MINYEAR < part.year < MAXYEAR
    return not (isinstance(part, str) and "\0" in part)


def page(rows: Sequence[Item], limit: int, place: Callable[[Item], tuple[Any, ...]]) -> dict[str, Any]:
    """``limit`` rows of those found, of which there is one more where the list goes on."""
    shown = list(rows[:limit])
    return {"items": shown, "next": cursor(*place(shown[-1])) if len(rows) > limit else None}


def held(
    rows: Iterable[Item], asked: Paging, kinds: Any, place: Callable[[Item], tuple[Any, ...]]
) -> dict[str, Any]:
    """A page of a list that is in memory whole, in the order of the rows' places, which differ."""
    start = begin(asked.after, kinds)
    beyond = [row for row in sorted(rows, key=place) if start is None or place(row) > start]
    return page(beyond, asked.limit, place)

"""What programs ask of the standards: code lists, look-up by code, name or pinyin initials, on a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from singlewindow.hub.identity import paging
from singlewindow.hub.identity.programs import Routes, absent
from singlewindow.hub.identity.shapes import AS_DAY, Line, Name, Paging, Shape, Words
from singlewindow.hub.standards.codelists import Code, CodeList
from singlewindow.kernel.clock import local_day, now
from singlewindow.kernel.messages import Text

READ = "standards.read"
MOST_DAYS = (date(1900, 1, 1), date(2200, 12, 31))
routes = Routes(tags=["standards"])
_lists: Callable[[], Mapping[str, CodeList]] | None = None


class CodeListShape(Shape):
    """A code list, and how many codes it has on the day asked for."""

    id: str
    name: Words
    source: Words
    codes: int


class CodeLists(Shape):
    """A page of the code lists, by their ids."""

    items: list[CodeListShape]
    next: str | None


class CodeShape(Shape):
    """A code in one period of validity, both ends included; absent ends are open."""

    code: str
    name: Words
    pinyin: str
    valid_from: date | None
    valid_to: date | None
    successor: str
    source: str
    extra: dict[str, str]


class Codes(Shape):
    """A page of a code list."""

    items: list[CodeShape]
    next: str | None


class StandingShape(Shape):
    """What a code is on a day, with the period that says so."""

    standing: Literal["current", "ended", "future"]
    period: CodeShape


Day = Annotated[
    date | None,
    Field(
        ge=MOST_DAYS[0],
        le=MOST_DAYS[1],
        description=(
            "按哪天有效，1900–2200 年，缺省今天 · valid on which day, 1900 to 2200; today if absent"
        ),
    ),
    AS_DAY,
]


class Asked(Paging):
    """A part of a list. With ``q`` the best fits alone, best first."""

    on: Day = None
    q: Line = Field(
        "",
        description="代码、名称、拼音或首字母 · code, name, pinyin or initials; the best fits on one page",
    )


class ListsAsked(Paging):
    """Which lists, and the day on which their codes are counted."""

    on: Day = None


class OnDay(Shape):
    """The day asked about."""

    on: Day = None


def use(lists: Callable[[], Mapping[str, CodeList]] | None) -> None:
    """State, once a process, which lists are in force."""
    global _lists
    _lists = lists


@routes.see(
    "/code-lists",
    CodeLists,
    needs=READ,
    title=Text("代码表", "Code lists"),
    notes=Text("全部代码表及当日有效代码数", "All code lists, and how many codes are in force on the day"),
)
def list_code_lists(request: HttpRequest, asked: Query[ListsAsked]) -> Any:
    on = _day(asked.on)
    found = paging.held(_known().values(), asked, tuple[str], lambda one: (one.id,))
    return found | {"items": [_list(each, on) for each in found["items"]]}


@routes.see(
    "/code-lists/{list_id}",
    Codes,
    needs=READ,
    title=Text("一张代码表的代码", "The codes of a list"),
    notes=Text(
        "当日有效的代码；给 q 时按代码、名称、拼音首字母查找",
        "Codes in force on the day; with q those that fit by code, name or pinyin initials",
    ),
)
def list_codes(request: HttpRequest, list_id: Name, asked: Query[Asked]) -> Any:
    found, on = _one(list_id), _day(asked.on)
    if asked.q:
        return {"items": [_code(code) for code in found.suggest(asked.q, on, asked.limit)], "next": None}
    (start,) = paging.begin(asked.after, tuple[paging.Number]) or (0,)
    rows = [(place, code) for place, code in enumerate(found.codes[start:], start + 1) if code.valid(on)][
        : asked.limit + 1
    ]
    made = paging.page(rows, asked.limit, lambda row: (row[0],))
    return made | {"items": [_code(code) for _, code in made["items"]]}


@routes.see(
    "/code-lists/{list_id}/{code}",
    StandingShape,
    needs=READ,
    title=Text("一个代码", "One code"),
    notes=Text(
        "当日是否有效，已停用的给出后继代码",
        "Whether it is in force on the day; of an ended one also its successor",
    ),
)
def get_code(request: HttpRequest, list_id: Name, code: Name, asked: Query[OnDay]) -> Any:
    standing, period = _one(list_id).find(code, _day(asked.on))
    if period is None:
        raise absent()
    return {"standing": str(standing), "period": _code(period)}


def _known() -> Mapping[str, CodeList]:
    if _lists is None:
        raise LookupError("no code lists are in use in this process")
    return _lists()


def _one(list_id: str) -> CodeList:
    found = _known().get(list_id)
    if found is None:
        raise absent()
    return found


def _day(on: date | None) -> date:
    return on or local_day(now())


def _list(one: CodeList, on: date) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "source": one.source, "codes": len(one.active(on))}


def _code(code: Code) -> dict[str, Any]:
    return {
        "code": code.code,
        "name": code.name,
        "pinyin": code.pinyin,
        "valid_from": None if code.valid_from == date.min else code.valid_from,
        "valid_to": code.valid_to,
        "successor": code.successor,
        "source": code.source,
        "extra": dict(code.extra),
    }

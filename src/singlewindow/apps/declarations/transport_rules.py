"""Rules on how the goods travel: containers, and the call of the ship."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from msgspec.structs import replace

from singlewindow.apps.declarations.tables import DAYS_AHEAD, DAYS_PAST
from singlewindow.hub.documents.faults import shown
from singlewindow.kernel.clock import zoned
from singlewindow.kernel.codes import container, imo
from singlewindow.kernel.messages import Problem, Severity, Text

_WATER = "2"
_DAY = "entry_exit_date"


class ContainerNumbers:
    """Every container number has the check digit that belongs to it and stands once.

    ISO 6346:2022, annex A; GACC Announcement 2019 No. 18, item 32 on containers.
    """

    def __call__(self, values: dict[str, Any], on: date) -> Iterator[Problem]:
        """One problem for each container that is wrong."""
        seen: dict[str, int] = {}
        for i, line in enumerate(values.get("containers", ())):
            number = line.get("container_number")
            if number is None:
                continue
            path = f"containers[{i}].container_number"
            if (problem := container.check(number, path)) is not None:
                yield self._with_right_number(problem)
            if seen.setdefault(number, i) != i:
                yield self._twice(path, number, seen[number] + 1)

    def _with_right_number(self, problem: Problem) -> Problem:
        if problem.code != "container.check":
            return problem
        right = problem.value[:10] + container.check_digit(problem.value[:10])
        return replace(
            problem, remedy=Text(f"前十位无误时应为 {right}", f"if the first ten are right, give {right}")
        )

    def _twice(self, path: str, number: str, first: int) -> Problem:
        return Problem(
            "container_numbers.twice",
            Text(f"{number} 与第 {first} 个集装箱重复", f"{number} is already container {first}"),
            path,
            number,
            Text("请删去重复的一行", "leave out one of the two"),
        )


class ContainerLines:
    """The goods lines that a container names exist, each once, and every line is in some container.

    GACC Announcement 2019 No. 18, item 32: container number, kind, and the lines of goods in it.
    """

    def __call__(self, values: dict[str, Any], on: date) -> Iterator[Problem]:
        """Wrong line numbers of each container, then the lines that are in none."""
        containers, count = values.get("containers", ()), len(values.get("goods", ()))
        if not containers:
            return
        existing = {str(n) for n in range(1, count + 1)}
        stowed: set[str] = set()
        for i, line in enumerate(containers):
            given = line.get("goods_line_numbers")
            if given is None:
                continue
            named = given.split(",")
            stowed.update(named)
            if len(set(named)) < len(named) or not existing.issuperset(named):
                yield self._wrong(f"containers[{i}].goods_line_numbers", given, existing)
        for missing in sorted(existing - stowed, key=int):
            yield self._unstowed(int(missing), len(containers), count)

    def _wrong(self, path: str, given: str, existing: set[str]) -> Problem:
        named = given.replace("，", ",").replace("、", ",").split(",")
        right = ",".join(sorted({n.strip() for n in named} & existing, key=int))
        remedy = Text(f"请填 1 至 {len(existing)} 的项号", f"give line numbers from 1 to {len(existing)}")
        if right:
            remedy = Text(f"应为 {right}", f"give {right}")
        return Problem(
            "container_lines.wrong",
            Text(
                f"商品项号“{shown(given)}”不存在、重复或分隔不对",
                f"“{shown(given)}” names lines that do not exist, twice, or not separated by commas",
            ),
            path,
            shown(given),
            remedy,
        )

    def _unstowed(self, number: int, containers: int, count: int) -> Problem:
        remedy = Text(
            "请在所装集装箱的商品项号中加上该项", "add it to the lines of the container that holds it"
        )
        if containers == 1:
            every = ",".join(str(n) for n in range(1, count + 1))
            remedy = Text(f"集装箱的商品项号应为 {every}", f"give {every} for the container")
        return Problem(
            "container_lines.unstowed",
            Text(f"第 {number} 项商品未装入任何集装箱", f"line {number} is in no container"),
            f"goods[{number - 1}]",
            str(number),
            remedy,
            Severity.WARNING,
        )


class SeaborneCall:
    """The ship is identified by a valid IMO number, and nothing is picked up before she arrives.

    IMO Resolution A.1117(30), ship identification number scheme; GACC Announcement 2019 No. 18, items 9
    and 10 on mode and means of transport.
    """

    def __call__(self, values: dict[str, Any], on: date) -> Iterator[Problem]:
        """The number, the mode it belongs to, and the order of arrival and pick-up."""
        number = values.get("imo_number")
        if number is not None:
            yield from self._number(number, values.get("transport_mode"))
        arrival = "actual_arrival" if "actual_arrival" in values else "estimated_arrival"
        arrived, picked = values.get(arrival), values.get("pickup_time")
        if arrived and picked and _moment(picked) < _moment(arrived):
            yield Problem(
                "seaborne_call.pickup",
                Text(f"提箱时间早于抵港时间 {arrived}", f"pick-up is before arrival at {arrived}"),
                "pickup_time",
                picked,
                Text(f"应不早于 {arrived}", f"give a time not before {arrived}"),
            )

    def _number(self, number: str, mode: str | None) -> Iterator[Problem]:
        if problem := imo.check(number, "imo_number"):
            yield replace(problem, code="seaborne_call.imo_number")
        if mode is not None and mode != _WATER:
            yield Problem(
                "seaborne_call.mode",
                Text(
                    f"运输方式 {mode} 不是水路，却填了 IMO 编号",
                    f"mode {mode} is not water, yet there is an IMO number",
                ),
                "transport_mode",
                mode,
                Text(
                    f"水路运输应为 {_WATER}，否则删去 IMO 编号",
                    f"give {_WATER} for water, or leave out the IMO number",
                ),
                Severity.WARNING,
            )


class DayOfEntry:
    """The day of import lies near the day of declaration: a slip in the year is seen before customs sees it.

    GACC Announcement 2019 No. 18, item 5 on the day of import or export; Customs Law, article 30.
    """

    def __call__(self, values: dict[str, Any], on: date) -> Iterator[Problem]:
        """A warning where it is far ahead or long past."""
        given = values.get(_DAY)
        if given is None:
            return
        day = date.fromisoformat(given)
        if day - on > DAYS_AHEAD:
            yield self._ahead(given, (day - on).days)
        elif on - day > DAYS_PAST:
            yield self._past(given, (on - day).days)

    def _ahead(self, given: str, days: int) -> Problem:
        return Problem(
            "day_of_entry.ahead",
            Text(f"进出口日期 {given} 在 {days} 天之后", f"{given} lies {days} days ahead"),
            _DAY,
            given,
            Text("请核对年月日", "check the year, month and day"),
            Severity.WARNING,
        )

    def _past(self, given: str, days: int) -> Problem:
        return Problem(
            "day_of_entry.past",
            Text(f"进出口日期 {given} 已过去 {days} 天", f"{given} was {days} days ago"),
            _DAY,
            given,
            Text(
                "请核对年月日；进境后超过三个月未申报的货物，海关可提取变卖",
                "check the year, month and day; goods that nobody declared for three months customs may sell",
            ),
            Severity.WARNING,
        )


def _moment(text: str) -> datetime:
    return zoned(datetime.fromisoformat(text))

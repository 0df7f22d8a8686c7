"""What one consignment asks of people: until when, how that was counted, how long is left. Pure.

Workflows and limits are stated once when a process starts, as names are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.utils.timezone import localtime
from msgspec import Struct

from singlewindow.hub.portal import names, worklist
from singlewindow.hub.portal.names import Partner
from singlewindow.hub.process.calendar import Calendar, Unit
from singlewindow.hub.process.deadlines import Deadlines
from singlewindow.hub.process.definitions import Workflows
from singlewindow.hub.process.limits import LateFee, LimitVersion, days_late
from singlewindow.hub.process.queries import Kept
from singlewindow.kernel.messages import Text

ATTENDS = "present_goods"  # the duty that is over only when nothing is left to inspect
MOST_DAYS = 22  # of the strip; a longer term is told in words alone
_UNITS = {
    Unit.DAY: Text("天", "days"),
    Unit.WORKING_DAY: Text("个工作日", "working days"),
    Unit.HOUR: Text("小时", "hours"),
    Unit.WORKING_HOUR: Text("个工作小时", "working hours"),
}


class Day(Struct, frozen=True):
    """A day of a term: a working day or one of rest, and what it is besides."""

    day: date
    rest: bool
    today: bool
    last: bool


class Line(Struct, frozen=True):
    """A duty with its term: open, late or done."""

    kept: Kept
    partner: Partner
    document: Text
    when: Text | None
    left: Text | None
    late: bool
    pressing: bool
    counted: Text | None
    source: Text | None
    cost: Text | None  # of being late, by the law
    days: tuple[Day, ...]
    order: str = ""  # number of the inspection that is still to be attended, though its letter was answered


class Rules(Struct, frozen=True):
    """What terms are counted by."""

    workflows: Workflows
    deadlines: Deadlines


_rules: Rules | None = None


def use(rules: Rules | None) -> None:
    """State, once a process, which workflows and limits there are; without them terms bear no basis."""
    global _rules
    _rules = rules


def lines(
    kept: Sequence[Kept], now: datetime, inspections: Mapping[str, str] | None = None
) -> tuple[Line, ...]:
    """The duties of one submission as they stand at an instant, open ones first.

    ``inspections``: agency → number of the order under which it is still to inspect a part of the goods.
    """
    return tuple(_line(each, now, inspections or {}) for each in kept)


def _line(kept: Kept, now: datetime, inspections: Mapping[str, str]) -> Line:
    due, limit = kept.duty.deadline, _limit(kept)
    until = kept.done_at or now
    return Line(
        kept=kept,
        partner=names.partner(kept.duty.partner),
        document=names.document(kept.document),
        when=worklist.when(due, now) if due else None,
        left=worklist.left(due, until) if due else None,
        late=due is not None and due < until,
        pressing=due is not None and due - until < worklist.SOON,
        counted=_counted(limit, due) if limit and due else None,
        source=limit.source if limit and due else None,
        cost=_cost(limit.late_fee, due, until) if limit and limit.late_fee and due else None,
        days=_days(kept.duty.since, due, now, _rules.deadlines.calendar) if due and _rules else (),
        order=inspections.get(kept.duty.partner, "") if kept.done_at and kept.duty.code == ATTENDS else "",
    )


def _limit(kept: Kept) -> LimitVersion | None:
    if _rules is None:
        return None
    states = _rules.workflows.of(kept.document).states.values()
    rule = next((rule for state in states for rule in state.duties if rule.id == kept.duty.code), None)
    return _rules.deadlines.version(rule, kept.duty.since) if rule else None


def counted(version: LimitVersion) -> Text:
    """``15 天，末日为休息日的顺延``."""
    amount, unit = version.limit.amount, _UNITS[version.limit.unit]
    zh, en = f"{amount} {unit.zh}", f"{amount} {unit.en.removesuffix('s') if amount == 1 else unit.en}"
    if version.limit.rolls:
        return Text(f"{zh}，末日为休息日的顺延", f"{en}; a last day of rest moves to the next working day")
    return Text(zh, en)


def _counted(version: LimitVersion, due: datetime) -> Text:
    """The same of a term that ends on a day, which may lie in a year whose holidays nobody knows yet."""
    said, year = counted(version), localtime(due).year
    if _rules is None or _rules.deadlines.calendar.covers(localtime(due).date()):
        return said
    return Text(
        f"{said.zh}；{year} 年放假安排尚未录入，暂按周末计",
        f"{said.en}; the holidays of {year} are not known yet, so weekends alone are counted",
    )


def _cost(fee: LateFee, due: datetime, until: datetime) -> Text:
    """What is charged a day, and the days charged so far; of which sum, its letter says."""
    rate, least = f"{(fee.rate * 1000).normalize():f}‰", f"{fee.minimum.normalize():f}"
    zh, en = f"逾期每日按 {rate} 计收，不足 {least} 元免收", f"late: {rate} a day, nothing below CNY {least}"
    if fee.rolls:
        zh, en = f"{zh}，起征日为休息日的顺延", f"{en}; a first day of rest moves to the next working day"
    late = days_late(fee, due, until, _rules.deadlines.calendar) if _rules else 0
    if not late:
        return Text(zh, en)
    return Text(f"{zh}；已计 {late} 日", f"{en}; {late} day{'s' if late > 1 else ''} so far")


def _days(since: datetime, due: datetime, now: datetime, calendar: Calendar) -> tuple[Day, ...]:
    """Each day of a term that is short enough to be drawn, the day it began first."""
    first, last, today = calendar.day_of(since), calendar.day_of(due), localtime(now).date()
    number = (last - first).days + 1
    if not 1 < number <= MOST_DAYS:
        return ()
    every = (first + timedelta(days=after) for after in range(number))
    return tuple(Day(day, not calendar.works(day), day == today, day == last) for day in every)

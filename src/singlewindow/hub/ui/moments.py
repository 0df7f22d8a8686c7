"""Times and spans as people at a border read them: short, exact, to the second where it matters."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.timezone import localtime

from singlewindow.kernel.messages import Text

WEEKDAYS = (
    Text("周一", "Mon"),
    Text("周二", "Tue"),
    Text("周三", "Wed"),
    Text("周四", "Thu"),
    Text("周五", "Fri"),
    Text("周六", "Sat"),
    Text("周日", "Sun"),
)
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def clock_time(at: datetime, seconds: bool = False) -> str:
    """``09:53`` or ``09:53:08`` in the port's time zone."""
    return localtime(at).strftime("%H:%M:%S" if seconds else "%H:%M")


def day(at: datetime) -> Text:
    """``11-18 周二``: the day and its weekday."""
    local = localtime(at)
    date, weekday = local.strftime("%m-%d"), WEEKDAYS[local.weekday()]
    return Text(f"{date} {weekday.zh}", f"{weekday.en} {date}")


def appointment(at: datetime) -> Text:
    """``11-18 周二 09:53``: the day, its weekday and the minute."""
    on, time = day(at), clock_time(at)
    return Text(f"{on.zh} {time}", f"{on.en} {time}")


def stamp(at: datetime) -> str:
    """``2026-11-18 09:53:08``, the form of lists and evidence."""
    return localtime(at).strftime("%Y-%m-%d %H:%M:%S")


def span(length: timedelta) -> Text:
    """A length of time in its two largest units: 2 天 3 小时, 6 小时 19 分, 14 秒, 不足 1 秒."""
    seconds = max(length.total_seconds(), 0.0)
    if seconds < 1:
        return Text("不足 1 秒", "under 1 s")
    whole = round(seconds)
    if whole < _MINUTE:
        return Text(f"{whole} 秒", f"{whole} s")
    if whole < _HOUR:
        return _two(whole, _MINUTE, 1, "分", "秒", "min", "s")
    if whole < _DAY:
        return _two(whole, _HOUR, _MINUTE, "小时", "分", "h", "min")
    return _two(whole, _DAY, _HOUR, "天", "小时", "d", "h")


def _two(whole: int, large: int, small: int, zh1: str, zh2: str, en1: str, en2: str) -> Text:
    first, rest = whole // large, whole % large // small
    if not rest:
        return Text(f"{first} {zh1}", f"{first} {en1}")
    return Text(f"{first} {zh1} {rest} {zh2}", f"{first} {en1} {rest} {en2}")

"""An announcement as somebody typed it, and all that is wrong with it, beside the field it is in. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.notice.announcements import Announcement, kinds
from singlewindow.kernel.clock import FIRST_YEAR, LAST_YEAR, zoned
from singlewindow.kernel.messages import Problem, Text
from singlewindow.kernel.unseen import first_unseen

TITLE_ZH, TITLE_EN = 60, 120  # characters; English takes about twice as many
TEXT_ZH, TEXT_EN = 2_000, 5_000
LONGEST_REASON = 500
FARTHEST = timedelta(days=731)  # that anything may lie ahead
TYPING = timedelta(minutes=15)  # a moment so long past was the present when it was typed

_CHINESE, _ENGLISH = Text("中文", "Chinese"), Text("英文", "English")
_TITLE, _TEXT = Text("标题", "title"), Text("正文", "text")
_NEEDED = (
    ("title_zh", _CHINESE, _TITLE, TITLE_ZH),
    ("title_en", _ENGLISH, _TITLE, TITLE_EN),
    ("text_zh", _CHINESE, _TEXT, TEXT_ZH),
    ("text_en", _ENGLISH, _TEXT, TEXT_EN),
)
_TIMES = ("shown_from", "shown_until", "stops_at", "resumes_at")


class Typed(Struct, frozen=True):
    """The fields of the form, as they stand in it; times as ``2026-11-25T22:00``, the port's, or empty."""

    kind: str = ""
    title_zh: str = ""
    title_en: str = ""
    text_zh: str = ""
    text_en: str = ""
    shown_from: str = ""
    shown_until: str = ""
    stops_at: str = ""
    resumes_at: str = ""


def unfit(typed: Typed, at: datetime) -> tuple[Problem, ...]:
    """Everything that is wrong with what was typed; nothing of what may be published."""
    chosen = [] if typed.kind in kinds() else [_wrong("kind", "请选择种类", "Choose a kind")]
    said = [
        problem
        for field, language, part, most in _NEEDED
        for problem in _worded(field, getattr(typed, field), language, part, most)
    ]
    times = [
        problem for field in _TIMES for problem in _readable(field, getattr(typed, field), at)
    ] or _spans(typed, at)
    return (*chosen, *said, *times)


def made(typed: Typed, id_: UUID, at: datetime) -> Announcement:
    """What is published, of fields that ``unfit`` finds nothing wrong with.

    It is shown from the present on unless a later moment was typed; a stop of service until its end unless
    longer was asked for.
    """
    resumes = _moment(typed.resumes_at)
    return Announcement(
        id=id_,
        kind=typed.kind,
        title=Text(_line(typed.title_zh), _line(typed.title_en)),
        text=Text(_lines(typed.text_zh), _lines(typed.text_en)),
        shown_from=max(_moment(typed.shown_from) or at, at),
        shown_until=_moment(typed.shown_until) or resumes,
        stops_at=_moment(typed.stops_at),
        resumes_at=resumes,
    )


def without_reason(reason: str) -> tuple[Problem, ...]:
    """What is wrong with a reason for withdrawing one."""
    said = []
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        zh = f"请写明理由，至多 {LONGEST_REASON} 字"
        said.append(_wrong("reason", zh, f"Give a reason, at most {LONGEST_REASON} characters"))
    return (*said, *_seen("reason", reason))


def _worded(field: str, typed: str, language: Text, part: Text, most: int) -> list[Problem]:
    text = _lines(typed)
    if not text:
        zh, en = f"请填写{language.zh}{part.zh}", f"Give the {part.en} in {language.en}"
        return [_wrong(field, zh, en)]
    problems = _seen(field, typed)
    if len(text) > most:
        zh = f"{language.zh}{part.zh}至多 {most} 字，现有 {len(text)} 字"
        en = f"The {part.en} in {language.en} has at most {most} characters, not {len(text)}"
        problems.append(_wrong(field, zh, en))
    return problems


def _seen(field: str, typed: str) -> list[Problem]:
    mark = first_unseen(typed)
    if not mark:
        return []
    zh, en = (
        f"有看不见的字符（{mark}），请重新键入",
        f"It holds a character that nobody sees ({mark}): type it again",
    )
    return [_wrong(field, zh, en)]


def _readable(field: str, typed: str, at: datetime) -> list[Problem]:
    if not typed:
        return []
    moment = _moment(typed)
    if moment is None:
        return [_wrong(field, "请填写日期和时间", "Give a day and a time")]
    if moment > at + FARTHEST:
        return [_wrong(field, "至多提前两年", "At most two years ahead")]
    return []


def _spans(typed: Typed, at: datetime) -> list[Problem]:
    """What is wrong with times of which each can be read."""
    kind = kinds().get(typed.kind)
    since, until = _moment(typed.shown_from), _moment(typed.shown_until)
    found = []
    if since is not None and since < at - TYPING:
        found.append(
            _wrong("shown_from", "起始时间已过；留空即刻发布", "It has passed; leave it empty to publish now")
        )
    if until is not None and until <= max(since or at, at):
        found.append(
            _wrong(
                "shown_until",
                "截止时间须晚于起始时间和现在",
                "It must be later than the beginning, and than now",
            )
        )
    if kind is not None and not kind.stops and (typed.stops_at or typed.resumes_at):
        zh, en = f"“{kind.name.zh}”不填停机时间", f"“{kind.name.en}” has no time of a stop"
        found.append(_wrong("stops_at", zh, en))
    return found + (
        _stop(_moment(typed.stops_at), _moment(typed.resumes_at), since, until, at)
        if kind and kind.stops
        else []
    )


def _stop(
    stops: datetime | None,
    resumes: datetime | None,
    since: datetime | None,
    until: datetime | None,
    at: datetime,
) -> list[Problem]:
    if stops is None or resumes is None:
        fields = (("stops_at", stops), ("resumes_at", resumes))
        zh, en = "停机公告须写明起止时间", "Say from when to when the service stops"
        return [_wrong(field, zh, en) for field, value in fields if value is None]
    if resumes <= stops or resumes <= at:
        return [
            _wrong(
                "resumes_at", "恢复时间须晚于停机时间和现在", "It must be later than the stop, and than now"
            )
        ]
    if since is not None and since >= resumes:
        return [_wrong("shown_from", "须在恢复之前公布", "It must be shown before the service resumes")]
    if until is not None and until < resumes:
        return [_wrong("shown_until", "不得早于恢复时间", "Not before the service resumes")]
    return []


def _moment(typed: str) -> datetime | None:
    """What a date-time field holds, in the port's time zone; None of what is none."""
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        return None
    # No other zone has the ends of the calendar.
    return zoned(at) if FIRST_YEAR <= at.year <= LAST_YEAR else None


def _line(typed: str) -> str:
    return " ".join(typed.split())


def _lines(typed: str) -> str:
    return typed.replace("\r\n", "\n").replace("\r", "\n").strip()


def _wrong(field: str, zh: str, en: str) -> Problem:
    return Problem(f"announcement.{field}", Text(zh, en), field)

"""The problems a check can find, each said once: what, where, and what to do, in both languages."""

from __future__ import annotations

from datetime import date

from singlewindow.kernel.messages import Problem, Severity, Text
from singlewindow.kernel.unseen import first_unseen

SHOWN = 60  # characters of a wrong value that a problem repeats
NOT_YOURS = "filled_by_system"


def shown(value: object) -> str:
    """A wrong value as a problem may repeat it: short, printable, never raw."""
    text = value if isinstance(value, str) else str(value)
    text = "".join(c if _is_seen(c) else f"\\x{ord(c):02x}" for c in text[: SHOWN + 1])
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def _is_seen(c: str) -> bool:
    return c.isprintable() and not first_unseen(c)


def missing(path: str, name: Text) -> Problem:
    return Problem(
        "missing",
        Text(f"{name.zh}必须填写", f"{name.en} must be filled in"),
        path,
        remedy=Text(f"请填写{name.zh}", f"fill in {name.en}"),
    )


def wrong_form(path: str, name: Text, value: object, expected: Text) -> Problem:
    """A value is not written as its element is. What looks right may hold what nobody sees."""
    mark = first_unseen(value) if isinstance(value, str) else ""
    zh, en = f"应为{' ' * expected.zh[:1].isascii()}{expected.zh}", f"give {expected.en}"
    if mark:
        zh = f"有看不见的字符（{mark}），请重新键入；{zh}"
        en = f"it holds a character that nobody sees ({mark}), type it again; {en}"
    return Problem(
        "wrong_form",
        Text(f"{name.zh}“{shown(value)}”格式不符", f"{name.en} “{shown(value)}” has the wrong form"),
        path,
        shown(value),
        Text(zh, en),
    )


def wrong_type(path: str, name: Text, value: object) -> Problem:
    kind = type(value).__name__
    return Problem(
        "wrong_type",
        Text(f"{name.zh}应为文本或数字，不能是 {kind}", f"{name.en} must be a text or a number, not {kind}"),
        path,
        remedy=Text("请给出单个值", "give a single value"),
    )


def no_text(path: str, name: Text) -> Problem:
    return Problem(
        "wrong_type",
        Text(f"{name.zh}应为文本", f"{name.en} must be a text"),
        path,
        remedy=Text('请加上引号，如 "1"', 'put it in quotes, such as "1"'),
    )


def unknown_code(path: str, name: Text, value: str, listing: Text) -> Problem:
    return Problem(
        "unknown_code",
        Text(
            f"{name.zh}“{shown(value)}”不在{listing.zh}中",
            f"{name.en} “{shown(value)}” is not in {listing.en}",
        ),
        path,
        shown(value),
        Text(f"请从{listing.zh}中选取", f"choose from {listing.en}"),
    )


def ended_code(path: str, name: Text, value: str, listing: Text, ended: date, successor: str) -> Problem:
    instead = (
        Text(f"请改用 {successor}", f"use {successor}")
        if successor
        else Text(f"请从{listing.zh}中选取现行代码", f"choose a code in force from {listing.en}")
    )
    return Problem(
        "ended_code",
        Text(
            f"{name.zh}“{shown(value)}”在{listing.zh}中已停用，有效期至 {ended}",
            f"{name.en} “{shown(value)}” of {listing.en} has ended; its last day was {ended}",
        ),
        path,
        shown(value),
        instead,
    )


def future_code(path: str, name: Text, value: str, listing: Text, begins: date) -> Problem:
    return Problem(
        "future_code",
        Text(
            f"{name.zh}“{shown(value)}”在{listing.zh}中自 {begins} 起才有效",
            f"{name.en} “{shown(value)}” of {listing.en} is valid only from {begins}",
        ),
        path,
        shown(value),
        Text(
            f"请从{listing.zh}中选取现行代码，或于 {begins} 起申报",
            f"choose a code in force from {listing.en}, or submit from {begins} on",
        ),
    )


def unknown_element(path: str) -> Problem:
    return Problem(
        "unknown_element",
        Text(
            f"{shown(path)} 不是本单证的数据元，已原样保存",
            f"{shown(path)} is no element of this document; kept as it came",
        ),
        shown(path),
        remedy=Text("请核对数据元名称，或删去该项", "check the element's name, or leave it out"),
        severity=Severity.WARNING,
    )


def unknown_member(name: str) -> Problem:
    """What stands beside a document's values, where nothing is kept."""
    return Problem(
        "unknown_element",
        Text(
            f"“{shown(name)}”不能与 document、version、values 并列",
            f"“{shown(name)}” cannot stand beside document, version and values",
        ),
        shown(name),
        remedy=Text(
            "单证内容都放在 values 中；请移入或删去", "put what is declared into values, or leave it out"
        ),
    )


def not_yours(path: str, name: Text, value: object) -> Problem:
    """A sender filled what authorities assign or the platform works out."""
    return Problem(
        NOT_YOURS,
        Text(
            f"{name.zh}由主管部门或平台填写，来文所填“{shown(value)}”未采用，已原样保存",
            f"{name.en} is for the authority or the platform to fill in; “{shown(value)}” was kept, not used",
        ),
        path,
        shown(value),
        Text("请删去该项", "leave it out"),
        Severity.WARNING,
    )


def not_lines(path: str, name: Text) -> Problem:
    return Problem(
        "not_lines",
        Text(f"{name.zh}应为若干行", f"{name.en} must be a list of lines"),
        path,
        remedy=Text("每行一个对象，放在数组中", "give an array with one object a line"),
    )


def not_a_line(path: str, name: Text) -> Problem:
    return Problem(
        "not_lines",
        Text(f"{name.zh}的这一行不是对象", f"this line of {name.en} is no object"),
        path,
        remedy=Text("每行一个对象，放在数组中", "give an array with one object a line"),
    )


def too_few(path: str, name: Text, least: int) -> Problem:
    return Problem(
        "too_few_lines",
        Text(f"{name.zh}至少 {least} 项", f"{name.en} needs at least {least}"),
        path,
        remedy=Text(f"请增加{name.zh}", f"add to {name.en}"),
    )


def too_many(path: str, name: Text, count: int, most: int) -> Problem:
    return Problem(
        "too_many_lines",
        Text(f"{name.zh}有 {count} 项，最多 {most} 项", f"{name.en} has {count}, at most {most} are allowed"),
        path,
        str(count),
        Text("请分单申报", "split it into several documents"),
    )


def more(left: int, severity: Severity) -> Problem:
    """Stands last where not all problems are shown; stops a submission only if one left out does."""
    return Problem(
        "more_problems",
        Text(f"另有 {left} 个问题未列出", f"{left} more problems are not shown"),
        value=str(left),
        remedy=Text("请先处理已列出的问题，再检查一次", "mend those shown, then check again"),
        severity=severity,
    )


MEND = Text("请修正后重新发送；原件未被接收", "mend it and send it again; nothing was taken")


def unreadable(code: str, zh: str, en: str, field: str = "", value: str = "", remedy: Text = MEND) -> Problem:
    """Bytes that are no document; the remedy is always the sender's."""
    return Problem(code, Text(zh, en), field, value, remedy)

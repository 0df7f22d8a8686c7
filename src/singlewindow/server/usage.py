"""What argparse itself says of a command line, in both languages, and always with what to do."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from singlewindow.kernel.messages import Problem, Text
from singlewindow.server.refusal import Refusal

# By argparse's own English sentence, which stays as it is. What only programmers can read is not here.
CHINESE = {
    "usage: ": "用法",
    "positional arguments": "参数",
    "options": "选项",
    "show this help message and exit": "显示本说明",
    "argument %(argument_name)s: %(message)s": "参数 %(argument_name)s：%(message)s",
    "the following arguments are required: %s": "缺少参数：%s",
    "one of the arguments %s is required": "以下参数须给出一个：%s",
    "unrecognized arguments: %s": "无法识别的参数：%s",
    "unexpected option string: %s": "不应有选项 %s",
    "ambiguous option: %(option)s could match %(matches)s": "选项 %(option)s 不明确，可能是 %(matches)s",
    "invalid choice: %(value)r (choose from %(choices)s)": "没有 %(value)r 这一项，可选：%(choices)s",
    "unknown parser %(parser_name)r (choices: %(choices)s)": "没有命令 %(parser_name)r，可选：%(choices)s",
    "invalid %(type)s value: %(value)r": "%(value)r 不是有效的 %(type)s",
    "expected one argument": "应跟一个值",
    "expected at most one argument": "最多跟一个值",
    "expected at least one argument": "至少跟一个值",
    "expected %s argument": "应跟 %s 个值",
    "expected %s arguments": "应跟 %s 个值",
    "not allowed with argument %s": "不能与参数 %s 同用",
    "ignored explicit argument %r": "不应跟值 %r",
    "can't open '%(filename)s': %(error)s": "无法打开“%(filename)s”：%(error)s",
}
HELP = Text("用法请看 {} --help", "see {} --help")


class Both(str):
    """A sentence in both languages that argparse may fill in, and put into another one."""

    zh: str
    en: str

    def __new__(cls, zh: str, en: str) -> Both:
        """Chinese first, on one line."""
        made = super().__new__(cls, zh if zh == en else f"{zh} · {en}")
        made.zh, made.en = zh, en
        return made

    def __str__(self) -> Both:
        """Itself: a plain copy would know one language."""
        return self

    def __mod__(self, values: Any) -> Both:
        """Each half with the same half of what is filled in."""
        return Both(self.zh % _half(values, "zh"), self.en % _half(values, "en"))


class Misused(Refusal):
    """A command line that cannot be read; people see how it should be before they read why."""

    def __init__(self, usage: str, problem: Problem, remedy: Text) -> None:
        text = problem.text
        super().__init__(text.zh, text.en, problem)
        self._lines = [usage.rstrip(), text.zh, text.en, f"{remedy.zh} · {remedy.en}"]

    @property
    def lines(self) -> list[str]:
        """Usage, what is wrong in each language, and where one reads more."""
        return self._lines


class Parser(argparse.ArgumentParser):
    """argparse, in both languages."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line and where one reads how it should be."""
        text = Text(f"{self.prog}：{_half(message, 'zh')}", f"{self.prog}: {_half(message, 'en')}")
        remedy = Text(HELP.zh.format(self.prog), HELP.en.format(self.prog))
        raise Misused(self.format_usage(), Problem("usage", text, remedy=remedy), remedy)


def speak() -> None:
    """Let argparse look its sentences up here, where it asks gettext, which knows one language at a time."""
    argparse._ = said  # type: ignore[attr-defined]
    argparse.ngettext = lambda one, many, count: said(one if count == 1 else many)  # type: ignore[attr-defined]


def said(english: str) -> str:
    """One of argparse's sentences; one that is not known stays as it is."""
    return Both(CHINESE[english], english) if english in CHINESE else english


def unfit(zh: str, en: str) -> argparse.ArgumentTypeError:
    """Why a value cannot be used, for a ``type`` to raise."""
    return argparse.ArgumentTypeError(Both(zh, en))


def _half(values: Any, language: str) -> Any:
    if isinstance(values, Both):
        return getattr(values, language)
    if isinstance(values, dict):
        return {name: _half(value, language) for name, value in values.items()}
    return values

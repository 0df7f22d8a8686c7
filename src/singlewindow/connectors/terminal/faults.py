"""What is wrong with what the terminal sends, in both languages."""

from __future__ import annotations

from singlewindow.kernel.messages import Problem, Text


def fault(code: str, place: str, zh: str, en: str) -> Problem:
    """A problem at a place of the terminal's answer."""
    remedy = Text("请对方按接口约定重新发送", "Ask the partner to send it again as the interface prescribes")
    return Problem(f"terminal.{code}", Text(zh, en), field=place, remedy=remedy)

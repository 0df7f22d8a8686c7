"""What is wrong with an official table: said with its line, in both languages."""

from __future__ import annotations

from singlewindow.kernel.messages import Problem, Text


class TableError(ValueError):
    """A table that cannot be imported; carries every problem found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.text.en for problem in problems))
        self.problems = problems


def problem(code: str, zh: str, en: str) -> Problem:
    """A problem of the whole table."""
    return Problem(code, Text(zh, en))


def at_line(line: int, code: str, zh: str, en: str) -> Problem:
    """A problem of one line; its number is the problem's field."""
    return Problem(code, Text(f"第 {line} 行：{zh}", f"line {line}: {en}"), field=str(line))

"""A request about accounts that cannot be done, with everything that is wrong about it."""

from __future__ import annotations

from singlewindow.kernel.messages import Problem, Text


class Declined(Exception):
    """Nothing was changed; ``problems`` say why, in both languages."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.text.en for problem in problems))
        self.problems = problems


def wrong(code: str, zh: str, en: str, field: str = "") -> Problem:
    """One thing that is wrong with what was typed."""
    return Problem(f"accounts.{code}", Text(zh, en), field)

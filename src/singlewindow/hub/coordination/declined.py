"""What cannot be done when it is asked for, and why."""

from __future__ import annotations

from singlewindow.kernel.messages import Problem, Text


class Declined(Exception):
    """Something that cannot be done now, for a reason in both languages.

    ``code`` begins with what it speaks of, which is not always an inspection: programs decide by it.
    """

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.problem = Problem(code, Text(zh, en))

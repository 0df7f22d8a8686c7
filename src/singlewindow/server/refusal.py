"""What stops the platform from starting, said in both languages."""

from __future__ import annotations

from singlewindow.kernel.messages import Text


class Refusal(Exception):
    """The platform does not start like this; the text says why and what to do."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)

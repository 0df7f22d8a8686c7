"""What a command has to say: values for programs, lines for people, an exit code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reply:
    """``values`` is printed as JSON under ``--json``, ``text`` otherwise."""

    values: Any
    text: str = ""
    code: int = 0

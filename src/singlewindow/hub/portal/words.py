"""What coordination's values are called on pages: one table of shapes and words."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from singlewindow.hub.coordination import wording
from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Text

# Tables whose words coordination keeps; only their shapes stand here.
_KEPT_THERE = {"order": "orders", "composite": "kinds", "state": "states", "result": "results"}


class Word(Struct, frozen=True):
    """A word in both languages with its shape: one of the ten status kinds, or an icon's name."""

    id: str
    shape: str
    text: Text


@cache
def table() -> dict[str, dict[str, Word]]:
    """``words.yaml``: table, then value, then word."""
    text = (Path(__file__).parent / "words.yaml").read_text("utf-8")
    rows: dict[str, dict[str, Any]] = parse_yaml(text)
    return {
        name: {
            value: Word(value, row.get("kind") or row.get("icon") or "", _text(name, value, row))
            for value, row in values.items()
        }
        for name, values in rows.items()
    }


def word(name: str, value: object) -> Word:
    """A value's word; raises KeyError for a value that coordination does not know."""
    return table()[name][str(value)]


def _text(name: str, value: str, row: dict[str, str]) -> Text:
    if name in _KEPT_THERE:
        return wording.word(_KEPT_THERE[name], value)
    return Text(row["zh"], row["en"])

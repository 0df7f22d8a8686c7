"""The keys that pages promise: one table, shown on every page by F1 or ?, held to by a story."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from singlewindow.kernel.messages import Text


class Key(Struct, frozen=True):
    """What some keys do, each alternative as the browser names it."""

    keys: tuple[str, ...]
    does: Text
    beside: bool = False


class Place(Struct, frozen=True):
    """Where keys work."""

    name: Text
    keys: tuple[Key, ...]


@cache
def promised() -> tuple[Place, ...]:
    """``keyboard.yaml``. Every scalar stays text."""
    text = (Path(__file__).parent / "keyboard.yaml").read_text("utf-8")
    rows: list[dict[str, Any]] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    return tuple(Place(_text(row["where"]), tuple(map(_key, row["keys"]))) for row in rows)


def beside() -> tuple[Key, ...]:
    """Those that a form says beside its fields."""
    return tuple(key for place in promised() for key in place.keys if key.beside)


def _key(row: dict[str, Any]) -> Key:
    return Key(tuple(row["keys"]), _text(row), row.get("beside") == "yes")


def _text(row: dict[str, str]) -> Text:
    return Text(row["zh"], row["en"])

"""An application's samples, by the names that its ``names.yaml`` gives them, as if written today."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct

from singlewindow.hub.documents.definition import Definition
from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Text

_DAY = len("2025-11-18")
_DATED = ("date", "time")  # representations that begin with a day


class Sample(Struct, frozen=True):
    """One sample document and the day on which it is told."""

    id: str
    name: Text
    path: Path
    day: date

    def values(self, definition: Definition, today: date) -> dict[str, Any]:
        """What it would fill in, its days moved so that it is told today; the file itself stays."""
        values: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))["values"]
        return moved(definition, values, today - self.day)


def samples_in(folder: Path) -> list[Sample]:
    """The samples of a folder that have a name, in that order."""
    named = parse_yaml((folder / "names.yaml").read_text(encoding="utf-8"))
    return [
        Sample(id_, Text(row["zh"], row["en"]), folder / f"{id_}.json", date.fromisoformat(row["day"]))
        for id_, row in named.items()
    ]


def moved(definition: Definition, values: dict[str, Any], by: timedelta) -> dict[str, Any]:
    """The same with every day as much later: the time between two of them stays what it was."""
    dated = {path for path, field in definition.paths() if field.element.representation.kind in _DATED}
    return {name: _moved(value, name, dated, by) for name, value in values.items()}


def _moved(value: Any, path: str, dated: set[str], by: timedelta) -> Any:
    if isinstance(value, list):
        return [_moved(line, path, dated, by) for line in value]
    if isinstance(value, dict):
        return {name: _moved(inner, f"{path}.{name}", dated, by) for name, inner in value.items()}
    return _later(value, by) if path in dated else value


def _later(text: str, by: timedelta) -> str:
    """The hour and the zone stay; what is no day stays wrong, for that is what a faulty sample shows."""
    try:
        return (date.fromisoformat(text[:_DAY]) + by).isoformat() + text[_DAY:]
    except ValueError:
        return text

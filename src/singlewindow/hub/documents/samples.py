"""An application's samples, by the names that its ``names.yaml`` gives them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from msgspec import Struct

from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Text


class Sample(Struct, frozen=True):
    """One sample document."""

    id: str
    name: Text
    path: Path

    def values(self) -> dict[str, Any]:
        """What it would fill in."""
        values: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))["values"]
        return values


def samples_in(folder: Path) -> list[Sample]:
    """The samples of a folder that have a name, in that order."""
    named = parse_yaml((folder / "names.yaml").read_text(encoding="utf-8"))
    return [Sample(id_, Text(name["zh"], name["en"]), folder / f"{id_}.json") for id_, name in named.items()]

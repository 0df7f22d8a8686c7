"""Law: a fact names its source, and from when it holds."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import yaml

from tools.house.house import House

SOURCES = ("source", "legal_basis")
SINCE = ("valid_from", "first")
NOT_FACTS = {"hub/standards/traditional.csv"}  # which character is written for which: no rule, a spelling
PRODUCT = Path("src/singlewindow")


def check(house: House) -> None:
    """Rows of CSV, values of YAML below ``facts``."""
    for path in house.matching("src/singlewindow/*.csv"):
        name = path.relative_to(PRODUCT).as_posix()
        if name not in NOT_FACTS and "tests" not in path.parts:
            _table(house, path)
    for path in house.matching("src/singlewindow/*/facts/*.yaml", "src/singlewindow/*/facts.yaml"):
        loaded = yaml.load((house.root / path).read_text("utf-8"), Loader=yaml.BaseLoader)
        for where in _unsourced(loaded):
            house.report(path, f"{where} is a value without a source")


def _table(house: House, path: Path) -> None:
    with (house.root / path).open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        header = rows.fieldnames or []
        sources = [each for each in SOURCES if each in header]
        if not sources:
            house.report(path, "no column says where it is from: source or legal_basis")
            return
        if not any(each in header for each in SINCE):
            house.report(path, "no column says from when it holds: valid_from")
        for number, row in enumerate(rows, 2):
            if not any(row[each] for each in sources):
                house.report(path, "a fact without a source", number)


def _unsourced(value: Any, at: str = "") -> list[str]:
    """Where a ``value`` stands without a ``source`` beside it."""
    if not isinstance(value, dict):
        inner = enumerate(value) if isinstance(value, list) else ()
        return [found for n, each in inner for found in _unsourced(each, f"{at}[{n}]")]
    own = [at] if "value" in value and not value.get("source") else []
    return own + [
        found for key, each in value.items() for found in _unsourced(each, f"{at}.{key}".strip("."))
    ]

"""How much of what the product takes for a fact nobody has found in a source yet: it only becomes less.

A source that could not be found is said so in the row, with the words below; a row that is found
loses them, and its file's number here goes down with it.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

PRODUCT = Path(__file__).parents[3] / "src" / "singlewindow"
WORDS = ("not verified", "未核实")
KNOWN = {
    "apps/declarations/facts/charges_by_terms.csv": 2,
    "apps/declarations/facts/goods_attributes.csv": 10,
    "apps/declarations/facts/tolerances.yaml": 1,
    "hub/process/facts/limits.yaml": 3,
    "hub/standards/codes/administrative_divisions.csv": 10,
    "hub/standards/codes/attachment_kinds.csv": 1,
    "hub/standards/codes/goods_attributes.csv": 3,
    "hub/standards/codes/purposes.csv": 3,
}


def unverified() -> Iterator[str]:
    """The file of every row and of every value whose source says that it was not found."""
    for path in sorted(PRODUCT.rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            yield from (_name(path) for row in csv.DictReader(file) if _said(" ".join(row.values())))
    for path in sorted(PRODUCT.rglob("*.yaml")):
        loaded = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)
        yield from (_name(path) for source in _sources(loaded) if _said(str(source)))


def _name(path: Path) -> str:
    return path.relative_to(PRODUCT).as_posix()


def _said(text: str) -> bool:
    return any(words in text for words in WORDS)


def _sources(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from [inner] if key == "source" else _sources(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _sources(inner)


def test_no_fact_more_is_unverified_than_is_known() -> None:
    assert dict(Counter(unverified())) == KNOWN

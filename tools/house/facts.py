"""Law: a fact names its source, to people in both languages, and from when it holds."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tools.house.house import House

SOURCES = ("source", "legal_basis")
SINCE = ("valid_from", "first")
NOT_FACTS = {"hub/standards/traditional.csv"}  # which character is written for which: no rule, a spelling
PRODUCT = Path("src/singlewindow")
CODES = "codes"  # a folder of code lists; they may lack a first day: official tables circulate without one
BETWEEN = " · "
DESIGNATION = re.compile(r"platform|[A-Z][A-Za-z0-9./-]*( [A-Z0-9][A-Za-z0-9./-]*)*", re.ASCII)


def check(house: House) -> None:
    """Rows of CSV, values of YAML below ``facts``."""
    for path in house.matching("src/singlewindow/*.csv"):
        name = path.relative_to(PRODUCT).as_posix()
        if name not in NOT_FACTS and "tests" not in path.parts:
            _table(house, path)
    for path in house.matching("src/singlewindow/*/facts/*.yaml", "src/singlewindow/*/facts.yaml"):
        loaded = yaml.load((house.root / path).read_text("utf-8"), Loader=yaml.BaseLoader)
        for text in _faults(loaded, path.stem):
            house.report(path, text)


def _table(house: House, path: Path) -> None:
    with (house.root / path).open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        header = rows.fieldnames or []
        sources = [each for each in SOURCES if each in header]
        since = [each for each in SINCE if each in header]
        if not sources:
            house.report(path, "no column says where it is from: source or legal_basis")
            return
        if not since:
            house.report(path, "no column says from when it holds: valid_from")
        of_codes = path.parent.name == CODES
        for number, row in enumerate(rows, 2):
            if not any(row[each] for each in sources):
                house.report(path, "a fact without a source", number)
            if since and not of_codes and not any(row[each] for each in since):
                house.report(path, "a fact without a first day", number)
            if not _in_both(row, of_codes):
                house.report(path, "people see this source: it stands in both languages", number)


def _in_both(row: dict[str, str], of_codes: bool) -> bool:
    """Whether what pages show as the source of a row can be read in either language."""
    if "legal_basis" in row:
        return bool(row["legal_basis"] and row.get("legal_basis_en"))
    if not of_codes or not row["source"] or DESIGNATION.fullmatch(row["source"]):
        return True
    zh, _, en = row["source"].partition(BETWEEN)
    return bool(zh and en)


def _faults(value: Any, at: str) -> Iterator[str]:
    """Values that lack a source or a first day, and sources that lack a language."""
    if isinstance(value, list):
        for n, each in enumerate(value):
            yield from _faults(each, f"{at}[{n}]")
    if not isinstance(value, dict):
        return
    if "value" in value:
        if not value.get("source"):
            yield f"{at} is a value without a source"
        if not value.get("valid_from"):
            yield f"{at} does not say from when it holds: valid_from"
    if "source" in value and not _both(value["source"]):
        yield f"the source of {at} stands in both languages: zh and en"
    for key, each in value.items():
        yield from _faults(each, f"{at}.{key}")


def _both(source: Any) -> bool:
    return isinstance(source, dict) and bool(source.get("zh") and source.get("en"))

"""Law: every name that people see stands in both languages."""

from __future__ import annotations

import tomllib
from typing import Any

import yaml

from tools.house.house import House

SEEN = {"name", "short", "definition", "text", "title", "menu", "format", "word", "label"}


def check(house: House) -> None:
    """In YAML and TOML of the product, a visible name is a table with zh and en, both filled."""
    for path in house.matching("src/singlewindow/*.yaml"):
        for text in _walk(yaml.load((house.root / path).read_text("utf-8"), Loader=yaml.BaseLoader)):
            house.report(path, text)
    for path in house.matching("src/singlewindow/*.toml"):
        for text in _walk(tomllib.loads((house.root / path).read_text("utf-8"))):
            house.report(path, text)


def _walk(value: Any, at: str = "") -> list[str]:
    found: list[str] = []
    if isinstance(value, dict):
        for key, inner in value.items():
            here = f"{at}.{key}" if at else str(key)
            if key in SEEN and isinstance(inner, dict) and set(inner) & {"zh", "en"}:
                if not (inner.get("zh") and inner.get("en")):
                    found.append(f"{here} stands in one language only")
            else:
                found += _walk(inner, here)
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            found += _walk(inner, f"{at}[{n}]")
    return found

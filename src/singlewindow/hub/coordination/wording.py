"""Dispositions, orders and reasons in words, both languages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Text


@cache
def _words() -> dict[str, Any]:
    loaded: dict[str, Any] = parse_yaml(Path(__file__).with_name("wording.yaml").read_text(encoding="utf-8"))
    return loaded


def word(group: str, code: str) -> Text:
    """A word of ``wording.yaml``; a code that has none stands for itself."""
    found = _words()[group].get(code)
    return Text(found["zh"], found["en"]) if found else Text(code, code)


def agencies(codes: Sequence[str]) -> Text:
    """Names in a row."""
    return Text.listed(word("agencies", code) for code in codes)


def sentence(kind: str, barring: Sequence[str], missing: Sequence[str]) -> Text:
    """A disposition with its reason: who stands in the way, or whose release is missing."""
    said = word("kinds", kind)
    if barring:
        who = agencies(barring)
        return Text(f"{said.zh}：{who.zh}", f"{said.en}: {who.en}")
    if missing:
        who = agencies(missing)
        return Text(f"{said.zh}：{who.zh}尚未放行", f"{said.en}: not yet released by {who.en}")
    return said

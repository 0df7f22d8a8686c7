"""Law: rooms are named after what they hold; some names say nothing."""

from __future__ import annotations

import ast

from tools.house.house import House

EMPTY = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "base", "core"}


def check(house: House) -> None:
    """No module of an empty name, a sentence at the head of every module that has code."""
    for path, tree in house.product.items():
        if path.stem in EMPTY or set(path.parts) & EMPTY:
            house.report(path, f"“{path.stem}” says nothing about what stands here")
        if tree.body and "migrations" not in path.parts and not ast.get_docstring(tree):
            house.report(path, "no sentence says what room this is")

"""Law: a function has at most 60 lines, a Python file at most 400; ``__init__.py`` is empty."""

from __future__ import annotations

import ast

from tools.house.house import House

MOST_OF_FUNCTION = 60
MOST_OF_FILE = 400


def check(house: House) -> None:
    """Bound the tail; the median takes care of itself."""
    for path, tree in house.modules.items():
        if "migrations" in path.parts:
            continue
        lines = (house.root / path).read_text("utf-8").count("\n")
        if lines > MOST_OF_FILE:
            house.report(path, f"{lines} lines; at most {MOST_OF_FILE}")
        if path.name == "__init__.py" and lines:
            house.report(path, "__init__.py is not empty")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MOST_OF_FUNCTION:
                    house.report(
                        path, f"{node.name} has {length} lines; at most {MOST_OF_FUNCTION}", node.lineno
                    )

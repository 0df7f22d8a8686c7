"""Law: SQL lives in ``.sql`` files, where it can be read and run; a literal has three lines, at most five.

A counterpart's own small ledger is its own affair.
"""

from __future__ import annotations

import ast
import re

from tools.house.house import House

MOST_LINES = 5
STATEMENT = re.compile(r"\s*(select|insert|update|delete|merge|with|create|alter)\s", re.IGNORECASE)


def check(house: House) -> None:
    """Literals of the product that begin like a statement."""
    for path, tree in house.product.items():
        if "tests" in path.parts or "rehearsal" in path.parts or path.name == "counterpart.py":
            continue
        spoken = _docstrings(tree)
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str)) or id(node) in spoken:
                continue
            lines = node.value.strip().count("\n") + 1
            if lines > MOST_LINES and STATEMENT.match(node.value):
                house.report(
                    path, f"{lines} lines of SQL; more than {MOST_LINES} go to a .sql file", node.lineno
                )


def _docstrings(tree: ast.Module) -> set[int]:
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, owners) and node.body and isinstance(node.body[0], ast.Expr):
            found.add(id(node.body[0].value))
    return found

"""Law: a codec is pure, knows no other connector, and shares no code with the counterpart that tests it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.house.house import House

KERNEL = "singlewindow.kernel"
COUNTERPART_MAY = ("singlewindow.kernel", "singlewindow.rehearsal")
IMPURE = {"socket", "os", "subprocess", "asyncio", "random", "time", "sqlite3", "http", "urllib"}


def check(house: House) -> None:
    """Read the imports; import-linter follows the chains."""
    for path, tree in house.product.items():
        if path.parts[2] != "connectors" or len(path.parts) < 5 or "tests" in path.parts:
            continue
        if path.name == "counterpart.py":
            for name in imports(tree):
                if name.startswith("singlewindow") and not name.startswith(COUNTERPART_MAY):
                    house.report(path, f"a counterpart may not import {name}")
        else:
            for name in imports(tree):
                top = name.partition(".")[0]
                own = f"singlewindow.connectors.{path.parts[3]}"
                if top in IMPURE or (top == "singlewindow" and not name.startswith((KERNEL, own))):
                    house.report(path, f"a connector's code is pure: it may not import {name}")


def imports(tree: ast.Module) -> Iterator[str]:
    """The dotted names a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module

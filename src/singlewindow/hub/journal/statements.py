"""The statements that a room keeps in files beside its code."""

from __future__ import annotations

from pathlib import Path

from singlewindow.kernel.queries import named_queries


def statements_beside(module: str, name: str) -> dict[str, str]:
    """Those of the file ``name`` by their names; ``module`` is the asker's ``__file__``."""
    return named_queries((Path(module).parent / name).read_text(encoding="utf-8"))

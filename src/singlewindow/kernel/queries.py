"""SQL that lives in files, one named query after another, ``-- name: claim`` before each; who is asked."""

from __future__ import annotations

import re
from typing import Any, Protocol

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


class Cursor(Protocol):
    """A cursor of the caller's transaction, Django's or psycopg's."""

    @property
    def description(self) -> Any: ...
    def execute(self, query: str, parameters: Any = None, /) -> Any: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> Any: ...


def named_queries(text: str) -> dict[str, str]:
    """The queries of a file by name; raises ValueError where a name stands twice."""
    parts = _NAME.split(text)
    names = parts[1::2]
    if len(set(names)) < len(names):
        raise ValueError("a query's name stands twice")
    return {name: body.strip() for name, body in zip(names, parts[2::2], strict=True)}

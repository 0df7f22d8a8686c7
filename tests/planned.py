"""What a statement had to look at: the rows of every step of its plan, carried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg


def looked_at(connection: psycopg.Connection[Any], query: str, given: Any) -> int:
    """Rows through all steps, with those that a filter threw away; the statement takes effect."""
    explained = connection.execute("explain (analyze, timing off, format json) " + query, given).fetchone()
    assert explained is not None
    return _rows(explained[0][0]["Plan"])


def _rows(step: Mapping[str, Any]) -> int:
    removed = sum(count for said, count in step.items() if said.startswith("Rows Removed by"))
    inner: Sequence[Mapping[str, Any]] = step.get("Plans", ())
    return round((step["Actual Rows"] + removed) * step["Actual Loops"]) + sum(map(_rows, inner))

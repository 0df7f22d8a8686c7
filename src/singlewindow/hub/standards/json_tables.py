"""Tables of codes in JSON: ``{code: {column: text}}`` or ``{code: name}``, as UN/EDIFACT lists circulate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from singlewindow.hub.standards.table_problems import TableError, problem

Rows = Iterator[tuple[int, list[str]]]


def json_rows(text: str) -> tuple[list[str], Rows]:
    """Headings, the first of them ``code``, and each entry as a row with its number, from 1."""
    entries = _entries(text)
    columns = list(dict.fromkeys(column for _, values in entries for column in values))
    rows = (
        (number, [code, *(str(values.get(column, "")) for column in columns)])
        for number, (code, values) in enumerate(entries, 1)
    )
    return ["code", *columns], rows


def _entries(text: str) -> list[tuple[str, dict[str, Any]]]:
    try:
        found = json.loads(text, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError) as error:
        raise TableError(
            [problem("table_unreadable", f"JSON 无法读取：{error}", f"no JSON: {error}")]
        ) from error
    return [(code, dict(each) if isinstance(each, _Pairs) else {"name": each}) for code, each in found]


class _Pairs(list[tuple[str, Any]]):
    """An object with every key it has, those that stand twice too."""

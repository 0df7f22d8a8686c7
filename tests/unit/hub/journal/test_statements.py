"""A room's statements are read from the files beside its code, each by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from singlewindow.hub.journal.statements import statements_beside

STATEMENTS = "-- why: said once\n-- name: one\nselect '一';\n\n-- name: two\nselect 2\n  from two;\n"


def test_each_statement_stands_under_its_name(tmp_path: Path) -> None:
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "counting.sql").write_text(STATEMENTS, "utf-8")
    found = statements_beside(str(tmp_path / "counting.py"), "sql/counting.sql")
    assert found == {"one": "select '一';", "two": "select 2\n  from two;"}


def test_a_name_stands_once(tmp_path: Path) -> None:
    (tmp_path / "twice.sql").write_text(STATEMENTS.replace("two", "one"), "utf-8")
    with pytest.raises(ValueError, match="twice"):
        statements_beside(str(tmp_path / "twice.py"), "twice.sql")

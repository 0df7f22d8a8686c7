"""Proofs of origin and the goods lines they name."""

from __future__ import annotations

from datetime import date

import pytest

from singlewindow.apps.declarations.rules import RULES

ON = date(2026, 11, 21)


def found(*lines: str) -> list[tuple[str, str]]:
    values = {"goods": [{}, {}], "origin_certificates": [{"origin_goods_line": line} for line in lines]}
    return [(problem.field, problem.value) for problem in RULES["origin_lines"](values, ON)]


def test_proofs_of_lines_that_there_are_pass() -> None:
    assert found("1", "2", "02") == []


@pytest.mark.parametrize("line", ["0", "00", "3", "99"])
def test_a_proof_of_another_line_is_named(line: str) -> None:
    assert found("1", line) == [("origin_certificates[1].origin_goods_line", line)]

"""What coordination knows by rule: who runs a terminal, and the lanes of its gate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from singlewindow.hub.coordination import facts

OPERATOR, NEXT = "91500112MADEM0T1XF", "91500000MA5U000001"
DAY = date(2026, 11, 21)
TERMINALS = (
    f"terminal,operator,valid_from,valid_to\nEAST,{OPERATOR},2010-01-01,2026-11-30\nEAST,{NEXT},2026-12-01,\n"
)
LANES = "terminal,lane,valid_from,valid_to,source\nEAST,2,2020-01-01,,x\nEAST,1,2020-01-01,2025-12-31,x\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Facts of a test's own; those shipped are read again afterwards."""
    monkeypatch.setattr(facts, "HERE", tmp_path)
    (tmp_path / "terminals.csv").write_text(TERMINALS, "utf-8")
    _read_again()
    yield tmp_path
    _read_again()


def _read_again() -> None:
    facts._terminals.cache_clear()
    facts._gate_lanes.cache_clear()


def test_an_operator_has_the_lanes_of_its_terminals() -> None:
    assert facts.gate_lanes(OPERATOR, DAY) == ("1", "2", "3", "4")
    assert facts.gate_lanes(NEXT, DAY) == ()


def test_a_lane_is_there_while_it_is_in_force(folder: Path) -> None:
    (folder / "gate_lanes.csv").write_text(LANES, "utf-8")
    assert facts.gate_lanes(OPERATOR, DAY) == ("2",)
    assert facts.gate_lanes(OPERATOR, date(2025, 12, 31)) == ("2", "1")
    assert facts.gate_lanes(OPERATOR, date(2019, 12, 31)) == ()


def test_a_terminal_goes_from_one_operator_to_the_next_with_its_lanes(folder: Path) -> None:
    (folder / "gate_lanes.csv").write_text(LANES, "utf-8")
    assert facts.operators(date(2026, 11, 30)) == {"EAST": OPERATOR}
    assert facts.operators(date(2026, 12, 1)) == {"EAST": NEXT}
    assert facts.gate_lanes(NEXT, date(2026, 11, 30)) == ()
    assert facts.gate_lanes(NEXT, date(2026, 12, 1)) == ("2",)


def test_lanes_of_one_operator_have_different_names() -> None:
    for operator in facts.operators(DAY).values():
        lanes = facts.gate_lanes(operator, DAY)
        assert len(set(lanes)) == len(lanes)

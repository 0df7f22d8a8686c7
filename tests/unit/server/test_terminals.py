"""The terminals of an installation's own: read in place of those shipped, refused where they are wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from singlewindow.hub.coordination import facts
from singlewindow.kernel.codes.uscc import check_character
from singlewindow.server import backup, terminals
from singlewindow.server.commands import up
from singlewindow.server.configuration import Configuration
from singlewindow.server.refusal import Refusal

DAY = date(2026, 11, 23)
BODY = "91500000MAREG0T1X"
YARD = BODY + check_character(BODY)
SHIPPED = "91500112MADEM0T1XF"
RUN, LANES = "terminal,operator,valid_from,valid_to,source\n", "terminal,lane,valid_from,valid_to,source\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Configuration]:
    """An installation with a folder of its own; what others know is as before afterwards."""
    with monkeypatch.context() as patched:
        patched.setattr(facts, "_own", {})
        yield Configuration(tmp_path)
    facts._terminals.cache_clear()
    facts._gate_lanes.cache_clear()


def told(here: Configuration, run: str = "", lanes: str = "") -> list[str]:
    """Where the tables are wrong, once they say so."""
    for name, head, rows in (("terminals.csv", RUN, run), ("gate_lanes.csv", LANES, lanes)):
        if rows:
            (here.data / name).write_text(head + rows, "utf-8")
    return [problem.field for problem in terminals.unfit(here)]


def test_an_operator_runs_the_terminals_that_the_folder_says(here: Configuration) -> None:
    rows = f"CQGYT,{YARD},2026-11-01,,x\nEAST,{YARD},2027-01-01,,x\n"
    assert told(here, rows, "CQGYT,出1,2026-11-01,,x\nEAST,7,2026-11-01,,x\n") == []
    terminals.use(here)
    assert facts.operators(DAY) == {"CQGYT": YARD}
    assert facts.operators(date(2027, 1, 1)) == {"CQGYT": YARD, "EAST": YARD}
    assert facts.gate_lanes(YARD, DAY) == ("出1",)
    assert facts.gate_lanes(SHIPPED, DAY) == ()


def test_without_tables_of_its_own_the_demonstrations_hold(here: Configuration) -> None:
    terminals.use(here)
    assert facts.operators(DAY) == {"CQGYT": SHIPPED}
    assert terminals.files(here) == []


def test_a_table_as_a_spreadsheet_saves_it_is_read(here: Configuration) -> None:
    (here.data / "terminals.csv").write_bytes(b"\xef\xbb\xbf" + f"{RUN}WEST,{YARD},2026-11-01,,x\n".encode())
    terminals.use(here)
    assert facts.operators(DAY) == {"WEST": YARD}


@pytest.mark.parametrize(
    ("row", "places"),
    [
        (f"CQGYT,{YARD[:-1]}?,2026-11-01,,x", ["2:operator"]),
        (f",{YARD},2026-11-01,,x", ["2:terminal"]),
        (f"ELEVEN-LONG,{YARD},2026-11-01,,x", ["2:terminal"]),
        (f"CQGYT,{YARD},1.11.2026,,x", ["2:valid_from"]),
        (f"CQGYT,{YARD},2026-11-02,2026-11-01,x", ["2:valid_from"]),
        ("CQGYT", ["2:operator", "2:valid_from"]),
        (f"A,{YARD},2026-11-01,,x\n,x,y,,", ["3:terminal", "3:operator", "3:valid_from"]),
        (f"A,{YARD},2026-11-01,,x\nA,{SHIPPED},2026-12-01,,x", [""]),
        (f"A,{YARD},2026-11-01,,x\n" * 1_001, [""]),
    ],
)
def test_what_is_wrong_is_said_all_at_once(here: Configuration, row: str, places: list[str]) -> None:
    assert told(here, f"{row}\n") == places
    with pytest.raises(Refusal, match=r"terminals\.csv"):
        terminals.use(here)
    assert all(problem.text.zh != problem.text.en for problem in terminals.unfit(here))


@pytest.mark.parametrize("lane", ["", " 1", "x" * 21, "1\x07"])
def test_a_lane_has_a_name_that_can_be_shown(here: Configuration, lane: str) -> None:
    assert told(here, lanes=f"CQGYT,{lane},2026-11-01,,x\n") == ["2:lane"]


def test_a_lane_stands_once_a_day(here: Configuration) -> None:
    rows = "A,1,2026-11-01,2026-11-30,x\nA,1,2026-12-01,,x\nB,1,2026-11-01,,x\n"
    assert told(here, lanes=rows) == []
    assert told(here, lanes=f"{rows}A,1,2026-12-24,,x\n") == [""]


def test_a_file_that_is_no_text_is_named(here: Configuration) -> None:
    (here.data / "gate_lanes.csv").write_bytes(b"\xff\xfe\x00")
    [problem] = terminals.unfit(here)
    assert "gate_lanes.csv" in problem.text.zh


def test_nothing_starts_while_one_is_wrong(here: Configuration) -> None:
    assert told(here, "CQGYT,nobody,2026-11-01,,x\n") == ["2:operator"]
    with pytest.raises(Refusal, match=r"terminals\.csv:2:operator"):
        up.make_secrets(here)


def test_a_backup_takes_them_along(here: Configuration) -> None:
    told(here, f"CQGYT,{YARD},2026-11-01,,x\n", "CQGYT,1,2026-11-01,,x\n")
    assert [path.name for path in backup.kept(here)] == ["terminals.csv", "gate_lanes.csv"]

"""``singlewindow codes``: what it says, what it does, and what it makes of tables as they circulate."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import psycopg
import pytest

from database import Database
from singlewindow.hub.standards import storing
from singlewindow.server.commands import codes
from singlewindow.server.refusal import Refusal
from singlewindow.server.reply import Reply

pytestmark = pytest.mark.database
TABLES = Path(__file__).resolve().parents[5] / "shared" / "code-lists" / "cn"


@pytest.fixture
def prepared(database: Database) -> Database:
    with psycopg.connect(database.dsn("sw_engine")) as connection:
        storing.load_into(connection)
    return database


def run(database: Database, *words: str) -> Reply:
    parser = argparse.ArgumentParser()
    codes.add_arguments(parser)
    return codes.run(parser.parse_args(list(words)), database.configuration)


def active(database: Database, list_id: str) -> set[Any]:
    rows = database.execute(
        "sw_web",
        "select code from code where list = %s and current_date between valid_from and valid_to",
        list_id,
    )
    return {row[0] for row in rows}


def written(folder: Path, text: str, encoding: str = "utf-8") -> str:
    path = folder / "table.csv"
    path.write_text(text, encoding=encoding)
    return str(path)


def test_the_lists_are_shown(prepared: Database) -> None:
    reply = run(prepared, "list")
    assert reply.code == 0
    assert "customs_offices" in reply.text
    assert {"countries", "ports"} <= {each["id"] for each in reply.values}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_is_imported_in_either_encoding(prepared: Database, tmp_path: Path, encoding: str) -> None:
    path = written(
        tmp_path, "代码,名称\n1,一级危险\n2,Ⅱ类（中度危险）\n3,Ⅲ类（轻度危险）\n4,四级\n", encoding
    )
    reply = run(prepared, "import", "packing_groups", path)
    assert (reply.code, reply.values["imported"]) == (0, True)
    assert reply.values["encoding"] == ("gb18030" if encoding == "gb18030" else "utf-8")
    assert reply.values["encoding"] in reply.text
    assert active(prepared, "packing_groups") == {"1", "2", "3", "4"}


def test_a_dry_run_writes_nothing(prepared: Database, tmp_path: Path) -> None:
    reply = run(prepared, "import", "packing_groups", written(tmp_path, "code,name\n7,七\n"), "--dry-run")
    assert (reply.code, reply.values["added"], reply.values["ended"]) == (0, 1, 3)
    assert "+ 7 七" in reply.text
    assert active(prepared, "packing_groups") == {"1", "2", "3"}
    assert prepared.execute("sw_engine", "select count(*) from journal_entry") == [(0,)]


def test_bad_rows_are_all_named_and_nothing_is_imported(prepared: Database, tmp_path: Path) -> None:
    path = written(tmp_path, "code,name\n1,\n,二\n5,五\n")
    reply = run(prepared, "import", "packing_groups", path)
    assert reply.code == 1
    assert [each["line"] for each in reply.values["problems"]] == ["2", "3"]
    assert active(prepared, "packing_groups") == {"1", "2", "3"}
    left_out = run(prepared, "import", "packing_groups", path, "--leave-out-faulty")
    assert (left_out.code, left_out.values["imported"]) == (0, True)
    assert active(prepared, "packing_groups") == {"1", "5"}  # 1 had a faulty row and is left alone


def test_so_many_would_end_that_somebody_must_confirm(prepared: Database, tmp_path: Path) -> None:
    path = written(tmp_path, "code,name\n035,千克\n")
    assert run(prepared, "import", "units", path).code == 1
    assert len(active(prepared, "units")) == 123
    assert run(prepared, "import", "units", path, "--end-many").code == 0
    assert active(prepared, "units") == {"035"}


def test_what_cannot_be_done_is_refused(prepared: Database, tmp_path: Path) -> None:
    path = written(tmp_path, "code,name\n1,一\n")
    with pytest.raises(Refusal, match="no code list colours"):
        run(prepared, "import", "colours", path)
    with pytest.raises(Refusal, match="name the list and the file"):
        run(prepared, "import", "units")
    with pytest.raises(Refusal, match="cannot be read"):
        run(prepared, "import", "units", str(tmp_path / "none.csv"))
    with pytest.raises(Refusal, match="column=heading"):
        run(prepared, "import", "units", path, "--map", "code")
    assert run(prepared, "import", "units", path, "--map", "code=编号").code == 1


@pytest.mark.parametrize(
    ("list_id", "file", "extra", "least"),
    [
        ("customs_offices", "customs_info.csv", [], 900),
        ("units", "unit_info.csv", [], 120),
        ("supervision_modes", "hxt_BaseMonitorWay.csv", [], 90),
        ("levy_natures", "hxt_BaseLevy.csv", [], 40),
        ("transport_modes", "hxt_BaseTransport.csv", [], 18),
        ("duty_modes", "tax_exemption_method.csv", [], 9),
        ("container_types", "hxt_BaseContainer.csv", [], 8),
        ("currencies", "hxt_Currency.csv", ["--map", "en=more"], 20),
        ("countries", "hxt_BaseCountry.csv", ["--map", "en=more", "--leave-out-faulty"], 250),
        ("administrative_divisions", "province_info.csv", ["--leave-out-faulty"], 3000),
        ("inspection_offices", "ciq_org_info.csv", ["--leave-out-faulty"], 100),
    ],
)
def test_tables_as_they_circulate(
    prepared: Database, list_id: str, file: str, extra: list[str], least: int
) -> None:
    if not (TABLES / file).exists():
        pytest.skip(f"no {file}: the full code tables are not beside the project")
    reply = run(prepared, "import", list_id, str(TABLES / file), "--end-many", *extra)
    assert (reply.code, reply.values["imported"]) == (0, True), reply.text
    assert len(active(prepared, list_id)) >= least
    again = run(prepared, "import", list_id, str(TABLES / file), *extra)
    assert (again.values["added"], again.values["changed"], again.values["ended"]) == (0, 0, 0), again.text

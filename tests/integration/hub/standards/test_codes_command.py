"""``singlewindow codes``: what it says, what it does, and what it makes of tables as they circulate."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from beside import beside
from database import Database
from singlewindow.hub.standards import storing
from singlewindow.kernel.clock import local_day, now
from singlewindow.server import composition, in_force
from singlewindow.server.commands import codes
from singlewindow.server.refusal import Refusal
from singlewindow.server.reply import Reply

pytestmark = pytest.mark.database


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
        "select code from code where list = %s and %s between valid_from and valid_to",
        list_id,
        local_day(now()),
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


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_table_is_imported_in_either_encoding(
    prepared: Database, tmp_path: Path, encoding: str, mark: str
) -> None:
    text = f"{mark}代码,名称\n1,一级危险\n2,Ⅱ类（中度危险）\n3,Ⅲ类（轻度危险）\n4,四级\n"
    path = written(tmp_path, text, encoding)
    reply = run(prepared, "import", "packing_groups", path)
    assert (reply.code, reply.values["imported"]) == (0, True)
    assert reply.values["encoding"] == ("gb18030" if encoding == "gb18030" else "utf-8")
    assert reply.values["encoding"] in reply.text
    assert active(prepared, "packing_groups") == {"1", "2", "3", "4"}


def test_a_dry_run_writes_nothing(prepared: Database, tmp_path: Path) -> None:
    reply = run(prepared, "import", "packing_groups", written(tmp_path, "code,name\n7,七\n"), "--dry-run")
    assert (reply.code, reply.values["added"], reply.values["ended"]) == (0, 1, 3)
    assert "+ 7 七\n" in reply.text, "one name is said once"
    assert active(prepared, "packing_groups") == {"1", "2", "3"}
    assert prepared.execute("sw_engine", "select count(*) from journal_entry") == [(0,)]


def test_bad_rows_are_all_named_and_nothing_is_imported(prepared: Database, tmp_path: Path) -> None:
    path = written(tmp_path, "code,name\n1,\n,二\n5,五\n")
    reply = run(prepared, "import", "packing_groups", path)
    assert reply.code == 1
    assert [each["field"] for each in reply.values["problems"]] == ["2", "3"]
    assert [line[0] for line in reply.text.splitlines()[:2]] == ["✗", "✗"]
    assert active(prepared, "packing_groups") == {"1", "2", "3"}
    left_out = run(prepared, "import", "packing_groups", path, "--leave-out-faulty")
    assert (left_out.code, left_out.values["imported"]) == (0, True)
    assert [line[:3] for line in left_out.text.splitlines() if "行：" in line] == ["! 2", "! 3"]
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


def test_the_same_again_writes_nothing_and_tells_nobody(prepared: Database, tmp_path: Path) -> None:
    path = written(tmp_path, "code,name\n1,一\n2,二\n3,三\n")
    assert run(prepared, "import", "packing_groups", path).values["imported"] is True
    told = prepared.execute("sw_engine", "select count(*) from journal_entry")
    revisions = prepared.execute("sw_web", "select sum(revision) from code_list")
    again = run(prepared, "import", "packing_groups", path)
    assert (again.code, again.values["imported"], again.values["kept"]) == (0, False, 3)
    assert "nothing written" in again.text
    assert prepared.execute("sw_engine", "select count(*) from journal_entry") == told == [(1,)]
    assert prepared.execute("sw_web", "select sum(revision) from code_list") == revisions


def test_the_same_codes_from_a_newer_table_are_told(prepared: Database, tmp_path: Path) -> None:
    path = written(tmp_path, "code,name\n1,一\n2,二\n3,三\n")
    assert run(prepared, "import", "packing_groups", path, "--source", "2025").values["imported"] is True
    assert run(prepared, "import", "packing_groups", path, "--source", "2026").values["imported"] is True
    assert prepared.execute("sw_engine", "select count(*) from journal_entry") == [(2,)]


def test_a_list_that_is_not_there_yet_is_given_a_name(prepared: Database, tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    path.write_text("country,place,name\nDE,HAM,Hamburg\nDE,BRV,Bremerhaven\n", "utf-8")
    columns = ["--map", "code=country+place", "--map", "zh=name"]
    reply = run(prepared, "import", "places", str(path), *columns, "--new", "地点", "Places")
    assert (reply.code, reply.values["added"]) == (0, 2), reply.text
    assert active(prepared, "places") == {"DEHAM", "DEBRV"}
    assert "地点 · Places" in run(prepared, "show", "places").text
    again = run(prepared, "import", "places", str(path), *columns, "--new", "别名", "Other")
    assert again.values["imported"] is False
    assert "地点 · Places" in run(prepared, "show", "places").text


def test_a_code_is_shown_with_all_its_periods(prepared: Database) -> None:
    reply = run(prepared, "show", "countries", "304")
    assert reply.code == 0
    assert reply.values["standing"] == "ended"
    assert "2018-07-31" in reply.text
    assert "DEU" in reply.text
    assert run(prepared, "show", "countries", "304", "--on", "2018-07-31").values["standing"] == "current"
    unknown = run(prepared, "show", "countries", "XYZ")
    assert (unknown.code, unknown.values["standing"], unknown.values["periods"]) == (1, "unknown", [])
    with pytest.raises(Refusal, match="no code list colours"):
        run(prepared, "show", "colours")
    with pytest.raises(Refusal, match="name the list"):
        run(prepared, "show")


def test_a_list_is_shown_as_of_a_day(prepared: Database) -> None:
    today, then = run(prepared, "show", "countries"), run(prepared, "show", "countries", "--on", "2018-07-31")
    assert "DEU" in {each["code"] for each in today.values}
    assert "304" in {each["code"] for each in then.values}
    assert not {each["code"] for each in today.values} & {each["code"] for each in then.values}


UNLOCODE = [
    *("--map", "code=country+location", "--map", "zh=name", "--map", "en=name_wo_diacritics"),
    *("--new", "贸易运输地点", "Locations"),
]


PLACES = ["--map", "code=customs_code", "--map", "zh=c2", "--new", "监管场所", "Supervised places"]
NUMERIC = ["--map", "code=iso3", "--map", "en=en_name"]


@pytest.mark.parametrize(
    ("list_id", "file", "extra", "least"),
    [
        ("customs_offices", "cn/customs_info.csv", [], 990),
        ("units", "cn/unit_info.csv", [], 123),
        ("units", "cn/hxt_BaseUnit.csv", [], 123),
        ("supervision_modes", "cn/hxt_BaseMonitorWay.csv", [], 98),
        ("supervision_modes", "cn/trade_mode.csv", [], 95),
        ("levy_natures", "cn/hxt_BaseLevy.csv", [], 45),
        ("transport_modes", "cn/hxt_BaseTransport.csv", [], 18),
        ("transport_modes", "cn/transport_info.csv", [], 16),
        ("trade_terms", "cn/hxt_BaseTrade.csv", [], 7),
        ("trade_terms", "cn/transaction_mode.csv", [], 6),
        ("duty_modes", "cn/tax_exemption_method.csv", [], 9),
        ("container_types", "cn/hxt_BaseContainer.csv", [], 8),
        ("package_kinds", "cn/hxt_BaseWrapType.csv", [], 13),
        ("purposes", "cn/use_code.csv", [], 12),
        ("currencies", "cn/hxt_Currency.csv", ["--map", "en=more"], 22),
        ("currencies", "cn/currency_info.csv", ["--map", "code=iso"], 22),
        ("countries", "cn/hxt_BaseCountry.csv", ["--map", "en=more", "--leave-out-faulty"], 250),
        ("ports", "cn/port_code.csv", ["--leave-out-faulty"], 2600),
        ("countries", "cn/country_info.csv", [*NUMERIC, "--leave-out-faulty"], 220),
        ("supervised_places", "cn/regulatory_location.csv", ["--new", "监管场所", "Supervised places"], 20),
        ("supervised_places", "cn/regulatory_place.csv", PLACES, 110),
        ("administrative_divisions", "cn/province_info.csv", [], 3500),
        ("inspection_offices", "cn/ciq_org_info.csv", [], 160),
        ("packages", "cn/package_info.csv", ["--new", "包装", "Packages"], 94),
        ("unlocode", "unlocode/unlocode_2022-1_selected.csv", [*UNLOCODE, "--leave-out-faulty"], 6400),
        ("party_functions", "edifact/codelist_3035.json", ["--new", "当事方", "Party functions"], 150),
    ],
)
def test_tables_as_they_circulate(
    prepared: Database, list_id: str, file: str, extra: list[str], least: int
) -> None:
    (table,) = beside(f"code-lists/{file}")
    reply = run(prepared, "import", list_id, str(table), "--end-many", *extra)
    assert (reply.code, reply.values["imported"]) == (0, True), reply.text
    assert len(active(prepared, list_id)) >= least
    again = run(prepared, "import", list_id, str(table), *extra)
    assert (again.values["added"], again.values["changed"], again.values["ended"]) == (0, 0, 0), again.text
    assert again.values["imported"] is False


def test_every_list_of_edifact_is_taken_in(prepared: Database) -> None:
    for file in beside("code-lists/edifact/*.json"):
        number = file.stem.removeprefix("codelist_")
        words = [f"uncl_{number}", str(file), "--new", f"UN/EDIFACT {number}", f"UN/EDIFACT {number}"]
        reply = run(prepared, "import", *words)
        if number == "0133":  # it has codes without names: circulated with faults, refused line by line
            assert {each["field"] for each in reply.values["problems"]} == {"4", "5", "6", "7", "8", "9"}
            continue
        assert (reply.code, reply.values["imported"]) == (0, True), (file.name, reply.text)
        assert reply.values["added"] == len(json.loads(file.read_bytes())), file.name


def test_commands_read_documents_by_the_lists_in_force(prepared: Database, tmp_path: Path) -> None:
    given = prepared.configuration
    kind = ("goods_declaration", "1")
    before = in_force.registry_in_force(given)
    assert before.listings["packing_groups"] is composition.registry().listings["packing_groups"]
    run(prepared, "import", "packing_groups", written(tmp_path, "code,name\n1,一\n2,二\n3,三\n9,九\n"))
    after = in_force.registry_in_force(given)
    values, today = {"goods": [{"packing_group": "9"}]}, local_day(now())
    wrong = {each.code for each in before.checks[kind](values, today).problems if each.value == "9"}
    assert wrong == {"unknown_code"}
    assert not [each for each in after.checks[kind](values, today).problems if each.value == "9"]
    nowhere = replace(given, data=tmp_path / "none", database_url="")
    assert in_force.registry_in_force(nowhere) is composition.registry()
    assert not nowhere.data.exists()


def test_a_trial_shows_what_a_changed_code_was_called(prepared: Database, tmp_path: Path) -> None:
    path = written(tmp_path, "code,name\n1,一级危险\n2,Ⅱ类（中度危险）\n3,Ⅲ类（轻度危险）\n")
    reply = run(prepared, "import", "packing_groups", path, "--dry-run")
    (line,) = [line for line in reply.text.splitlines() if line.startswith("~ 1 ")]
    assert line.endswith(" → 一级危险")
    assert " · " in line, "the English name that goes is seen to go"

"""Official tables are read in two encodings, within bounds, with every fault named."""

from __future__ import annotations

from datetime import date

import pytest

from singlewindow.hub.standards import tables
from singlewindow.hub.standards.table_problems import TableError
from singlewindow.hub.standards.tables import read_table

CSV = "代码,名称,英文名称,备注\n0100,北京关区,Beijing,总关\n8010,两路寸滩水港,,\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (CSV.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + CSV.encode(), "utf-8"),
        (CSV.encode("gb18030"), "gb18030"),
    ],
)
def test_both_encodings_are_told_apart_strictly(data: bytes, encoding: str) -> None:
    table = read_table(data)
    assert table.encoding == encoding
    assert [(row.code, row.zh, row.en) for row in table.rows] == [
        ("0100", "北京关区", "Beijing"),
        ("8010", "两路寸滩水港", ""),
    ]
    assert table.rows[0].extra == {"备注": "总关"}
    assert not table.problems


@pytest.mark.parametrize(
    ("data", "encoding"),
    [(CSV.encode("gb18030"), "utf-8"), (b"code,name\n\xff\xff,x", ""), (b"\x81", "gb18030")],
)
def test_what_is_neither_is_refused(data: bytes, encoding: str) -> None:
    with pytest.raises(TableError) as refused:
        read_table(data, encoding=encoding)
    assert [problem.code for problem in refused.value.problems] == ["table_encoding"]


def test_columns_may_be_mapped() -> None:
    table = read_table("编号,中文\n1,甲\n".encode(), {"code": "编号", "zh": "中文"})
    assert [(row.code, row.zh) for row in table.rows] == [("1", "甲")]


def test_columns_that_are_not_there_are_named() -> None:
    with pytest.raises(TableError) as refused:
        read_table("x,y\n1,甲\n".encode(), {"code": "编号", "colour": "y"})
    assert [problem.code for problem in refused.value.problems] == [
        "unknown_column",
        "missing_column",
        "missing_column",
    ]


def test_bad_rows_are_all_named_and_the_good_ones_kept() -> None:
    lines = [
        "code,name,valid_from,valid_to",
        "1,甲,2020-01-01,",
        ",乙,,",
        "3,,,",
        "4,丁,2020-13-01,",
        "5,戊,2020-02-01,2020-01-01",
        "6,己,,,,",
        "1,又甲,2020-01-01,",
        "7," + "长" * 201 + ",,",
        "8,辛\x00,,",
        "9,壬,,2021-12-31",
    ]
    table = read_table("\n".join(lines).encode())
    assert [row.code for row in table.rows] == ["1", "9"]
    assert table.rows[1].valid_to == date(2021, 12, 31)
    assert [(problem.code, problem.field) for problem in table.problems] == [
        ("row_empty", "3"),
        ("row_empty", "4"),
        ("row_date", "5"),
        ("row_period", "6"),
        ("row_width", "7"),
        ("row_twice", "8"),
        ("row_long", "9"),
        ("row_control", "10"),
    ]
    assert table.bad_codes >= {"3", "4", "5", "7", "8"}


def test_leading_zeros_and_the_word_no_stay() -> None:
    table = read_table("code,name\n0100,零一\nNO,挪威\n007,个\n".encode())
    assert [row.code for row in table.rows] == ["0100", "NO", "007"]


def test_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    monkeypatch.setattr(tables, "MOST_PROBLEMS", 2)
    rows = "".join(f"{n},名\n" for n in range(3))
    assert len(read_table(("code,name\n" + rows).encode()).rows) == 3
    with pytest.raises(TableError) as refused:
        read_table(("code,name\n" + rows + "9,名\n").encode())
    assert refused.value.problems[0].code == "table_too_long"
    found = read_table(b"code,name\n1,\n2,\n3,\n").problems
    assert [problem.code for problem in found] == ["row_empty", "row_empty", "more_problems"]
    monkeypatch.setattr(tables, "MOST_BYTES", 10)
    with pytest.raises(TableError) as too_large:
        read_table(b"code,name\n1,x\n")
    assert too_large.value.problems[0].code == "table_too_large"


def test_a_quote_left_open_is_a_problem_not_a_crash() -> None:
    with pytest.raises(TableError) as refused:
        read_table(b'code,name\n1,"open\n')
    assert refused.value.problems[0].code == "table_unreadable"


def test_a_table_may_be_an_object_of_json() -> None:
    table = read_table('{"AA": {"name": "甲", "desc": "D"}, "BB": {"name": "乙"}, "CC": "丙"}'.encode())
    assert [(row.line, row.code, row.zh, row.extra) for row in table.rows] == [
        (1, "AA", "甲", {"desc": "D"}),
        (2, "BB", "乙", {}),
        (3, "CC", "丙", {}),
    ]


def test_a_key_that_stands_twice_in_json_is_named() -> None:
    table = read_table('{"AA": {"name": "甲"}, "AA": {"name": "乙"}}'.encode())
    assert [(problem.code, problem.field) for problem in table.problems] == [("row_twice", "2")]


@pytest.mark.parametrize("text", ["{", '{"A": }', '{"A": ' + "[" * 100_000])
def test_what_only_begins_like_json_is_refused(text: str) -> None:
    with pytest.raises(TableError, match="no JSON"):
        read_table(text.encode())


def test_a_code_may_stand_in_two_columns() -> None:
    table = read_table(b"country,place,name\nDE,HAM,Hamburg\n", {"code": "country+place"})
    assert [(row.code, row.zh, row.extra) for row in table.rows] == [("DEHAM", "Hamburg", {})]
    with pytest.raises(TableError, match="no column code among country"):
        read_table(b"country,place,name\nDE,HAM,Hamburg\n", {"code": "country+port"})


def test_a_quote_that_never_ends_is_named_with_its_line() -> None:
    with pytest.raises(TableError, match="line 3") as error:
        read_table('code,name\n1,一\n2,"二\n'.encode())
    assert error.value.problems[0].field == "3"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_mark_of_gb18030_is_no_part_of_a_heading(mark: str) -> None:
    table = read_table(f"{mark}代码,名称\n1,镇\n".encode("gb18030"))
    assert [(row.code, row.zh) for row in table.rows] == [("1", "镇")]
    assert table.encoding == "gb18030"

"""Official tables are read in two encodings, within bounds, with every fault named."""

from __future__ import annotations

from datetime import date

import pytest

from singlewindow.hub.standards import tables
from singlewindow.hub.standards.tables import TableError, read_table

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

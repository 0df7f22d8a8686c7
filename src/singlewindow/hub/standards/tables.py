"""Official code tables as they come: CSV in UTF-8 or GB18030, read with every bound and every fault."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any

from msgspec import Struct

from singlewindow.hub.standards.json_tables import json_rows
from singlewindow.hub.standards.table_problems import TableError, at_line, problem
from singlewindow.kernel.messages import Problem

MOST_BYTES = 32 << 20
MOST_ROWS = 200_000
MOST_PROBLEMS = 200
LONGEST = {"code": 32, "zh": 200, "en": 200, "successor": 32}
LONGEST_EXTRA = 2_000
ENCODINGS = ("utf-8", "gb18030")
BYTE_ORDER_MARK = "\ufeff"
# What the columns are called in tables as they circulate; --map names any other.
HEADINGS = {
    "code": ("code", "代码", "编码"),
    "zh": ("zh", "name", "名称", "中文名称"),
    "en": ("en", "en_name", "english_name", "英文名称"),
    "valid_from": ("valid_from", "生效日期"),
    "valid_to": ("valid_to", "失效日期"),
    "successor": ("successor", "新代码"),
}
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")


class Row(Struct, frozen=True):
    """One code as the table has it; a date or name it does not give is None or empty."""

    line: int
    code: str
    zh: str
    en: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str = ""
    extra: dict[str, str] = {}


class Table(Struct, frozen=True):
    """The good rows of a table, its problems, and the encoding it was read in."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    encoding: str
    bad_codes: frozenset[str] = frozenset()


def read_table(data: bytes, columns: Mapping[str, str] | None = None, encoding: str = "") -> Table:
    """Read a table; ``columns`` maps our columns (code, zh, en …) on its headings, joined by ``+``.

    An object of JSON, code by code, is a table too. Rows with problems are left out and named; raises
    TableError where nothing can be read.
    """
    if len(data) > MOST_BYTES:
        raise TableError(
            [problem("table_too_large", f"文件超过 {MOST_BYTES >> 20} MB", "the file is too large")]
        )
    text, used = _decoded(data, encoding)
    headings, rows = json_rows(text) if text.lstrip().startswith("{") else _csv_rows(text)
    places = _places(headings, columns or {})
    lines = list(islice(rows, MOST_ROWS + 1))
    if len(lines) > MOST_ROWS:
        raise TableError([problem("table_too_long", f"超过 {MOST_ROWS} 行", f"more than {MOST_ROWS} rows")])
    return _table(lines, headings, places, used)


def _csv_rows(text: str) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    headings = next(_lines(reader), (1, []))[1]
    return [heading.strip() for heading in headings], _lines(reader)


def _decoded(data: bytes, encoding: str) -> tuple[str, str]:
    """Strict decoding: UTF-8 if it is UTF-8, else GB18030 if it is that, and the caller is told which."""
    tried = (encoding,) if encoding else ENCODINGS
    for name in tried:
        try:
            return data.decode(name).removeprefix(BYTE_ORDER_MARK), name
        except UnicodeDecodeError:
            continue
    names = " / ".join(tried).upper()
    raise TableError([problem("table_encoding", f"文件不是 {names} 编码", f"the file is not {names}")])


def _places(headings: list[str], columns: Mapping[str, str]) -> dict[str, tuple[int, ...]]:
    problems = [
        problem("unknown_column", f"没有可对应的列 {ours}", f"there is no column {ours} to map")
        for ours in columns
        if ours not in HEADINGS
    ]
    places = {}
    for ours, usual in HEADINGS.items():
        names = columns[ours].split("+") if ours in columns else usual
        found = tuple(headings.index(name) for name in names if name in headings)
        if ours in columns and len(found) == len(names):
            places[ours] = found
        elif ours not in columns and found:
            places[ours] = found[:1]
        elif ours in columns or ours in ("code", "zh"):
            problems.append(
                problem(
                    "missing_column",
                    f"缺少列“{ours}”（表头：{'、'.join(headings)}），请用 --map {ours}=列名 指定",
                    f"no column {ours} among {', '.join(headings)}; name it by --map {ours}=HEADING",
                )
            )
    if problems:
        raise TableError(problems)
    return places


def _lines(reader: Any) -> Iterator[tuple[int, list[str]]]:
    try:
        for row in reader:
            if any(field.strip() for field in row):
                yield reader.line_num, row
    except csv.Error as error:
        zh, en = f"CSV 在此无法读取：{error}", f"no CSV from here on: {error}"
        raise TableError([at_line(reader.line_num, "table_unreadable", zh, en)]) from error


def _table(
    lines: list[tuple[int, list[str]]], headings: list[str], places: dict[str, tuple[int, ...]], used: str
) -> Table:
    rows: list[Row] = []
    problems: list[Problem] = []
    bad: set[str] = set()
    first: dict[tuple[str, date | None], int] = {}
    for line, fields in lines:
        row, wrong = _row(line, fields, headings, places)
        if row and (row.code, row.valid_from) in first:
            earlier = first[row.code, row.valid_from]
            wrong.append(
                at_line(
                    line,
                    "row_twice",
                    f"代码 {row.code} 与第 {earlier} 行重复",
                    f"{row.code} stands in line {earlier} too",
                )
            )
        elif row and not wrong:
            first[row.code, row.valid_from] = line
            rows.append(row)
        if wrong and row:
            bad.add(row.code)
        problems += wrong
    return Table(tuple(rows), _bounded(problems), used, frozenset(bad))


def _row(
    line: int, fields: list[str], headings: list[str], places: dict[str, tuple[int, ...]]
) -> tuple[Row | None, list[Problem]]:
    if len(fields) != len(headings):
        counts = len(fields), len(headings)
        return None, [
            at_line(
                line,
                "row_width",
                "列数 {} 与表头 {} 不符".format(*counts),
                "{} fields, {} headings".format(*counts),
            )
        ]
    values = {ours: "".join(fields[at].strip() for at in some) for ours, some in places.items()}
    taken = {at for some in places.values() for at in some}
    extra = {
        heading: value
        for at, heading in enumerate(headings)
        if at not in taken and heading and (value := fields[at].strip())
    }
    wrong = [*_text_faults(line, values, extra)]
    starts = _day(line, values.get("valid_from", ""), wrong)
    ends = _day(line, values.get("valid_to", ""), wrong)
    if starts and ends and ends < starts:
        wrong.append(
            at_line(
                line, "row_period", f"失效日期 {ends} 早于生效日期", f"it ends on {ends}, before it begins"
            )
        )
    row = Row(
        line,
        values["code"],
        values["zh"],
        values.get("en", ""),
        starts,
        ends,
        values.get("successor", ""),
        extra,
    )
    return row, wrong


def _text_faults(line: int, values: dict[str, str], extra: dict[str, str]) -> Iterator[Problem]:
    for column in ("code", "zh"):
        if not values[column]:
            yield at_line(line, "row_empty", f"缺少 {column}", f"{column} is empty")
    for column, value in (values | extra).items():
        longest = LONGEST.get(column, LONGEST_EXTRA)
        if len(value) > longest:
            yield at_line(
                line,
                "row_long",
                f"{column} 超过 {longest} 字",
                f"{column} has more than {longest} characters",
            )
        if _CONTROL.search(value):
            yield at_line(line, "row_control", f"{column} 含控制字符", f"{column} has control characters")


def _day(line: int, value: str, wrong: list[Problem]) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        wrong.append(at_line(line, "row_date", f"日期“{value[:20]}”无效", f"{value[:20]!r} is no date"))
        return None


def _bounded(problems: list[Problem]) -> tuple[Problem, ...]:
    left = len(problems) - MOST_PROBLEMS
    more = [problem("more_problems", f"另有 {left} 个问题", f"{left} more problems")] if left > 0 else []
    return (*problems[:MOST_PROBLEMS], *more)

"""Holding an official table against a list: nothing is lost, nothing changes twice."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as some

from singlewindow.hub.standards.codelists import Code
from singlewindow.hub.standards.importing import FEW, Changes, compare
from singlewindow.hub.standards.tables import Row, Table
from singlewindow.kernel.messages import Text

DAY = date(2026, 1, 1)
BEFORE = DAY - timedelta(days=1)
SHIPPED = [
    Code("1", Text("甲", "One"), pinyin="jia", source="platform"),
    Code("2", Text("乙", "Two"), pinyin="yi", source="platform"),
    Code("3", Text("丙", "Three"), valid_to=date(2018, 7, 31), pinyin="bing", source="platform"),
]


def table(*rows: Row, bad: frozenset[str] = frozenset()) -> Table:
    return Table(rows, (), "utf-8", bad)


def held(codes: list[Code], against: Table, first: bool = True) -> Changes:
    return compare(codes, against, on=DAY, source="official", first=first)


def after(codes: list[Code], changes: Changes) -> list[Code]:
    store = {(code.code, code.valid_from): code for code in codes}
    store |= {(code.code, code.valid_from): code for code in changes.written}
    return list(store.values())


def test_added_changed_confirmed_ended() -> None:
    changes = held(SHIPPED, table(Row(2, "1", "甲"), Row(3, "2", "新乙"), Row(4, "4", "丁", "Four")))
    assert [code.code for code in changes.confirmed] == ["1"]
    assert changes.confirmed[0].source == "official"
    assert changes.confirmed[0].name.en == "One"
    assert [(code.name, code.pinyin) for code in changes.changed] == [(Text("新乙", "新乙"), "xin yi")]
    assert [(code.code, code.valid_from) for code in changes.added] == [("4", date.min)]
    assert changes.ended == ()


def test_what_is_missing_ends_the_day_before_and_what_had_ended_stays() -> None:
    changes = held(SHIPPED, table(Row(2, "1", "甲")))
    assert [(code.code, code.valid_to) for code in changes.ended] == [("2", BEFORE)]


def test_a_later_table_adds_from_its_day() -> None:
    changes = held(SHIPPED, table(Row(2, "1", "甲"), Row(3, "2", "乙"), Row(4, "4", "丁")), first=False)
    assert [(code.code, code.valid_from) for code in changes.added] == [("4", DAY)]


def test_an_ended_code_that_comes_again_begins_a_new_period() -> None:
    changes = held(SHIPPED, table(Row(2, "1", "甲"), Row(3, "2", "乙"), Row(4, "3", "丙")))
    assert [(code.code, code.valid_from, code.valid_to) for code in changes.added] == [("3", DAY, None)]


def test_a_new_period_ends_the_one_before() -> None:
    changes = held(SHIPPED, table(Row(2, "1", "甲甲", valid_from=date(2026, 3, 1)), Row(3, "2", "乙")))
    assert [(code.name.zh, code.valid_from) for code in changes.added] == [("甲甲", date(2026, 3, 1))]
    assert [(code.code, code.valid_to) for code in changes.changed] == [("1", date(2026, 2, 28))]


def test_codes_of_faulty_rows_are_left_alone() -> None:
    assert held(SHIPPED, table(Row(2, "1", "甲"), bad=frozenset("2"))).ended == ()


def test_many_that_end_are_drastic() -> None:
    codes = [Code(str(n), Text("某", "Some"), pinyin="mou") for n in range(5 * FEW)]
    rows = [Row(n, str(n), "某") for n in range(5 * FEW)]
    assert not held(codes, table(*rows[FEW:])).drastic
    assert held(codes, table(*rows[FEW + 1 :])).drastic


@given(
    some.lists(some.sampled_from("12345"), unique=True),
    some.lists(some.sampled_from("甲乙丙丁"), min_size=5, max_size=5),
    some.booleans(),
)
def test_importing_twice_changes_nothing_and_codes_in_force_are_the_tables(
    listed: list[str], names: list[str], first: bool
) -> None:
    official = table(
        *(Row(at, code, name) for at, (code, name) in enumerate(zip(listed, names, strict=False)))
    )
    store = after(SHIPPED, held(SHIPPED, official, first))
    assert {code.code for code in store if code.valid(DAY)} == set(listed)
    assert {code.code for code in SHIPPED} <= {code.code for code in store}
    again = held(store, official, first=False)
    assert (again.added, again.changed, again.ended) == ((), (), ())

"""The generated check: what it takes, what it puts right, and every problem it must find."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from singlewindow.hub.documents import checking
from singlewindow.hub.documents.checking import MOST_PROBLEMS, compile_check
from singlewindow.hub.documents.definition import Definition, DefinitionError
from singlewindow.hub.standards.codelists import Code, CodeList
from singlewindow.kernel.messages import Problem, Severity, Text
from unit.hub.documents.parcel import (
    CHECK,
    COUNTRIES,
    DEFINITION,
    GOOD,
    LISTS,
    ON,
    brief,
    mended,
    with_condition,
)

HOSTILE = {
    "nul": "a\x00b",
    "newline": "a\nb",
    "lone surrogate": "a\ud800b",
    "right-to-left override": "a\u202eb",
    "isolate": "a\u2066b",
    "arabic letter mark": "a\u061cb",
    "zero width space": "a\u200bb",
    "byte order mark": "a\ufeffb",
    "line separator": "a\u2028b",
    "tag": "a\U000e0041b",
    "escape": "a\x1b[31mb",
}


def test_a_good_document_stays_what_it_is() -> None:
    checked = CHECK(GOOD, ON)
    assert checked.problems == ()
    assert checked.document.values == GOOD
    assert (checked.document.kind, checked.document.version) == ("parcel", "1")
    assert checked.boxes == 6


@pytest.mark.parametrize(
    ("field", "given", "canonical"),
    [
        ("mass", "1080.0000", "1080"),
        ("mass", "+007.50", "7.5"),
        ("mass", " 5 ", "5"),
        ("mass", 5, "5"),
        ("mass", "5.", "5"),
        ("mass", "-0", "0"),
        ("mass", "0.000", "0"),
        ("mass", "999999.999", "999999.999"),
        ("count", 12345, "12345"),
        ("digits", " 0100 ", "0100"),
        ("digits", 1234, "1234"),
        ("remark", " 两 字\u3000", "两 字"),
        ("remark", 7, "7"),
        ("sent_on", "20261117", "2026-11-17"),
        ("sent_on", 20261117, "2026-11-17"),
        ("sent_on", "2024-02-29", "2024-02-29"),
        ("due_at", " 2026-11-17T06:00Z ", "2026-11-17T06:00Z"),
        ("fragile", True, "1"),
        ("fragile", "false", "0"),
        ("fragile", 1, "1"),
        ("country", " DEU ", "DEU"),
        ("remark", "\U00020000字", "\U00020000字"),
    ],
)
def test_sloppy_values_are_put_right_once(field: str, given: object, canonical: str) -> None:
    values = CHECK(mended(**{"sent_on": "2026-01-01", field: given}), ON).document.values
    assert values[field] == canonical
    again = CHECK(values, ON)
    assert again.document.values == values
    assert "wrong_form" not in {problem.code for problem in again.problems}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mass", "-36"),
        ("mass", -36),
        ("mass", "1.2345"),
        ("mass", "1000000"),
        ("mass", "1e999"),
        ("mass", "1e3"),
        ("mass", "NaN"),
        ("mass", "Infinity"),
        ("mass", "٣٦"),
        ("mass", "３６"),
        ("mass", "1,080"),
        ("mass", "1_000"),
        ("mass", "0x10"),
        ("mass", "9" * 5_000),
        ("mass", "5\n5"),
        ("count", "1.5"),
        ("digits", "０１００"),
        ("digits", "110"),
        ("digits", "1²34"),
        ("letters", "abcdef"),
        ("letters", "éa"),
        ("number", "中文"),
        ("number", "x" * 13),
        ("remark", "x" * 21),
        ("sent_on", "2025-02-30"),
        ("sent_on", "2026-13-01"),
        ("sent_on", "2026-1-1"),
        ("sent_on", "２０２６-01-01"),
        ("sent_on", "2026-01-01" * 100_000),
        ("due_at", "2026-11-17T29:00Z"),
        ("due_at", "2026-02-30T10:00Z"),
        ("due_at", "2026-11-17 06:00"),
        ("fragile", "yes"),
        ("fragile", 2),
        ("country", "germany"),
        *(("remark", value) for value in HOSTILE.values()),
        *(("number", value) for value in HOSTILE.values()),
    ],
)
def test_wrong_forms_are_refused_with_what_is_expected(field: str, value: object) -> None:
    checked = CHECK(mended(**{field: value}), ON)
    problem = next(p for p in checked.problems if p.field == field)
    assert problem.code == "wrong_form"
    assert field not in checked.document.values
    assert problem.remedy is not None
    assert len(problem.value) < 400
    assert problem.value.isprintable()
    assert problem.text.zh.isprintable()


@pytest.mark.parametrize("value", ["P-1\n", "\tP-1", "P-1\u2028"])
def test_space_around_a_value_is_no_part_of_it(value: str) -> None:
    assert CHECK(mended(number=value), ON).document.values["number"] == "P-1"


@pytest.mark.parametrize("field", ["number", "mass", "remark", "sent_on", "country"])
@pytest.mark.parametrize("value", [["x"], [], {}, {"a": "b"}, True, False, 1.5, 10**400])
def test_values_of_another_type_are_refused(field: str, value: object) -> None:
    checked = CHECK(mended(**{field: value}), ON)
    assert ("wrong_type", field) in brief(checked.problems)
    assert ("missing", field) not in brief(checked.problems)
    assert field not in checked.document.values


@pytest.mark.parametrize("absent", [None, "", "  ", "\u3000"])
def test_null_and_empty_are_absent(absent: object) -> None:
    checked = CHECK(mended(remark=absent, number=absent), ON)
    assert brief(checked.problems) == [("missing", "number")]
    assert not {"remark", "number"} & set(checked.document.values)


def test_every_problem_is_found_at_once_in_both_languages() -> None:
    raw = {"mass": "x", "country": "QQQ", "items": [{"price": "y"}, {"item": ["z"]}], "stray": 1}
    problems = CHECK(raw, ON).problems
    assert brief(problems) == [
        ("missing", "number"),
        ("wrong_form", "mass"),
        ("unknown_code", "country"),
        ("missing", "items[0].item"),
        ("wrong_form", "items[0].price"),
        ("wrong_type", "items[1].item"),
        ("unknown_element", "stray"),
    ]
    for problem in problems:
        assert problem.remedy is not None
        for text in (problem.text, problem.remedy):
            assert any("\u4e00" <= c <= "\u9fff" for c in text.zh)
            assert any("a" <= c <= "z" for c in text.en)


def test_an_ended_code_names_its_end_and_successor() -> None:
    (problem, *_) = CHECK(mended(country="ROM"), ON).problems
    assert problem.code == "ended_code"
    assert "2002-02-01" in problem.text.zh
    assert "2002-02-01" in problem.text.en
    assert problem.remedy == Text("请改用 ROU", "use ROU")


def test_an_ended_code_without_successor_names_its_list() -> None:
    (problem,) = CHECK(mended(country="YUG"), ON).problems
    assert problem.remedy is not None
    assert "国别" in problem.remedy.zh
    assert "countries" in problem.remedy.en


def test_a_code_is_judged_on_the_day_of_the_check() -> None:
    assert CHECK(mended(country="YUG"), COUNTRIES.codes[2].valid_to or ON).problems == ()


def test_unknown_elements_are_kept_with_a_warning() -> None:
    raw = mended(
        stray={"deep": [1]}, items=[{"item": "a", "odd": "\x00", "licences": [{"licence": "L", "x": None}]}]
    )
    checked = CHECK(raw, ON)
    assert checked.document.extension == {
        "stray": {"deep": [1]},
        "items[0].odd": "\x00",
        "items[0].licences[0].x": None,
    }
    assert {problem.severity for problem in checked.problems} == {Severity.WARNING}
    assert checked.errors == ()


def test_a_hostile_name_is_shown_short_and_printable() -> None:
    checked = CHECK(mended(**{"\u202e" * 500: "1"}), ON)
    assert checked.problems[0].field.isprintable()
    assert len(checked.problems[0].field) < 500


@pytest.mark.parametrize("lines", [51, 5_000])
def test_lines_beyond_the_most_are_refused_and_not_read(lines: int) -> None:
    checked = CHECK(mended(items=[{"item": "a"}] * lines), ON)
    (problem,) = checked.problems
    assert (problem.code, problem.field, problem.value) == ("too_many_lines", "items", str(lines))
    assert len(checked.document.values["items"]) == 50
    assert CHECK(mended(items=[{"item": "a"}] * 50), ON).problems == ()


@pytest.mark.parametrize("lines", [None, "", []])
def test_lines_that_must_be_there_are_missed(lines: object) -> None:
    assert brief(CHECK(mended(items=lines), ON).problems) == [("too_few_lines", "items")]


@pytest.mark.parametrize("lines", ["text", {"item": "a"}, 5, True])
def test_what_is_no_list_is_no_lines(lines: object) -> None:
    checked = CHECK(mended(items=lines), ON)
    assert ("not_lines", "items") in brief(checked.problems)
    assert "items" not in checked.document.values


def test_a_line_that_is_no_object_keeps_the_numbers_of_the_others() -> None:
    checked = CHECK(mended(items=[{"item": "a"}, None, "x", {"item": "b", "price": "?"}]), ON)
    assert brief(checked.problems) == [
        ("not_lines", "items[1]"),
        ("not_lines", "items[2]"),
        ("wrong_form", "items[3].price"),
    ]
    assert checked.document.values["items"] == [{"item": "a"}, {}, {}, {"item": "b"}]


def test_nested_lines_are_checked_and_counted() -> None:
    items = [{"item": "a", "licences": [{}, {"licence": "ö"}, {"licence": "L"}, {"licence": "M"}]}]
    assert brief(CHECK(mended(items=items), ON).problems) == [
        ("too_many_lines", "items[0].licences"),
        ("missing", "items[0].licences[0].licence"),
        ("wrong_form", "items[0].licences[1].licence"),
    ]


def test_a_condition_on_the_document_is_asked_of_head_and_every_line() -> None:
    items = [{"item": "a", "remark": "r"}, {"item": "b"}]
    assert brief(CHECK(mended(country="DEU", items=items), ON).problems) == [
        ("missing", "sent_on"),
        ("missing", "items[1].remark"),
    ]


def test_a_condition_on_a_line_is_asked_of_that_line_alone() -> None:
    items = [{"item": "a"}, {"item": "b", "price": "1", "licences": [{"licence": "L"}]}, {"item": "c"}]
    assert brief(CHECK(mended(items=items), ON).problems) == [
        ("missing", "items[1].digits"),
        ("missing", "items[1].licences[0].note"),
    ]


def test_a_condition_on_an_inner_line_is_asked_of_that_inner_line() -> None:
    check = compile_check(with_condition("priced", {"items.licences.licence": ("L1",)}), LISTS)
    licences = [{"licence": "L1"}, {"licence": "L2"}]
    items = [{"item": "a"}, {"item": "b", "digits": "0001", "licences": licences}]
    assert brief(check(mended(items=items), ON).problems) == [("missing", "items[1].licences[0].note")]


def test_all_paths_of_a_condition_must_hold() -> None:
    check = compile_check(with_condition("priced", {"items.price": ("*",), "country": ("DEU",)}), LISTS)
    items = [{"item": "a", "price": "1"}]
    assert check(mended(items=items), ON).problems == ()
    found = brief(check(mended(items=items, country="DEU", sent_on="2026-01-01"), ON).problems)
    assert found == [("missing", "items[0].digits"), ("missing", "items[0].remark")]


def test_problems_are_bounded_and_counted() -> None:
    problems = CHECK(
        mended(mass="?", items=[{"price": "?", "digits": "?", "remark": "\x00"} for _ in range(50)]), ON
    ).problems
    assert brief(problems)[-1] == ("more_problems", "")
    assert len(problems) == MOST_PROBLEMS + 1
    assert problems[-1].severity is Severity.ERROR


def test_warnings_alone_never_stop_a_submission() -> None:
    checked = CHECK(mended(**{f"stray{i}": "1" for i in range(5_000)}), ON)
    assert len(checked.problems) == MOST_PROBLEMS + 1
    assert checked.errors == ()
    assert checked.problems[-1].value == str(5_000 - MOST_PROBLEMS)
    assert len(checked.document.extension) == 5_000


def test_an_error_is_shown_before_any_number_of_warnings() -> None:
    items = [{"item": "a", **{f"x{n}": "1" for n in range(10)}} for _ in range(49)]
    checked = CHECK(mended(items=[*items, {"price": "1"}]), ON)
    assert brief(checked.problems)[:2] == [("missing", "items[49].item"), ("missing", "items[49].digits")]


def test_a_hundred_thousand_unknown_elements_take_no_time() -> None:
    raw = mended(**{f"stray{i}": "1" for i in range(100_000)})
    began = time.process_time()
    CHECK(raw, ON)
    assert time.process_time() - began < 2


def test_rules_see_canonical_values_and_add_their_problems() -> None:
    seen: list[dict[str, Any]] = []

    def rule(values: dict[str, Any], on: object) -> list[Problem]:
        seen.append(values)
        return [Problem("odd", Text("怪", "odd"), "mass", severity=Severity.WARNING)]

    definition = with_condition("abroad", {"country": ("DEU",)})
    check = compile_check(_with_rules(definition, "odd"), LISTS, {"odd": rule})
    checked = check(mended(mass="2.50"), ON)
    assert seen[0]["mass"] == "2.5"
    assert brief(checked.problems) == [("odd", "mass")]


def _with_rules(definition: Definition, *names: str) -> Definition:
    return replace(definition, rules=names)


def test_rules_that_nobody_offers_are_all_named() -> None:
    with pytest.raises(DefinitionError, match="no rule one; no rule two"):
        compile_check(_with_rules(DEFINITION, "one", "two"), LISTS, {})


def test_a_code_that_is_not_valid_yet_names_its_first_day() -> None:
    lists = LISTS | {"countries": with_code(Code("NEW", Text("新国", "New"), date(2026, 12, 1)))}
    check = compile_check(DEFINITION, lists, {})
    assert check(mended(country="NEW"), date(2026, 12, 1)).problems == ()
    (problem,) = check(mended(country="NEW"), date(2026, 11, 30)).problems
    assert problem.code == "future_code"
    assert problem.remedy is not None
    for text, list_name in ((problem.text.zh, "国别"), (problem.text.en, "countries")):
        assert "NEW" in text
        assert "2026-12-01" in text
        assert list_name in text.lower()


def test_a_new_edition_is_bound_without_compiling_again() -> None:
    before = compile_check(DEFINITION, LISTS, {})
    misses = checking._compiled.cache_info().misses
    lists = LISTS | {"countries": with_code(Code("NEW", Text("新国", "New")))}
    after = compile_check(DEFINITION, lists, {})
    assert checking._compiled.cache_info().misses == misses
    assert {problem.code for problem in before(mended(country="NEW"), ON).problems} == {"unknown_code"}
    assert after(mended(country="NEW"), ON).problems == ()


def with_code(code: Code) -> CodeList:
    return CodeList(COUNTRIES.id, COUNTRIES.name, COUNTRIES.source, (*COUNTRIES.codes, code))

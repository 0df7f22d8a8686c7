"""Charges by terms, masses, amounts, quantities and currency, each refused and accepted."""

from __future__ import annotations

from datetime import date
from decimal import localcontext
from typing import Any

import pytest

from singlewindow.apps.declarations.rules import RULES
from singlewindow.apps.declarations.tables import CHARGES_BY_TERMS as TABLE
from singlewindow.kernel.messages import Problem, Severity

ON = date(2026, 11, 21)
CHARGES_BY_TERMS = TABLE.at(ON)
PAID = {
    "freight": {"freight_mark": "3", "freight_rate": "4600", "freight_currency": "EUR"},
    "insurance": {"insurance_mark": "1", "insurance_rate": "0.3"},
    "other": {"other_mark": "3", "other_rate": "12", "other_currency": "USD"},
}


def found(rule: str, values: dict[str, Any]) -> list[Problem]:
    return list(RULES[rule](values, ON))


def brief(rule: str, values: dict[str, Any]) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in found(rule, values)]


def goods(*lines: dict[str, Any]) -> dict[str, Any]:
    return {"goods": list(lines)}


@pytest.mark.parametrize(("direction", "terms"), CHARGES_BY_TERMS)
def test_exactly_the_charges_that_the_terms_leave_out_are_accepted(direction: str, terms: str) -> None:
    needs = CHARGES_BY_TERMS[direction, terms]
    values = {"trade_direction": direction, "trade_terms": terms}
    for charge, fields in PAID.items():
        if needs[charge] in {"required", "expected"}:
            values |= fields
    assert brief("fees_by_terms", values) == []


@pytest.mark.parametrize(("direction", "terms"), CHARGES_BY_TERMS)
def test_every_charge_that_the_terms_leave_out_is_asked_for(direction: str, terms: str) -> None:
    needs = CHARGES_BY_TERMS[direction, terms]
    missing = found("fees_by_terms", {"trade_direction": direction, "trade_terms": terms})
    assert {problem.code for problem in missing} <= {"fees_by_terms.missing"}
    stopping = [problem.field for problem in missing if problem.severity is Severity.ERROR]
    assert stopping == [f"{c}_mark" for c in PAID if needs[c] == "required"]
    asked = [problem.field for problem in missing if problem.severity is Severity.WARNING]
    assert asked == [f"{c}_mark" for c in PAID if needs[c] == "expected"]


@pytest.mark.parametrize("direction", ["I", "E"])
def test_goods_sold_ex_works_without_other_charges_are_asked_about_and_taken(direction: str) -> None:
    """That there must be any is not verified: the fact's own source says so."""
    values = {"trade_direction": direction, "trade_terms": "7"}
    values |= {**PAID["freight"], **PAID["insurance"]} if direction == "I" else {}
    (problem,) = found("fees_by_terms", values)
    assert (problem.field, problem.severity) == ("other_mark", Severity.WARNING)
    assert problem.remedy is not None
    assert "没有的不填" in problem.remedy.zh
    assert "if there are none" in problem.remedy.en
    assert found("fees_by_terms", values | PAID["other"]) == []


def test_imports_and_exports_mirror_each_other() -> None:
    assert CHARGES_BY_TERMS["I", "3"]["freight"] == CHARGES_BY_TERMS["E", "1"]["freight"] == "required"
    assert CHARGES_BY_TERMS["I", "1"]["freight"] == CHARGES_BY_TERMS["E", "3"]["freight"] == "included"


def test_a_charge_already_in_the_price_is_only_a_warning() -> None:
    values = {"trade_direction": "I", "trade_terms": "1", **PAID["freight"]}
    (problem,) = found("fees_by_terms", values)
    assert (problem.code, problem.severity) == ("fees_by_terms.counted_twice", Severity.WARNING)
    assert (problem.field, problem.value) == ("freight_rate", "4600")


def test_a_missing_premium_comes_with_the_rate_to_assume() -> None:
    values = {"trade_direction": "I", "trade_terms": "2"}
    (problem,) = found("fees_by_terms", values)
    assert problem.remedy is not None
    assert "0.3" in problem.remedy.zh
    assert "0.3" in problem.remedy.en


@pytest.mark.parametrize(
    ("fields", "code", "path", "remedy"),
    [
        ({"freight_rate": "10"}, "fees_by_terms.mark", "freight_mark", "give 1 or 2 or 3"),
        (
            {"freight_rate": "10", "freight_currency": "EUR"},
            "fees_by_terms.mark",
            "freight_mark",
            "give 3",
        ),
        ({"freight_mark": "1"}, "fees_by_terms.rate", "freight_rate", "give the figure of freight"),
        (
            {"freight_mark": "2", "freight_rate": "5"},
            "fees_by_terms.currency",
            "freight_currency",
            "give EUR",
        ),
        (
            {"freight_mark": "1", "freight_rate": "5", "freight_currency": "EUR"},
            "fees_by_terms.currency",
            "freight_currency",
            "leave it empty",
        ),
        (
            {"insurance_mark": "2", "insurance_rate": "5"},
            "fees_by_terms.mark",
            "insurance_mark",
            "give 1 or 3",
        ),
    ],
)
def test_a_charge_given_in_part_says_which_part(
    fields: dict[str, str], code: str, path: str, remedy: str
) -> None:
    values = {"trade_direction": "I", "trade_terms": "5", "goods": [{"currency": "EUR"}], **fields}
    (problem,) = found("fees_by_terms", values)
    assert problem.remedy is not None
    assert (problem.code, problem.field, problem.remedy.en) == (code, path, remedy)


def test_unknown_terms_ask_for_nothing() -> None:
    assert found("fees_by_terms", {"trade_direction": "I"}) == []
    assert found("fees_by_terms", {}) == []


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"net_mass": "5"},
        {"net_mass": "10", "gross_mass": "10"},
        {"net_mass": "9.99999", "gross_mass": "10"},
        goods({"line_net_mass": "1", "line_gross_mass": "1.5"}, {"line_net_mass": "3"}),
    ],
)
def test_net_within_gross_is_accepted(values: dict[str, Any]) -> None:
    assert found("net_within_gross", values) == []


def test_net_above_gross_offers_what_the_lines_add_up_to() -> None:
    lines = goods({"line_gross_mass": "6.5"}, {"line_gross_mass": "7"})
    (problem,) = found("net_within_gross", {"net_mass": "12", "gross_mass": "11", **lines})
    assert problem.remedy is not None
    assert (problem.field, problem.value) == ("gross_mass", "11")
    assert "13.5" in problem.remedy.en
    assert "13.5" in problem.remedy.zh


def test_a_sum_of_lines_that_does_not_help_is_not_offered() -> None:
    lines = goods({"line_gross_mass": "6.5"}, {})
    (problem,) = found("net_within_gross", {"net_mass": "12", "gross_mass": "11", **lines})
    assert problem.remedy is not None
    assert "interchanged" in problem.remedy.en


def test_each_line_heavier_than_its_packing_is_named() -> None:
    values = goods({}, {"line_net_mass": "10", "line_gross_mass": "9.5"})
    assert brief("net_within_gross", values) == [("net_within_gross", "goods[1].line_gross_mass")]


@pytest.mark.parametrize(
    "values",
    [
        {"package_count": "1", "gross_mass": "1", "net_mass": "1"},
        {"package_count": "10", "gross_mass": "1.00001"},
        goods({"line_amount": "0.01"}, {}),
    ],
)
def test_the_least_figures_are_accepted(values: dict[str, Any]) -> None:
    assert found("least_figures", values) == []


@pytest.mark.parametrize(
    ("values", "code", "path"),
    [
        ({"package_count": "0"}, "packages", "package_count"),
        ({"package_count": "000"}, "packages", "package_count"),
        ({"gross_mass": "0.99999"}, "mass", "gross_mass"),
        ({"gross_mass": "1", "net_mass": "0"}, "mass", "net_mass"),
        (goods({}, {"line_amount": "0"}), "amount", "goods[1].line_amount"),
    ],
)
def test_figures_below_the_least_are_named(values: dict[str, Any], code: str, path: str) -> None:
    assert brief("least_figures", values) == [(f"least_figures.{code}", path)]


def priced(price: str, quantity: str, amount: str) -> dict[str, Any]:
    return goods({"unit_price": price, "quantity": quantity, "line_amount": amount})


@pytest.mark.parametrize(
    ("price", "quantity", "amount"),
    [
        ("3.85", "24000", "92400"),
        ("0.3333", "3", "1"),
        ("33.3333", "3", "100"),
        ("1.005", "1", "1.01"),
        ("1.005", "1", "1"),
        ("0", "0", "0"),
        ("99999999999999.9999", "1", "100000000000000"),
    ],
)
def test_amounts_that_multiply_are_accepted(price: str, quantity: str, amount: str) -> None:
    assert found("line_amounts", priced(price, quantity, amount)) == []


@pytest.mark.parametrize(
    ("price", "quantity", "amount", "right"),
    [
        ("3.85", "24000", "92399", None),
        ("3.85", "24000", "92398.79", "92400"),
        ("2", "1", "2.01", "2"),
        ("1.005", "1", "1.02", "1.01"),
        ("7.2", "1600", "1152", "11520"),
        ("123456789012345.6789", "12345678901234.56789", "1", "1524157875323883675019051998.75"),
    ],
)
def test_amounts_beyond_rounding_come_with_the_right_one(
    price: str, quantity: str, amount: str, right: str | None
) -> None:
    problems = found("line_amounts", priced(price, quantity, amount))
    if right is None:
        assert problems == []
        return
    assert [problem.field for problem in problems] == ["goods[0].line_amount"]
    assert problems[0].remedy is not None
    assert problems[0].remedy.en.endswith(f"give {right}")


def test_amounts_do_not_depend_on_the_decimal_context() -> None:
    values = priced("3.85", "24000", "92398.79")
    with localcontext() as context:
        context.prec = 3
        (problem,) = found("line_amounts", values)
    assert problem.remedy is not None
    assert "92400" in problem.remedy.zh


def test_an_amount_without_price_is_left_to_the_definition() -> None:
    assert found("line_amounts", goods({"line_amount": "5", "quantity": "1"})) == []


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"quantity": "36", "quantity_unit": "001", "first_quantity": "36", "first_unit": "001"},
        {"quantity": "2", "quantity_unit": "006", "first_quantity": "600", "first_unit": "035"},
        {"first_quantity": "600", "first_unit": "035", "line_net_mass": "600.5"},
        {"second_quantity": "5", "second_unit": "035"},
    ],
)
def test_quantities_that_agree_are_accepted(line: dict[str, str]) -> None:
    assert found("statutory_quantities", goods(line)) == []


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        (
            {"quantity": "36", "quantity_unit": "001", "first_quantity": "35", "first_unit": "001"},
            "differs",
            "first_quantity",
        ),
        (
            {"quantity": "36", "quantity_unit": "001", "second_quantity": "35", "second_unit": "001"},
            "differs",
            "second_quantity",
        ),
        ({"first_quantity": "600", "first_unit": "035", "line_net_mass": "601"}, "mass", "first_quantity"),
        ({"second_quantity": "5"}, "alone", "second_unit"),
        ({"second_unit": "035"}, "alone", "second_quantity"),
        ({"quantity": "0"}, "zero", "quantity"),
        ({"first_quantity": "0"}, "zero", "first_quantity"),
        ({"second_quantity": "0", "second_unit": "035"}, "zero", "second_quantity"),
    ],
)
def test_quantities_that_disagree_are_named(line: dict[str, str], code: str, field: str) -> None:
    assert brief("statutory_quantities", goods({}, line)) == [
        (f"statutory_quantities.{code}", f"goods[1].{field}")
    ]


def test_kilograms_against_net_mass_are_only_a_warning() -> None:
    values = goods({"first_quantity": "600", "first_unit": "035", "line_net_mass": "700"})
    assert [problem.severity for problem in found("statutory_quantities", values)] == [Severity.WARNING]


def test_one_currency_is_accepted() -> None:
    assert found("one_currency", goods({"currency": "EUR"}, {}, {"currency": "EUR"})) == []
    assert found("one_currency", {}) == []


def test_the_odd_currency_is_named_with_the_common_one() -> None:
    values = goods({"currency": "USD"}, {"currency": "EUR"}, {"currency": "EUR"})
    (problem,) = found("one_currency", values)
    assert problem.remedy is not None
    assert (problem.field, problem.value) == ("goods[0].currency", "USD")
    assert "EUR" in problem.remedy.en

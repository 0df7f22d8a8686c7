"""The rules together: what the definition names, the samples, and that each finding is complete."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from singlewindow.apps.declarations.rules import RULES
from singlewindow.hub.documents.checking import Check, compile_check
from singlewindow.hub.documents.decoding import decode_json
from singlewindow.hub.documents.definition import Definition, parse_definition
from singlewindow.hub.standards.codelists import load
from singlewindow.hub.standards.elements import load_elements
from singlewindow.kernel.messages import Problem, Severity

APP = Path(__file__).parents[1]
ON = date(2026, 11, 21)


def sample(name: str) -> dict[str, Any]:
    values: dict[str, Any] = decode_json((APP / "samples" / f"{name}.json").read_bytes())["values"]
    return values


@pytest.fixture(scope="module")
def definition() -> Definition:
    text = (APP / "documents" / "goods_declaration.yaml").read_text(encoding="utf-8")
    return parse_definition(text, load_elements())


@pytest.fixture(scope="module")
def check(definition: Definition) -> Check:
    return compile_check(definition, load(), RULES)


def test_every_rule_that_the_definition_names_is_offered(definition: Definition) -> None:
    assert tuple(RULES) == definition.rules + definition.doubts


def test_every_rule_says_its_source() -> None:
    for rule in RULES.values():
        assert any(
            s in (type(rule).__doc__ or "") for s in ("GB 32100", "GACC", "IMDG", "ISO 6346", "IMO", "JGS-20")
        ), rule


@pytest.mark.parametrize("name", ["guoyuan_sea_import", "minimal"])
def test_a_good_sample_passes(name: str, check: Check) -> None:
    assert check(sample(name), ON).problems == ()


def test_a_flash_point_may_lie_below_zero(check: Check) -> None:
    values = sample("guoyuan_sea_import")
    values["goods"][2]["flash_point"] = "-18.0"
    checked = check(values, ON)
    assert checked.problems == ()
    assert checked.document.values["goods"][2]["flash_point"] == "-18"


def test_the_bad_sample_shows_every_mistake_at_once(check: Check) -> None:
    found = {(problem.code, problem.field) for problem in check(sample("many_errors"), ON).problems}
    assert found >= {
        ("unknown_code", "declaration_office"),
        ("wrong_form", "entry_exit_date"),
        ("wrong_form", "supervision_mode"),
        ("missing", "end_user_name"),
        ("missing", "entry_port"),
        ("missing", "marks"),
        ("missing", "inspection_office"),
        ("wrong_form", "package_count"),
        ("wrong_form", "paperless_tax"),
        ("wrong_form", "goods[0].commodity_code"),
        ("wrong_form", "goods[0].line_amount"),
        ("wrong_form", "goods[1].quantity"),
        ("unknown_code", "attachments[0].attachment_kind"),
        ("unknown_element", "unknown_box"),
    }
    assert {path for code, path in found if code in {"unknown_code", "ended_code", "wrong_form"}} >= {
        "departure_country",
        "goods[1].origin_country",
    }


def test_the_rules_find_exactly_this_in_the_bad_sample(check: Check) -> None:
    values = check(sample("many_errors"), ON).document.values
    found = [(p.code, p.field) for rule in RULES.values() for p in rule(values, ON)]
    assert found == [
        ("uscc.check", "consignee_code"),
        ("fees_by_terms.missing", "insurance_mark"),
        ("net_within_gross", "gross_mass"),
        ("one_currency", "goods[1].currency"),
        ("dangerous_goods.missing", "goods[2].emergency_phone"),
        ("dangerous_goods.un_number", "goods[2].un_number"),
        ("container.check", "containers[1].container_number"),
        ("container_lines.wrong", "containers[1].goods_line_numbers"),
        ("seaborne_call.imo_number", "imo_number"),
    ]


def test_every_finding_speaks_both_languages_and_says_what_to_do(check: Check) -> None:
    problems: tuple[Problem, ...] = check(sample("many_errors"), ON).problems
    for problem in problems:
        assert problem.remedy is not None, problem
        for text in (problem.text, problem.remedy):
            assert any("\u4e00" <= c <= "\u9fff" for c in text.zh), problem
            assert re.search("[a-z]{2}", text.en), problem


def test_an_empty_document_pleases_every_rule() -> None:
    assert [list(rule({}, ON)) for rule in RULES.values()] == [[]] * len(RULES)
    assert [list(rule({"goods": [{}], "containers": [{}]}, ON)) for rule in RULES.values()].count([]) >= 9


def test_a_warning_does_not_stop_a_submission(check: Check) -> None:
    values = sample("guoyuan_sea_import") | {"trade_terms": "1"}
    checked = check(values, ON)
    assert checked.errors == ()
    assert {problem.severity for problem in checked.problems} == {Severity.WARNING}

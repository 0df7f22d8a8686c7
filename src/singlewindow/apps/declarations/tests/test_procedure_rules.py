"""The procedure of a declaration and what is asked for beside it: what goes together and reaches customs."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pytest

from singlewindow.apps.declarations.rules import RULES
from singlewindow.connectors.customs import procedure
from singlewindow.hub.standards.codelists import load
from singlewindow.kernel.messages import Document
from singlewindow.server.composition import registry

ON = date(2026, 11, 21)
ASKED = ("self_assessment", "paperless_tax", "periodic_duty", "two_step_declaration")


def brief(**values: str) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in RULES["procedures"](values, ON)]


@pytest.mark.parametrize(
    ("values", "problems"),
    [
        ({}, []),
        ({"declaration_type": "LY"}, []),
        ({"declaration_type": "ZW", "paperless_tax": "1", "self_assessment": "1"}, []),
        ({"declaration_type": "ML", "self_assessment": "0", "periodic_duty": "0"}, []),
        ({"declaration_type": "ML", "self_assessment": "1"}, [("not_self_assessed", "self_assessment")]),
        ({"paperless_tax": "1", "periodic_duty": "1"}, [("procedures_apart", "periodic_duty")]),
        (
            {"declaration_type": "LY", "paperless_tax": "1", "periodic_duty": "1"},
            [("procedures_apart", "paperless_tax"), ("procedures_apart", "periodic_duty")],
        ),
        ({"declaration_type": "ZY", "paperless_tax": "1"}, [("procedures_apart", "paperless_tax")]),
    ],
)
def test_what_has_no_code_together_is_refused(values: dict[str, str], problems: list[Any]) -> None:
    assert brief(**values) == problems


@pytest.mark.parametrize(
    ("values", "zh", "names"),
    [
        (
            {"declaration_type": "LY", "paperless_tax": "1"},
            "“税单无纸化”（SW）与“两单一审备案清单”（LY）不能同时申报",
            ("“Paperless tax bill” (SW)", "“Filing list, two documents reviewed as one” (LY)"),
        ),
        (
            {"declaration_type": "ML", "self_assessment": "1"},
            "“自报自缴”（Z）不能与“保税区进出境备案清单”（ML）同时申报",
            ("“Self-assessed and self-paid” (Z)", "“Filing list of a bonded area” (ML)"),
        ),
    ],
)
def test_a_conflict_names_both_procedures_with_their_codes(
    values: dict[str, str], zh: str, names: tuple[str, str]
) -> None:
    (problem,) = RULES["procedures"](values, ON)
    assert problem.text.zh.startswith(zh)
    assert problem.text.en.startswith(f"{names[0]} cannot be declared together with {names[1]}")


def test_no_procedure_has_a_name_too_and_a_code_nobody_knows_stands_for_itself() -> None:
    before_there_was_any = date(2017, 1, 1)
    (problem,) = RULES["procedures"]({"self_assessment": "1"}, before_there_was_any)
    assert "不能与“一般报关”（空）同时申报" in problem.text.zh
    assert "together with “Ordinary declaration” (blank)" in problem.text.en
    (problem,) = RULES["procedures"]({"declaration_type": "QQ", "periodic_duty": "1"}, ON)
    assert problem.text.zh.startswith("“汇总征税报关单”（CL）与QQ不能同时申报")


@pytest.mark.parametrize(
    ("direction", "problems"), [("E", [("direction_not_open", "trade_direction", "E")]), ("I", []), ("X", [])]
)
def test_an_export_is_refused_before_it_reaches_anybody_as_an_import(
    direction: str, problems: list[Any]
) -> None:
    found = list(RULES["open_directions"]({"trade_direction": direction}, ON))
    assert [(one.code, one.field, one.value) for one in found] == problems
    for one in found:
        assert (one.text.zh[:8], one.text.en[:19]) == ("尚未开通出口申报", "Export declarations")
        assert one.remedy


def test_a_direction_that_nobody_gave_is_the_definitions_matter() -> None:
    assert list(RULES["open_directions"]({}, ON)) == []


def test_all_that_passes_reaches_customs_as_one_known_code_and_is_read_back() -> None:
    """Every procedure with every choice beside it: what the rule admits is what the message can say."""
    known = {"", *load()["declaration_types"].active(ON)}
    project, passed = registry().principal["customs"].project, 0
    for code, *flags in product(sorted(known), *(["0", "1"] for _ in ASKED)):
        values = {"declaration_type": code, **dict(zip(ASKED, flags, strict=True))}
        if brief(**values):
            continue
        passed += 1
        boxes = project(Document("goods_declaration", "1", values)).values
        written = procedure.together(boxes)
        assert written.removesuffix("3").rstrip() in known
        assert said(procedure.apart(written)) == said(boxes)
    assert passed > 2 * len(known)


def said(boxes: dict[str, str]) -> dict[str, str]:
    """What boxes say, whether by the code or beside it."""
    found = procedure.apart(boxes.get("Type", ""))
    return found | {name: "1" for name in procedure.BOXES if boxes.get(name) == "1"}

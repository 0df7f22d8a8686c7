"""The dictionary shipped is complete, and a faulty one is refused with every fault named."""

from __future__ import annotations

from pathlib import Path

import pytest

from singlewindow.hub.standards.codelists import load
from singlewindow.hub.standards.elements import ElementError, load_elements

ELEMENTS = load_elements()
FAULTY = """
- code: Gross Mass
  name: {zh: 毛重}
  short: {zh: 一二三四五六七, en: Gross}
  definition: {zh: 重量。, en: Mass.}
  representation: d5,9
  codes: weights
  refs: {iso: "1", wco: "108"}
  unnumbered: {wco: national, untded: forgotten, dec: national}
  colour: red
- code: net_mass
  name: {zh: 净重, en: Net mass}
  definition: {zh: 净的重量。, en: The net mass.}
  representation: d19,5
- code: net_mass
  name: {zh: 净重, en: Net mass}
  definition: {zh: 净的重量。, en: The net mass.}
  representation: d19,5
"""


def test_every_element_is_complete_in_both_languages() -> None:
    for element in ELEMENTS.values():
        for text in (element.name, element.short, element.definition):
            assert any("\u4e00" <= letter <= "\u9fff" for letter in text.zh) or text.zh.isascii(), (
                element.code
            )
            assert text.en.isascii(), element.code
        assert element.definition.zh.endswith("。"), element.code
        assert element.definition.en.endswith("."), element.code
        assert len(element.short.zh) <= 6, element.code


def test_the_composite_form_needs_many_elements() -> None:
    assert len(ELEMENTS) >= 200


def test_every_code_list_named_is_shipped_and_its_codes_fit_the_representation() -> None:
    lists = load()
    for element in ELEMENTS.values():
        if not element.codes:
            continue
        form = element.representation
        for code in lists[element.codes].codes:
            if code.valid_to is None:
                assert form.least <= len(code.code) <= form.most, (element.code, code.code)
                assert form.kind != "n" or code.code.isdigit(), (element.code, code.code)


def test_names_on_the_customs_wire_are_used_once() -> None:
    wires = [element.refs["dec"] for element in ELEMENTS.values() if "dec" in element.refs]
    assert len(wires) == len(set(wires))


def test_every_fault_is_named(tmp_path: Path) -> None:
    (tmp_path / "faulty.yaml").write_text(FAULTY, encoding="utf-8")
    with pytest.raises(ElementError) as refused:
        load_elements(tmp_path)
    faults = "\n".join(refused.value.faults)
    for part in (
        "no snake_case word",
        "unknown keys colour",
        "name is missing in Chinese or English",
        "more than 6 characters",
        "no representation: 'd5,9'",
        "no code list weights",
        "unknown references iso",
        "has a number of wco and a reason for none",
        "no reason forgotten",
        "dec is no international directory",
        "net_mass: stands twice",
    ):
        assert part in faults


def test_lists_may_be_given(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(
        "- {code: colour, name: {zh: 颜色, en: Colour}, definition: {zh: 色。, en: Colour.},"
        " representation: n1, codes: colours}",
        encoding="utf-8",
    )
    assert load_elements(tmp_path, {"colours": None})["colour"].codes == "colours"
    with pytest.raises(ElementError, match="no code list colours"):
        load_elements(tmp_path)

"""The mapping fills the application from the goods declaration, in the definition's order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from singlewindow.connectors.quarantine.tests.example import FOLDER, VALUES
from singlewindow.hub.documents.definition import Definition, parse_definition
from singlewindow.hub.documents.projection import Projection, compile_mapping
from singlewindow.hub.standards.elements import load_elements
from singlewindow.kernel.messages import Document

SOURCE = FOLDER.parents[1] / "apps/declarations/documents/goods_declaration.yaml"


def definition(path: Path) -> Definition:
    return parse_definition(path.read_text(encoding="utf-8"), load_elements())


@pytest.fixture(scope="module")
def projection() -> Projection:
    ends = [definition(SOURCE), definition(FOLDER / "documents/inspection_application.yaml")]
    text = (FOLDER / "mapping.yaml").read_text(encoding="utf-8")
    return compile_mapping(text, {(end.id, end.version): end for end in ends}, {})


def test_every_box_of_the_application_has_its_origin_in_the_definitions_order(projection: Projection) -> None:
    boxes = [path for path, _ in projection.target.paths()]
    assert set(projection.lineage) == set(boxes)
    numbered = {path for path, origin in projection.lineage.items() if origin.by == "number"}
    copied = [path for path in projection.lineage if path not in numbered]
    assert copied == [path for path in boxes if path not in numbered]


def test_a_box_comes_from_the_very_element_it_means(projection: Projection) -> None:
    elements = {path: field.element.code for path, field in projection.source.paths()}
    for path, field in projection.target.paths():
        origin = projection.lineage[path]
        if origin.by != "number":
            assert elements[origin.source] == field.element.code


def test_a_declaration_becomes_an_application(projection: Projection) -> None:
    goods = {"goods_name": "红葡萄酒", "commodity_code": "2204210000", "product_licences": [licence("AP1")]}
    values: dict[str, Any] = {
        "bill_number": "CQGY26110017",
        "inspection_office": "500000",
        "freight_mark": "1",
        "goods": [goods, goods],
        "containers": [{"container_number": "CSQU3054383"}],
    }
    application = projection.project(Document("goods_declaration", "1", values))
    assert application.kind == "inspection_application"
    assert application.values["Bill_Lad_No"] == "CQGY26110017"
    assert [line["Goods_No"] for line in application.values["GoodsList"]] == ["1", "2"]
    assert application.values["GoodsList"][0]["LicenceList"] == [
        {"Lic_Type_Code": "519", "Licence_No": "AP1"}
    ]
    assert application.values["ContList"] == [{"Cont_No": "CSQU3054383"}]
    assert "freight_mark" not in application.values


def test_the_example_of_these_tests_is_an_application(projection: Projection) -> None:
    known = {path for path, _ in projection.target.paths()}
    assert set(paths(VALUES)) <= known
    required = {path for path, field in projection.target.paths() if field.required == "yes"}
    assert required <= set(paths(VALUES))


def licence(number: str) -> dict[str, str]:
    return {"product_licence_type": "519", "product_licence_number": number}


def paths(values: dict[str, Any], prefix: str = "") -> list[str]:
    found = []
    for name, value in values.items():
        if isinstance(value, str):
            found.append(prefix + name)
        else:
            found += [path for line in value for path in paths(line, f"{prefix}{name}.")]
    return found

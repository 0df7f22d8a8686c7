"""The composite form on its way to maritime safety: dangerous lines alone, each box from its entry."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import msgspec
import pytest

from singlewindow.connectors.maritime.codec import encode
from singlewindow.connectors.maritime.tests.example import FOLDER, SAMPLE, envelope, lines
from singlewindow.hub.documents.conditions import holds
from singlewindow.hub.documents.definition import parse_definition
from singlewindow.hub.documents.projection import Projection, compile_mapping
from singlewindow.hub.standards.elements import load_elements
from singlewindow.kernel.messages import Document

DECLARATIONS = FOLDER.parents[1] / "apps" / "declarations"
FORM = DECLARATIONS / "documents" / "goods_declaration.yaml"
STORY = msgspec.json.decode((DECLARATIONS / "samples" / "guoyuan_sea_import.json").read_bytes())["values"]


def definition(path: Path) -> Any:
    return parse_definition(path.read_text("utf-8"), load_elements())


@pytest.fixture(scope="module")
def projection() -> Projection:
    defined = [definition(FORM), definition(FOLDER / "documents" / "dangerous_goods_declaration.yaml")]
    mapping = (FOLDER / "mapping.yaml").read_text("utf-8")
    return compile_mapping(mapping, {(d.id, d.version): d for d in defined}, {})


def sent(projection: Projection, values: dict[str, Any]) -> list[str]:
    return lines(encode(projection.project(Document("goods_declaration", "1", values)), envelope()))


def test_the_story_becomes_the_sample(projection: Projection) -> None:
    assert projection.run(STORY) == SAMPLE.values | {"BillNumber": STORY["bill_number"]}


def test_every_box_of_ours_has_a_source(projection: Projection) -> None:
    assert {path for path, _ in projection.target.paths()} == set(projection.lineage)


def test_nothing_of_other_goods_leaves(projection: Projection) -> None:
    said = "'".join(sent(projection, STORY))
    assert "深沟球轴承" not in said
    assert "Three-phase" not in said
    assert "CQXU3188623" not in said


def test_boxes_that_the_source_lacks_stay_empty(projection: Projection) -> None:
    values = copy.deepcopy(STORY)
    for name in ("proper_shipping_name", "dg_class", "packing_group", "flash_point", "ems_number"):
        del values["goods"][2][name]
    said = sent(projection, values)
    assert "DGS+IMD++1133" in said
    assert not [one for one in said if one.startswith("FTX+AAD")]


@pytest.mark.parametrize(
    ("mode", "dangerous", "wanted"), [("2", True, True), ("2", False, False), ("5", True, False)]
)
def test_only_dangerous_goods_by_water_are_declared(mode: str, dangerous: bool, wanted: bool) -> None:
    values = copy.deepcopy(STORY) | {"transport_mode": mode}
    if not dangerous:
        del values["goods"][2]["un_number"]
    assert holds(definition(FORM).conditions["dangerous_by_water"], values) is wanted

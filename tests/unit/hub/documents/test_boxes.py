"""Lineage as programs are told it: every box leads back to the entry it was made from."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from singlewindow.hub.documents.boxes import boxes
from singlewindow.hub.documents.projection import count_boxes
from singlewindow.kernel.messages import Document
from singlewindow.server import rooms
from singlewindow.server.composition import registry

SAMPLE = json.loads((rooms.PACKAGE / "apps/declarations/samples/guoyuan_sea_import.json").read_text("utf-8"))
STEP = re.compile(r"(\w+)(?:\[(\d+)\])?")


def declared(version: str) -> Document:
    return Document(SAMPLE["document"], version, SAMPLE["values"])


def value_at(values: Any, path: str) -> Any:
    for name, line in STEP.findall(path):
        values = values[name]
        values = values[int(line)] if line else values
    return values


@pytest.mark.parametrize("partner", sorted(registry().principal))
def test_what_is_copied_stands_where_it_is_said_to(partner: str) -> None:
    projection = registry().principal[partner]
    found = list(boxes(projection, declared(projection.source.version)))
    assert found
    assert {box.how for box in found} >= {"copy"}
    exact = [box for box in found if box.how == "copy" and box.entry]
    assert exact
    for box in exact:
        assert value_at(SAMPLE["values"], box.entry) == box.value, box
    assert all(box.entry is None for box in found if box.how in ("constant", "number"))
    assert len({box.box for box in found}) == len(found)
    for box in found:
        if box.entry:
            assert value_at(SAMPLE["values"], box.entry), box


@pytest.mark.parametrize("partner", sorted(registry().principal))
def test_marking_changes_no_box(partner: str) -> None:
    projection = registry().principal[partner]
    made = projection.project(Document(SAMPLE["document"], projection.source.version, SAMPLE["values"]))
    found = list(boxes(projection, declared(projection.source.version)))
    assert len(found) == count_boxes(made.values)
    for box in found:
        assert value_at(made.values, box.box) == box.value


def test_goods_left_out_do_not_shift_those_that_stay() -> None:
    """Maritime is told of dangerous goods alone: what it is told leads to their own lines."""
    projection = registry().principal["maritime"]
    numbers = [line.get("un_number", "") for line in SAMPLE["values"]["goods"]]
    dangerous = {f"goods[{at}].un_number" for at, number in enumerate(numbers) if number}
    found = {box.entry for box in boxes(projection, declared(projection.source.version))}
    assert 0 < len(dangerous) < len(numbers)
    assert {each for each in found if each and each.endswith(".un_number")} == dangerous

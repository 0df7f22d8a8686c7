"""What names a consignment, read out of stored content."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest
import zstandard

from singlewindow.hub.dossier.facts import Container, Facts, Goods, read
from singlewindow.server import rooms
from singlewindow.server.composition import registry

SAMPLE = rooms.PACKAGE / "apps/declarations/samples/guoyuan_sea_import.json"

LEFT = Path(__file__).parents[4].joinpath("docs/decisions/0007-left-for-later.md").read_text("utf-8")


def packed(values: object) -> bytes:
    return zstandard.compress(json.dumps({"values": values, "extension": {}}).encode())


def test_the_shipped_sample_names_its_bill_call_and_containers() -> None:
    facts = read(packed(json.loads(SAMPLE.read_text("utf-8"))["values"]))
    assert facts.numbers() == (("bill", "2/CQX2511070386", "DYZ"),)
    assert facts.call == "2/9999993/2511E"
    assert facts.terminal_code == "CQGYT"
    assert [(line.container_number, line.goods_line_numbers) for line in facts.containers] == [
        ("CQXU2045171", "1,3"),
        ("CQXU3188623", "2"),
    ]


def test_what_names_a_consignment_is_an_element_or_is_named_as_left_for_later() -> None:
    """What no shipped document can say would otherwise be taken for done."""
    scalars = {
        one.encode_name
        for shape in (Facts, Container, Goods)
        for one in msgspec.structs.fields(shape)
        if one.type is str
    }
    definitions = registry().definitions.values()
    said = {field.element.code for definition in definitions for _, field in definition.paths()}
    left = set(
        re.findall(r"`(\w+)`", next(line for line in LEFT.splitlines() if "an order of a shop" in line))
    )
    assert len(scalars) > 15
    assert scalars - said == left


def test_numbers_compare_without_case_and_blanks() -> None:
    one = Facts(transport_mode="2", bill_number="cqx 25", imo_number="1", voyage_number="e 1")
    two = Facts(transport_mode="2", bill_number="CQX25", imo_number="1", voyage_number="E1")
    assert (one.numbers(), one.call) == (two.numbers(), two.call)


def test_a_container_belongs_to_its_call_or_without_one_to_its_bill() -> None:
    box = (Container("csqu3054383"),)
    by_ship = Facts(transport_mode="2", imo_number="1", voyage_number="7", bill_number="B", containers=box)
    by_rail = Facts(transport_mode="3", bill_number="B", containers=box)
    assert list(by_ship.boxes(by_ship.call)) == ["CSQU3054383@2/1/7"]
    assert list(by_rail.boxes(by_rail.call)) == ["CSQU3054383@3/B"]


def test_a_ship_is_known_by_its_name_too_and_nothing_else_is() -> None:
    ship = Facts(transport_mode="2", imo_number="9999993", conveyance_name="Yuan Yang 1", voyage_number="7")
    truck = Facts(transport_mode="4", conveyance_name="渝A 88888", voyage_number="7")
    assert (ship.call, ship.call_by_name) == ("2/9999993/7", "2/YUANYANG1/7")
    assert (truck.call, truck.call_by_name) == ("4/渝A88888/7", "")


def test_goods_lines_are_dangerous_by_their_un_number_and_count_from_one() -> None:
    facts = read(packed({"goods": [{}, {}, {"un_number": "1133"}]}))
    assert [facts.dangerous(lines) for lines in ("1,3", "2", "", "3")] == [True, False, True, True]
    numbered = read(packed({"goods": [{"line_number": "7", "un_number": "1"}, {"line_number": "8"}]}))
    assert [numbered.dangerous(lines) for lines in ("7", "8", "1")] == [True, False, False]


@pytest.mark.parametrize(
    ("facts", "kind", "key"),
    [
        (Facts(transport_mode="5", bill_number="999-12345675"), "bill", "waybill"),
        (Facts(transport_mode="6", bill_number="RD004418720CN"), "postal", "bill"),
        (Facts(transport_mode="5", order_platform="P", order_number="1"), "express", "order"),
    ],
)
def test_goods_are_a_bill_a_parcel_or_an_express_item(facts: Facts, kind: str, key: str) -> None:
    assert (facts.goods, facts.numbers()[0][0]) == (kind, key)


def test_containers_keep_what_coordination_needs() -> None:
    facts = read(packed({"containers": [{"container_number": "A", "seal_number": "S", "unknown": "1"}]}))
    assert facts.containers == (Container("A", "S"),)


def test_content_of_another_shape_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        read(packed({"bill_number": 5}))

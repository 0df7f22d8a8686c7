"""A copy holds what may hold again, and names what it leaves out."""

from __future__ import annotations

from typing import Any

from singlewindow.hub.documents.copying import copied
from singlewindow.hub.documents.definition import parse_definition
from singlewindow.server.composition import registry
from unit.hub.documents.parcel import ELEMENTS, TEXT

PARCEL = parse_definition(
    TEXT.replace("{element: sent_on", '{element: sent_on, once: "yes"').replace(
        "{element: licence,", '{element: licence, once: "yes",'
    ),
    ELEMENTS,
)


def test_what_was_of_one_alone_is_left_out_and_named_once() -> None:
    items = [{"item": "tea", "licences": [{"licence": "L1"}, {"licence": "L2", "note": "paper"}]}]
    values = {"number": "N1", "mass": "2", "sent_on": "2026-11-21", "items": items, "else": "stays"}
    copy = copied(PARCEL, values)
    assert copy.values == {
        "mass": "2",
        "items": [{"item": "tea", "licences": [{"note": "paper"}]}],
        "else": "stays",
    }
    assert copy.whole == values
    assert [name.en for name in copy.left] == ["the number", "the sent_on", "the licence"]


def test_a_copy_of_nothing_leaves_nothing_out() -> None:
    copy = copied(PARCEL, {"mass": "2"})
    assert (copy.values, copy.left) == ({"mass": "2"}, ())


def test_a_declaration_names_no_shipment_but_its_own() -> None:
    definition = registry().current("goods_declaration")
    values: dict[str, Any] = {
        "consignee_code": "91500112MADEM0A1XL",
        "conveyance_name": "DEMO YANGTZE 08",
        "voyage_number": "2511E",
        "bill_number": "CQX2511070386",
        "loading_port": "DEU033",
        "goods": [{"commodity_code": "8482102000", "unit_price": "3.85", "batch_number": "B1"}],
        "containers": [
            {"container_number": "CQXU2045171", "container_type": "21", "seal_number": "DM884120"}
        ],
        "attachments": [{"attachment_kind": "00000001", "attachment_name": "AW-INV-25-4471.pdf"}],
    }
    assert copied(definition, values).values == {
        "consignee_code": "91500112MADEM0A1XL",
        "loading_port": "DEU033",
        "goods": [{"commodity_code": "8482102000", "unit_price": "3.85"}],
        "containers": [{"container_type": "21"}],
        "attachments": [{"attachment_kind": "00000001"}],
    }

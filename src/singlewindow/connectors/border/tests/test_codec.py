"""What is sent: complete, always the same bytes, bounded."""

from __future__ import annotations

from typing import Any

import msgspec

from singlewindow.connectors.border.codec import SHIP, encode
from singlewindow.connectors.border.tests.example import SAMPLE, document, envelope
from singlewindow.kernel.messages import Document


def written(sent: Document) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(encode(sent, envelope()))
    return found


def test_every_value_stands_on_the_wire_once() -> None:
    message = written(document())
    (consignment,) = message["consignments"]
    assert set(message["ship"]) <= SHIP
    assert message["ship"] | consignment == SAMPLE.values
    assert not set(message["ship"]) & set(consignment)


def test_the_head_carries_ids_and_time_as_given() -> None:
    message = written(document())
    assert {name: message[name] for name in message if name not in ("ship", "consignments")} == {
        "form": "FAL2",
        "version": "1",
        "messageId": "019a9f3e-0000-7000-8000-000000000017",
        "reference": "S202611210000000017",
        "sender": "SWCQ0001",
        "receiver": "BJCQ5000001",
        "createdAt": "2026-11-21T08:00:00.000+00:00",
    }


def test_the_same_declaration_is_the_same_bytes_in_any_order_of_values() -> None:
    backwards = msgspec.structs.replace(SAMPLE, values=dict(reversed(SAMPLE.values.items())))
    assert encode(backwards, envelope()) == encode(SAMPLE, envelope())


def test_absent_and_empty_are_the_same() -> None:
    line = SAMPLE.values["containers"][0]
    absent = document(callSign=None, containers=[line | {"seal": None}])
    empty = document(callSign="", containers=[line | {"seal": ""}])
    assert encode(absent, envelope()) == encode(empty, envelope())
    assert b"callSign" not in encode(empty, envelope())
    assert b'"seal"' not in encode(empty, envelope())


def test_goods_in_bulk_have_no_containers() -> None:
    (consignment,) = written(document(containers=[]))["consignments"]
    assert "containers" not in consignment
    assert consignment["items"]

"""What is sent: complete, always the same bytes, bounded."""

from __future__ import annotations

from typing import Any

import msgspec

from singlewindow.connectors.terminal.codec import encode
from singlewindow.connectors.terminal.tests.example import SAMPLE, document, envelope
from singlewindow.kernel.messages import Document


def written(sent: Document) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(encode(sent, envelope()))
    return found


def test_every_value_stands_on_the_wire() -> None:
    assert written(document())["body"] == SAMPLE.values


def test_the_head_carries_ids_and_time_as_given_and_asks_for_a_release() -> None:
    message = written(document())
    assert {name: value for name, value in message.items() if name != "body"} == {
        "kind": "delivery-notice",
        "version": "1",
        "messageId": "019a9f3e-0000-7000-8000-000000000017",
        "reference": "S202611210000000017",
        "sender": "SWCQ0001",
        "receiver": "CQGYT",
        "createdAt": "2026-11-21T08:00:00.000+00:00",
        "release": {"by": "single-window", "required": True},
    }


def test_later_messages_say_what_they_are() -> None:
    assert written(document("release_notice"))["kind"] == "release-notice"


def test_the_same_notice_is_the_same_bytes_in_any_order_of_values() -> None:
    backwards = msgspec.structs.replace(SAMPLE, values=dict(reversed(SAMPLE.values.items())))
    assert encode(backwards, envelope()) == encode(SAMPLE, envelope())


def test_absent_and_empty_are_the_same() -> None:
    line = SAMPLE.values["containers"][0]
    absent = document(truck=None, containers=[line | {"seal": None}], dangerousGoods=None)
    empty = document(truck="", containers=[line | {"seal": ""}], dangerousGoods=[])
    assert encode(absent, envelope()) == encode(empty, envelope())
    assert not {"truck", "dangerousGoods"} & set(written(empty)["body"])

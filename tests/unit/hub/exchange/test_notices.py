"""From journal entries to the terminal's own notices: complete, within their definitions, on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from singlewindow.hub.documents.checking import Checked
from singlewindow.hub.exchange.notices import (
    LINES_MOST,
    ORDERS,
    RELEASES,
    Known,
    Wire,
    document,
    events,
    receiving,
    verbs,
    wires,
)
from singlewindow.hub.exchange.submission import Subscription
from singlewindow.hub.journal.subscriber import Numbered
from singlewindow.kernel.messages import Document, Envelope
from singlewindow.server import rooms
from singlewindow.server.composition import connectors, registry

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
ON = date(2026, 11, 21)
DOSSIER, ORDER = UUID(int=1), UUID(int=2)
ORDERED = {
    "number": "CY20261121000001",
    "name": "CQXU2045171",
    "subject": "container",
    "kind": "joint",
    "method": "unstuffed",
    "agencies": ["customs", "quarantine"],
    "appointed_at": "2026-11-23T06:00:00Z",
    "place": "B-07",
}
ISSUED = {
    "number": "FX202611210000001",
    "containers": ["CQXU2045171", "CQXU3188623"],
    "valid_until": "2026-12-05T09:30:00Z",
}
BARRED = {
    "number": "CQXU2045171",
    "why": "held",
    "agencies": ["quarantine"],
    "instructions": [{"agency": "quarantine", "id": "Q-17", "version": 3, "order": "hold"}],
    "since": "2026-11-21T09:30:00Z",
    "version": 2,
    "name": "CQX2511070386",
    "conveyance": "DEMO YANGTZE 08",
    "voyage": "2611W",
}
CLEARED = {
    "number": "CQXU2045171",
    "valid_until": "2026-12-05T09:30:00Z",
    "since": "2026-11-21T10:30:00Z",
    "version": 3,
}
FREE = {(DOSSIER, "CQXU2045171"): "DM884120", (UUID(int=9), "CQXU3188623"): ""}
SIGNED = {"FX202611210000001": b"0E\x02!"}
REVOKED = {"number": "FX202611210000001", "containers": ["CQXU2045171"], "agencies": ["customs"]}


def numbered(verb: str, content: dict[str, Any] | None, position: int = 7) -> Numbered:
    body = None if content is None else msgspec.json.encode(content)
    kind = "inspection" if verb.startswith("inspection") else "release"
    return Numbered(
        position, position, AT, verb, "system", "c", "c", 0, kind, ORDER, DOSSIER, body, [1, 2, 3]
    )


def wire(kind: str) -> Wire:
    known = registry()
    return wires(rooms.PACKAGE, known.elements, known.definitions, connectors())["terminal", kind]


def checked(made: Document) -> Checked:
    return registry().checks[made.kind, made.version](made.values, ON)


def made(*entries: Numbered, leaving: Mapping[tuple[UUID, str], str] = FREE) -> Document:
    told = events(entries)
    return document(wire(told[0].told.kind), told, Known({DOSSIER: "CQX2511070386"}, leaving, SIGNED))


@pytest.mark.parametrize("verb", sorted(verbs()))
def test_every_verb_fills_a_notice_that_its_definition_accepts(verb: str) -> None:
    told = {
        "release.issued": ISSUED,
        "release.revoked": REVOKED,
        "gate.barred": BARRED,
        "gate.cleared": CLEARED,
    }
    content = told.get(verb, ORDERED)
    assert checked(made(numbered(verb, content))).errors == ()


def test_the_fullest_message_stays_within_its_definition() -> None:
    one = made(*(numbered("release.issued", ISSUED, n) for n in range(LINES_MOST)))
    assert checked(one).errors == ()
    assert len(one.values["releases"]) == LINES_MOST


def test_a_container_is_free_only_where_it_is_told_so() -> None:
    (issued,) = made(numbered("release.issued", ISSUED)).values["releases"]
    assert [(box["mayLeave"], box.get("seal")) for box in issued["containers"]] == [
        ("1", "DM884120"),
        ("0", None),
    ]
    assert issued["signature"] == "MEUCIQ=="
    revoked = made(numbered("release.revoked", REVOKED))
    assert [box["mayLeave"] for box in revoked.values["releases"][0]["containers"]] == ["0"]


def test_the_notice_stands_on_the_wire_as_it_is_told() -> None:
    codec = connectors()["terminal"].codec
    sent = codec.encode(made(numbered("inspection.scheduled", ORDERED)), Envelope("m", "s", "r", AT, "W1"))
    (order,) = msgspec.json.decode(sent)["body"]["orders"]
    assert order["appointedAt"] == ORDERED["appointed_at"]
    assert order["agencies"] == [{"agency": "customs"}, {"agency": "quarantine"}]
    assert order["sequence"] == "7"


def test_a_suspended_pass_says_why_by_which_instruction_and_since_when() -> None:
    (line,) = made(numbered("gate.barred", BARRED)).values["passes"]
    assert (line["state"], line["reason"], line["since"]) == ("suspended", "held", "2026-11-21T09:30:00Z")
    assert line["instructions"] == [
        {"agency": "quarantine", "number": "Q-17", "version": "3", "order": "hold"}
    ]
    which = [line[name] for name in ("containerNumber", "billNumber", "vesselName", "voyageNumber")]
    assert which == ["CQXU2045171", "CQX2511070386", "DEMO YANGTZE 08", "2611W"]
    (again,) = made(numbered("gate.cleared", CLEARED)).values["passes"]
    assert (again["state"], again["passVersion"], again.get("reason")) == ("given", "3", None)


def test_an_erased_entry_tells_nothing() -> None:
    assert events([numbered("release.issued", None)]) == []


def test_other_verbs_are_told_nobody() -> None:
    assert events([numbered("composite.changed", {})]) == []


@pytest.mark.parametrize(
    ("partner", "kind", "on", "expected"),
    [
        ("terminal", ORDERS, date(2026, 11, 21), True),
        ("terminal", ORDERS, date(2026, 11, 22), False),
        ("terminal", ORDERS, date(2026, 11, 20), False),
        ("terminal", RELEASES, date(2026, 11, 21), False),
        ("customs", ORDERS, date(2026, 11, 21), False),
    ],
)
def test_subscriptions_in_force_decide_and_a_wire_that_can_say_it(
    partner: str, kind: str, on: date, expected: bool
) -> None:
    rows = [
        Subscription(name, ORDERS, "inspection_notice", "", date(2026, 11, 21), date(2026, 11, 21))
        for name in ("terminal", "customs")
    ]
    known = {("terminal", one): wire(one) for one in (ORDERS, RELEASES)}
    assert receiving(known, rows)(partner, kind, on) is expected

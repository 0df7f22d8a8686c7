"""From journal entries to the terminal's own notices: complete, within their definitions, on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from singlewindow.hub.documents.checking import Checked
from singlewindow.hub.dossier.carrying import Consignment
from singlewindow.hub.exchange.notices import (
    LINES_MOST,
    ORDERS,
    RELEASES,
    Known,
    Leave,
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
    "key": "CQXU2045171@2/9999993/2611W",
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
    "key": "CQXU2045171@2/9999993/2611W",
    "valid_until": "2026-12-05T09:30:00Z",
    "since": "2026-11-21T10:30:00Z",
    "version": 3,
}
USED = {
    "number": "CQXU2045171",
    "key": "CQXU2045171@2/9999993/2611W",
    "gate": "3",
    "plate": "渝D3Q7F1",
    "releases": ["FX202611210000001"],
    "reasons": [],
    "since": "2026-11-21T11:30:00Z",
    "version": 3,
}
CALL = "2/9999993/2611W"
ENDS = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
CALLED = Consignment("CQX2511070386", "DEMO YANGTZE 08", "2611W")
CAME = {f"CQXU2045171@{CALL}": CALLED}
KEYS = {(DOSSIER, number): [f"{number}@{CALL}"] for number in ("CQXU2045171", "CQXU3188623")}
FREE = {
    f"CQXU2045171@{CALL}": Leave("DM884120", ENDS, frozenset({DOSSIER})),
    f"CQXU3188623@{CALL}": Leave("", ENDS, frozenset({UUID(int=9)})),
}
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


def made(*entries: Numbered, leaving: Mapping[str, Leave] = FREE) -> Document:
    told = events(entries)
    return document(wire(told[0].told.kind), told, Known({DOSSIER: CALLED}, KEYS, leaving, SIGNED, CAME))


@pytest.mark.parametrize("verb", sorted(verbs()))
def test_every_verb_fills_a_notice_that_its_definition_accepts(verb: str) -> None:
    told = {
        "release.issued": ISSUED,
        "release.revoked": REVOKED,
        "release.replaced": REVOKED,
        "gate.barred": BARRED,
        "gate.cleared": CLEARED,
        "gate.passed": USED,
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


@pytest.mark.parametrize("why", ["no_seal", "seals_differ"])
def test_a_container_whose_seal_a_person_must_check_is_not_told_as_free(why: str) -> None:
    """As at the platform's own gate (G-33, G-32)."""
    unsealed = {f"CQXU2045171@{CALL}": Leave("", ENDS, frozenset({DOSSIER}), why)}
    (issued,) = made(numbered("release.issued", ISSUED), leaving=unsealed).values["releases"]
    line = issued["containers"][0]
    assert (line["mayLeave"], line["reason"], line.get("seal")) == ("0", why, None)
    assert line["validUntil"] == "2026-12-01T09:30:00+00:00", "so long it may be checked and let out"
    (given,) = made(numbered("gate.cleared", CLEARED), leaving=unsealed).values["passes"]
    assert (given["state"], given["reason"]) == ("suspended", why)


def test_a_release_names_the_call_and_until_when_each_container_may_leave() -> None:
    (issued,) = made(numbered("release.issued", ISSUED)).values["releases"]
    assert (issued["vesselName"], issued["voyageNumber"]) == ("DEMO YANGTZE 08", "2611W")
    assert [(box["call"], box.get("validUntil")) for box in issued["containers"]] == [
        (CALL, "2026-12-01T09:30:00+00:00"),
        (CALL, None),
    ]
    assert issued["validUntil"] == ISSUED["valid_until"], "its own term, which its signature states"
    (revoked,) = made(numbered("release.revoked", REVOKED)).values["releases"]
    assert [(box["call"], box.get("validUntil")) for box in revoked["containers"]] == [(CALL, None)]


def test_a_number_that_two_calls_have_in_one_dossier_is_told_of_each() -> None:
    one = numbered("release.revoked", REVOKED)
    keys = {(DOSSIER, "CQXU2045171"): [f"CQXU2045171@{call}" for call in (CALL, "2/B1")]}
    known = Known({DOSSIER: CALLED}, keys, FREE, SIGNED)
    (line,) = document(wire(RELEASES), events([one]), known).values["releases"]
    assert [box["call"] for box in line["containers"]] == [CALL, "2/B1"]


def test_a_pass_that_was_used_is_told_of_by_its_call() -> None:
    (line,) = made(numbered("gate.passed", USED)).values["passes"]
    told = [line[name] for name in ("containerNumber", "call", "state", "since")]
    assert told == ["CQXU2045171", CALL, "used", "2026-11-21T11:30:00Z"]
    assert not {"seal", "validUntil"} & line.keys()


@pytest.mark.parametrize(
    ("verb", "content"), [("gate.barred", BARRED), ("gate.cleared", CLEARED), ("gate.passed", USED)]
)
def test_of_one_container_each_notice_names_its_ship_alike(verb: str, content: dict[str, Any]) -> None:
    (line,) = made(numbered(verb, content)).values["passes"]
    assert (line["vesselName"], line["voyageNumber"]) == ("DEMO YANGTZE 08", "2611W")


def test_what_fell_again_before_it_was_told_is_not_told_as_given() -> None:
    (line,) = made(numbered("gate.cleared", CLEARED), leaving={}).values["passes"]
    assert (line["state"], line.get("validUntil")) == ("suspended", None)


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
    assert (again["seal"], again["validUntil"]) == ("DM884120", "2026-12-01T09:30:00+00:00")


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

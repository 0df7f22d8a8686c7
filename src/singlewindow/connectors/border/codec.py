"""Cargo declarations 船舶货物申报单 with IMO FAL 2 data as JSON out, receipts in; pure."""

from __future__ import annotations

from singlewindow.connectors.border.answers import decode
from singlewindow.kernel import json_requests
from singlewindow.kernel.json_requests import pack
from singlewindow.kernel.messages import Document, Envelope, Text

__all__ = ["decode", "encode", "pack"]

DECLARATION = Text("申报", "declaration")
FORM = "FAL2"
SHIP = frozenset(
    {
        "direction",
        "shipName",
        "imoNumber",
        "callSign",
        "flagState",
        "voyageNumber",
        "portOfCall",
        "estimatedArrival",
        "actualArrival",
        "lastPort",
        "nextPort",
        "agentCode",
        "agentName",
    }
)


def encode(document: Document, envelope: Envelope) -> bytes:
    """One message: its head, the ship's call and the one consignment of this declaration.

    Raises ``Unreadable`` where a value is no text that UTF-8 can carry.
    """
    consignment = json_requests.filled(document.values)
    ship = {name: consignment.pop(name) for name in SHIP if name in consignment}
    message = json_requests.head(document, envelope)
    message |= {"form": FORM, "ship": ship, "consignments": [consignment]}
    return json_requests.encode(message, "border", DECLARATION)

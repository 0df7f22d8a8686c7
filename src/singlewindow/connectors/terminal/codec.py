"""Delivery notices 提箱通知 to the terminal as JSON out, receipts and gate reports in; pure."""

from __future__ import annotations

from singlewindow.connectors.terminal.answers import decode
from singlewindow.kernel import json_requests
from singlewindow.kernel.json_requests import pack
from singlewindow.kernel.messages import Document, Envelope, Text

__all__ = ["decode", "encode", "pack"]

NOTICE = Text("通知", "notice")
# The terminal lets nothing out on a notice alone: its gate asks for a release in force.
CONDITIONS = {"by": "single-window", "required": True}


def encode(document: Document, envelope: Envelope) -> bytes:
    """One message; its ``kind`` tells a delivery notice from what is said about it later.

    Raises ``Unreadable`` where a value is no text that UTF-8 can carry.
    """
    message = json_requests.head(document, envelope)
    message["kind"] = document.kind.replace("_", "-")
    message["release"] = CONDITIONS
    message["body"] = json_requests.filled(document.values)
    return json_requests.encode(message, "terminal", NOTICE)

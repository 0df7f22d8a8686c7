"""The sample declaration as its codec gets it, and receipts written for these tests."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from singlewindow.kernel.messages import Document, Envelope

FOLDER = Path(__file__).parents[1]
AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
SAMPLE = msgspec.json.decode((FOLDER / "samples" / "document.json").read_bytes(), type=Document)
CALL = {"ship": "DEMO JIALING 03", "voyage": "2611W"}


def document(**changes: Any) -> Document:
    """The sample, with some values changed."""
    return msgspec.structs.replace(SAMPLE, values=SAMPLE.values | changes)


def envelope(number: int = 17) -> Envelope:
    """The envelope of the n-th message of the day."""
    message_id = f"019a9f3e-0000-7000-8000-{number:012d}"
    return Envelope(message_id, "SWCQ0001", "BJCQ5000001", AT, f"S20261121{number:010d}")


def receipt(**changes: Any) -> dict[str, Any]:
    """A release of the call, with some values changed; those that are None are left out."""
    fields = {
        "number": "R1",
        "messageId": "M1",
        "stage": "business",
        "code": "CLEARED",
        "time": "2026-11-21T16:00:00",
        "call": CALL,
        "order": {"version": 2},
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def receipts(*items: Any) -> bytes:
    """The body that carries them."""
    return msgspec.json.encode({"receipts": items})

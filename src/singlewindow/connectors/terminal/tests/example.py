"""The sample notice as its codec gets it; receipts and gate reports written for these tests."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from singlewindow.kernel.messages import Document, Envelope

FOLDER = Path(__file__).parents[1]
AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
SAMPLE = msgspec.json.decode((FOLDER / "samples" / "document.json").read_bytes(), type=Document)
CONTAINER = "CQXU2045171"


def document(kind: str = "delivery_notice", **changes: Any) -> Document:
    """The sample, with some values changed."""
    return Document(kind, "1", SAMPLE.values | changes)


def envelope(number: int = 17) -> Envelope:
    """The envelope of the n-th message of the day."""
    message_id = f"019a9f3e-0000-7000-8000-{number:012d}"
    return Envelope(message_id, "SWCQ0001", "CQGYT", AT, f"S20261121{number:010d}")


def receipt(**changes: Any) -> dict[str, Any]:
    """A discharge, with some values changed; those that are None are left out."""
    fields = {
        "number": "R1",
        "messageId": "M1",
        "stage": "business",
        "code": "DIS",
        "time": "2026-11-21T16:00:00",
        "container": CONTAINER,
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def receipts(*items: Any) -> bytes:
    """The body that carries them."""
    return msgspec.json.encode({"receipts": items})


def report(*segments: str, head: str = "CODECO:D:95B:UN", event: str = "36") -> dict[str, str]:
    """A gate report of one message with these segments after BGM."""
    body = [f"UNH+1+{head}", f"BGM+{event}+1+9", *segments]
    lines = ["UNB+UNOY:4+CQGYT+SWCQ0001+20261122:0912+77", *body, f"UNT+{len(body) + 1}+1", "UNZ+1+77"]
    return {"messageId": "M1", "format": "UN/EDIFACT", "content": "'".join(lines) + "'"}


def passing(number: str = CONTAINER) -> tuple[str, ...]:
    """One container of a report."""
    return (f"EQD+CN+{number}+22G1:102:5++3+5", "DTM+7:202611220910:203")

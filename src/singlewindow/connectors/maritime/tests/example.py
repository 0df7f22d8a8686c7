"""Declarations and answers for these tests."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from singlewindow.connectors.maritime import codec
from singlewindow.kernel.edifact import as_bytes, segment
from singlewindow.kernel.messages import Document, Envelope

FOLDER = Path(__file__).parents[1]
AT = datetime(2026, 11, 18, 1, 30, tzinfo=UTC)
SAMPLE = msgspec.json.decode((FOLDER / "samples" / "document.json").read_bytes(), type=Document)


def envelope(number: int = 1) -> Envelope:
    return Envelope(message_id(number), "SWCQ0001", "MSACJ0001", AT, reference(number))


def message_id(number: int) -> str:
    return f"0199a000-0000-7000-8000-{number:012d}"


def reference(number: int) -> str:
    return f"W{number:018d}"


def declared(number: int = 1, line: dict[str, Any] | None = None, **changes: Any) -> bytes:
    """The sample as message ``number``, with other boxes, and other boxes of its dangerous line."""
    values = SAMPLE.values | changes
    if line is not None:
        values["DangerousGoods"] = [values["DangerousGoods"][0] | line]
    return codec.encode(msgspec.structs.replace(SAMPLE, values=values), envelope(number))


def file_of(*messages: bytes) -> bytes:
    return codec.pack(messages, "0199a000-0000-7000-8000-00000000abcd", AT)


def lines(message: bytes) -> list[str]:
    """One segment each, for values that hold no apostrophe."""
    return message.decode().split("'")[:-1]


def interchange(*messages: bytes) -> bytes:
    head = b"UNB+UNOY:4+MSACJ0001+SWCQ0001+20261118:0932+9'"
    return b"".join([head, *messages, f"UNZ+{len(messages)}+9'".encode()])


def message(number: int, kind: str, *segments: str) -> bytes:
    head, tail = (
        segment("UNH", str(number), kind.split(":")),
        segment("UNT", str(len(segments) + 2), str(number)),
    )
    return as_bytes("".join([head, *segments, tail]), "UNOY")


def decision(number: int, code: str, *more: str, version: str = "1", about: str = message_id(1)) -> bytes:
    return message(
        number,
        "APERAK:D:00B:UN",
        segment("BGM", "312", (f"HS{number}", version), "9", "AP"),
        segment("DTM", ("137", "20261118093105", "204")),
        segment("RFF", ("ACW", about)),
        segment("RFF", ("VM", "9999993")),
        segment("RFF", ("VON", "2511e ")),
        segment("ERC", (code, "DECISION", "ZZZ")),
        *more,
    )


def syntax(number: int, action: str, *more: str, about: str) -> bytes:
    head = segment("UCI", "BATCH1", "SWCQ0001", "MSACJ0001", "8")
    return message(number, "CONTRL:4:1:UN", head, segment("UCM", about, ("IFTDGN", "D"), action), *more)

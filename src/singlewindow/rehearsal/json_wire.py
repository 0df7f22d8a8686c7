"""JSON as rehearsed agencies read and write it: a batch of messages, a receipt, many receipts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic

import msgspec
from msgspec import Struct

from singlewindow.rehearsal.agency import M, Message, Turn, utc
from singlewindow.rehearsal.http_agency import Refused
from singlewindow.rehearsal.script import Step

MEDIA = "application/json"
encode = msgspec.json.Encoder().encode


class Batch(Struct, Generic[M]):
    """The body of a request."""

    messages: list[M]


def reader(kind: type[M]) -> Callable[[bytes], Sequence[M]]:
    """Reads a batch of messages of this kind."""
    decoder = msgspec.json.Decoder(Batch[kind])  # type: ignore[valid-type]

    def read(body: bytes) -> Sequence[M]:
        try:
            return decoder.decode(body).messages
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Refused(400, "不是约定的 JSON") from None

    return read


def receipt(message: Message, step: Step, turn: Turn, **more: Any) -> bytes:
    """One receipt; ``more`` is what this agency says besides, or otherwise."""
    said: dict[str, Any] = {
        "number": f"{message.message_id}-{turn.place}",
        "messageId": message.message_id,
        "reference": message.reference,
        "stage": "business" if turn.place else "technical",
        "code": step.code,
        "time": utc(turn.at_ms),
        **more,
    }
    if step.reason:
        said |= {"text": step.reason, "problems": [{"code": step.code, "text": step.reason}]}
    return encode(said)


def receipts(bodies: Sequence[bytes]) -> bytes:
    """The body of an answer."""
    return b'{"receipts":[%b]}' % b",".join(bodies)

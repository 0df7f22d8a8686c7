"""A connector as the exchange sees it: its manifest and its pure codec."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct, convert

from singlewindow.kernel.messages import Document, Envelope, Receipt, Text


class Codec(Protocol):
    """Bytes of one counterpart; pure. See decision 0001."""

    def encode(self, document: Document, envelope: Envelope) -> bytes: ...
    def pack(self, messages: Sequence[bytes], batch_id: str, at: datetime) -> bytes: ...
    def decode(self, data: bytes) -> list[Receipt]: ...


class TransportSetting(Struct, frozen=True):
    """How messages travel; ``batch`` is how many go in one file or request, ``media`` its media type."""

    kind: str
    batch: int = 100
    media: str = "application/xml"


class Schedule(Struct, frozen=True):
    """In milliseconds: how often the partner is asked while it has nothing, and how long a batch gathers.

    One that is full by then is waited for a little longer (see ``pace``); answers too gather.
    """

    fetch_ms: int = 500
    gather_ms: int = 100


class Retry(Struct, frozen=True):
    """Waits between tries (seconds, growing by ``factor``), and when the breaker opens.

    ``attempts``: how often a message may go alone, to a partner that answers others, without a usable
    answer; then it is a dead letter. A partner that cannot be reached is tried for ever.
    """

    first_s: float = 1.0
    factor: float = 2.0
    most_s: float = 300.0
    attempts: int = 12
    breaker_failures: int = 5


class Bilingual(Struct, frozen=True):
    """A table ``{zh = …, en = …}`` of a manifest."""

    zh: str
    en: str

    def text(self) -> Text:
        return Text(self.zh, self.en)


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """``connector.toml``, in decision 0001's words."""

    id: str
    name: Bilingual
    seal: str
    document: str
    format: Bilingual
    sender: str
    receiver: str
    transport: TransportSetting
    schedule: Schedule = Schedule()
    retry: Retry = Retry()


class Connector(Struct, frozen=True):
    """One counterpart system: what its folder holds, loaded."""

    manifest: Manifest
    codec: Codec


def read_manifest(text: str) -> Manifest:
    """Read a manifest strictly; raises ``msgspec.ValidationError`` or ``tomllib.TOMLDecodeError``."""
    manifest = convert(tomllib.loads(text), Manifest)
    if not 1 <= manifest.transport.batch <= 100:
        raise ValueError("transport.batch must be from 1 to 100")
    return manifest

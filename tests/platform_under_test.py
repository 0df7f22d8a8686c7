"""The write path without processes: what a door knows, over the shipped rooms and made-up parties."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from singlewindow.hub.exchange.submission import Context, Knowledge, Subscription
from singlewindow.hub.identity.directory import Directory, Mandate, Party, Snapshot
from singlewindow.kernel.ids import uuid7
from singlewindow.kernel.messages import Actor, Text
from singlewindow.server import rooms
from singlewindow.server.composition import connectors, readers, registry

AT = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
SAMPLE = rooms.PACKAGE / "apps/declarations/samples/guoyuan_sea_import.json"


# The broker's system.
ACTOR = Actor("token", "system", "system", 7)


def sample(**values: Any) -> bytes:
    """The story's declaration, with some of its values replaced."""
    document = json.loads(Path(SAMPLE).read_text("utf-8"))
    document["values"] |= values
    return json.dumps(document, ensure_ascii=False).encode()


def parties() -> tuple[Party, Party]:
    """Broker and importer, with the codes that the sample names."""
    values = json.loads(Path(SAMPLE).read_text("utf-8"))["values"]
    broker = Party(7, "firm", values["declarant_code"], Text("报关行", "Broker"))
    importer = Party(8, "firm", values["consignee_code"], Text("收货人", "Importer"))
    return broker, importer


def knowledge(mandated: bool = True, offices: Mapping[str, int] | None = None) -> Knowledge:
    """What a door knows: the connectors shipped, or those of ``offices`` (parties by partner), the broker's
    mandate."""
    broker, importer = parties()
    known = offices or {name: n for n, name in enumerate(connectors(), 2)}
    agencies = [Party(n, "agency", name, Text(name, name), partner=name) for name, n in known.items()]
    mandate = Mandate(1, 8, 7, "goods_declaration", date(2025, 1, 1), date(2030, 1, 1))
    snapshot = Snapshot([broker, importer, *agencies], [mandate] if mandated else [], [])
    rows = [
        Subscription(name, "goods_declaration", c.manifest.document, "", date(2018, 8, 1))
        for name, c in connectors().items()
        if name in known
    ]
    return Knowledge(registry(), readers(), connectors(), Directory(1, snapshot), tuple(rows))


async def never_before(body: bytes, context: Context) -> None:
    """Stands for what was taken before, where nothing was."""


def identifiers(seed: int) -> Callable[[], UUID]:
    """Identifiers that a seed repeats."""
    generator = random.Random(seed)
    return lambda: uuid7(AT, generator.randbytes)


def context(
    message_id: str = "m-1",
    seed: int = 1,
    mandated: bool = True,
    offices: Mapping[str, int] | None = None,
) -> Context:
    """The circumstances of one submission by the broker's system."""
    broker, _ = parties()
    known = knowledge(mandated, offices)
    return Context(known, ACTOR, broker, "http", message_id, AT, identifiers(seed))

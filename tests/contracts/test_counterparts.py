"""One contract for all counterparts, spoken with over their real wires by our codecs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest

from opposite import answers_to, at_desk, over_files, over_http
from singlewindow.hub.exchange.transports.port import Inbound, Rejected, Transport
from singlewindow.kernel.messages import Document, Envelope, Outcome, Receipt, Stage
from singlewindow.rehearsal.script import PROMPT, Case, Script
from singlewindow.server.composition import connectors

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
PROMPTLY = Script(profile=PROMPT)
REFUSING = Script(cases=[Case("*", failed="关闭")])
KINDS = {name: each.manifest.transport.kind for name, each in connectors().items()}
HTTP, SFTP = (sorted(name for name in KINDS if KINDS[name] == kind) for kind in ("http", "sftp"))
NONE = [b"nothing", b"<a/>", b"[" * 9_999, b"{}", b'{"messages":[]}']
PATIENCE_S, LOOK_S = 20.0, 0.02


class Our:
    """Our side of a connector: its codec, and bodies of its sample document."""

    def __init__(self, name: str) -> None:
        codec: Any = import_module(f"singlewindow.connectors.{name}.codec")
        sample = Path(codec.__file__).parent / "samples" / "document.json"
        self.document = msgspec.json.decode(sample.read_bytes(), type=Document)
        self.name, self.codec, self.manifest = name, codec, connectors()[name].manifest

    def body(self, *numbers: int) -> bytes:
        return self.codec.pack([self._message(number) for number in numbers], "b", AT)

    def _message(self, number: int) -> bytes:
        ours = (f"019a9f3e-0000-7000-8000-{number:012d}", self.manifest.sender, self.manifest.receiver)
        return self.codec.encode(self.document, Envelope(*ours, AT, f"S20261121{number:010d}"))

    def receipts(self, inbounds: list[Any]) -> list[Receipt]:
        return [receipt for inbound in inbounds for receipt in self.codec.decode(inbound.data)]


class Wire:
    """A wire to a counterpart, and what came over it as long as it is not settled there."""

    def __init__(self, our: Our, transport: Transport) -> None:
        self.our, self.transport = our, transport
        self.at_once: list[Inbound] = []

    async def send(self, name: str, *numbers: int) -> None:
        self.at_once += await self.transport.send(name, self.our.body(*numbers))

    async def fetch(self, enough: Callable[[list[Receipt]], bool]) -> list[Inbound]:
        """What the partner has for us once, with what it said at once, that is enough."""
        end = time.monotonic() + PATIENCE_S
        while not enough(self.our.receipts(self.at_once + (found := await self.transport.fetch()))):
            assert time.monotonic() < end, found
            await asyncio.sleep(LOOK_S)
        return found


@asynccontextmanager
async def wired(our: Our, state: Path, script: Script) -> AsyncIterator[Wire]:
    """To the counterpart over the wire of its kind."""
    if KINDS[our.name] == "http":
        async with over_http(our.name, state, script) as transport:
            yield Wire(our, transport)
    else:
        async with over_files(our.name, state, script) as side:
            yield Wire(our, side.wire)


def answered(technical: int, business: int) -> Callable[[list[Receipt]], bool]:
    """Whether there are so many of both stages."""

    def enough(found: list[Receipt]) -> bool:
        stages = [one.stage for one in found]
        return stages.count(Stage.TECHNICAL) >= technical and stages.count(Stage.BUSINESS) >= business

    return enough


@pytest.fixture(params=sorted(KINDS))
def our(request: pytest.FixtureRequest) -> Our:
    return Our(request.param)


async def test_receipts_stay_until_they_are_settled(our: Our, tmp_path: Path) -> None:
    async with wired(our, tmp_path, PROMPTLY) as wire:
        await wire.send("b-1", 1, 2)
        first = await wire.fetch(answered(2, 2))
        said = our.receipts(wire.at_once + first)
        assert [one.outcome for one in said if one.stage is Stage.TECHNICAL] == [Outcome.ACCEPTED] * 2
        assert len({one.id for one in said}) == len(said) == 4
        assert await wire.transport.fetch() == first
        for inbound in first:
            await wire.transport.settle(inbound)
        assert await wire.transport.fetch() == []


async def test_a_message_takes_effect_once_and_outlives_the_process(our: Our, tmp_path: Path) -> None:
    async with wired(our, tmp_path, PROMPTLY) as wire:
        await wire.send("b-1", 1)
        first = our.receipts(wire.at_once + await wire.fetch(answered(1, 1)))
    async with wired(our, tmp_path, REFUSING) as wire:
        await wire.send("b-2", 1)
        kept = 1 if wire.at_once else 2  # of a wire without answers the first file lies there still
        again = our.receipts(wire.at_once + await wire.fetch(answered(kept, 1)))
    assert {one.id: one for one in again} == {one.id: one for one in first}
    assert {one.stage for one in first} == {Stage.TECHNICAL, Stage.BUSINESS}
    assert all(one.outcome < Outcome.RETURNED for one in again)


@pytest.mark.parametrize("name", HTTP)
@pytest.mark.parametrize("data", NONE)
async def test_a_body_that_is_none_is_refused_for_good(name: str, tmp_path: Path, data: bytes) -> None:
    async with over_http(name, tmp_path, PROMPTLY) as wire:
        with pytest.raises(Rejected):
            await wire.send("b-1", data)


@pytest.mark.parametrize("name", SFTP)
@pytest.mark.parametrize("data", [*NONE, b""])
def test_a_file_that_is_none_is_answered_with_a_refusal_and_kept_aside(
    name: str, tmp_path: Path, data: bytes
) -> None:
    node = at_desk(name, tmp_path)
    (refused,) = answers_to(node, Our(name).codec.decode, data)
    assert (refused.stage, refused.outcome) == (Stage.TECHNICAL, Outcome.REFUSED)
    assert [path.read_bytes() for path in node.failed.iterdir()] == [data]
    assert node.ledger.received == 0

"""One contract for all counterparts behind HTTP, spoken with over the real wire by our codecs."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest

from opposite import over_http
from singlewindow.hub.exchange.transports.port import Rejected
from singlewindow.kernel.messages import Document, Envelope, Outcome, Receipt
from singlewindow.rehearsal.script import PROMPT, Case, Script
from singlewindow.server.composition import connectors

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
PROMPTLY = Script(profile=PROMPT)
REFUSING = Script(cases=[Case("*", failed="关闭")])
HTTP = sorted(name for name, each in connectors().items() if each.manifest.transport.kind == "http")


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


@pytest.fixture(params=HTTP)
def our(request: pytest.FixtureRequest) -> Our:
    return Our(request.param)


async def test_receipts_stay_until_they_are_settled(our: Our, tmp_path: Path) -> None:
    async with over_http(our.name, tmp_path, PROMPTLY) as wire:
        technical = our.receipts(await wire.send("b-1", our.body(1, 2)))
        assert [one.outcome for one in technical] == [Outcome.ACCEPTED] * 2
        (first,) = await wire.fetch()
        (second,) = await wire.fetch()
        assert our.receipts([first]) == our.receipts([second])
        await wire.settle(first)
        assert await wire.fetch() == []


async def test_a_message_takes_effect_once_and_outlives_the_process(our: Our, tmp_path: Path) -> None:
    async with over_http(our.name, tmp_path, PROMPTLY) as wire:
        first = our.receipts(await wire.send("b-1", our.body(1)))
    async with over_http(our.name, tmp_path, REFUSING) as wire:
        assert our.receipts(await wire.send("b-2", our.body(1))) == first
        (business,) = our.receipts(await wire.fetch())
    assert business.outcome < Outcome.RETURNED


@pytest.mark.parametrize("data", [b"nothing", b"<a/>", b"[" * 9_999, b"{}", b'{"messages":[]}'])
async def test_a_body_that_is_none_is_refused_for_good(our: Our, tmp_path: Path, data: bytes) -> None:
    async with over_http(our.name, tmp_path, PROMPTLY) as wire:
        with pytest.raises(Rejected):
            await wire.send("b-1", data)

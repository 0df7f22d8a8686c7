"""The counterpart over real sockets, with the platform's own transport and codec on the other side."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from singlewindow.connectors.quarantine.codec import decode, encode, pack
from singlewindow.connectors.quarantine.counterpart import prepare_endpoint, serve
from singlewindow.connectors.quarantine.tests.example import AT, document, envelope, notice
from singlewindow.hub.exchange.transports.http import HttpTransport
from singlewindow.hub.exchange.transports.port import Rejected, Unreachable
from singlewindow.kernel.messages import Outcome, Receipt, Stage
from singlewindow.rehearsal.ports import free_port, listening
from singlewindow.rehearsal.script import PROMPT, Case, Script, Step

BOUNDS = {"connect_timeout_s": 0.5, "read_timeout_s": 0.5, "wait_ms": 300}


def batch(*numbers: int, **changes: Any) -> bytes:
    return pack([encode(document(**changes), envelope(number)) for number in numbers], "b1", AT)


@asynccontextmanager
async def counterpart(folder: Path, script: Script) -> AsyncIterator[HttpTransport]:
    endpoint = prepare_endpoint(folder, free_port())
    serving = asyncio.create_task(serve(endpoint, folder / "state", script))
    wire = HttpTransport(endpoint | BOUNDS)
    try:
        await listening(int(endpoint["url"].split(":")[2].split("/")[0]))
        yield wire
    finally:
        await wire.close()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def sent(wire: HttpTransport, body: bytes) -> list[Receipt]:
    return [receipt for inbound in await wire.send("b1", body) for receipt in decode(inbound.data)]


async def fetched(wire: HttpTransport, count: int) -> list[Receipt]:
    """Fetch and settle until ``count`` receipts have come."""
    receipts: list[Receipt] = []
    async with asyncio.timeout(60):
        while len(receipts) < count:
            for inbound in await wire.fetch():
                receipts += decode(inbound.data)
                await wire.settle(inbound)
    return receipts


def scripted(*steps: Step, failed: str = "") -> Script:
    return Script(cases=[Case("*", failed, steps)])


async def test_a_batch_is_taken_in_and_released(tmp_path: Path) -> None:
    async with counterpart(tmp_path, Script(profile=PROMPT)) as wire:
        technical = await sent(wire, batch(*range(100)))
        released = await fetched(wire, 100)
    assert [one.about for one in technical] == [envelope(number).message_id for number in range(100)]
    assert {(one.stage, one.outcome) for one in technical} == {(Stage.TECHNICAL, Outcome.ACCEPTED)}
    assert {(one.stage, one.outcome) for one in released} == {(Stage.BUSINESS, Outcome.RELEASED)}
    assert len({one.id for one in technical + released}) == 200
    assert len({one.facts["inspection_number"] for one in released}) == 100


async def test_receipts_come_late_twice_and_out_of_order(tmp_path: Path) -> None:
    script = scripted(Step("d", 150), Step("S", 50, twice=True), Step("P", 100))
    async with counterpart(tmp_path, script) as wire:
        await sent(wire, batch(1))
        receipts = await fetched(wire, 4)
    assert [one.code for one in receipts] == ["S", "S", "P", "d"]
    assert receipts[0] == receipts[1]


async def test_a_return_says_why(tmp_path: Path) -> None:
    async with counterpart(tmp_path, scripted(Step("Z", reason="件数 < 舱单 & 品名不符"))) as wire:
        await sent(wire, batch(1))
        (returned,) = await fetched(wire, 1)
    assert (returned.outcome, returned.text) == (Outcome.RETURNED, "件数 < 舱单 & 品名不符")
    assert "件数 < 舱单 & 品名不符" in returned.problems[0].text.zh


async def test_a_notice_of_an_order_is_taken_note_of_and_rules_on_nothing(tmp_path: Path) -> None:
    async with counterpart(tmp_path, Script(profile=PROMPT)) as wire:
        told = pack([encode(notice(), envelope(1)), encode(notice(Order_No="CY2"), envelope(2))], "b", AT)
        receipts = await sent(wire, told)
        assert await wire.fetch() == []
    assert [(one.stage, one.outcome) for one in receipts] == [(Stage.TECHNICAL, Outcome.ACCEPTED)] * 2
    assert receipts[0].about in (envelope(1).message_id, envelope(1).reference)
    assert not any(one.instructions for one in receipts)


async def test_a_scripted_failure_and_missing_goods_end_at_the_first_stage(tmp_path: Path) -> None:
    async with counterpart(tmp_path / "a", scripted(Step("P"), failed="系统维护")) as wire:
        (scripted_failure,) = await sent(wire, batch(1))
        assert await wire.fetch() == []
    async with counterpart(tmp_path / "b", Script(profile=PROMPT)) as wire:
        (no_goods,) = await sent(wire, batch(1, GoodsList=[]))
    assert (scripted_failure.outcome, scripted_failure.text) == (Outcome.REFUSED, "系统维护")
    assert (no_goods.outcome, no_goods.text) == (Outcome.REFUSED, "没有商品")


@pytest.mark.parametrize(
    "body", [b"nothing", b"<!DOCTYPE a><a/>", b"<Other/>", b"<Messages/>", b"<Messages><Message/></Messages>"]
)
async def test_what_is_no_batch_is_refused_for_good(tmp_path: Path, body: bytes) -> None:
    async with counterpart(tmp_path, Script()) as wire:
        with pytest.raises(Rejected):
            await wire.send("b1", body)


async def test_the_same_message_twice_gets_the_original_answer_once(tmp_path: Path) -> None:
    async with counterpart(tmp_path, scripted(Step("P"))) as wire:
        first = await sent(wire, batch(1))
        assert await sent(wire, batch(2, 1)) != first
        assert await sent(wire, batch(1)) == first
        receipts = await fetched(wire, 2)
        assert await wire.fetch() == []
    assert len({one.about for one in receipts}) == 2


@pytest.mark.parametrize("fault", ["refuse", "silent", "drop", "busy", "slow"])
async def test_after_every_fault_a_message_has_taken_effect_once(tmp_path: Path, fault: str) -> None:
    async with counterpart(tmp_path, scripted(Step("P"))) as wire:
        switch = tmp_path / "state/fault"
        switch.write_text(fault)
        async with asyncio.timeout(15):
            with pytest.raises(Unreachable):
                await wire.send("b1", batch(1))
        switch.unlink()
        assert len(await sent(wire, batch(1))) == 1
        assert len(await fetched(wire, 1)) == 1
        assert await wire.fetch() == []


PROCESS = """
import asyncio, sys
from pathlib import Path
from singlewindow.connectors.quarantine.counterpart import prepare_endpoint, serve
from singlewindow.rehearsal.script import Case, Script, Step
folder, port = Path(sys.argv[1]), int(sys.argv[2])
script = Script(cases=[Case("*", steps=(Step("d"), Step("P", 200)))])
asyncio.run(serve(prepare_endpoint(folder, port), folder / "state", script))
"""


@asynccontextmanager
async def process(folder: Path, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """The counterpart as a process of its own, killed without warning at the end."""
    surroundings = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROCESS, str(folder), str(port), env=surroundings
    )
    try:
        await listening(port)
        yield running
    finally:
        os.kill(running.pid, signal.SIGKILL)
        await running.wait()


async def test_killing_the_counterpart_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    port = free_port()
    wire = HttpTransport(prepare_endpoint(tmp_path, port) | BOUNDS)
    answers: dict[str, str] = {}
    for round_ in range(3):
        async with process(tmp_path, port):
            numbers = range(round_ * 20, round_ * 20 + 20)
            for receipt in await sent(wire, batch(*numbers)):
                answers[receipt.about] = receipt.id
            unsettled = await wire.fetch()
            assert unsettled
    async with process(tmp_path, port):
        again = await sent(wire, batch(*range(60)))
        receipts = await fetched(wire, 120)
        assert await wire.fetch() == []
    assert {one.about: one.id for one in again} == answers
    assert len({one.id for one in receipts}) == 120
    await wire.close()


def test_the_endpoint_keeps_its_token_private_and_the_same(tmp_path: Path) -> None:
    first = prepare_endpoint(tmp_path, 8001)
    assert prepare_endpoint(tmp_path, 8001) == first
    assert (tmp_path / "token").stat().st_mode & 0o777 == 0o600
    assert len(first["token"]) >= 32

"""Ports: nobody's, nobody else's promise, and out of the way of outgoing connections."""

from __future__ import annotations

import asyncio
import socket
from itertools import chain
from pathlib import Path

import pytest

from apart import PRODUCTS
from singlewindow.rehearsal.ports import LOOPBACK, RANGE, free_port, listening


def test_a_port_in_use_or_promised_is_passed_over() -> None:
    with socket.socket() as held:
        held.bind((LOOPBACK, free_port()))
        held.listen()
        in_use, promised = held.getsockname()[1], free_port()
        free = free_port({promised})
        assert free_port({promised}, chain([in_use, promised], [free])) == free


def test_when_none_is_left_it_is_said() -> None:
    with pytest.raises(OSError, match="no free port between"):
        free_port({RANGE.start}, [RANGE.start])


def test_the_kernel_gives_none_of_them_to_outgoing_connections() -> None:
    ephemeral = Path("/proc/sys/net/ipv4/ip_local_port_range")
    if not ephemeral.exists():
        pytest.skip("only Linux says which ports it gives away")
    lowest, highest = map(int, ephemeral.read_text().split())
    assert PRODUCTS.stop <= lowest or PRODUCTS.start > highest


async def test_who_waits_for_a_server_goes_on_when_it_listens() -> None:
    port = free_port()
    waiting = asyncio.create_task(listening(port))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    async with await asyncio.start_server(lambda _, writer: writer.close(), LOOPBACK, port):
        await waiting


async def test_a_server_that_never_comes_is_not_waited_for_for_ever() -> None:
    with pytest.raises(TimeoutError):
        await listening(free_port(), within=0.05)

"""The counterparts' server is strict, bounded, and fails as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from singlewindow.rehearsal import http
from singlewindow.rehearsal.http import Answer, Fault, HttpServer, Request, fault_in

HEAD = b"host: a\r\nauthorization: Bearer secret\r\n"


async def echo(request: Request) -> Answer:
    if request.path == "/broken":
        raise RuntimeError("broken")
    said = f"{request.method} {request.path} {request.query} ".encode() + request.body
    return Answer(200, said, {"content-type": "text/plain"})


@pytest.fixture
async def port() -> AsyncIterator[int]:
    server = HttpServer(echo, "secret", most_body=1_000)
    yield await server.start("127.0.0.1", 0)
    await server.close()


async def said(port: int, *parts: bytes) -> bytes:
    """Everything the server says to these bytes, sent apart, until it closes or falls silent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0.01)
    heard = b""
    try:
        async with asyncio.timeout(0.2):
            while more := await reader.read(65_536):
                heard += more
    except TimeoutError:
        heard += b"[open]"
    except ConnectionResetError:
        heard += b"[reset]"
    writer.close()
    return heard


async def test_requests_may_come_in_pieces_and_one_after_the_other(port: int) -> None:
    one = b"POST /m?after=3&wait=9 HTTP/1.1\r\n" + HEAD + b"content-length: 4\r\n\r\nbody"
    heard = await said(port, one[:20], one[20:-2], one[-2:] + one)
    assert heard.count(b"HTTP/1.1 200") == 2
    assert heard.count(b"POST /m {'after': '3', 'wait': '9'} body") == 2
    assert heard.endswith(b"[open]")


async def test_a_chunked_body_is_put_together(port: int) -> None:
    chunked = (
        b"POST / HTTP/1.1\r\n" + HEAD + b"transfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
    )
    assert b"POST / {} abc" in await said(port, chunked)


async def test_the_client_may_ask_before_it_sends(port: int) -> None:
    head = b"POST / HTTP/1.1\r\n" + HEAD + b"expect: 100-continue\r\ncontent-length: 2\r\n\r\n"
    heard = await said(port, head, b"ok")
    assert heard.startswith(b"HTTP/1.1 100")
    assert b"POST / {} ok" in heard


@pytest.mark.parametrize("token", [b"", b"authorization: Bearer Secret\r\n", b"authorization: secret\r\n"])
async def test_only_the_bearer_of_the_token_is_served(port: int, token: bytes) -> None:
    heard = await said(port, b"GET / HTTP/1.1\r\nhost: a\r\n" + token + b"\r\n")
    assert heard.startswith(b"HTTP/1.1 401")
    assert b"GET" not in heard


async def test_a_body_over_the_bound_is_cut_off(port: int) -> None:
    head = b"POST / HTTP/1.1\r\n" + HEAD + b"content-length: 9999999\r\n\r\n"
    heard = await said(port, head, b"x" * 1_001)
    assert heard.startswith(b"HTTP/1.1 413")
    assert not heard.endswith(b"[open]")


@pytest.mark.parametrize(
    "raw",
    [
        b"POST / HTTP/1.1\r\n" + HEAD + b"content-length: 2\r\ncontent-length: 3\r\n\r\nabc",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01 not http\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HEAD + b"x: " + b"y" * 90_000 + b"\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_refused_and_cut(port: int, raw: bytes) -> None:
    heard = await said(port, raw)
    assert heard.startswith((b"HTTP/1.1 4", b"[reset]"))
    assert b"200" not in heard
    assert not heard.endswith(b"[open]")


async def test_a_broken_handler_answers_500_and_goes_on(port: int, caplog: pytest.LogCaptureFixture) -> None:
    heard = await said(
        port, b"GET /broken HTTP/1.1\r\n" + HEAD + b"\r\n", b"GET / HTTP/1.1\r\n" + HEAD + b"\r\n"
    )
    assert heard.startswith(b"HTTP/1.1 500")
    assert b"HTTP/1.1 200" in heard
    assert "GET /broken" in caplog.text


async def test_connections_are_bounded(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MOST_CONNECTIONS", 1)
    _, kept = await asyncio.open_connection("127.0.0.1", port)
    assert not (await said(port, b"GET / HTTP/1.1\r\n" + HEAD + b"\r\n")).startswith(b"HTTP/1.1 200")
    kept.close()


async def test_an_idle_connection_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "IDLE_S", 0.05)
    server = HttpServer(echo, "secret")
    heard = await said(await server.start("127.0.0.1", 0), b"GET / HT")
    assert not heard.endswith(b"[open]")
    await server.close()


async def test_a_fault_is_switched_by_a_file(tmp_path: Path) -> None:
    switch = fault_in(tmp_path / "fault")
    assert switch() == Fault.NONE
    for fault in Fault:
        (tmp_path / "fault").write_text(f"{fault}\n")
        assert switch() == fault
    (tmp_path / "fault").write_text("nonsense")
    assert switch() == Fault.NONE


@pytest.mark.parametrize(
    ("fault", "heard"),
    [
        (Fault.REFUSE, b""),
        (Fault.SILENT, b"[open]"),
        (Fault.DROP, b"\r\n\r\nGET "),
        (Fault.BUSY, b"retry-after: 1"),
        (Fault.SLOW, b"GET / {} "),
    ],
)
async def test_faults(fault: Fault, heard: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "SLOW_S", 0.05)
    server = HttpServer(echo, "secret", lambda: fault)
    answer = await said(await server.start("127.0.0.1", 0), b"GET / HTTP/1.1\r\n" + HEAD + b"\r\n")
    assert heard in answer
    assert answer.endswith(b"[open]") == (fault in (Fault.SILENT, Fault.BUSY, Fault.SLOW))
    assert (b"GET / {} " in answer) == (fault == Fault.SLOW)
    await server.close()


async def test_a_kept_connection_is_cut_too_where_connections_are_refused() -> None:
    now = [Fault.NONE]
    server = HttpServer(echo, "secret", lambda: now[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", await server.start("127.0.0.1", 0))
    writer.write(b"GET / HTTP/1.1\r\n" + HEAD + b"\r\n")
    assert (await reader.readuntil(b"GET / {} ")).startswith(b"HTTP/1.1 200")
    now[0] = Fault.REFUSE
    writer.write(b"GET / HTTP/1.1\r\n" + HEAD + b"\r\n")
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await asyncio.wait_for(reader.readuntil(b"HTTP/1.1"), 5)
    writer.close()
    await server.close()

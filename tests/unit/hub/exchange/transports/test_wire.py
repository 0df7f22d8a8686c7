"""Kept connections: what ends them, what an answer may be, and encrypted ones."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import h11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from singlewindow.hub.exchange.transports import wire
from singlewindow.hub.exchange.transports.wire import Broken, Line, NotConnected
from singlewindow.kernel.clock import now

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
GET = h11.Request(method="GET", target="/", headers=[("Host", "here")])


class Server:
    """Says the same to every request, and counts who came."""

    def __init__(self, said: bytes, *, closes: bool = False) -> None:
        self.said, self.closes, self.connections = said, closes, 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while await reader.readline() not in (b"\r\n", b""):
            continue
        while not writer.is_closing():
            writer.write(self.said)
            if self.closes:
                writer.close()
                return
            if not (await reader.read(1_000)):
                return


@asynccontextmanager
async def line(server: Server, **more: ssl.SSLContext) -> AsyncIterator[Line]:
    """A line to a server that listens until the block ends."""
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=more.get("theirs"))
    found = Line("127.0.0.1", listening.sockets[0].getsockname()[1], more.get("ours"), 1.0)
    try:
        yield found
    finally:
        found.close()
        listening.close()


async def test_a_connection_is_kept_for_the_next_request() -> None:
    async with line(server := Server(OK)) as kept:
        assert [(await kept.ask(GET, b"", 10)).body for _ in range(3)] == [b"ok"] * 3
    assert server.connections == 1


async def test_a_connection_that_rested_long_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "IDLE_S", 0.0)
    async with line(server := Server(OK)) as kept:
        assert [(await kept.ask(GET, b"", 10)).body for _ in range(2)] == [b"ok"] * 2
    assert server.connections == 2


@pytest.mark.parametrize(
    "said",
    [
        OK + OK,  # more than was asked for: its second half must answer nothing that is asked later
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok",
    ],
)
async def test_after_some_answers_the_connection_is_ended(said: bytes) -> None:
    async with line(server := Server(said)) as kept:
        assert [(await kept.ask(GET, b"", 10)).body for _ in range(2)] == [b"ok"] * 2
    assert server.connections == 2


async def test_an_answer_may_end_with_its_connection() -> None:
    async with line(Server(b"HTTP/1.1 200 OK\r\n\r\nok", closes=True)) as kept:
        assert (await kept.ask(GET, b"", 10)).body == b"ok"


async def test_an_answer_in_pieces_after_a_word_in_between() -> None:
    said = b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    async with line(Server(said + b"1\r\no\r\n1\r\nk\r\n0\r\n\r\n")) as kept:
        assert (await kept.ask(GET, b"", 10)).body == b"ok"


async def test_a_longer_answer_is_cut() -> None:
    async with line(Server(OK)) as kept:
        reply = await kept.ask(GET, b"", 1)
    assert (reply.body, reply.whole) == (b"o", False)


@pytest.mark.parametrize("said", [b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok", b"SMTP\r\n\r\n", b""])
async def test_half_an_answer_is_none(said: bytes) -> None:
    async with line(Server(said, closes=True)) as kept:
        with pytest.raises(Broken):
            await kept.ask(GET, b"", 10)


async def test_whoever_stops_waiting_ends_the_connection() -> None:
    async with line(server := Server(b"")) as kept:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(kept.ask(GET, b"", 10), 0.05)
        server.said = OK
        assert (await kept.ask(GET, b"", 10)).body == b"ok"
    assert server.connections == 2


def certificate(folder: Path) -> Path:
    """For 127.0.0.1, made on the spot; its key stands in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "partner")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    hidden = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    kept = folder / "partner.pem"
    kept.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, *hidden))
    return kept


@pytest.fixture
def contexts(tmp_path: Path) -> Callable[[bool], dict[str, ssl.SSLContext]]:
    def made(trusted: bool) -> dict[str, ssl.SSLContext]:
        kept = certificate(tmp_path)
        theirs, ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        theirs.load_cert_chain(kept)
        if trusted:
            ours.load_verify_locations(kept)
        return {"theirs": theirs, "ours": ours}

    return made


async def test_an_encrypted_line_speaks_to_whom_it_trusts(
    contexts: Callable[[bool], dict[str, ssl.SSLContext]],
) -> None:
    async with line(server := Server(OK), **contexts(True)) as kept:
        assert [(await kept.ask(GET, b"", 10)).body for _ in range(2)] == [b"ok"] * 2
    assert server.connections == 1


async def test_nothing_is_handed_over_to_somebody_else(
    contexts: Callable[[bool], dict[str, ssl.SSLContext]],
) -> None:
    async with line(Server(OK), **contexts(False)) as kept:
        with pytest.raises(NotConnected, match="certificate"):
            await kept.ask(GET, b"", 10)

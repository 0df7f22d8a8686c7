"""Requests that are wrong as HTTP: too large, too slow, by another method, with headers that smuggle."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPResponse

import httpx
import pytest

from integration.bad_input.door import PATH, Door, said

pytestmark = pytest.mark.database
TWENTY_MB = 20_000_000
CHUNK = b"a" * 65_536
ANSWER_S = 20.0


@contextmanager
def line(door: Door) -> Iterator[socket.socket]:
    """A bare connection to the door."""
    with socket.create_connection(("127.0.0.1", door.platform.port), timeout=ANSWER_S) as opened:
        yield opened


def head(door: Door, *lines: bytes) -> bytes:
    """The beginning of a POST with these header lines."""
    authorization = f"Authorization: Bearer {door.platform.token}".encode()
    return b"\r\n".join(
        [b"POST " + PATH.encode() + b" HTTP/1.1", b"Host: x", authorization, *lines, b"", b""]
    )


def answer_on(opened: socket.socket) -> httpx.Response:
    """What comes back, read as far as its own length says."""
    response = HTTPResponse(opened)
    response.begin()
    return httpx.Response(response.status, headers=response.getheaders(), content=response.read())


def test_a_body_declared_too_large_is_refused_before_it_is_sent(untouched: Door) -> None:
    with line(untouched) as opened:
        opened.sendall(head(untouched, b"Content-Length: %d" % TWENTY_MB) + CHUNK)
        answer = answer_on(opened)
    assert (answer.status_code, said(answer)[0]["code"]) == (413, "too_large")


def test_an_endless_body_without_a_length_is_cut_at_the_bound(untouched: Door) -> None:
    sent = 0
    with line(untouched) as opened:
        opened.sendall(head(untouched, b"Transfer-Encoding: chunked"))
        opened.setblocking(False)
        deadline = time.monotonic() + ANSWER_S
        while sent < TWENTY_MB and not _answered(opened) and time.monotonic() < deadline:
            with suppress(BrokenPipeError, ConnectionResetError):  # it has answered and hung up
                sent += _some(opened, b"%x\r\n%b\r\n" % (len(CHUNK), CHUNK))
        opened.settimeout(ANSWER_S)
        answer = answer_on(opened)
    assert sent < TWENTY_MB
    assert (answer.status_code, said(answer)[0]["code"]) == (413, "too_large")


def _answered(opened: socket.socket) -> bool:
    try:
        return bool(opened.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False


def _some(opened: socket.socket, chunk: bytes) -> int:
    opened.settimeout(ANSWER_S)
    try:
        opened.sendall(chunk)
    finally:
        opened.setblocking(False)
    return len(chunk)


def test_a_body_that_does_not_come_is_not_waited_for(untouched: Door) -> None:
    begun = time.monotonic()
    with line(untouched) as opened:
        opened.sendall(head(untouched, b"Content-Length: 1000") + b"{")
        answer = answer_on(opened)
    assert (answer.status_code, said(answer)[0]["code"]) == (408, "too_slow")
    assert time.monotonic() - begun < ANSWER_S / 2


def test_a_sender_who_leaves_in_the_middle_leaves_nothing(untouched: Door) -> None:
    body = untouched.fresh()
    with line(untouched) as opened:
        opened.sendall(head(untouched, b"Content-Length: %d" % len(body)) + body[:-10])


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "PROPFIND"])
def test_only_questions_and_post_are_accepted(untouched: Door, method: str) -> None:
    answer = untouched.client.request(method, PATH, headers=untouched.authorization)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"
    if method != "HEAD":
        assert said(answer)[0]["code"] == "method"


@pytest.mark.parametrize("key", [b"a\0b", b"a\rSet-Cookie: x=1", b"a\r\n\r\nHTTP/1.1 200 OK"])
def test_control_characters_in_a_header_end_the_request(untouched: Door, key: bytes) -> None:
    with line(untouched) as opened:
        opened.sendall(head(untouched, b"Idempotency-Key: " + key, b"Content-Length: 2") + b"{}")
        answer = answer_on(opened)
    assert answer.is_client_error
    assert "set-cookie" not in answer.headers


def test_letters_beyond_ascii_in_a_message_id_are_refused(untouched: Door) -> None:
    with line(untouched) as opened:
        body = untouched.fresh()
        lines = (b"Idempotency-Key: \xe5\x8f\xb7", b"Content-Length: %d" % len(body))
        opened.sendall(head(untouched, *lines) + body)
        answer = answer_on(opened)
    assert (answer.status_code, said(answer)[0]["field"]) == (422, "message_id")


def test_an_escaped_line_break_in_a_message_id_is_only_text(door: Door) -> None:
    key = "a%0d%0aSet-Cookie:%20x=1"
    answer = door.post(door.fresh(), {"idempotency-key": key})
    assert (answer.status_code, answer.json()["message_id"]) == (202, key)
    assert "set-cookie" not in answer.headers


def test_two_lengths_that_contradict_each_other_end_the_request(untouched: Door) -> None:
    with line(untouched) as opened:
        opened.sendall(head(untouched, b"Content-Length: 2", b"Content-Length: 3") + b"{} ")
        answer = answer_on(opened)
    assert answer.is_client_error

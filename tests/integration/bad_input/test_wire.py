"""Requests that are wrong as HTTP: too large, too slow, by another method, with headers that smuggle."""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import httpx
import pytest

from contracts.xml_answers import content_of
from integration.bad_input.door import PATH, Door, said
from singlewindow.server.web import HEAD_S

pytestmark = pytest.mark.database
TWENTY_MB = 20_000_000
MOST_SENT = 100_000_000
PATHS = (PATH, "/api/v1/checks", "/gate/check", "/declarations/import", "/nothing", "/live")
CHUNK = b"a" * 65_536
ANSWER_S = 20.0
TRIES = 10
IDLE = 1500  # more than a browser, a proxy and a thousand people ever leave open


@contextmanager
def line(door: Door) -> Iterator[socket.socket]:
    """A bare connection to the door."""
    with socket.create_connection(("127.0.0.1", door.platform.port), timeout=ANSWER_S) as opened:
        yield opened


def head(door: Door, *lines: bytes, path: str = PATH) -> bytes:
    """The beginning of a POST with these header lines."""
    authorization = f"Authorization: Bearer {door.platform.token}".encode()
    host = b"Host: 127.0.0.1:%d" % door.platform.port
    return b"\r\n".join([b"POST " + path.encode() + b" HTTP/1.1", host, authorization, *lines, b"", b""])


def answer_on(opened: socket.socket) -> httpx.Response:
    """What comes back, read as far as its own length says."""
    response = HTTPResponse(opened)
    response.begin()
    return httpx.Response(response.status, headers=response.getheaders(), content=response.read())


def unhurried(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """Its answer; asked again where a busy machine took longer over the body than these tests wait."""
    for _ in range(TRIES):
        if (answer := ask()).status_code != httpx.codes.REQUEST_TIMEOUT:
            break
    return answer


def test_a_body_declared_too_large_is_refused_before_it_is_sent(untouched: Door) -> None:
    with line(untouched) as opened:
        opened.sendall(head(untouched, b"Content-Length: %d" % TWENTY_MB) + CHUNK)
        answer = answer_on(opened)
    assert (answer.status_code, said(answer)[0]["code"]) == (413, "request.too_large")


def test_an_endless_body_without_a_length_is_cut_at_the_bound(untouched: Door) -> None:
    def asked() -> httpx.Response:
        sent = 0
        with line(untouched) as opened:
            opened.sendall(head(untouched, b"Transfer-Encoding: chunked"))
            opened.setblocking(False)
            deadline = time.monotonic() + ANSWER_S
            while sent < MOST_SENT and not _answered(opened) and time.monotonic() < deadline:
                with suppress(BrokenPipeError, ConnectionResetError):  # it has answered and hung up
                    sent += _some(opened, b"%x\r\n%b\r\n" % (len(CHUNK), CHUNK))
            opened.settimeout(ANSWER_S)
            answer = answer_on(opened)
        assert sent < MOST_SENT
        return answer

    answer = unhurried(asked)
    assert (answer.status_code, said(answer)[0]["code"]) == (413, "request.too_large")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "in chunks"])
def test_who_sends_everything_before_reading_reads_the_refusal(
    untouched: Door, path: str, chunked: bool
) -> None:
    body = b"<" + b" " * (TWENTY_MB + len(CHUNK))

    def asked() -> httpx.Response:
        connection = HTTPConnection("127.0.0.1", untouched.platform.port, timeout=ANSWER_S)
        with closing(connection):
            sent = (body[at : at + len(CHUNK)] for at in range(0, len(body), len(CHUNK))) if chunked else body
            connection.request("POST", path, sent, untouched.authorization, encode_chunked=chunked)
            found = connection.getresponse()
            told = {"headers": found.getheaders(), "content": found.read()}
            return httpx.Response(found.status, request=httpx.Request("POST", path), **told)

    answer = unhurried(asked)
    assert answer.status_code == 413, answer.text
    assert problems_in(answer)[0]["code"] == "request.too_large"


def test_a_person_reads_the_refusal_as_a_page(untouched: Door) -> None:
    for language, words in (("zh", "发送的内容超过 20 MB"), ("en", "What was sent is larger than 20 MB")):
        headers = {"accept": "text/html", "accept-language": language}
        send = partial(untouched.client.post, "/gate/check", content=b" " * (TWENTY_MB + 1))
        answer = unhurried(partial(send, headers=headers))
        assert (answer.status_code, answer.headers["content-type"]) == (413, "text/html; charset=utf-8")
        assert words in answer.text


def problems_in(answer: httpx.Response) -> list[dict[str, Any]]:
    """The problems of a refusal, in the manner of who sends XML or not."""
    if answer.headers["content-type"] == "application/problem+xml":
        return list(content_of(b"<", answer.content, answer.headers["content-type"])["problems"])
    return said(answer)


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


@pytest.mark.parametrize("path", PATHS)
def test_a_body_that_does_not_come_is_not_waited_for(untouched: Door, path: str) -> None:
    with line(untouched) as opened:  # which is given up sooner than an installation would
        opened.sendall(head(untouched, b"Content-Length: 1000", path=path) + b"{")
        answer = answer_on(opened)
    assert (answer.status_code, said(answer)[0]["code"]) == (408, "request.too_slow")


def test_a_sender_who_leaves_in_the_middle_leaves_nothing(untouched: Door) -> None:
    body = untouched.fresh()
    with line(untouched) as opened:
        opened.sendall(head(untouched, b"Content-Length: %d" % len(body)) + body[:-10])


@pytest.mark.parametrize("path", PATHS)
def test_chunks_that_are_none_are_refused(untouched: Door, path: str) -> None:
    with line(untouched) as opened:
        opened.sendall(head(untouched, b"Transfer-Encoding: chunked", path=path) + b"ZZ\r\n")
        answer = answer_on(opened)
    assert answer.is_client_error
    assert said(answer)


def test_an_address_that_is_not_ours_is_refused_in_words_and_fills_no_log(untouched: Door) -> None:
    answers = [
        untouched.client.get("/sign-in", headers={"host": "elsewhere", "accept": accept})
        for accept in ("text/html", "application/json")
    ]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert "本站不在这个网址提供服务" in answers[0].text
    assert said(answers[1])[0]["field"] == "host"
    assert "Traceback" not in (untouched.platform.data / "log" / "web.log").read_text("utf-8")


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "PATCH", "DELETE", "PROPFIND"])
def test_only_questions_and_post_are_accepted(untouched: Door, method: str) -> None:
    answer = untouched.client.request(method, PATH, headers=untouched.authorization)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"
    assert said(answer)[0]["code"] == "request.method"


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


def test_an_empty_message_id_is_no_id(untouched: Door) -> None:
    answer = untouched.post(untouched.fresh(), {"idempotency-key": ""})
    assert (answer.status_code, said(answer)[0]["field"]) == (422, "message_id")


def test_a_thousand_lines_on_which_nothing_is_said_keep_nobody_out(untouched: Door) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        with ExitStack() as idle:
            for _ in range(IDLE):
                idle.enter_context(line(untouched))
            assert httpx.get(untouched.platform.url, trust_env=False, timeout=HEAD_S / 2).status_code == 200
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_head_that_does_not_come_is_not_waited_for(untouched: Door) -> None:
    with line(untouched) as opened:
        opened.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        began = time.monotonic()
        assert b" 200 " not in opened.recv(1000)
        assert time.monotonic() - began > HEAD_S / 2


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

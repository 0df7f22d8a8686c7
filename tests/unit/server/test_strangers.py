"""``submit`` and ``status`` where something else listens at the port: refused in words, never a traceback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from singlewindow.server import calling, cli, configuration, keys
from singlewindow.server.refusal import AWAY, Away

ID = str(UUID(int=1))
PAGE = b"<!doctype html><title>It works!</title>"
Answer = tuple[int, str, bytes]


class Stranger(BaseHTTPRequestHandler):
    """Answers everything with the server's ``answer``; without one it hangs up."""

    server: Any

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.server.answer is None:
            return
        status, media, body = self.server.answer
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Location", "http://127.0.0.1:9/")
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - as http.server calls it

    def log_message(self, *_: object) -> None:
        """Nothing: what was asked is no part of a test's words."""


@pytest.fixture(scope="module")
def stranger() -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
    server.answer = None
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    yield server
    server.shutdown()
    server.server_close()
    serving.join()


def line(command: str, stranger: Any, data: Path) -> list[str]:
    file = data / "message.json"
    file.write_bytes(b"{}")
    keys.write_privately(data / "demo.toml", b'token = "sw_none"\n')
    port = str(stranger.server_address[1])
    return [command, str(file) if command == "submit" else ID, "--port", port, "--data", str(data)]


def declined(**more: Any) -> bytes:
    words = {"zh": "甲", "en": "one"}
    problem = {"code": "c", "severity": "error", "field": "f", "value": "", "text": words, "remedy": None}
    return json.dumps({"status": 404, "problems": [problem]} | more).encode()


STRANGERS: dict[str, Answer | None] = {
    "a page": (200, "text/html", PAGE),
    "a page for a 202": (202, "text/html", PAGE),
    "nothing": (200, "", b""),
    "nothing for a 204": (204, "", b""),
    "another JSON": (200, "application/json", b'{"ok": true}'),
    "another JSON for a 202": (202, "application/json", b'{"submission_id": 7, "received_at": null}'),
    "a list": (202, "application/json", b"[1]"),
    "deep JSON": (200, "application/json", b"[" * 100_000),
    "no UTF-8": (200, "application/json", b'"\xff"'),
    "a redirect": (302, "text/html", b""),
    "a redirect for ever": (308, "text/html", PAGE),
    "a page of errors": (404, "text/html", PAGE),
    "a proxy without a platform": (502, "text/html", PAGE),
    "another's errors": (422, "application/json", b'{"status": 422, "problems": ["no"]}'),
    "an error said with a success": (201, "application/json", declined()),
    "hung up": None,
}


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No token and no configuration of the machine's or of another test's."""
    for name in (*configuration.ENVIRONMENT.values(), calling.TOKEN):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(configuration, "_current", None)


@pytest.mark.parametrize("what", STRANGERS)
@pytest.mark.parametrize("command", ["submit", "status"])
def test_whoever_is_not_the_platform_gives_no_result(
    command: str, what: str, stranger: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stranger.answer = STRANGERS[what]
    given = line(command, stranger, tmp_path)
    assert cli.main([*given, "--json"]) == AWAY
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert (found["status"], said.err) == (503, "")
    (problem,) = found["problems"]
    assert problem["code"] == "platform-away"
    assert problem["remedy"]["zh"]
    assert cli.main(given) == AWAY
    chinese, english = capsys.readouterr().err.splitlines()
    assert "--port" in chinese
    assert "--port" in english
    if STRANGERS[what]:
        assert f"HTTP {STRANGERS[what][0]}" in english  # type: ignore[index]


CONNECTS, ENDS = httpx.ConnectError("refused"), httpx.ReadError("reset")


@pytest.mark.parametrize(
    ("method", "path", "headers", "error", "zh", "en"),
    [
        ("GET", "/api/v1/submissions/1", {}, ENDS, "", ""),
        ("POST", "/api/v1/submissions", {}, ENDS, "不会重复受理", "takes effect once"),
        ("POST", "/api/v1/gate/out", {"Idempotency-Key": "k"}, ENDS, "不会重复受理", "takes effect once"),
        ("POST", "/api/v1/gate/out", {}, ENDS, "可能重复办理", "might be done twice"),
        ("POST", "/api/v1/gate/out", {}, CONNECTS, "没有送出", "nothing was handed over"),
    ],
)
def test_whoever_gets_no_answer_is_told_whether_the_same_may_be_sent_again(
    method: str, path: str, headers: dict[str, str], error: Exception, zh: str, en: str, tmp_path: Path
) -> None:
    def gone(_: httpx.Request) -> httpx.Response:
        raise error

    platform = configuration.configured(tmp_path, {"port": 9})
    with httpx.Client(transport=httpx.MockTransport(gone)) as opened, pytest.raises(Away) as away:
        calling.ask(opened, platform, "t", method, path, headers=headers)
    (problem,) = away.value.problems
    assert problem.remedy is not None
    assert zh in problem.remedy.zh
    assert en in problem.remedy.en
    assert ("；" in problem.remedy.zh) is bool(zh)


def test_an_answer_that_does_not_end_is_read_no_further(
    stranger: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(calling, "MOST_BYTES", 1_000)
    stranger.answer = (200, "application/json", b" " * 100_000)
    assert cli.main(line("status", stranger, tmp_path)) == AWAY
    assert "more than 1000 bytes" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["submit", "status"])
def test_a_refusal_of_the_platform_is_told(
    command: str, stranger: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stranger.answer = (404, "application/problem+json", declined())
    assert cli.main(line(command, stranger, tmp_path)) == 1
    assert capsys.readouterr().out == "✗ f: 甲 · one\n"

"""Asking a running platform over its HTTP door, as commands and the story do."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypedDict

import httpx
import msgspec

from singlewindow.kernel.messages import Problem, Text
from singlewindow.kernel.problem_details import lines_of
from singlewindow.server import given as told
from singlewindow.server import keys, lock
from singlewindow.server.configuration import ENVIRONMENT, Configuration
from singlewindow.server.refusal import Away, Refusal

TOKEN = "SINGLEWINDOW_TOKEN"  # noqa: S105 - the name of a variable
TIMEOUT_S = 60.0  # for any wait, and for the whole of an answer
MOST_BYTES = 64_000_000  # of an answer
LONGEST_MEDIA = 80
ASKS = {"GET", "HEAD"}
KEY = "idempotency-key"
ONCE = {"/api/v1/submissions"}  # without a key its message id is the digest of its content
UNPACKED = {
    "content-encoding",
    "content-length",
    "transfer-encoding",
}  # which a body that was read has no more


class Words(TypedDict):
    """A sentence in both languages."""

    zh: str
    en: str


class Said(TypedDict):
    """A problem as the platform says it."""

    severity: str
    field: str
    value: str
    text: Words
    remedy: Words | None


class Declined(TypedDict):
    """What the platform answers where it does not do what was asked."""

    status: int
    problems: list[Said]


def add_place(parser: argparse.ArgumentParser) -> None:
    """Where the platform is, for who does not ask the one on the data folder."""
    parser.add_argument(
        "--url",
        type=told.url,
        help="平台的网址（默认取数据目录所记）· the platform's address (default: as the data folder knows)",
    )


def reached(arguments: argparse.Namespace, configuration: Configuration) -> Configuration:
    """The platform that is asked: at ``--url``, at the port given, or where the one on the data folder is."""
    if arguments.url:
        return replace(configuration, address=arguments.url)
    if arguments.port or os.environ.get(ENVIRONMENT["port"]):
        return configuration
    _, url = lock.holder(configuration.data) or ("", "")
    return replace(configuration, address=url)


def call(configuration: Configuration, method: str, path: str, **given: Any) -> httpx.Response:
    """One request to the platform this command line belongs to, with the token of the environment."""
    with line() as opened:
        return ask(opened, configuration, token(configuration), method, path, **given)


def line() -> httpx.Client:
    """What requests go over; one for many spares opening it for each."""
    return httpx.Client(timeout=TIMEOUT_S, trust_env=False)


def ask(
    opened: httpx.Client, configuration: Configuration, bearer: str, method: str, path: str, **given: Any
) -> httpx.Response:
    """One request with this token.

    Raises ``Away`` where nobody answers, or not within bytes and seconds that a platform keeps to; it says
    whether the same may be asked again.
    """
    named = {"authorization": f"Bearer {bearer}", "accept": "application/json"}
    told = given.pop("headers", {})
    headers, url = told | named, f"{configuration.url}{path}"
    try:
        with opened.stream(method, url, headers=headers, **given) as answer:
            body = _bounded(answer.iter_bytes())
    except (httpx.RequestError, _EndlessError) as error:
        raise Away.of(_no_answer(configuration, error, _again(method, path, told, error))) from error
    plain = {name: value for name, value in answer.headers.items() if name not in UNPACKED}
    return httpx.Response(answer.status_code, headers=plain, content=body)


def asked(
    configuration: Configuration, method: str, path: str, success: int, shape: Any, **given: Any
) -> tuple[bool, dict[str, Any]]:
    """Whether it was done, and what the platform says; raises ``Away`` where it is not the platform."""
    answer = call(configuration, method, path, **given)
    done = answer.status_code == success
    try:
        content = msgspec.json.decode(answer.content)
        msgspec.convert(content, shape if done else Declined)
    except (ValueError, msgspec.DecodeError, RecursionError) as error:
        again = _again(method, path, given.get("headers", {}))
        raise Away.of(_stranger(configuration.url, answer, again)) from error
    if done or content["status"] == answer.status_code:
        return done, content
    again = _again(method, path, given.get("headers", {}))
    raise Away.of(_stranger(configuration.url, answer, again))


class _EndlessError(Exception):
    """An answer that does not end."""


def _bounded(chunks: Iterable[bytes]) -> bytes:
    body, end = bytearray(), time.monotonic() + TIMEOUT_S
    for chunk in chunks:
        body += chunk
        if len(body) > MOST_BYTES or time.monotonic() > end:
            raise _EndlessError(f"more than {MOST_BYTES} bytes, or {TIMEOUT_S:g} s")
    return bytes(body)


def _again(method: str, path: str, headers: Mapping[str, str], error: Exception | None = None) -> Text:
    """Whether the same may be asked again, where nobody knows what became of it; empty where it only asks."""
    if method in ASKS:
        return Text("", "")
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return Text("；没有送出，可以重试", "; nothing was handed over: it may be sent again")
    if path in ONCE or KEY in {name.lower() for name in headers}:
        return Text(
            "；是否已受理不得而知，可用同一报文标识、同一内容重试，不会重复受理",
            "; whether it was taken is not known: the same under the same message id takes effect once, and"
            " may be sent again",
        )
    return Text(
        "；是否已办不得而知，重试可能重复办理，请先查看",
        "; whether it was done is not known, and sent again it might be done twice: look first",
    )


def _stranger(url: str, answer: httpx.Response, again: Text) -> Problem:
    """A page, another program's answer, a redirect: whether it was taken over nobody can tell from it."""
    what = f"HTTP {answer.status_code} {answer.headers.get('content-type', '')[:LONGEST_MEDIA]}".strip()
    text = Text(f"在 {url} 应答的不是平台：{what}", f"it is not the platform that answers at {url}: {what}")
    remedy = Text(
        f"请用 --port 指定平台的端口，或检查前面的代理{again.zh}",
        f"name the platform's port with --port, or look at the proxy in front{again.en}",
    )
    return Problem("platform-away", text, "--port", url, remedy)


def _no_answer(configuration: Configuration, error: Exception, again: Text) -> Problem:
    url, data = configuration.url, configuration.data
    text = Text(f"{url} 无应答：{error}", f"{url} does not answer: {error}")
    if not (configuration.address or lock.held(data)):
        zh, en = f"数据目录 {data} 上没有平台在运行", f"no platform runs on the data folder {data}"
        text = Text(f"{zh}，{text.zh}", f"{en}, and {text.en}")
    remedy = Text(
        f"请先运行 singlewindow up，或用 --data、--port 或 --url 指明是哪个平台{again.zh}",
        f"run singlewindow up first, or name the platform with --data, --port or --url{again.en}",
    )
    return Problem("platform-away", text, "--port", url, remedy)


def token(configuration: Configuration) -> str:
    """The token of ``SINGLEWINDOW_TOKEN``, or of the demonstration."""
    path = configuration.demonstration_file
    given = os.environ.get(TOKEN) or keys.known(path).get("token")
    if not given:
        text = Text(
            f"没有接口令牌（演示的在 {path}）", f"there is no API token (a demonstration's is in {path})"
        )
        remedy = Text(
            f"请用环境变量 {TOKEN} 给出令牌，或用 --data 指定演示的数据目录",
            f"give one in the variable {TOKEN}, or name the demonstration's data folder with --data",
        )
        raise Refusal.of(Problem("no-token", text, TOKEN, remedy=remedy))
    return given


def content_of(answer: httpx.Response) -> dict[str, Any]:
    """What the platform says; whatever stands before it may answer in its own words."""
    try:
        found = answer.json()
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"status": answer.status_code}


def refusal_lines(found: dict[str, Any]) -> list[str]:
    """Problems as the door gave them, one a line with what to do; the status where there is no other word."""
    lines = lines_of(found.get("problems", []))
    return lines if lines or "status" not in found else [f"✗ -: HTTP {found['status']}"]

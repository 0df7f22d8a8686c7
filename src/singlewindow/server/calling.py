"""Asking a running platform over its HTTP door, as commands and the story do."""

from __future__ import annotations

import os
from typing import Any

import httpx

from singlewindow.kernel.messages import Problem, Text
from singlewindow.kernel.problem_details import lines_of
from singlewindow.server import keys
from singlewindow.server.configuration import Configuration
from singlewindow.server.refusal import Away, Refusal

TOKEN = "SINGLEWINDOW_TOKEN"  # noqa: S105 - the name of a variable
TIMEOUT_S = 60.0


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
    """One request with this token; raises ``Away`` where nobody answers."""
    named = {"authorization": f"Bearer {bearer}", "accept": "application/json"}
    headers = given.pop("headers", {}) | named
    try:
        return opened.request(method, f"{configuration.url}{path}", headers=headers, **given)
    except httpx.TransportError as error:
        raise Away.of(_no_answer(configuration.url, error)) from error


def _no_answer(url: str, error: Exception) -> Problem:
    text = Text(f"{url} 无应答：{error}", f"{url} does not answer: {error}")
    remedy = Text(
        "请先运行 singlewindow up，或用 --port 指定端口", "run singlewindow up first, or give its --port"
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

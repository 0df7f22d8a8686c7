"""Asking a running platform over its HTTP door, as commands and the story do."""

from __future__ import annotations

import os
from typing import Any

import httpx

from singlewindow.kernel.problem_details import lines_of
from singlewindow.server.configuration import Configuration
from singlewindow.server.loaders import demo_secrets
from singlewindow.server.refusal import Refusal

TOKEN = "SINGLEWINDOW_TOKEN"  # noqa: S105 - the name of a variable
TIMEOUT_S = 60.0


def call(configuration: Configuration, method: str, path: str, **given: Any) -> httpx.Response:
    """One request to the platform this command line belongs to, with the token of the environment."""
    named = {"authorization": f"Bearer {token(configuration)}", "accept": "application/json"}
    headers = given.pop("headers", {}) | named
    try:
        return httpx.request(
            method, f"{configuration.url}{path}", headers=headers, timeout=TIMEOUT_S, trust_env=False, **given
        )
    except httpx.TransportError as error:
        raise Refusal(
            f"{configuration.url} 无应答：{error}；请先运行 singlewindow up。",
            f"{configuration.url} does not answer: {error}; run singlewindow up first.",
        ) from error


def token(configuration: Configuration) -> str:
    """The token of ``SINGLEWINDOW_TOKEN``, or of the demonstration."""
    given = os.environ.get(TOKEN)
    if given:
        return given
    if not (configuration.data / "demo.toml").exists():
        raise Refusal(f"请用环境变量 {TOKEN} 给出令牌。", f"Give a token in the variable {TOKEN}.")
    return demo_secrets(configuration)["token"]


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

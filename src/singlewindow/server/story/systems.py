"""The demonstration's programs: each asks the running platform over HTTP, with a token of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import httpx

from singlewindow.kernel.messages import Problem, Text
from singlewindow.server import calling, keys
from singlewindow.server.calling import content_of, refusal_lines
from singlewindow.server.configuration import Configuration
from singlewindow.server.doors import new_id
from singlewindow.server.refusal import Refusal
from singlewindow.server.story.judging import NotHappenedError, NotYetError

API = "/api/v1"
PAGE = 200  # as many as a list gives at once


class Account(StrEnum):
    """Who acts, by what the token is called in ``demo.toml``."""

    BROKER = "token"
    IMPORTER = "importer_token"
    FORWARDER = "forwarder_token"
    CUSTOMS = "customs_token"
    QUARANTINE = "quarantine_token"
    TERMINAL = "terminal_token"
    GATE = "gate_token"


@dataclass
class Systems:
    """What the programs ask; whoever may not is told so by the platform, and the step did not happen."""

    configuration: Configuration
    line: httpx.Client

    def ask(self, account: Account, method: str, path: str, **given: Any) -> httpx.Response:
        """One request as one of them; raises ``Refusal`` where nobody answers or there is no such token."""
        bearer = self._token(account)
        return calling.ask(self.line, self.configuration, bearer, method, f"{API}{path}", **given)

    def get(self, account: Account, path: str, **query: Any) -> Any:
        """The answer in JSON; what is not there may still come."""
        answer = self.ask(account, "GET", path, params=query)
        return content(answer, 200)

    def pages(self, account: Account, path: str, **query: Any) -> list[Any]:
        """Every page of a list."""
        found, after = [], ""
        while after is not None:
            page = self.get(account, path, limit=PAGE, after=after, **query)
            found += page["items"]
            after = page["next"]
        return found

    def post(self, account: Account, path: str, asked: Mapping[str, Any] | None, status: int) -> Any:
        """Ask for something to be done, once, under a key of its own."""
        headers = {"idempotency-key": str(new_id())}
        body = {} if asked is None else {"json": asked}
        return content(self.ask(account, "POST", path, headers=headers, **body), status)

    def _token(self, account: Account) -> str:
        path = self.configuration.demonstration_file
        if found := keys.known(path).get(account):
            return found
        text = Text(f"{path} 里没有演示令牌 {account}", f"{path} has no demonstration's token {account}")
        remedy = Text(
            "请先以演示模式运行 singlewindow up，或用 --data 指定演示的数据目录",
            "run singlewindow up in demo mode first, or name the demonstration's data folder with --data",
        )
        raise Refusal.of(Problem("no-token", text, account, remedy=remedy))


def content(answer: httpx.Response, status: int) -> Any:
    """What was answered as wanted; raises what did not happen, in the platform's own words, otherwise."""
    if answer.status_code == status:
        return answer.json()
    said = "；".join(refusal_lines(content_of(answer))) or f"HTTP {answer.status_code}"
    raise (NotYetError if answer.status_code == httpx.codes.NOT_FOUND else NotHappenedError)(said)

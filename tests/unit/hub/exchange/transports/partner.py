"""A partner over HTTP that answers what it is told, and the transport that asks it."""

from __future__ import annotations

from datetime import UTC, datetime

from singlewindow.hub.exchange.transports.http import HttpTransport
from singlewindow.rehearsal.http import Answer, Fault, HttpServer, Request

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
TOO_LARGE = 1_001


class Partner:
    """Answers what it is told and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer = Answer(200, b"<Receipts/>")
        self.asked: list[Request] = []
        self.fault = Fault.NONE
        self.server = HttpServer(self.handle, "secret", lambda: self.fault)
        self.port = 0
        self.now = AT

    async def handle(self, request: Request) -> Answer:
        self.asked.append(request)
        return self.answer


def transport(partner: Partner, **more: object) -> HttpTransport:
    endpoint = {"url": f"http://127.0.0.1:{partner.port}/messages", "token": "secret"}
    bounds = {"connect_timeout_s": 0.2, "read_timeout_s": 0.2, "wait_ms": 10, "max_body": 1_000}
    return HttpTransport(endpoint | bounds | more, clock=lambda: partner.now)


def at(cursor: str, size: int = 10) -> Answer:
    return Answer(200, b"x" * size, {"receipts-cursor": cursor})

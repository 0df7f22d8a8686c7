"""An agency behind HTTP: messages in, technical receipts in the answer, the others kept until fetched."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Generic
from urllib.parse import urlsplit

import msgspec

from singlewindow.rehearsal.agency import MESSAGES_MOST, Desk, M
from singlewindow.rehearsal.http import Answer, HttpServer, Request, fault_in
from singlewindow.rehearsal.ledger import Ledger
from singlewindow.rehearsal.script import Script

RECEIPTS_MOST = 500
WAIT_MOST_S = 5.0
NUMBER_MOST = 18  # digits; SQLite's integers have 19


class Refused(ValueError):
    """This body is refused as a whole, nothing of it taken."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


class HttpDesk(Desk[M], Generic[M], frozen=True, kw_only=True):
    """An agency's own part of such a wire.

    ``read`` takes a request's body apart or raises ``Refused``; ``join`` makes one body of receipts;
    ``called`` is what the agency calls a message; ``other`` answers whatever else may be asked of it.
    """

    path: str
    called: str
    media: str
    read: Callable[[bytes], Sequence[M]]
    join: Callable[[Sequence[bytes]], bytes]
    other: Callable[[Request], Answer] = lambda _: Answer(404)


def prepare_endpoint(folder: Path, port: int, path: str) -> dict[str, Any]:
    """Where the agency will listen and the token it asks for, the same at every start."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "token"
    kept.touch(mode=0o600)
    if not kept.read_text():  # nor has one that was interrupted here
        kept.write_text(secrets.token_urlsafe(32))
    return {"url": f"http://127.0.0.1:{port}{path}", "token": kept.read_text(), "receipts": "receipts"}


async def serve(endpoint: dict[str, Any], state: Path, script: Script, desk: HttpDesk[Any]) -> None:
    """Serve until cancelled. A word in ``state/fault`` makes it fail (see rehearsal.http.Fault)."""
    ledger = Ledger(state / "ledger.db")
    agency = HttpAgency(desk, ledger, script)
    server = HttpServer(agency.handle, endpoint["token"], fault_in(state / "fault"))
    place = urlsplit(endpoint["url"])
    try:
        await server.start(place.hostname or "127.0.0.1", place.port or 80)
        await server.serve_forever()
    finally:
        ledger.close()


class HttpAgency(Generic[M]):
    """One agency at work: what it takes stands in its ledger before it is answered."""

    def __init__(self, desk: HttpDesk[M], ledger: Ledger, script: Script) -> None:
        self.desk, self.ledger, self.script = desk, ledger, script

    async def handle(self, request: Request) -> Answer:
        """One request: messages in, receipts out, or receipts acknowledged."""
        try:
            match request.method, request.path:
                case "POST", self.desk.path:
                    return self._take(request.body)
                case "GET", "/receipts":
                    return await self._hand_out(request.query)
                case "POST", "/receipts/ack":
                    return self._settle(request.query)
        except Refused as refusal:
            body = msgspec.json.encode({"title": f"{self.desk.called}未被接收", "detail": refusal.detail})
            return Answer(refusal.status, body, {"content-type": "application/problem+json"})
        return self.desk.other(request)

    def _take(self, body: bytes) -> Answer:
        desk, messages = self.desk, self.desk.read(body)
        if not 0 < len(messages) <= MESSAGES_MOST:
            raise Refused(422, f"应含 1 至 {MESSAGES_MOST} 份{desk.called}")
        if not all(one.message_id and one.reference for one in messages):
            raise Refused(422, f"{desk.called}缺少报文编号或业务编号")
        now, first = self.ledger.now_ms(), self.ledger.next_number
        judged = [desk.judge(self.script, one, number, now) for number, one in enumerate(messages, first)]
        return self._receipts(self.ledger.take(judged))

    async def _hand_out(self, query: dict[str, str]) -> Answer:
        after, wait, most = query.get("after", "0"), query.get("wait", "0"), query.get("most", "")
        if not (_number(after) and _number(wait) and _number(most or "1")):
            raise Refused(400, "after、wait 与 most 应为数字")
        seconds = min(int(wait) / 1000, WAIT_MOST_S)
        limit = min(int(most or RECEIPTS_MOST), RECEIPTS_MOST)
        ready = await self.ledger.wait(seconds, max(limit, 1), int(after))
        if not ready:
            return Answer(204)
        return self._receipts([one.body for one in ready], {"receipts-cursor": str(ready[-1].position)})

    def _settle(self, query: dict[str, str]) -> Answer:
        cursor, after = query.get("cursor", ""), query.get("after", "0")
        if not (_number(cursor) and _number(after)):
            raise Refused(400, "cursor 与 after 应为数字")
        self.ledger.settle(int(cursor), int(after))
        return Answer(204)

    def _receipts(self, bodies: Sequence[bytes], headers: dict[str, str] | None = None) -> Answer:
        return Answer(200, self.desk.join(bodies), {"content-type": self.desk.media} | (headers or {}))


def _number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= NUMBER_MOST

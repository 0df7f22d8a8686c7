"""Behaves like inspection and quarantine: takes applications by HTTP and answers by its script."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from singlewindow.rehearsal.http import Answer, HttpServer, Request, fault_in
from singlewindow.rehearsal.ledger import Ledger, Owed, Taken
from singlewindow.rehearsal.script import Codes, Script, Step

CODES = Codes(received=("d",), inspected=("S", "a"), released=("P",), refused=("Z",))
MESSAGES_MOST = 100
RECEIPTS_MOST = 500
WAIT_MOST_S = 5.0
_XML = {"content-type": "application/xml; charset=utf-8"}


def prepare_endpoint(folder: Path, port: int) -> dict[str, Any]:
    """Where this counterpart will listen and the token it asks for, the same at every start."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "token"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(32))
    return {"url": f"http://127.0.0.1:{port}/applications", "token": kept.read_text(), "receipts": "receipts"}


async def serve(endpoint: dict[str, Any], state: Path, script: Script) -> None:
    """Serve until cancelled. A word in ``state/fault`` makes it fail (see rehearsal.http.Fault)."""
    ledger = Ledger(state / "ledger.db")
    server = HttpServer(Desk(ledger, script).handle, endpoint["token"], fault_in(state / "fault"))
    place = urlsplit(endpoint["url"])
    try:
        await server.start(place.hostname or "127.0.0.1", place.port or 80)
        await server.serve_forever()
    finally:
        ledger.close()


class Desk:
    """Where applications are taken in and receipts handed out."""

    def __init__(self, ledger: Ledger, script: Script) -> None:
        self.ledger, self.script = ledger, script

    async def handle(self, request: Request) -> Answer:
        """One request: applications in, receipts out, or receipts acknowledged."""
        match request.method, request.path:
            case "POST", "/applications":
                return self._take(request.body)
            case "GET", "/receipts":
                return await self._hand_out(request.query)
            case "POST", "/receipts/ack":
                return self._settle(request.query.get("cursor", ""))
        return Answer(404)

    def _take(self, body: bytes) -> Answer:
        if b"<!DOCTYPE" in body:
            return _refusal(400, "不接受 DOCTYPE")
        try:
            root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError:
            return _refusal(400, "不是格式良好的 XML")
        if root.tag != "Messages" or not 0 < len(root) <= MESSAGES_MOST:
            return _refusal(422, f"应为含 1 至 {MESSAGES_MOST} 个 Message 的 Messages")
        now, first = self.ledger.now_ms(), self.ledger.next_number
        taken = [self._judge(message, number, now) for number, message in enumerate(root, first)]
        if None in taken:
            return _refusal(422, "Message 缺少 MessageId 或 Ent_Decl_No")
        answers = self.ledger.take([message for message in taken if message])
        return Answer(200, b"<Receipts>%b</Receipts>" % b"".join(answers), _XML)

    def _judge(self, message: Any, number: int, now: int) -> Taken | None:
        id_, reference = message.findtext("Head/MessageId"), message.findtext("Decl/Ent_Decl_No")
        if not id_ or not reference:
            return None
        case = self.script.decide(reference, CODES)
        reason = case.failed or ("" if message.find("Decl/GoodsList/Goods") is not None else "没有商品")
        names = f"<EntDeclNo>{escape(reference)}</EntDeclNo><MessageId>{escape(id_)}</MessageId>"
        technical = Step("1" if reason else "0", reason=reason)
        answer = _receipt("technical", f"{id_}-0", names, technical, now)
        if reason:
            return Taken(id_, reference, answer)
        names += f"<DeclNo>{500_000_000_000 + number}</DeclNo>"
        return Taken(id_, reference, answer, tuple(_owed(case.steps, id_, names, now)))

    async def _hand_out(self, query: dict[str, str]) -> Answer:
        after, wait = query.get("after", ""), query.get("wait", "0")
        if not wait.isdecimal() or not (after.isdecimal() or not after):
            return _refusal(400, "after 与 wait 应为数字")
        seconds = min(int(wait) / 1000, WAIT_MOST_S)
        ready = await self.ledger.wait(seconds, RECEIPTS_MOST, int(after) if after else None)
        if not ready:
            return Answer(204)
        body = b"<Receipts>%b</Receipts>" % b"".join(one.body for one in ready)
        return Answer(200, body, _XML | {"receipts-cursor": str(ready[-1].position)})

    def _settle(self, cursor: str) -> Answer:
        if not cursor.isdecimal() or len(cursor) > 18:
            return _refusal(400, "cursor 应为数字")
        self.ledger.settle(int(cursor))
        return Answer(204)


def _owed(steps: tuple[Step, ...], id_: str, names: str, now: int) -> list[Owed]:
    owed = []
    for place, step in enumerate(steps, 1):
        due = now + step.after_ms
        one = Owed(due, _receipt("business", f"{id_}-{place}", names, step, due))
        owed += [one, one] if step.twice else [one]
    return owed


def _receipt(stage: str, number: str, names: str, step: Step, at_ms: int) -> bytes:
    time = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
    more = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in step.facts.items())
    if step.reason:
        reason = escape(step.reason)
        problem = f"<Problem><Code>{step.code}</Code><Text>{reason}</Text></Problem>"
        more += f"<Text>{reason}</Text><Problems>{problem}</Problems>"
    return (
        f"<Receipt><ReceiptNo>{number}</ReceiptNo>{names}<Stage>{stage}</Stage>"
        f"<Code>{step.code}</Code><Time>{time}</Time>{more}</Receipt>"
    ).encode()


def _refusal(status: int, detail: str) -> Answer:
    body = f'{{"title": "申请未被接收", "detail": "{detail}"}}'.encode()
    return Answer(status, body, {"content-type": "application/problem+json"})

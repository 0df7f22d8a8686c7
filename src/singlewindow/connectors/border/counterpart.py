"""Behaves like border inspection: takes cargo declarations by HTTP and orders what becomes of the call."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from singlewindow.rehearsal.http import Answer, HttpServer, Request, fault_in
from singlewindow.rehearsal.ledger import Ledger, Owed, Taken
from singlewindow.rehearsal.script import PROMPT, Case, Codes, Script, Step

CODES = Codes(received=("REGISTERED",), inspected=("INSPECT",), released=("CLEARED",), refused=("DENIED",))
# What becomes of the demonstration's call; a load trial wants every call cleared at once instead.
STORY = {"DEMO YANGTZE 08/2511E": (Step("REGISTERED"), Step("CLEARED", 500))}
ORDERS = {"CLEARED", "INSPECT", "HOLD", "DENIED"}
BOARDING = ("核对船舶与航次", "清点集装箱与封志")
BASIS = "《中华人民共和国出境入境边防检查条例》"
MESSAGES_MOST = 100
RECEIPTS_MOST = 500
WAIT_MOST_S = 5.0
_JSON_TYPE = {"content-type": "application/json"}


class Ship(Struct, rename="camel"):
    """What the agency looks at in a call."""

    ship_name: str = ""
    imo_number: str = ""
    voyage_number: str = ""


class Consignment(Struct, rename="camel"):
    """What the agency looks at in a consignment."""

    bill_of_lading: str = ""
    items: list[msgspec.Raw] = []


class Declaration(Struct, rename="camel"):
    """One message as this agency reads it."""

    message_id: str
    reference: str
    ship: Ship
    consignments: list[Consignment]


class Batch(Struct):
    """The body of a request."""

    messages: list[Declaration]


_BATCH = msgspec.json.Decoder(Batch)
_JSON = msgspec.json.Encoder()


def prepare_endpoint(folder: Path, port: int) -> dict[str, Any]:
    """Where this counterpart will listen and the token it asks for, the same at every start."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "token"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(32))
    return {"url": f"http://127.0.0.1:{port}/declarations", "token": kept.read_text(), "receipts": "receipts"}


async def serve(endpoint: dict[str, Any], state: Path, script: Script) -> None:
    """Serve until cancelled. A word in ``state/fault`` makes it fail (see rehearsal.http.Fault)."""
    ledger = Ledger(state / "ledger.db")
    server = HttpServer(Post(ledger, script).handle, endpoint["token"], fault_in(state / "fault"))
    place = urlsplit(endpoint["url"])
    try:
        await server.start(place.hostname or "127.0.0.1", place.port or 80)
        await server.serve_forever()
    finally:
        ledger.close()


class Post:
    """The agency's post at the port: declarations in, receipts out."""

    def __init__(self, ledger: Ledger, script: Script) -> None:
        self.ledger, self.script = ledger, script

    async def handle(self, request: Request) -> Answer:
        """One request: declarations in, receipts out, or receipts acknowledged."""
        match request.method, request.path:
            case "POST", "/declarations":
                return self._take(request.body)
            case "GET", "/receipts":
                return await self._hand_out(request.query)
            case "POST", "/receipts/ack":
                return self._settle(request.query.get("cursor", ""))
        return Answer(404)

    def _take(self, body: bytes) -> Answer:
        try:
            messages = _BATCH.decode(body).messages
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return _refusal(400, "不是货物申报单的 JSON")
        if not 0 < len(messages) <= MESSAGES_MOST:
            return _refusal(422, f"应含 1 至 {MESSAGES_MOST} 份申报单")
        if not all(one.message_id and one.reference for one in messages):
            return _refusal(422, "申报单缺少 messageId 或 reference")
        now, first = self.ledger.now_ms(), self.ledger.next_number
        answers = self.ledger.take([self._judge(one, n, now) for n, one in enumerate(messages, first)])
        return _receipts(answers)

    def _judge(self, declaration: Declaration, number: int, now: int) -> Taken:
        id_, reference, ship = declaration.message_id, declaration.reference, declaration.ship
        case = self._decide(f"{ship.ship_name}/{ship.voyage_number}")
        reason = case.failed or _fault(declaration)
        common: dict[str, Any] = {"messageId": id_, "reference": reference}
        technical = Step("NAK" if reason else "ACK", reason=reason)
        answer = _receipt(common | {"number": f"{id_}-0", "stage": "technical"}, technical, now)
        if reason:
            return Taken(id_, reference, answer)
        common |= {"stage": "business", "call": _call(ship, number)}
        return Taken(id_, reference, answer, tuple(_owed(case.steps, common, number, now)))

    def _decide(self, call: str) -> Case:
        """A call is decided as a whole, whichever of its declarations asks."""
        if call in STORY and self.script.profile != PROMPT:
            return Case(call, steps=STORY[call])
        return self.script.decide(call, CODES)

    async def _hand_out(self, query: dict[str, str]) -> Answer:
        after, wait = query.get("after", ""), query.get("wait", "0")
        if not wait.isdecimal() or not (after.isdecimal() or not after):
            return _refusal(400, "after 与 wait 应为数字")
        seconds = min(int(wait) / 1000, WAIT_MOST_S)
        ready = await self.ledger.wait(seconds, RECEIPTS_MOST, int(after) if after else None)
        if not ready:
            return Answer(204)
        return _receipts([one.body for one in ready], {"receipts-cursor": str(ready[-1].position)})

    def _settle(self, cursor: str) -> Answer:
        if not cursor.isdecimal() or len(cursor) > 18:
            return _refusal(400, "cursor 应为数字")
        self.ledger.settle(int(cursor))
        return Answer(204)


def _call(ship: Ship, number: int) -> dict[str, str]:
    """The call as it was declared, under the agency's number."""
    call = {"ship": ship.ship_name, "voyage": ship.voyage_number, "number": f"BJ{number:010d}"}
    return call | ({"imo": ship.imo_number} if ship.imo_number else {})


def _fault(declaration: Declaration) -> str:
    """Why the agency takes no notice of a declaration whatever the script says; empty if it does."""
    if not (declaration.ship.ship_name and declaration.ship.voyage_number):
        return "缺少船名或航次"
    if len(declaration.consignments) != 1 or not declaration.consignments[0].bill_of_lading:
        return "应有且仅有一票提单"
    return "" if declaration.consignments[0].items else "提单下没有货物"


def _owed(steps: tuple[Step, ...], common: dict[str, Any], number: int, now: int) -> list[Owed]:
    owed = []
    for place, step in enumerate(steps, 1):
        due = now + step.after_ms
        more = common | {"number": f"{common['messageId']}-{place}"}
        if step.code in ORDERS:
            more["order"] = _order(step.code, due * 1_000 + number % 1_000)
        one = Owed(due, _receipt(more, step, due))
        owed += [one, one] if step.twice else [one]
    return owed


def _order(code: str, version: int) -> dict[str, Any]:
    """Many declarations speak of one call, so its orders are numbered by the clock."""
    if code == "INSPECT":
        return {"version": version, "method": "boarding", "items": BOARDING, "basis": BASIS}
    return {"version": version, "method": "documents", "basis": BASIS}


def _receipt(more: dict[str, Any], step: Step, at_ms: int) -> bytes:
    time = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
    receipt = more | {"code": step.code, "time": time}
    if step.reason:
        receipt |= {"text": step.reason, "problems": [{"code": step.code, "text": step.reason}]}
    return _JSON.encode(receipt)


def _receipts(bodies: list[bytes], headers: dict[str, str] | None = None) -> Answer:
    return Answer(200, b'{"receipts":[%b]}' % b",".join(bodies), _JSON_TYPE | (headers or {}))


def _refusal(status: int, detail: str) -> Answer:
    body = _JSON.encode({"title": "申报未被接收", "detail": detail})
    return Answer(status, body, {"content-type": "application/problem+json"})

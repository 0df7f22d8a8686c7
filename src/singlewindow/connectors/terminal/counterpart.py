"""Behaves like a river terminal: takes notices by HTTP, moves containers, and reports its gate in CODECO."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from singlewindow.rehearsal.http import Answer, HttpServer, Request, fault_in
from singlewindow.rehearsal.ledger import Ledger, Owed, Taken
from singlewindow.rehearsal.script import PROMPT, Case, Codes, Script, Step

# For load: accepted at once, and nothing more.
QUICK = Codes(received=("ACC",), inspected=("MOV",), released=("ACC",), refused=("REJ",))
INWARDS = Codes(received=("ACC", "ARR"), inspected=("MOV",), released=("DIS", "RDY"), refused=("REJ",))
OUTWARDS = Codes(received=("ACC",), inspected=("MOV",), released=("GIN", "RDY"), refused=("REJ",))
# The demonstration's bill; its containers wait for the platform's release after that.
STORY = {"CQX2511070386": (Step("ACC"), Step("ARR", 300), Step("DIS", 800))}
# What follows on later notices of the platform.
FOLLOWING = {
    "inspection-notice": (Step("ACC"), Step("MOV", 400)),
    "release-notice": (Step("ACC"), Step("RDY", 200), Step("GOUT", 1_500)),
}
NOTICE = "delivery-notice"
WHOLE = {"ACC", "REJ", "ARR"}  # about the notice or the ship, not about each container
GATE = {"GIN": "34", "GOUT": "36"}  # BGM of the CODECO
RELEASED = str.maketrans({character: f"?{character}" for character in "?:+'"})
MESSAGES_MOST = 100
RECEIPTS_MOST = 500
WAIT_MOST_S = 5.0
NODE, PLATFORM = "CQGYT", "SWCQ0001"
BEIJING = timezone(timedelta(hours=8))
_JSON_TYPE = {"content-type": "application/json"}


class Box(Struct, rename="camel"):
    """A container as a notice names it."""

    container_number: str
    size_type: str = ""
    seal: str = ""


class Body(Struct, rename="camel"):
    """What the terminal looks at in a notice."""

    bill_number: str = ""
    direction: str = "I"
    truck: str = ""
    containers: list[Box] = []


class Notice(Struct, rename="camel"):
    """One message as this terminal reads it."""

    kind: str
    message_id: str
    reference: str
    body: Body


class Batch(Struct):
    """The body of a request."""

    messages: list[Notice]


_BATCH = msgspec.json.Decoder(Batch)
_JSON = msgspec.json.Encoder()


def prepare_endpoint(folder: Path, port: int) -> dict[str, Any]:
    """Where this counterpart will listen and the token it asks for, the same at every start."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "token"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(32))
    return {"url": f"http://127.0.0.1:{port}/notices", "token": kept.read_text(), "receipts": "receipts"}


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
    """The terminal's desk: notices in, receipts and events out."""

    def __init__(self, ledger: Ledger, script: Script) -> None:
        self.ledger, self.script = ledger, script

    async def handle(self, request: Request) -> Answer:
        """One request: notices in, receipts out, or receipts acknowledged."""
        match request.method, request.path:
            case "POST", "/notices":
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
            return _refusal(400, "不是码头通知的 JSON")
        if not 0 < len(messages) <= MESSAGES_MOST:
            return _refusal(422, f"应含 1 至 {MESSAGES_MOST} 份通知")
        if not all(one.message_id and one.reference for one in messages):
            return _refusal(422, "通知缺少 messageId 或 reference")
        now = self.ledger.now_ms()
        return _receipts(self.ledger.take([self._judge(one, now) for one in messages]))

    def _judge(self, notice: Notice, now: int) -> Taken:
        case = self._decide(notice)
        reason = case.failed or _fault(notice)
        technical = Step("NAK" if reason else "ACK", reason=reason)
        answer = _receipt(notice, f"{notice.message_id}-0", technical, now, stage="technical")
        if reason:
            return Taken(notice.message_id, notice.reference, answer)
        owed: list[Owed] = []
        for place, step in enumerate(case.steps, 1):
            due = now + step.after_ms
            same = [Owed(due, body) for body in _told(notice, place, step, due)]
            owed += same * 2 if step.twice else same
        return Taken(notice.message_id, notice.reference, answer, tuple(owed))

    def _decide(self, notice: Notice) -> Case:
        bill, prompt = notice.body.bill_number, self.script.profile == PROMPT
        if notice.kind in FOLLOWING:
            return Case(bill, steps=FOLLOWING[notice.kind])
        if bill in STORY and not prompt:
            return Case(bill, steps=STORY[bill])
        outwards = notice.body.direction == "E"
        return self.script.decide(notice.reference, QUICK if prompt else OUTWARDS if outwards else INWARDS)

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


def _fault(notice: Notice) -> str:
    """Why the terminal takes no notice, whatever the script says; empty if it does."""
    if notice.kind != NOTICE and notice.kind not in FOLLOWING:
        return f"未约定的通知 {notice.kind[:40]}"
    if not notice.body.bill_number:
        return "缺少提单号"
    return "" if notice.body.containers else "通知没有集装箱"


def _told(notice: Notice, place: int, step: Step, due: int) -> Iterator[bytes]:
    """What is said of a step: once of the notice, or of each container; of the gate in CODECO."""
    number = f"{notice.message_id}-{place}"
    if step.code in WHOLE:
        yield _receipt(notice, number, step, due, bill=notice.body.bill_number)
        return
    for line, box in enumerate(notice.body.containers, 1):
        if step.code in GATE:
            yield _gate_report(notice, box, f"{place}{line:03d}", step.code, due)
        else:
            more = {"container": box.container_number, "bill": notice.body.bill_number}
            more |= {"seal": box.seal} if box.seal else {}
            yield _receipt(notice, f"{number}-{line}", step, due, **more)


def _receipt(notice: Notice, number: str, step: Step, at_ms: int, **more: str) -> bytes:
    time = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
    receipt: dict[str, Any] = {
        "number": number,
        "messageId": notice.message_id,
        "reference": notice.reference,
        "stage": "business",
        "code": step.code,
        "time": time,
    }
    if step.reason:
        receipt |= {"text": step.reason, "problems": [{"code": step.code, "text": step.reason}]}
    return _JSON.encode(receipt | more)


def _gate_report(notice: Notice, box: Box, number: str, code: str, at_ms: int) -> bytes:
    """A CODECO of D.95B for one container; its control reference is the same whenever it is told again."""
    at = datetime.fromtimestamp(at_ms / 1000, BEIJING)
    report = f"{GATE[code]}{number}"
    lines = [
        f"UNH+{report}+CODECO:D:95B:UN:ITG13",
        f"BGM+{GATE[code]}+{report}+9",
        f"RFF+ACW:{_said(notice.message_id)}",
        f"NAD+MS+{NODE}",
        f"EQD+CN+{_said(box.container_number)}+{_said(box.size_type)}:102:5++{2 if code == 'GIN' else 3}+5",
        f"RFF+BM:{_said(notice.body.bill_number)}",
        f"DTM+7:{at:%Y%m%d%H%M%S}:204",
        *([f"SEL+{_said(box.seal)}+CA"] if box.seal else []),
        *([f"TDT+1++3+31++++{_said(notice.body.truck)}"] if notice.body.truck else []),
        "CNT+16:1",
    ]
    control = f"{at_ms % 10**9:09d}{number}"
    head = f"UNB+UNOY:4+{NODE}+{PLATFORM}+{at:%Y%m%d}:{at:%H%M}+{control}"
    content = "'\r\n".join([head, *lines, f"UNT+{len(lines) + 1}+{report}", f"UNZ+1+{control}"]) + "'"
    return _JSON.encode({"messageId": notice.message_id, "format": "UN/EDIFACT", "content": content})


def _said(text: str) -> str:
    """Separators inside a value are released."""
    return text.translate(RELEASED)


def _receipts(bodies: list[bytes], headers: dict[str, str] | None = None) -> Answer:
    return Answer(200, b'{"receipts":[%b]}' % b",".join(bodies), _JSON_TYPE | (headers or {}))


def _refusal(status: int, detail: str) -> Answer:
    body = _JSON.encode({"title": "通知未被接收", "detail": detail})
    return Answer(status, body, {"content-type": "application/problem+json"})

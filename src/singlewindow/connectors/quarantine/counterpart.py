"""Behaves like inspection and quarantine: takes applications by HTTP and answers by its script."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from singlewindow.rehearsal import http_agency, xml
from singlewindow.rehearsal.agency import MESSAGES_MOST, Turn, utc
from singlewindow.rehearsal.http_agency import HttpDesk, Refused
from singlewindow.rehearsal.script import PROMPT, Case, Codes, Script, Step

CODES = Codes(received=("d",), inspected=("S", "a"), released=("P",), refused=("Z",))
# The demonstration's bills: one box is unstuffed, the application as a whole passes.
STORY = "CQX2511070386"
WANTED = {"Text": "天然木托与危险化学品，掏箱查验 CQXU2045171：核对件数、检查木质包装、核对危险货物标签"}
STEPS = (Step("d"), Step("S", 600, facts=WANTED), Step("P", 1_100))
FIRST_NUMBER = 500_000_000_000
NOTICE = "JOINT_INSPECTION"


class Application(NamedTuple):
    """The few things this agency looks at in an application."""

    message_id: str
    reference: str
    goods: Any  # the first line, or None
    names: str  # both numbers as every receipt repeats them
    bill: str = ""
    orders: int = 0  # of a notice: how many inspection orders it tells of


def prepare_endpoint(folder: Path, port: int) -> dict[str, Any]:
    """Where this counterpart will listen and the token it asks for, the same at every start."""
    return http_agency.prepare_endpoint(folder, port, DESK.path)


async def serve(endpoint: dict[str, Any], state: Path, script: Script) -> None:
    """Serve until cancelled. A word in ``state/fault`` makes it fail (see rehearsal.http.Fault)."""
    await http_agency.serve(endpoint, state, script, DESK)


def _read(body: bytes) -> Sequence[Application]:
    try:
        root = xml.parse(body)
    except xml.Misread as failure:
        raise Refused(400, str(failure)) from None
    if root.tag != "Messages" or len(root) > MESSAGES_MOST:
        raise Refused(422, f"应为含 1 至 {MESSAGES_MOST} 个 Message 的 Messages")
    return [_application(message) for message in root]


def _application(message: Any) -> Application:
    part = "Notice" if message.findtext("Head/Kind") == NOTICE else "Decl"
    id_, reference = message.findtext("Head/MessageId") or "", message.findtext(f"{part}/Ent_Decl_No") or ""
    names = f"<EntDeclNo>{escape(reference)}</EntDeclNo><MessageId>{escape(id_)}</MessageId>"
    bill = message.findtext("Decl/Bill_Lad_No") or ""
    orders = len(message.findall("Notice/OrderList/Order"))
    return Application(id_, reference, message.find("Decl/GoodsList/Goods"), names, bill, orders)


def _decide(script: Script, application: Application) -> Case:
    if application.orders:
        return Case(application.reference)  # taken note of: the technical answer is all there is
    if application.bill.startswith(STORY) and script.profile != PROMPT:
        return Case(application.reference, steps=STEPS)
    return script.decide(application.reference, CODES)


def _fault(application: Application) -> str:
    """Why the agency refuses an application whatever the script says; empty if it does not."""
    return "没有商品" if application.goods is None and not application.orders else ""


def _tell(application: Application, step: Step, turn: Turn) -> list[bytes]:
    stage, number = "technical", ""
    if turn.place:
        stage, number = "business", f"<DeclNo>{FIRST_NUMBER + turn.number}</DeclNo>"
    more = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in step.facts.items())
    if step.reason:
        reason = escape(step.reason)
        problem = f"<Problem><Code>{step.code}</Code><Text>{reason}</Text></Problem>"
        more += f"<Text>{reason}</Text><Problems>{problem}</Problems>"
    receipt = (
        f"<Receipt><ReceiptNo>{escape(application.message_id)}-{turn.place}</ReceiptNo>"
        f"{application.names}{number}<Stage>{stage}</Stage>"
        f"<Code>{step.code}</Code><Time>{utc(turn.at_ms)}</Time>{more}</Receipt>"
    )
    return [receipt.encode()]


def _join(receipts: Sequence[bytes]) -> bytes:
    return b"<Receipts>%b</Receipts>" % b"".join(receipts)


DESK = HttpDesk(
    path="/applications",
    called="申请",
    media="application/xml; charset=utf-8",
    accepted="0",
    refused="1",
    read=_read,
    decide=_decide,
    fault=_fault,
    tell=_tell,
    join=_join,
)

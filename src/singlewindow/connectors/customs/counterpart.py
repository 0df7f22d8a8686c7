"""Behaves like the customs node: takes declarations from its OutBox folder and answers in its InBox."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from msgspec import ValidationError, convert

from singlewindow.rehearsal import file_agency
from singlewindow.rehearsal.agency import MESSAGES_MOST, Turn, beijing
from singlewindow.rehearsal.file_agency import FILE_MOST, FileDesk, Unread
from singlewindow.rehearsal.ledger import Ready
from singlewindow.rehearsal.script import PROMPT, Case, Codes, Script, Step
from singlewindow.rehearsal.sftp import Mishaps, prepare_endpoint
from singlewindow.rehearsal.xml import Misread, local_name, parse, under

__all__ = ["prepare_endpoint", "serve"]

QUICK = Codes(received=("L",), inspected=("C",), released=("P",), refused=("Z",))
FULL = Codes(received=("L",), inspected=("C",), released=("J", "P", "R"), refused=("Z",))
LINES_MOST = 50
# The demonstration's bills: of the story's, one box is looked into and the declaration as a whole is
# released; the other kind is sent back, to try out what is done then.
LOOKED_INTO = "随机布控，开箱抽查 CQXU2045171：核对件数、核对规格型号、核对铅封"
SENT_BACK = "提运单号与舱单不符，请核对后重新申报"
WRITTEN = (
    Case("CQX2511070386*", steps=(Step("L"), Step("C", 500, LOOKED_INTO), Step("P", 900))),
    Case("CQXRETURN*", steps=(Step("L"), Step("Z", 500, SENT_BACK))),
)
ALONE, TOGETHER = b"1", b"n"
NODE, PLATFORM = "DXPEDCDEC0000001", "DXPESW0000000001"
LOOKED_AT = tuple(f"{{*}}{name}" for name in ("CustomMaster", "IEFlag", "GrossWet", "NetWt", "BillNo"))
_PROLOG = b'<?xml version="1.0" encoding="UTF-8"?>'
_START = _PROLOG + b'<DxpBatch xmlns="http://www.chinaport.gov.cn/dxp" ver="1.0">'


class Moment(NamedTuple):
    """A time in the ways this node writes it."""

    year: int
    day: str
    second: str
    zoned: str
    packed: str


class Declaration(NamedTuple):
    """The few things this node looks at in a declaration."""

    message_id: str
    reference: str
    office: str
    direction: str
    lines: tuple[str, ...]
    gross: str
    net: str
    manner: bytes
    bill: str = ""


async def serve(
    endpoint: Mapping[str, Any], state: Path, script: Script, mishaps: Mishaps | None = None
) -> None:
    """Serve until cancelled. A word in ``state/fault`` makes the line fail (see rehearsal.sftp.Mishaps)."""
    await file_agency.serve(endpoint, state, script, DESK, mishaps)


def _read(name: str, data: bytes, now: int) -> tuple[Sequence[Declaration], Sequence[bytes]]:
    """A file's declarations; they are answered together if they came together."""
    try:
        messages, manner = _messages(data)
    except Misread as failure:
        raise Unread(ALONE + _parse_failure(name, str(failure), now)) from None
    declarations: list[Declaration] = []
    unread: list[bytes] = []
    for message in messages:
        try:
            declarations.append(_declaration(message, manner))
        except Misread as failure:
            named = under(message, "FileName").removesuffix(".xml")
            unread.append(manner + _parse_failure(named, str(failure), now))
    return declarations, unread


def _messages(data: bytes) -> tuple[list[Any], bytes]:
    if len(data) > FILE_MOST:
        raise Misread(f"文件超过 {FILE_MOST} 字节")
    root = parse(data)
    if local_name(root) == "DxpMsg":
        return [root], ALONE
    if local_name(root) != "DxpBatch" or not 0 < len(root) <= MESSAGES_MOST:
        raise Misread(f"应为 DxpMsg，或含 1 至 {MESSAGES_MOST} 个 DxpMsg 的 DxpBatch")
    return list(root), TOGETHER


def _declaration(message: Any, manner: bytes) -> Declaration:
    try:
        root = parse(convert(under(message, "Data"), bytes))  # base64, in a third of the time of its module
    except (ValidationError, ValueError) as failure:
        raise Misread(str(failure)) from None
    head = root.find("{*}DecHead")
    looked_at = () if head is None else head.iterchildren(*LOOKED_AT)
    said = {local_name(node): node.text or "" for node in looked_at}
    found = Declaration(
        message_id=under(message, "CopMsgId"),
        reference=root.findtext("{*}DecSign/{*}ClientSeqNo") or "",
        office=said.get("CustomMaster", ""),
        direction=said.get("IEFlag", ""),
        lines=tuple(node.text or "" for node in root.iterfind("{*}DecLists/{*}DecList/{*}GNo")),
        gross=said.get("GrossWet", ""),
        net=said.get("NetWt", ""),
        manner=manner,
        bill=said.get("BillNo", ""),
    )
    if local_name(root) != "DecMessage" or not found.message_id or not found.reference:
        raise Misread("不是带 CopMsgId 与 ClientSeqNo 的 DecMessage")
    return found


def _decide(script: Script, declaration: Declaration) -> Case:
    if script.profile == PROMPT:
        return script.decide(declaration.reference, QUICK)
    for case in WRITTEN:
        if fnmatchcase(declaration.bill, case.reference):
            return Case(declaration.reference, steps=case.steps)
    return script.decide(declaration.reference, FULL)


def _fault(declaration: Declaration) -> str:
    """Why the node refuses a declaration whatever the script says; empty if it does not."""
    count = len(declaration.lines)
    if not (len(declaration.office) == 4 and declaration.office.isdecimal()):
        return "申报地海关（CustomMaster）缺失或不是 4 位关区代码"
    if declaration.direction not in ("I", "E"):
        return "进出口标志（IEFlag）必须为 I 或 E"
    if not 1 <= count <= LINES_MOST:
        return f"表体应有 1 至 {LINES_MOST} 项商品，实为 {count} 项"
    if list(declaration.lines) != [str(number) for number in range(1, count + 1)]:
        return "商品项号（GNo）必须从 1 起连续"
    if _number(declaration.net) > _number(declaration.gross):
        return "净重（NetWt）大于毛重（GrossWet）"
    return ""


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text or "0")
    except InvalidOperation:
        return Decimal("Infinity")
    return number if number.is_finite() else Decimal("Infinity")


def _tell(declaration: Declaration, step: Step, turn: Turn) -> list[bytes]:
    year, direction = _moment(turn.taken_ms).year, declaration.direction
    unified = f"{direction or 'I'}{year}{turn.number:013d}"
    if not turn.place:
        return [declaration.manner + _technical(declaration.reference, unified, step.reason, turn.at_ms)]
    entry = f"{declaration.office}{year}{int(direction == 'I')}{turn.number:09d}"
    return [declaration.manner + _business(declaration.reference, unified, entry, step, turn.at_ms)]


# Answers to what came together bear one moment.
@lru_cache(64)
def _moment(at_ms: int) -> Moment:
    at = beijing(at_ms)
    second = f"{at:%Y-%m-%dT%H:%M:%S}"
    return Moment(at.year, f"{at:%Y%m%d}", second, at.isoformat(timespec="seconds"), f"{at:%Y%m%d%H%M%S}")


def _technical(reference: str, unified: str, reason: str, at_ms: int) -> bytes:
    said = f"<ErrorMessage>{escape(reason)}</ErrorMessage>" if reason else "<ErrorMessage/>"
    number = "" if reason else unified
    body = (
        f'<DecImportResponse xmlns="http://www.chinaport.gov.cn/dec">'
        f"<ResponseCode>{int(bool(reason))}</ResponseCode>{said}"
        f"<ClientSeqNo>{escape(reference)}</ClientSeqNo><SeqNo>{number}</SeqNo><TrnPreId/></DecImportResponse>"
    )
    return _enveloped(body, reference, at_ms, "DECIMPORT")


def _business(reference: str, unified: str, entry: str, step: Step, at_ms: int) -> bytes:
    noticed = _moment(at_ms)
    more = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in step.facts.items())
    body = (
        f'<DEC_DATA xmlns="http://www.chinaport.gov.cn/dec"><DEC_RESULT><CUS_CIQ_NO>{unified}</CUS_CIQ_NO>'
        f"<ENTRY_ID>{entry}</ENTRY_ID><NOTICE_DATE>{noticed.second}</NOTICE_DATE>"
        f"<CHANNEL>{step.code}</CHANNEL><NOTE>{escape(step.reason)}</NOTE>"
        f"<D_DATE>{noticed.day}</D_DATE>{more}</DEC_RESULT></DEC_DATA>"
    )
    return _enveloped(body, reference, at_ms, "DECCUSSH1")


def _parse_failure(reference: str, reason: str, at_ms: int) -> bytes:
    body = f"<Root><resultFlag>1</resultFlag><failInfo>{escape(reason)}</failInfo></Root>"
    return _enveloped(body, reference, at_ms, "DECIMPORT")


def _enveloped(body: str, reference: str, at_ms: int, kind: str) -> bytes:
    at = _moment(at_ms)
    return (
        f'<DxpMsg xmlns="http://www.chinaport.gov.cn/dxp" ver="1.0"><TransInfo>'
        f"<CopMsgId>{kind}-{escape(reference)}-{at_ms}</CopMsgId><SenderId>{NODE}</SenderId>"
        f"<ReceiverIds><ReceiverId>{PLATFORM}</ReceiverId></ReceiverIds>"
        f"<CreatTime>{at.zoned}</CreatTime><MsgType>{kind}</MsgType></TransInfo>"
        f"<Data>{b64encode(body.encode()).decode('ascii')}</Data>"
        f"<AddInfo><FileName>Receipt_{escape(reference)}_{at.packed}.xml</FileName></AddInfo></DxpMsg>"
    ).encode()


def _pack(due: list[Ready], now: int) -> Iterable[tuple[str, bytes]]:
    """Batched as the declarations came."""
    for manner, group in groupby(due, key=lambda ready: ready.body[:1]):
        answers = list(group)
        for part in [answers] if manner == TOGETHER else [[answer] for answer in answers]:
            bodies = [answer.body[1:] for answer in part]
            body = _PROLOG + bodies[0] if len(part) == 1 else _START + b"".join(bodies) + b"</DxpBatch>"
            yield f"Receipt_{part[0].position:012d}_{part[-1].position:012d}.xml", body


DESK = FileDesk(
    accepted="0",
    refused="1",
    read=_read,
    decide=_decide,
    fault=_fault,
    tell=_tell,
    pack=_pack,
)

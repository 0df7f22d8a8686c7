"""Behaves like the customs node: takes declarations from its OutBox folder and answers in its InBox."""

from __future__ import annotations

import asyncio
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from lxml import etree

from singlewindow.rehearsal import sftp
from singlewindow.rehearsal.ledger import Ledger, Owed, Ready, Taken
from singlewindow.rehearsal.script import PROMPT, Codes, Script, Step

QUICK = Codes(received=("L",), inspected=("C",), released=("P",), refused=("Z",))
FULL = Codes(received=("L",), inspected=("C",), released=("J", "P", "R"), refused=("Z",))
LOOK_S = 0.02
WAIT_S = 1.0
FILE_MOST = 20_000_000
MESSAGES_MOST = 100
ANSWERS_A_FILE = 100
LINES_MOST = 50
ALONE, TOGETHER = b"1", b"n"
NODE, PLATFORM = "DXPEDCDEC0000001", "DXPESW0000000001"
BEIJING = timezone(timedelta(hours=8))
_PROLOG = b'<?xml version="1.0" encoding="UTF-8"?>'
_START = _PROLOG + b'<DxpBatch xmlns="http://www.chinaport.gov.cn/dxp" ver="1.0">'


class Declaration(NamedTuple):
    """The few things this node looks at in a declaration."""

    message_id: str
    reference: str
    office: str
    direction: str
    lines: tuple[str, ...]
    gross: str
    net: str


class Misread(ValueError):
    """This file or message is nothing the node can read."""


def prepare_endpoint(folder: Path, port: int) -> dict[str, Any]:
    """Where this node will listen and how the platform is known there; keys are made once."""
    return sftp.prepare_endpoint(folder, port)


async def serve(
    endpoint: Mapping[str, Any], state: Path, script: Script, mishaps: sftp.Mishaps | None = None
) -> None:
    """Serve until cancelled. A word in ``state/fault`` makes the line fail (see rehearsal.sftp.Mishaps)."""
    sftp.prepare_endpoint(state, endpoint["port"])
    ledger = Ledger(state / "ledger.db")
    server = await sftp.listen(state, endpoint["port"], mishaps or sftp.Mishaps(state / "fault"))
    node = Node(ledger, script, sftp.root(state))
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(node.take_in())
            tasks.create_task(node.hand_out())
    finally:
        server.close()
        ledger.close()


class Node:
    """One customs node over the folder that its SFTP server shows."""

    def __init__(self, ledger: Ledger, script: Script, folder: Path) -> None:
        self.ledger, self.script = ledger, script
        self.outbox, self.inbox, self.failed = (folder / name for name in ("OutBox", "InBox", "FailBox"))
        self.failed.mkdir(exist_ok=True)
        self.codes = QUICK if script.profile == PROMPT else FULL

    async def take_in(self) -> None:
        """Look for files and take each in, until cancelled."""
        while True:
            for path in self.waiting():
                self.take_file(path)
                await asyncio.sleep(0)
            await asyncio.sleep(LOOK_S)

    def waiting(self) -> list[Path]:
        """Whole files in the OutBox; half-written ones end in ``.tmp``."""
        return sorted(path for path in self.outbox.iterdir() if path.suffix != ".tmp" and path.is_file())

    def take_file(self, path: Path) -> None:
        """Durable first, then the file goes: killed in between, it is read again and changes nothing."""
        try:
            messages, together = _messages(path)
        except Misread as failure:
            now = self.ledger.now_ms()
            self.ledger.owe([Owed(now, ALONE + _parse_failure(path.stem, str(failure), now))])
            path.replace(self.failed / path.name)
            return
        self._take(messages, TOGETHER if together else ALONE)
        path.unlink()

    def _take(self, messages: list[Any], manner: bytes) -> None:
        now, first = self.ledger.now_ms(), self.ledger.next_number
        judged: list[Taken] = []
        spoilt: list[Owed] = []
        for number, message in enumerate(messages, first):
            try:
                judged.append(self._judge(_declaration(message), number, now, manner))
            except Misread as failure:
                named = _under(message, "FileName").removesuffix(".xml")
                spoilt.append(Owed(now, manner + _parse_failure(named, str(failure), now)))
        answers = self.ledger.take(judged)
        known = [answer for taken, answer in zip(judged, answers, strict=True) if answer != taken.answer]
        self.ledger.owe([*spoilt, *(Owed(now, answer) for answer in known)])

    def _judge(self, declaration: Declaration, number: int, now: int, manner: bytes) -> Taken:
        case = self.script.decide(declaration.reference, self.codes)
        reason = case.failed or _fault(declaration)
        unified = f"{declaration.direction or 'I'}{_beijing(now):%Y}{number:013d}"
        technical = manner + _technical(declaration.reference, unified, reason, now)
        owes = [Owed(now, technical)]
        if not reason:
            entry = f"{declaration.office}{_beijing(now):%Y}{int(declaration.direction == 'I')}{number:09d}"
            for step in case.steps:
                due = now + step.after_ms
                answer = Owed(due, manner + _business(declaration.reference, unified, entry, step, due))
                owes += [answer, answer] if step.twice else [answer]
        return Taken(declaration.message_id, declaration.reference, technical, tuple(owes))

    async def hand_out(self) -> None:
        """Write what is due into the InBox, until cancelled."""
        while True:
            self.write(await self.ledger.wait(WAIT_S, ANSWERS_A_FILE))

    def write(self, due: list[Ready]) -> None:
        """Batched as the declarations came; killed before the settling, the same answers come again."""
        for manner, group in groupby(due, key=lambda ready: ready.body[:1]):
            answers = list(group)
            for part in [answers] if manner == TOGETHER else [[answer] for answer in answers]:
                bodies = [answer.body[1:] for answer in part]
                body = _PROLOG + bodies[0] if len(part) == 1 else _START + b"".join(bodies) + b"</DxpBatch>"
                self._show(f"Receipt_{part[0].position:012d}_{part[-1].position:012d}.xml", body)
        if due:
            self.ledger.settle(due[-1].position)

    def _show(self, name: str, body: bytes) -> None:
        half = self.inbox / f"{name}.tmp"
        half.write_bytes(body)
        os.replace(half, self.inbox / name)


def _messages(path: Path) -> tuple[list[Any], bool]:
    if path.stat().st_size > FILE_MOST:
        raise Misread(f"文件超过 {FILE_MOST} 字节")
    root = _parse(path.read_bytes())
    if etree.QName(root).localname == "DxpMsg":
        return [root], False
    if etree.QName(root).localname != "DxpBatch" or not 0 < len(root) <= MESSAGES_MOST:
        raise Misread(f"应为 DxpMsg，或含 1 至 {MESSAGES_MOST} 个 DxpMsg 的 DxpBatch")
    return list(root), True


def _parse(data: bytes) -> Any:
    if b"<!DOCTYPE" in data:
        raise Misread("不接受 DOCTYPE")
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        raise Misread("不是格式良好的 XML") from None


def _declaration(message: Any) -> Declaration:
    try:
        root = _parse(b64decode(_under(message, "Data"), validate=True))
    except ValueError as failure:
        raise Misread(str(failure)) from None
    found = Declaration(
        message_id=_under(message, "CopMsgId"),
        reference=_under(root, "ClientSeqNo"),
        office=_under(root, "CustomMaster"),
        direction=_under(root, "IEFlag"),
        lines=tuple(node.text or "" for node in root.iterfind(".//{*}DecList/{*}GNo")),
        gross=_under(root, "GrossWet"),
        net=_under(root, "NetWt"),
    )
    if etree.QName(root).localname != "DecMessage" or not found.message_id or not found.reference:
        raise Misread("不是带 CopMsgId 与 ClientSeqNo 的 DecMessage")
    return found


def _under(element: Any, name: str) -> str:
    return element.findtext(f".//{{*}}{name}") or ""


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
    noticed = _beijing(at_ms)
    more = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in step.facts.items())
    body = (
        f'<DEC_DATA xmlns="http://www.chinaport.gov.cn/dec"><DEC_RESULT><CUS_CIQ_NO>{unified}</CUS_CIQ_NO>'
        f"<ENTRY_ID>{entry}</ENTRY_ID><NOTICE_DATE>{noticed:%Y-%m-%dT%H:%M:%S}</NOTICE_DATE>"
        f"<CHANNEL>{step.code}</CHANNEL><NOTE>{escape(step.reason)}</NOTE>"
        f"<D_DATE>{noticed:%Y%m%d}</D_DATE>{more}</DEC_RESULT></DEC_DATA>"
    )
    return _enveloped(body, reference, at_ms, "DECCUSSH1")


def _parse_failure(reference: str, reason: str, at_ms: int) -> bytes:
    body = f"<Root><resultFlag>1</resultFlag><failInfo>{escape(reason)}</failInfo></Root>"
    return _enveloped(body, reference, at_ms, "DECIMPORT")


def _enveloped(body: str, reference: str, at_ms: int, kind: str) -> bytes:
    at = _beijing(at_ms)
    return (
        f'<DxpMsg xmlns="http://www.chinaport.gov.cn/dxp" ver="1.0"><TransInfo>'
        f"<CopMsgId>{kind}-{escape(reference)}-{at_ms}</CopMsgId><SenderId>{NODE}</SenderId>"
        f"<ReceiverIds><ReceiverId>{PLATFORM}</ReceiverId></ReceiverIds>"
        f"<CreatTime>{at.isoformat(timespec='seconds')}</CreatTime><MsgType>{kind}</MsgType></TransInfo>"
        f"<Data>{b64encode(body.encode()).decode('ascii')}</Data>"
        f"<AddInfo><FileName>Receipt_{escape(reference)}_{at:%Y%m%d%H%M%S}.xml</FileName></AddInfo></DxpMsg>"
    ).encode()


def _beijing(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, BEIJING)

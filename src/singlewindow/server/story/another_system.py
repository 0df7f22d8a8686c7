"""The same business as the DecMessage of another vendor's system, and whether it made the same documents."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from singlewindow.kernel.clock import BEIJING
from singlewindow.server.story.judging import RECEIVERS, NotHappenedError, all_of

NAMESPACE = b' xmlns="http://www.chinaport.gov.cn/dec"'
CARRIED_BY = "customs"  # whose own document a DecMessage is
_DATA = re.compile(rb"<Data>(.*?)</Data>", re.DOTALL)
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
_ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<DxpMsg xmlns="http://www.chinaport.gov.cn/dxp" ver="1.0">
  <TransInfo>
    <CopMsgId>{message_id}</CopMsgId>
    <SenderId>DXPEDEM000000002</SenderId>
    <ReceiverIds><ReceiverId>DXPESW0000000001</ReceiverId></ReceiverIds>
    <CreatTime>{at}</CreatTime>
    <MsgType>DECMSG</MsgType>
  </TransInfo>
  <Data>{data}</Data>
</DxpMsg>
"""


@dataclass(frozen=True)
class Issued:
    """A receiver's document: its boxes with value and entry, and for customs the message without envelope.

    ``reference`` is the platform's own of the submission; ``message`` is empty for the other receivers.
    """

    boxes: Mapping[str, tuple[str, str | None]]
    reference: str = ""
    message: bytes = b""


@dataclass(frozen=True)
class Renamed:
    """A bill is declared once: the other system's has a bill and a call of its own, and is else the same."""

    old: str
    new: str

    def text(self, value: str) -> str:
        """A value of the first as it stands in the second."""
        return value.replace(self.old, self.new)


def unwrapped(dxp: bytes) -> bytes:
    """The DecMessage in an envelope."""
    found = _DATA.search(dxp)
    if found is None:
        raise NotHappenedError("报文没有信封 · the message has no envelope")
    return b64decode(found[1])


def written(customs: Issued, renamed: Renamed, message_id: str, at: datetime) -> bytes:
    """The message as that system writes it: no namespace, a line an element, its own envelope and numbers."""
    own = renamed.text(customs.message.decode()).replace(customs.reference, message_id)
    try:
        root = etree.fromstring(own.encode().replace(NAMESPACE, b""), _PARSER)
    except etree.XMLSyntaxError as error:
        raise NotHappenedError(str(error)) from error
    etree.indent(root)
    data = b64encode(etree.tostring(root, encoding="UTF-8", xml_declaration=True)).decode()
    when = at.astimezone(BEIJING).isoformat(timespec="seconds")
    return _ENVELOPE.format(message_id=message_id, at=when, data=data).encode()


def alike(first: Mapping[str, Issued], second: Mapping[str, Issued], renamed: Renamed) -> str:
    """Each receiver's two documents agree in all that the format carries, customs' to the byte."""
    all_of(RECEIVERS, first.keys() & second.keys())
    one, other = first[CARRIED_BY], second[CARRIED_BY]
    carried = {entry for _, entry in other.boxes.values()}
    differing = [
        f"{receiver}/{box}"
        for receiver in sorted(RECEIVERS)
        for box in _differing(first[receiver], second[receiver], renamed, carried)
    ]
    if differing:
        raise NotHappenedError(f"单证不同 · documents differ: {', '.join(differing)}")
    if renamed.text(_aside(one)) != _aside(other):
        raise NotHappenedError("海关报文不同 · the messages to customs differ")
    boxes = sum(len(each.boxes) for each in second.values())
    return f"{len(RECEIVERS)} 家 · receivers, {boxes} 栏 · boxes"


def _aside(issued: Issued) -> str:
    return issued.message.decode().replace(issued.reference, "")


def _differing(first: Issued, second: Issued, renamed: Renamed, carried: set[str | None]) -> list[str]:
    """Boxes with another value, of one only, or missing although the format carries their entry."""
    differing = [box for box in second.boxes if box not in first.boxes]
    for box, (value, entry) in first.boxes.items():
        there = second.boxes.get(box)
        if there is None and entry not in carried and entry is not None:
            continue
        if there is None or there[0] != renamed.text(value):
            differing.append(box)
    return differing

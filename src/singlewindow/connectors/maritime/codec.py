"""Dangerous goods on ships, declared to maritime safety as UN/EDIFACT IFTDGN, and its answers read back."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from singlewindow.connectors.maritime.answers import decode
from singlewindow.connectors.maritime.references import message_reference
from singlewindow.kernel.clock import BEIJING, zoned
from singlewindow.kernel.edifact import as_bytes, fault, segment
from singlewindow.kernel.messages import Document, Envelope, Unreadable

__all__ = ["decode", "encode", "pack"]

CHARSET = "UNOY"
KIND = "IFTDGN:D:00B:UN"
MESSAGES_MOST = 100
CONTROL_REFERENCE = 14  # 0020 is an..14
NAME_LINE = 35  # 3036 is an..35, five times
IMPORT = "I"
# Syntax version 4 repeats elements by ``*``, which is therefore released as well.
_SERVICE = "?:+'*"
_LINES = re.compile(rf"(?:\?.|.){{1,{NAME_LINE}}}")
_APART = "\x1f"
_MANIFEST = tomllib.loads(Path(__file__).with_name("connector.toml").read_text("utf-8"))
_PARTIES = (_MANIFEST["sender"], _MANIFEST["receiver"])


class _Boxes(dict[str, str]):
    """The boxes of one level with their service characters released; absent ones are empty."""

    def __missing__(self, name: str) -> str:
        return ""


def encode(document: Document, envelope: Envelope) -> bytes:
    """One message from UNH to UNT; raises ``Unreadable`` where a value holds a control character."""
    values = document.values
    boxes, goods = _boxes(values), [_boxes(line) for line in values.get("DangerousGoods", ())]
    containers, held = _stowed(values, len(goods))
    body = [
        *_head(boxes, envelope),
        *_voyage(boxes),
        *_parties(boxes, envelope),
        *(one for container in containers for one in _equipment(container)),
        f"CNI+1+{boxes['BillNumber']}'",
    ]
    for number, line in enumerate(goods):
        body += _item(line, held[number])
    body += (f"CNT+2:{len(goods)}'", f"CNT+16:{len(containers)}'")
    reference = message_reference(envelope.reference, envelope.message_id)
    head, tail = f"UNH+{reference}+{KIND}'", f"UNT+{len(body) + 2}+{reference}'"
    return as_bytes("".join([head, *body, tail]), CHARSET)


def pack(messages: Sequence[bytes], batch_id: str, at: datetime) -> bytes:
    """One interchange. Its control reference is the end of the batch's id, the random part of it."""
    if not 1 <= len(messages) <= MESSAGES_MOST:
        raise ValueError(f"an interchange holds 1 to {MESSAGES_MOST} messages, not {len(messages)}")
    reference = re.sub("[^0-9A-Z]", "", batch_id.upper())[-CONTROL_REFERENCE:]
    made = at.astimezone(BEIJING)
    head = segment("UNB", (CHARSET, "4"), *_PARTIES, (f"{made:%Y%m%d}", f"{made:%H%M}"), reference)
    tail = segment("UNZ", str(len(messages)), reference)
    return b"".join([as_bytes(head, CHARSET), *messages, as_bytes(tail, CHARSET)])


def _boxes(values: Mapping[str, Any]) -> _Boxes:
    """All texts of a level are looked at together: one pass over one string, not one a box."""
    names = [name for name, value in values.items() if type(value) is str]
    parts = _released(_APART.join([values[name] for name in names])).split(_APART)
    if names and len(parts) != len(names):
        raise Unreadable(fault("control", "IFTDGN", "含控制字符", "control characters stand in it"))
    return _Boxes(zip(names, parts, strict=False))


def _stowed(values: Mapping[str, Any], count: int) -> tuple[list[_Boxes], list[list[_Boxes]]]:
    """The containers that hold dangerous goods, and those of each dangerous line."""
    declared = [line["LineNumber"] for line in values.get("DeclaredLines", ()) if "DeclaredUNNumber" in line]
    places = {line: number for number, line in enumerate(declared[:count])}
    containers: list[_Boxes] = []
    held: list[list[_Boxes]] = [[] for _ in range(count)]
    for container in values.get("Containers", ()):
        inside = {places[line] for line in container.get("GoodsLines", "").split(",") if line in places}
        if inside:
            boxes = _boxes(container)
            containers.append(boxes)
            for number in inside:
                held[number].append(boxes)
    return containers, held


def _head(boxes: _Boxes, envelope: Envelope) -> Iterator[str]:
    yield f"BGM+890+{_released(envelope.reference)}+9'"
    yield f"DTM+137:{envelope.created_at.astimezone(BEIJING):%Y%m%d%H%M%S}:204'"
    yield "HAN+DIS'" if boxes["TradeDirection"] == IMPORT else "HAN+LOA'"
    yield f"RFF+AGO:{_released(envelope.message_id)}'"
    yield f"RFF+BM:{boxes['BillNumber']}'"


def _voyage(boxes: _Boxes) -> Iterator[str]:
    number, name, flag = boxes["IMONumber"], boxes["VesselName"], boxes["VesselFlag"]
    listed = (number, "146", "11") if number else ("", "", "")
    yield f"TDT+20+{boxes['VoyageNumber']}+1+++++{_joined(':', *listed, name, flag)}'"
    if boxes["CallSign"]:
        yield f"RFF+VM:{boxes['CallSign']}'"
    if boxes["LoadingPort"]:
        yield f"LOC+9+{boxes['LoadingPort']}:PORT:ZZZ'"
    terminal = boxes["TerminalCode"] and f"+{boxes['TerminalCode']}:TER:ZZZ"
    yield f"LOC+11+{boxes['EntryPort']}:ENTRY:ZZZ{terminal}'"
    if boxes["LastPort"]:
        yield f"LOC+125+{boxes['LastPort']}:PORT:ZZZ'"
    if boxes["NextPort"]:
        yield f"LOC+61+{boxes['NextPort']}:PORT:ZZZ'"
    if boxes["Berth"]:
        yield f"LOC+164+:::{boxes['Berth']}'"
    for name, qualifier in (("EstimatedArrival", "132"), ("ActualArrival", "178")):
        if boxes[name]:
            yield f"DTM+{qualifier}:{_minute(boxes[name])}:203'"


def _parties(boxes: _Boxes, envelope: Envelope) -> Iterator[str]:
    yield f"NAD+MS+{_released(envelope.sender)}'"
    yield f"NAD+MR+{_released(envelope.receiver)}'"
    yield _party("DT", boxes["DeclarantCode"], boxes["DeclarantName"])
    if boxes["DeclarantPerson"] or boxes["DeclarantPhone"]:
        yield from _contact("IC", boxes["DeclarantPerson"], boxes["DeclarantPhone"])
    if boxes["ShipAgentName"] or boxes["ShipAgentCode"]:
        yield _party("CG", boxes["ShipAgentCode"], boxes["ShipAgentName"])
    if boxes["ShipOperator"]:
        yield _party("CA", "", boxes["ShipOperator"])
    if boxes["ConsignorName"]:
        yield _party("CZ", "", boxes["ConsignorName"])
    yield _party("CN", boxes["ConsigneeCode"], boxes["ConsigneeName"])


def _equipment(boxes: _Boxes) -> Iterator[str]:
    size = boxes["SizeType"] and f"{boxes['SizeType']}:102:5"
    yield f"EQD+CN+{boxes['ContainerNumber']}+{size}+++5'"
    if boxes["ContainerGrossMass"]:
        yield f"MEA+AAE+G+KGM:{boxes['ContainerGrossMass']}'"


def _item(boxes: _Boxes, containers: Iterable[_Boxes]) -> Iterator[str]:
    kind = boxes["PackageKind"] and f"{boxes['PackageKind']}:PACK:ZZZ"
    yield _joined("+", "GID", boxes["Item"], _joined(":", boxes["PackageCount"], kind)) + "'"
    for text, qualifier in (
        (boxes["GoodsName"] or boxes["GoodsNameEn"], "AAA"),
        (boxes["ProperShippingName"], "AAD"),
        (boxes["PackageSpecification"], "PKG"),
    ):
        if text:
            yield f"FTX+{qualifier}+++{text}'"
    for name, measured in (("GrossMass", "G"), ("NetMass", "AAL")):
        if boxes[name]:
            yield f"MEA+AAE+{measured}+KGM:{boxes[name]}'"
    yield from _danger(boxes)
    for container in containers:
        yield f"SGP+{container['ContainerNumber']}'"
        if container["StowageCell"]:
            yield f"LOC+147+{container['StowageCell']}::5'"


def _danger(boxes: _Boxes) -> Iterator[str]:
    flash = boxes["FlashPoint"] and f"{boxes['FlashPoint']}:CEL"
    hazard = _joined(":", boxes["DGClass"], boxes["SubsidiaryHazard"])
    yield _joined("+", "DGS+IMD", hazard, boxes["UNNumber"], flash, boxes["PackingGroup"], boxes["EmS"]) + "'"
    if boxes["MarinePollutant"] == "1":
        yield "FTX+AAC++MP'"
    if boxes["LimitedQuantity"] == "1":
        yield "FTX+AAC++LQ'"
    if boxes["StowagePosition"]:
        yield f"LOC+147+{boxes['StowagePosition']}'"
    if boxes["EmergencyContact"] or boxes["EmergencyPhone"]:
        yield from _contact("HE", boxes["EmergencyContact"], boxes["EmergencyPhone"])


def _party(qualifier: str, code: str, name: str) -> str:
    lines = name if len(name) <= NAME_LINE else ":".join(_LINES.findall(name)[:5])
    return _joined("+", "NAD", qualifier, code and f"{code}:USCC:ZZZ", "", lines) + "'"


def _contact(qualifier: str, name: str, phone: str) -> Iterator[str]:
    yield f"CTA+{qualifier}+:{name}'" if name else f"CTA+{qualifier}'"
    if phone:
        yield f"COM+{phone}:TE'"


def _joined(mark: str, *parts: str) -> str:
    """Empty ends are left away."""
    end = len(parts)
    while end and not parts[end - 1]:
        end -= 1
    return mark.join(parts[:end])


def _minute(time: str) -> str:
    """A time, released or not, as Beijing's year to minute; without a zone it is Beijing's already."""
    return f"{zoned(datetime.fromisoformat(time.replace('?', ''))).astimezone(BEIJING):%Y%m%d%H%M}"


def _released(text: str) -> str:
    """With every service character released; the release character first, or it would be twice."""
    for character in _SERVICE:
        if character in text:
            text = text.replace(character, f"?{character}")
    return text

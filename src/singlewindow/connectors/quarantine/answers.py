"""What inspection answers: technical and business receipts, many in one document."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

from singlewindow.kernel import receipts
from singlewindow.kernel.messages import Outcome, Problem, Receipt, Stage, Text, Unreadable
from singlewindow.kernel.receipts import (
    BODY_MOST,
    KEY_MOST,
    PROBLEMS_MOST,
    RECEIPTS_MOST,
    TEXT_MOST,
    Partner,
    believed,
    digest,
    misnamed,
    orders_named,
)
from singlewindow.kernel.xml_encoding import misdeclared

PARTNER = Partner("quarantine", Text("检验检疫", "Inspection and quarantine"))
_fault = PARTNER.fault
MARKUP_MOST = (
    500_000  # signs that begin an element or an attribute: each becomes an object, however short it is
)
DEPTH_MOST = 64
_TOO_DEEP = etree.XPath("boolean(" + "/*" * (DEPTH_MOST + 1) + ")")


class Meaning(NamedTuple):
    """What a receipt code means for the document, and to people."""

    outcome: Outcome
    text: Text


UNSTUFFED = "unstuffed"  # quarantine sees what is inside


def _read_meanings(path: Path) -> dict[tuple[Stage, str], Meaning]:
    with path.open(encoding="utf-8", newline="") as rows:
        return {
            (Stage(row["stage"]), row["code"]): Meaning(Outcome[row["outcome"]], Text(row["zh"], row["en"]))
            for row in csv.DictReader(rows)
        }


MEANINGS = _read_meanings(Path(__file__).with_name("receipts.csv"))
UNKNOWN = Meaning(Outcome.NOTED, Text("未知回执代码", "Unknown receipt code"))
_STAGES = {"technical": Stage.TECHNICAL, "business": Stage.BUSINESS}


def decode(data: bytes) -> list[Receipt]:
    """Every receipt of a ``Receipts`` document; a bad one among good ones becomes one with problems.

    Raises ``Unreadable`` where nothing can be read.
    """
    root = _root(data)
    if root.tag != "Receipts":
        name = str(root.tag)[:60]
        raise _refused("root", f"根元素应为 Receipts，而不是 {name}", f"the root is {name}, not Receipts")
    if len(root) > RECEIPTS_MOST:
        raise _refused("count", f"回执超过 {RECEIPTS_MOST} 条", f"more than {RECEIPTS_MOST} receipts")
    return receipts.read_each(
        root, lambda element, number: [_receipt(element, f"Receipt[{number}]")], _spoilt
    )


def _root(data: bytes) -> Any:
    if len(data) > BODY_MOST:
        raise _refused("too-large", f"超过 {BODY_MOST} 字节", f"larger than {BODY_MOST} bytes")
    if b"\0" in data or data.startswith((b"\xfe\xff", b"\xff\xfe")):  # UTF-16 would hide a DOCTYPE
        raise _refused("encoding", "不是 UTF-8 文本", "no UTF-8 text")
    if declared := misdeclared(data):
        zh, en = f"声明 {declared} 而实为 UTF-8", f"they declare {declared} and are UTF-8"
        raise _refused("encoding", zh, en)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise _refused("doctype", "含有不允许的 DOCTYPE 声明", "it carries a DOCTYPE, which is not allowed")
    if data.count(b"<") + data.count(b"=") > MARKUP_MOST:
        raise _refused("too-many", "元素和属性过多", "it has more elements and attributes than can be")
    try:
        root = etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        cause = str(error)[:200]
        raise _refused("not-xml", f"不是格式良好的 XML（{cause}）", f"no well-formed XML ({cause})") from None
    about: Any = root.getroottree().docinfo
    if about.doctype:
        raise _refused("doctype", "含有不允许的 DOCTYPE 声明", "it carries a DOCTYPE, which is not allowed")
    if _TOO_DEEP(root):
        raise _refused("too-deep", f"嵌套超过 {DEPTH_MOST} 层", f"nested more than {DEPTH_MOST} levels deep")
    return root


def _parser() -> etree.XMLParser:
    """A new one each time: a parser shared between threads would make them wait for each other."""
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _receipt(element: Any, place: str) -> Receipt:
    texts = {child.tag: child.text for child in element}
    if len(texts) < len(element):  # of two values, which is meant?
        raise Unreadable(_twice(element, place))
    stage, code = _STAGES.get(texts.get("Stage") or ""), texts.get("Code")
    about, at = texts.get("MessageId") or texts.get("EntDeclNo"), _time(texts.get("Time"))
    if element.tag != "Receipt" or stage is None or not code or not about or at is None or _overlong(texts):
        raise Unreadable(*_lacking(element.tag, texts, place))
    meaning = MEANINGS.get((stage, code), UNKNOWN)
    said = (texts.get("Text") or "")[:TEXT_MOST]
    number = texts.get("DeclNo")
    ordered = orders_named(PARTNER.id, meaning.outcome, about, said, at, _method(meaning.outcome))
    return Receipt(
        texts.get("ReceiptNo") or digest(about, stage, code, texts["Time"], said),
        about,
        stage,
        code,
        meaning.outcome,
        at,
        said,
        {"inspection_number": number} if number else {},
        (*_problems(element, meaning, code, said), *misnamed(ordered)),
        ordered,
    )


def _method(outcome: Outcome) -> str:
    return UNSTUFFED if outcome is Outcome.INSPECT else ""


def _twice(element: Any, place: str) -> Problem:
    name = next(receipts.repeated(str(child.tag) for child in element))[:60]
    return _fault("twice", f"{place}/{name}", "出现多次", "stands more than once")


def _overlong(texts: Mapping[Any, str | None]) -> str:
    """The first key that is too long to be one, or nothing."""
    for name in ("ReceiptNo", "MessageId", "EntDeclNo", "Code", "DeclNo"):
        if len(texts.get(name) or "") > KEY_MOST:
            return name
    return ""


def _time(text: str | None) -> datetime | None:
    """ISO 8601; without a zone it is Beijing time, as the partner's clock shows it."""
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return believed(at)


def _problems(element: Any, meaning: Meaning, code: str, said: str) -> tuple[Problem, ...]:
    listed = element.find("Problems")
    if listed is not None and len(listed):
        return tuple(_problem(item) for item in listed[:PROBLEMS_MOST])
    if meaning is UNKNOWN:
        return (PARTNER.doubt(code),)
    return (PARTNER.refusal(code, meaning.text, said),) if meaning.outcome >= Outcome.RETURNED else ()


def _problem(element: Any) -> Problem:
    texts = {child.tag: child.text or "" for child in element}
    return PARTNER.found(texts.get("Code", "")[:40], texts.get("Field", "")[:200], texts.get("Text", ""))


def _lacking(tag: Any, texts: Mapping[Any, str | None], place: str) -> list[Problem]:
    found = []
    if tag != "Receipt":
        found.append(_fault("element", place, "元素名应为 Receipt", "the element is not a Receipt"))
    if texts.get("Stage") not in _STAGES:
        found.append(
            _fault("stage", f"{place}/Stage", "应为 technical 或 business", "is not technical or business")
        )
    if not texts.get("Code"):
        found.append(_fault("code", f"{place}/Code", "缺少回执代码", "the receipt code is missing"))
    if not (texts.get("MessageId") or texts.get("EntDeclNo")):
        found.append(_fault("about", f"{place}/MessageId", "未指明对应的报文", "it names no message of ours"))
    if name := _overlong(texts):
        found.append(_fault("length", f"{place}/{name}", f"超过 {KEY_MOST} 字", f"is longer than {KEY_MOST}"))
    if _time(texts.get("Time")) is None:
        found.append(_fault("time", f"{place}/Time", "不是 ISO 8601 时间", "is no ISO 8601 time"))
    return found


def _spoilt(element: Any, failure: Unreadable) -> Receipt:
    texts = {child.tag: child.text or "" for child in element}
    about = texts.get("MessageId") or texts.get("EntDeclNo") or ""
    return receipts.spoilt(etree.tostring(element, with_tail=False), about, failure.problems)


def _refused(code: str, zh: str, en: str) -> Unreadable:
    return PARTNER.refused(code, "Receipts", zh, en)

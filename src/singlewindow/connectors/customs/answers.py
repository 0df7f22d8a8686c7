"""What customs answers: technical import responses and business receipts, bare, enveloped or in batches."""

from __future__ import annotations

import re
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from lxml import etree

from singlewindow.connectors.customs.channels import CHANNELS, UNKNOWN
from singlewindow.connectors.customs.hardened import FILE_MOST, MESSAGE_MOST, read, refused
from singlewindow.kernel import receipts
from singlewindow.kernel.messages import (
    Outcome,
    Problem,
    Receipt,
    Stage,
    Text,
    Unreadable,
)
from singlewindow.kernel.receipts import (
    KEY_MOST,
    RECEIPTS_MOST,
    TEXT_MOST,
    UNTIMED,
    believed,
    digest,
    misnamed,
    orders_named,
)

AGENCY = "customs"
OPENED = "opened"  # an inspection notice asks for the box to be opened unless it says more
_FILE_NAME = re.compile(r"(?:(?:Receipt|Successed|Failed)_)?(.+?)(?:_[0-9]{14})?(?:\.xml)?")


class Wrapper(NamedTuple):
    """What the DXP envelope around an answer says of it."""

    about: str
    at: datetime


# The wire gives a bare technical answer no time of its own; whoever reads it uses the arrival's.
BARE = Wrapper("", UNTIMED)


def decode(data: bytes) -> list[Receipt]:
    """Every answer in one file. A bad message among good ones becomes a receipt with problems.

    Raises ``Unreadable`` if nothing in it can be read.
    """
    root = read(data, FILE_MOST, "file")
    if _name(root) != "DxpBatch":
        return _one(root, "file")
    if not 0 < len(root) <= RECEIPTS_MOST:
        raise refused(
            "count",
            "DxpBatch",
            f"应含 1 至 {RECEIPTS_MOST} 个报文",
            f"must hold 1 to {RECEIPTS_MOST} messages",
        )
    return receipts.read_each(
        root, lambda member, number: _one(member, f"DxpBatch/DxpMsg[{number + 1}]"), _spoilt
    )


def _one(element: Any, place: str) -> list[Receipt]:
    name = _name(element)
    if name == "DxpMsgSv":
        element = next((child for child in element if _name(child) == "DxpMsg"), element)
        name = _name(element)
    if name != "DxpMsg":
        return _answer(element, BARE, place)
    parts = _parts(element)
    return _answer(_business(parts.get("Data"), place), _wrapper(parts), f"{place}/Data")


def _answer(element: Any, wrapper: Wrapper, place: str) -> list[Receipt]:
    reader = READERS.get(_name(element))
    if reader is None:
        name = _name(element)[:60]
        raise refused(
            "unknown-root", place, f"的根元素 {name} 不是海关回执", f"has root {name}, no customs receipt"
        )
    return reader(element, wrapper, place)


def _business(element: Any, place: str) -> Any:
    text = "" if element is None else element.text
    if not text:
        raise refused("no-data", place, "没有 Data 内容", "carries no Data")
    try:
        inner = a2b_base64("".join(text.split()), strict_mode=True)
    except (Base64Error, ValueError):  # ValueError: not even ASCII
        raise refused("not-base64", f"{place}/Data", "不是 base64 编码", "is not base64") from None
    return read(inner, MESSAGE_MOST, f"{place}/Data")


def _wrapper(parts: dict[str, Any]) -> Wrapper:
    about = _client_number(_last(parts.get("AddInfo"), "FileName"))
    return Wrapper(about, _time(_last(parts.get("TransInfo"), "CreatTime")) or UNTIMED)


def _parts(message: Any) -> dict[str, Any]:
    return {_name(child): child for child in message}


def _last(element: Any, name: str) -> str:
    """The text of the last child of that name; what is asked for stands near the end."""
    if element is not None:
        for child in element.iterchildren(reversed=True):
            if _name(child) == name:
                return (child.text or "").strip()
    return ""


def _client_number(file_name: str) -> str:
    """``Receipt_<ClientSeqNo>_<stamp>.xml``: business receipts name our message only there."""
    match = _FILE_NAME.fullmatch(file_name) if len(file_name) <= 2 * KEY_MOST else None
    return match[1] if match and len(match[1]) <= KEY_MOST else ""


def _technical(element: Any, wrapper: Wrapper, place: str) -> list[Receipt]:
    texts = _texts(element)
    if len(texts) < len(element):
        raise _twice(element, place)
    code, about = _key(texts, "ResponseCode", place), _key(texts, "ClientSeqNo", place) or wrapper.about
    if not code or not about:
        raise _missing(place, "ClientSeqNo" if code else "ResponseCode")
    reason = texts.get("ErrorMessage", "")[:TEXT_MOST]
    facts = _facts(texts, unified_number="SeqNo", transit_number="TrnPreId")
    receipt_id = digest("technical", about, facts.get("unified_number", ""), code, reason)
    if code == "0":
        return [Receipt(receipt_id, about, Stage.TECHNICAL, code, Outcome.ACCEPTED, wrapper.at, facts=facts)]
    return [_failed(receipt_id, about, code, wrapper.at, reason, facts)]


def _parse_failure(element: Any, wrapper: Wrapper, place: str) -> list[Receipt]:
    """``Root/{resultFlag, failInfo}``: the gateway could not read our file at all."""
    texts = _texts(element)
    flag, reason = _key(texts, "resultFlag", place), texts.get("failInfo", "")[:TEXT_MOST]
    if not flag:
        raise _missing(place, "resultFlag")
    receipt_id = digest("root", wrapper.about, flag, reason)
    return [_failed(receipt_id, wrapper.about, flag, wrapper.at, reason, {})]


def _failed(
    receipt_id: str, about: str, code: str, at: datetime, reason: str, facts: dict[str, str]
) -> Receipt:
    text = Text(f"海关导入失败：{reason}", f"Customs could not import the message: {reason}")
    problem = Problem(f"customs.import.{code}", text, value=code)
    return Receipt(receipt_id, about, Stage.TECHNICAL, code, Outcome.REFUSED, at, reason, facts, (problem,))


def _results(element: Any, wrapper: Wrapper, place: str) -> list[Receipt]:
    found = [_result(child, wrapper, place) for child in element if _name(child) == "DEC_RESULT"]
    if not found:
        raise _missing(place, "DEC_RESULT")
    return found


def _result_alone(element: Any, wrapper: Wrapper, place: str) -> list[Receipt]:
    return [_result(element, wrapper, place)]


def _result(element: Any, wrapper: Wrapper, place: str) -> Receipt:
    texts = _texts(element)
    if len(texts) < len(element):
        raise _twice(element, place)
    channel, noticed = _key(texts, "CHANNEL", place), texts.get("NOTICE_DATE", "")
    facts = _facts(texts, unified_number="CUS_CIQ_NO", entry_number="ENTRY_ID", declared_on="D_DATE")
    unified = _key(texts, "CUS_CIQ_NO", place)
    about, at = wrapper.about or unified, _time(noticed)
    if not channel or not about or at is None:
        raise _missing(place, _first_missing(channel, about))
    note = texts.get("NOTE", "")[:TEXT_MOST]
    # Not over the envelope: a second delivery may come in another one, or in none.
    receipt_id = digest("business", unified or about, facts.get("entry_number", ""), channel, noticed, note)
    known = CHANNELS.get(channel)
    outcome = known.outcome if known else Outcome.NOTED
    problems = () if known and outcome < Outcome.RETURNED else (_complaint(channel, note),)
    ordered = orders_named(AGENCY, outcome, about, note, at, OPENED)
    told = (*problems, *misnamed(ordered))
    return Receipt(receipt_id, about, Stage.BUSINESS, channel, outcome, at, note, facts, told, ordered)


def _complaint(channel: str, note: str) -> Problem:
    known = CHANNELS.get(channel)
    meaning = known.text if known else UNKNOWN
    text = Text(f"{meaning.zh}：{note}", f"{meaning.en}: {note}") if note else meaning
    return Problem(f"customs.{channel}", text, value=channel)


def _spoilt(member: Any, failure: Unreadable) -> Receipt:
    wrapper, raw = _wrapper(_parts(member)), etree.tostring(member, with_tail=False)
    return receipts.spoilt(raw, wrapper.about, failure.problems, at=wrapper.at, stage=Stage.TRANSPORT)


def _facts(texts: dict[str, str], **names: str) -> dict[str, str]:
    return {fact: text[:KEY_MOST] for fact, name in names.items() if (text := texts.get(name))}


def _texts(element: Any) -> dict[str, str]:
    return {
        (tag := child.tag)[tag.rfind("}") + 1 :]: text.strip() if (text := child.text) else ""
        for child in element
    }


def _name(element: Any) -> str:
    tag: str = element.tag
    return tag[tag.rfind("}") + 1 :]


def _time(text: str) -> datetime | None:
    """An instant in UTC; a time without a zone is Beijing's."""
    try:
        return believed(datetime.fromisoformat(text)).astimezone(UTC)
    except ValueError:
        return None


def _key(texts: dict[str, str], name: str, place: str) -> str:
    text = texts.get(name, "")
    if len(text) > KEY_MOST:
        raise refused(
            "length", f"{place}/{name}", f"超过 {KEY_MOST} 字", f"is longer than {KEY_MOST} characters"
        )
    return text


def _twice(element: Any, place: str) -> Unreadable:
    """Of two values, which is meant?"""
    name = next(receipts.repeated(map(_name, element)))[:60]
    return refused("twice", f"{place}/{name}", "出现多次", "stands more than once")


def _first_missing(channel: str, about: str) -> str:
    if not channel:
        return "CHANNEL"
    return "NOTICE_DATE" if about else "CUS_CIQ_NO"


def _missing(place: str, name: str) -> Unreadable:
    return refused("missing", f"{place}/{name}", "缺失或不可读", "is missing or cannot be read")


READERS: dict[str, Callable[[Any, Wrapper, str], list[Receipt]]] = {
    "DecImportResponse": _technical,
    "DEC_DATA": _results,
    "DEC_RESULT": _result_alone,
    "Root": _parse_failure,
}

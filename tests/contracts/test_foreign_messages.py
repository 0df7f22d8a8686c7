"""Messages as other vendors' systems write them, through the door's own path: taken, and read as meant.

Beside customs' samples ``foreign-<declaration>.json`` stands what each ``foreign-<declaration>.<manner>.xml``
says, written by hand like the messages themselves: nothing of theirs went through our own encoder.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_under_test import context
from singlewindow.connectors.customs.reader import recognises
from singlewindow.hub.exchange.submission import Prepared, Refused, prepare, routed
from singlewindow.kernel.clock import local_day
from singlewindow.kernel.messages import Severity
from singlewindow.server import rooms
from singlewindow.server.composition import registry

SAMPLES = rooms.PACKAGE / "connectors/customs/samples"
MESSAGES = sorted(SAMPLES.glob("foreign-*.xml"))
TOLD = {
    "unknown_element",
    "filled_by_system",
}  # what a sender is told of, and what comes of it stays the same
# What makes them foreign; each holds for one of them at least.
MANNERS: dict[str, Callable[[bytes], object]] = {
    "a prefix": lambda data: re.search(rb"<[\w.-]+:DecMessage\b", data),
    "no namespace": lambda data: b"<DecMessage Version" in data,
    "CDATA": lambda data: b"<![CDATA[" in data,
    "comments": lambda data: b"<!--" in data,
    "indented": lambda data: b"\n\t\t\t<GName>" in data,
    "lines end as on Windows": lambda data: b"\r\n" in data,
    "a byte order mark": lambda data: data.startswith(b"\xef\xbb\xbf"),
    "four decimals": lambda data: b"<GQty>1007.1200</GQty>" in data,
    "no zero before the point": lambda data: b"<InsurRate>.30000<" in data,
    "zeros for nothing": lambda data: re.search(rb"<SecondQty>0\.0000</SecondQty>", data),
    "empty elements": lambda data: b"<FeeMark />" in data and b"<FeeMark></FeeMark>" not in data,
    "empty elements in two tags": lambda data: b"<FeeMark></FeeMark>" in data,
    "elements left out": lambda data: b"FeeMark" not in data,
    "nil": lambda data: b'xsi:nil="true"' in data,
    "GBK": lambda data: b"encoding='GBK'" in data and not _is_utf8(data),
    "the older wrapper": lambda data: b"<MsgType>SWDEC001</MsgType>" in data,
    "the older name of a code": lambda data: b"<TradeCodeScc>" in data,
    "a DXP envelope": lambda data: b"DxpMsg " in data,
    "an envelope of an envelope": lambda data: b"<DxpMsgSv>" in data,
    "head last": lambda data: data.find(b":DecHead>") > data.find(b":DecLists>") > 0,
    "lines not in the order of their numbers": lambda data: 0 < data.find(b":GNo>2<") < data.find(b":GNo>1<"),
    "days with hyphens": lambda data: b":IEDate>2026-11-16<" in data,
}


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def meant_by(message: Path) -> bytes:
    """The same declaration as JSON."""
    return message.with_name(message.name.partition(".")[0] + ".json").read_bytes()


@pytest.fixture(params=MESSAGES, ids=lambda path: path.stem.removeprefix("foreign-"))
def message(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.mark.parametrize("manner", MANNERS)
def test_some_vendor_writes_in_this_manner(manner: str) -> None:
    assert any(MANNERS[manner](path.read_bytes()) for path in MESSAGES)


def test_it_is_taken_and_says_what_its_sender_meant(message: Path) -> None:
    assert recognises(message.read_bytes())
    meant, taken = prepare(meant_by(message), context()), prepare(message.read_bytes(), context())
    assert (meant.format, taken.format) == ("json", "customs_declaration")
    assert meant.checked.problems == ()
    assert {problem.code for problem in taken.checked.problems} <= TOLD
    assert taken.checked.document.values == meant.checked.document.values
    assert (taken.title, taken.keys, taken.viewers) == (meant.title, meant.keys, meant.viewers)


def documents(prepared: Prepared) -> dict[str, Any]:
    """Each receiver's own document, box by box."""
    known, document = registry(), prepared.checked.document
    definition = known.definitions[document.kind, document.version]
    on = local_day(prepared.context.at)
    routes = routed(prepared.context.knowledge.subscriptions, definition, document.values, on)
    return {route.partner: known.projections[route].project(document).values for route in routes}


def test_every_receiver_gets_what_was_meant(message: Path) -> None:
    meant, taken = prepare(meant_by(message), context()), prepare(message.read_bytes(), context())
    assert documents(taken) == documents(meant)
    assert len(taken.issued) == 5
    for ours, theirs in zip(meant.issued, taken.issued, strict=True):
        beside = theirs.partner == "customs" and taken.checked.document.extension
        assert (theirs.payload == ours.payload) or beside, theirs.partner


WRONG = {
    "a charge without its mark": (b"<FeeRate>0.0000<", b"<FeeRate>860.0000<", "fees_by_terms.mark"),
    "a second quantity without its unit": (
        b"<SecondQty>0.0000<",
        b"<SecondQty>7.0000<",
        "statutory_quantities.alone",
    ),
    "a confirmation that is none": (b"<PromiseItmes>00199<", b"<PromiseItmes>00X99<", "wrong_form"),
}


def test_a_slip_in_a_name_is_told_beside_what_is_missing_by_it() -> None:
    data = (SAMPLES / "foreign-spindles.indented.xml").read_bytes()
    slip = data.replace(b"<GName>", b"<gName>", 1).replace(b"</GName>", b"</gName>", 1)
    with pytest.raises(Refused) as refused:
        prepare(slip, context())
    found = {(one.code, one.field, one.severity) for one in refused.value.problems}
    assert ("missing", "goods[0].goods_name", Severity.ERROR) in found
    assert ("unknown_element", "goods[0].DecList/gName", Severity.WARNING) in found
    assert refused.value.problems[0].severity is Severity.ERROR


@pytest.mark.parametrize("name", WRONG)
def test_what_is_more_than_a_habit_is_told(name: str) -> None:
    old, new, code = WRONG[name]
    data = (SAMPLES / "foreign-spindles.indented.xml").read_bytes()
    assert old in data
    with pytest.raises(Refused) as refused:
        prepare(data.replace(old, new, 1), context())
    errors = [one.code for one in refused.value.problems if one.severity is Severity.ERROR]
    assert errors == [code]

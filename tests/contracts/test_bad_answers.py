"""What partners may send broken: it is named and kept, takes no good number and stops nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from singlewindow.hub.exchange.component import Component
from singlewindow.hub.exchange.transports.port import Inbound
from singlewindow.kernel.ids import uuid7
from singlewindow.kernel.messages import Outcome, Problem, Receipt, Unreadable
from singlewindow.kernel.receipts import UNTIMED
from singlewindow.server import rooms
from singlewindow.server.composition import connectors

from platform_under_test import AT  # isort: skip

Spoil = Callable[[bytes], bytes]
BOMB = b"<!DOCTYPE a [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;'>]>"


def good(partner: str, verdict: str = "positive") -> bytes:
    """A right answer of the partner's."""
    folder = rooms.PACKAGE / "connectors" / partner / "samples"
    return next(path for path in sorted(folder.glob("*")) if path.stem == verdict).read_bytes()


def form(partner: str) -> str:
    data = good(partner)
    return "XML" if data.startswith(b"<") else "JSON" if data.startswith(b"{") else "EDIFACT"


ANY: dict[str, Spoil] = {
    "nothing": lambda data: b"",
    "half": lambda data: data[: len(data) // 2],
    "20 MB": lambda data: data + b" " * 20_000_001,
    "UTF-16": lambda data: data.decode().encode("utf-16"),
    "NUL": lambda data: data[: len(data) // 2] + b"\0" + data[len(data) // 2 :],
    "another format": lambda data: b"GIF89a",
    "a lone surrogate": lambda data: data + b"\xed\xa0\x80",
}
MANY = 100_000
TREES = b"".join(b"<n%d/>" % n for n in range(MANY)) + b"<n%d/>" % (MANY - 1)
KEYS = ",".join(f'"k{n}":1' for n in [*range(MANY // 2), MANY // 2 - 1]).encode()


def _with_many(data: bytes) -> bytes:
    """One answer of very many elements, of which the last stands twice."""
    named = b"DEC_RESULT" if b"DEC_RESULT" in data or b"Dxp" in data else b"Receipt"
    one = b"<%b>%b</%b>" % (named, TREES, named)
    return one if named == b"DEC_RESULT" else b"<Receipts>%b</Receipts>" % one


OWN: dict[str, dict[str, Spoil]] = {
    "XML": {
        "very many names, one of them twice": _with_many,
        "elements without end": lambda data: b"<Receipts>" + b"<a/>" * 600_000 + b"</Receipts>",
        "attributes without end": lambda data: (
            b"<Receipts %b/>" % b" ".join(b'a%d=""' % n for n in range(600_000))
        ),
        "DOCTYPE": lambda data: b"<!DOCTYPE a>" + _body(data),
        "entity bomb": lambda data: BOMB + _body(data),
        "depth 10,000": lambda data: b"<a>" * 10_000 + b"</a>" * 10_000,
        "GBK said to be UTF-8": lambda data: data.decode().encode("gb18030") + b"<!-- \xd6\xd0 -->",
        "another root": lambda data: b"<html/>",
    },
    "JSON": {
        "very many keys, one of them twice": lambda data: b'{"receipts": [{%b}]}' % KEYS,
        "lists without end": lambda data: b'{"receipts": [{"more": [%b[]]}]}' % (b"[]," * 600_000),
        "depth 10,000": lambda data: b'{"receipts":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        "NaN": lambda data: b'{"receipts": NaN}',
        "a number without end": lambda data: b'{"receipts": 1e999}',
        "an unknown key": lambda data: data.replace(b'{"receipts"', b'{"more": 1, "receipts"', 1).replace(
            b"{\n", b'{"more": 1,\n', 1
        ),
        "GBK": lambda data: data.decode().encode("gb18030").replace(b"{", b'{"\xd6\xd0": 1,', 1),
    },
    "EDIFACT": {
        "a control character": lambda data: data.replace(b"BGM", b"BG\x07M", 1),
        "a count that is wrong": lambda data: data.replace(b"UNZ+", b"UNZ+9", 1),
        "no end": lambda data: data[: data.rindex(b"UNZ")],
        "elements without end": lambda data: data.replace(b"BGM+", b"BGM" + b"+" * 100_000, 1),
        "components without end": lambda data: data.replace(
            b"BGM", (b"A" + b"+" * 99 + b"'") * 11_000 + b"BGM", 1
        ),
    },
}
CASES = [
    pytest.param(partner, spoil, id=f"{partner}-{name}")
    for partner in rooms.connectors()
    for name, spoil in (ANY | OWN[form(partner)]).items()
]


def _body(data: bytes) -> bytes:
    return data.partition(b"?>")[2] if data.startswith(b"<?xml") else data


def component(partner: str) -> Component:
    transport: Any = None
    return Component(connectors()[partner], transport, lambda: AT, lambda: uuid7(AT))


def speaks(problem: Problem) -> bool:
    texts = [problem.text, *([problem.remedy] if problem.remedy else [])]
    chinese = all(any("\u4e00" <= letter <= "\u9fff" for letter in text.zh) for text in texts)
    english = all(any("a" <= letter <= "z" for letter in text.en) for text in texts)
    return chinese and english and problem.remedy is not None and bool(problem.field)


@pytest.mark.parametrize(("partner", "spoil"), CASES)
def test_a_broken_answer_is_kept_with_its_place_and_reason(partner: str, spoil: Spoil) -> None:
    data = spoil(good(partner))
    with pytest.raises(Unreadable) as refused:
        connectors()[partner].codec.decode(data)
    assert all(map(speaks, refused.value.problems)), refused.value.problems
    kept = component(partner).read(Inbound("source-1", data))
    assert (kept.source, kept.data, kept.receipts) == ("source-1", data, ())
    assert refused.value.problems[0].text.zh in kept.problem
    assert refused.value.problems[0].text.en in kept.problem


def _twice(partner: str, data: bytes) -> bytes:
    """A second value for what the first receipt says already; its neighbours are left alone."""
    if form(partner) == "JSON":
        content = json.loads(data)
        first, *others = (json.dumps(one, ensure_ascii=False) for one in content["receipts"])
        return ('{"receipts": [' + ",".join(['{"code": "X", ' + first[1:], *others]) + "]}").encode()
    name = b"Code" if partner == "quarantine" else b"CHANNEL"
    start, end = data.index(b"<%b>" % name), data.index(b"</%b>" % name) + len(name) + 3
    return data[:end] + data[start:end] + data[end:]


@pytest.mark.parametrize("partner", [name for name in rooms.connectors() if form(name) != "EDIFACT"])
def test_what_says_two_things_at_once_says_nothing(partner: str) -> None:
    codec = connectors()[partner].codec
    said = codec.decode(good(partner))
    try:
        spoilt, *others = codec.decode(_twice(partner, good(partner)))
    except Unreadable as error:
        problems: tuple[Problem, ...] = error.problems
    else:
        problems = spoilt.problems
        assert others == said[1:]
        harmless(spoilt, said)
    assert [problem.code.rpartition(".")[2] for problem in problems] == ["twice"]
    assert all(map(speaks, problems))


def harmless(spoilt: Receipt, said: list[Receipt]) -> None:
    """It takes no number that a good copy may come under, orders nothing and changes no state."""
    assert spoilt.id.startswith("spoilt:")
    assert spoilt.id not in {receipt.id for receipt in said}
    assert (spoilt.outcome, spoilt.instructions, spoilt.facts) == (Outcome.NOTED, (), {})


WRITTEN = re.compile(r"2026-\d\d-\d\dT[\d:]{8}(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?")
COMPACT = re.compile(r"(?<=DTM\+137:)2026\d{10}(?=:204)")
PREPARED = re.compile(r"2026\d{4}:\d{4}(?=\+)")  # of UNB, which dates a CONTRL
ENDS = [
    pytest.param(text, compact, id=text)
    for text, compact in [
        ("0001-01-01T00:00:00", "00010101000000"),
        ("0001-01-01T00:00:00+08:00", "00010101000000"),
        ("1899-12-31T23:59:59", "18991231235959"),
        ("2200-01-01T00:00:00Z", "22000101000000"),
        ("9999-12-31T23:59:59", "99991231235959"),
        ("9999-12-31T23:59:59-12:00", "99991231235959"),
    ]
]


@pytest.mark.parametrize("partner", rooms.connectors())
@pytest.mark.parametrize("verdict", ["positive", "negative"])
@pytest.mark.parametrize(("text", "compact"), ENDS)
def test_an_answer_of_an_impossible_year_counts_as_of_no_time(
    partner: str, verdict: str, text: str, compact: str
) -> None:
    codec, data = connectors()[partner].codec, good(partner, verdict)
    said = codec.decode(data)
    spoiled = WRITTEN.sub(text, COMPACT.sub(compact, data.decode()))
    found = codec.decode(PREPARED.sub(f"{compact[:8]}:{compact[8:12]}", spoiled).encode())
    assert {one.at for one in said} != {UNTIMED}
    assert {one.at for one in found} == {UNTIMED}
    assert {order.at for one in found for order in one.instructions} <= {UNTIMED}
    assert [_meant(one) for one in found] == [_meant(one) for one in said]


def _meant(receipt: Receipt) -> tuple[Any, ...]:
    ordered = [(order.order, order.subject, order.method) for order in receipt.instructions]
    return (
        receipt.about,
        receipt.stage,
        receipt.code,
        receipt.outcome,
        receipt.text,
        receipt.problems,
        ordered,
    )


@pytest.mark.parametrize("partner", rooms.connectors())
def test_a_codec_that_fails_by_its_own_fault_keeps_the_answer(
    partner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: bytes) -> list[Receipt]:
        raise ZeroDivisionError

    monkeypatch.setattr(connectors()[partner].codec, "decode", fail)
    kept = component(partner).read(Inbound("source-1", b"x"))
    assert (kept.data, kept.receipts, kept.problem) == (b"x", (), "ZeroDivisionError")


def test_the_table_knows_every_door() -> None:
    assert {form(partner) for partner in rooms.connectors()} <= set(OWN)

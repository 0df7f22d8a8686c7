"""The table of bad inputs: what is sent, and what must be said about it. A new one is a new row."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from running import body_of, declaration

FORMAT = "application/json"


class Bad(Struct, frozen=True):
    """One bad input: a body that is made when it is needed, and the problem that must come back."""

    name: str
    body: Callable[[], bytes]
    status: int
    code: str
    field: str = ""
    value: str = ""
    headers: Mapping[str, str] = {}


def changed(change: Callable[[dict[str, Any]], object]) -> Callable[[], bytes]:
    """The good declaration with one thing done to it."""

    def made() -> bytes:
        document = copy.deepcopy(declaration())
        change(document)
        return body_of(document)

    return made


def with_value(name: str, value: Any) -> Callable[[], bytes]:
    """The good declaration with one value of its header replaced."""
    return changed(lambda document: document["values"].update({name: value}))


def in_line(section: str, number: int, name: str, value: Any) -> Callable[[], bytes]:
    """The same for a value of one line."""
    return changed(lambda document: document["values"][section][number].update({name: value}))


def replaced(old: bytes, new: bytes) -> Callable[[], bytes]:
    """The good declaration's bytes with something else in one place."""

    def made() -> bytes:
        body = body_of(declaration())
        assert old in body
        return body.replace(old, new, 1)

    return made


def good() -> bytes:
    return body_of(declaration())


def gb18030() -> bytes:
    return good().decode().encode("gb18030")


def half() -> bytes:
    return good()[: len(good()) // 2]


def deep(levels: int) -> Callable[[], bytes]:
    return lambda: (
        b'{"document": "goods_declaration", "values": ' + b'{"a":' * levels + b"1" + b"}" * levels + b"}"
    )


def many_lines(count: int) -> Callable[[], bytes]:
    return changed(lambda d: d["values"].update(goods=[copy.deepcopy(d["values"]["goods"][0])] * count))


GROSS = b'"gross_mass": "12946.5"'
MARKS = b'"marks": "N/M"'

UNREADABLE = (
    Bad("empty", lambda: b"", 400, "not_json"),
    Bad("broken", lambda: b'{"document": goods}', 400, "not_json"),
    Bad("half", half, 400, "not_json"),
    Bad("XML of another kind", lambda: b"\xef\xbb\xbf<Manifest/>", 400, "unknown_format"),
    Bad("not an object", lambda: b"[1]", 400, "not_an_object"),
    Bad(
        "twice the same key",
        replaced(GROSS, GROSS + b', "gross_mass": "1"'),
        400,
        "duplicate_key",
        "gross_mass",
    ),
    Bad("NaN", replaced(GROSS, b'"gross_mass": NaN'), 400, "not_json"),
    Bad("depth 10,000", deep(10_000), 400, "too_deep"),
    Bad("depth 17", deep(16), 400, "too_deep"),
    Bad("lone surrogate", replaced(MARKS, b'"marks": "\\ud800"'), 400, "not_json"),
    Bad("surrogate in UTF-8", replaced(MARKS, b'"marks": "\xed\xa0\x80"'), 400, "not_utf8", value="\\xed"),
    Bad("byte order mark", lambda: b"\xef\xbb\xbf" + good(), 400, "byte_order_mark"),
    Bad("UTF-16", lambda: good().decode().encode("utf-16"), 400, "byte_order_mark"),
    Bad(
        "GBK said to be UTF-8",
        gb18030,
        400,
        "not_utf8",
        headers={"content-type": f"{FORMAT}; charset=utf-8"},
    ),
    Bad("a million commas", lambda: b'{"a":[' + b"1," * 1_000_000 + b"1]}", 400, "too_many_values"),
)

REFUSED = (
    Bad(
        "UTF-8 said to be GBK",
        good,
        415,
        "request.charset",
        "content-type",
        "gbk",
        {"content-type": f"{FORMAT}; charset=GBK"},
    ),
    Bad(
        "GBK said to be GBK",
        gb18030,
        415,
        "request.charset",
        "content-type",
        "gb18030",
        {"content-type": f'{FORMAT};Charset="GB18030"'},
    ),
    Bad(
        "unknown kind of document",
        changed(lambda d: d.update(document="letter")),
        422,
        "unknown_document",
        "document",
        "letter 1",
    ),
    Bad("unknown version", changed(lambda d: d.update(version="99")), 422, "unknown_document", "document"),
    Bad(
        "unknown element beside the values",
        changed(lambda d: d.update(hint="x")),
        422,
        "unknown_element",
        "hint",
    ),
    Bad(
        "a number without end",
        replaced(GROSS, b'"gross_mass": 1e999'),
        422,
        "wrong_form",
        "gross_mass",
        "1e999",
    ),
    Bad("an integer without end", with_value("gross_mass", 10**400), 422, "wrong_type", "gross_mass"),
    Bad("Arabic digits", with_value("gross_mass", "١٢٩٤٦"), 422, "wrong_form", "gross_mass", "١٢٩٤٦"),
    Bad(
        "full-width digits in a code",
        with_value("declaration_office", "８０１０"),
        422,
        "wrong_form",
        "declaration_office",
    ),
    Bad("NUL in a text", with_value("marks", "N\0M"), 422, "wrong_form", "marks", "N\\x00M"),
    Bad(
        "NUL in a number people search by",
        with_value("bill_number", "CQ\0X"),
        422,
        "wrong_form",
        "bill_number",
    ),
    Bad("text far too long", with_value("marks", "长" * 100_000), 422, "wrong_form", "marks"),
    Bad("an object for a value", with_value("marks", {"a": "b"}), 422, "wrong_type", "marks"),
    Bad("lines that are none", with_value("goods", "rice"), 422, "not_lines", "goods"),
    Bad("no line at all", with_value("goods", []), 422, "too_few_lines", "goods"),
    Bad("51 goods lines", many_lines(51), 422, "too_many_lines", "goods", "51"),
    Bad(
        "negative quantity",
        in_line("goods", 0, "quantity", "-1"),
        422,
        "wrong_form",
        "goods[0].quantity",
        "-1",
    ),
    Bad(
        "wrong check digit",
        in_line("containers", 1, "container_number", "CQXU3188624"),
        422,
        "container.check",
        "containers[1].container_number",
        "CQXU3188624",
    ),
    Bad(
        "a code that ended",
        in_line("goods", 0, "destination_division", "500227"),
        422,
        "ended_code",
        "goods[0].destination_division",
        "500227",
    ),
    Bad(
        "an unknown customs office",
        with_value("declaration_office", "9999"),
        422,
        "unknown_code",
        "declaration_office",
        "9999",
    ),
    Bad(
        "something left out",
        changed(lambda d: d["values"].pop("trade_direction")),
        422,
        "missing",
        "trade_direction",
    ),
    Bad(
        "nobody's mandate",
        with_value("consignee_code", "91500105MADEM0XX00"),
        422,
        "no_mandate",
        "consignee_code",
        "91500105MADEM0XX00",
    ),
    Bad(
        "a very long message id",
        good,
        422,
        "wrong_form",
        "message_id",
        headers={"idempotency-key": "k" * 5_000},
    ),
    Bad(
        "a message id with a tab",
        good,
        422,
        "wrong_form",
        "message_id",
        "a\\x09b",
        {"idempotency-key": "a\tb"},
    ),
)


def named(bad: Bad) -> str:
    return bad.name

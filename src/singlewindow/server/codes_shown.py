"""A code list, or one code with all its periods, as the command line shows it."""

from __future__ import annotations

from datetime import date
from typing import Any

from psycopg import Connection

from singlewindow.hub.standards.codelists import Code, CodeList
from singlewindow.hub.standards.storing import read_lists
from singlewindow.server.refusal import Refusal
from singlewindow.server.reply import Reply

ABSENT = 1


def shown(connection: Connection[Any], list_id: str | None, code: str | None, on: date) -> Reply:
    """The codes of a list valid on a day, or every period of one code; exit code 1 where there is none."""
    if list_id is None:
        raise Refusal("请给出代码表", "name the list")
    listing = read_lists(connection, list_id).get(list_id)
    if listing is None:
        raise Refusal(f"没有代码表 {list_id}", f"there is no code list {list_id}")
    return _all(listing, on) if code is None else _one(listing, code, on)


def _all(listing: CodeList, on: date) -> Reply:
    codes = [code for code in listing.codes if code.valid(on)]
    width = max((len(code.code) for code in codes), default=0)
    lines = [f"{code.code:{width}}  {code.name.zh} · {code.name.en}" for code in codes]
    name, source = (f"{text.zh} · {text.en}" for text in (listing.name, listing.source))
    head = f"{name}（{on}，{len(codes)}）{source}"
    return Reply([_values(code) for code in codes], "\n".join([head, *lines]))


def _one(listing: CodeList, code: str, on: date) -> Reply:
    periods = [each for each in listing.codes if each.code == code]
    values = {"list": listing.id, "code": code, "standing": str(listing.find(code, on)[0])}
    lines = [line for each in periods for line in _lines(each)]
    if not periods:
        lines = [f"{listing.name.zh}没有代码 {code} · {listing.name.en}: no code {code}"]
    text = "\n".join([*lines, f"{on}: {values['standing']}"])
    return Reply(values | {"periods": [_values(each) for each in periods]}, text, 0 if periods else ABSENT)


def _lines(code: Code) -> list[str]:
    begins = "" if code.valid_from == date.min else str(code.valid_from)
    lines = [
        f"{code.code}  {code.name.zh} · {code.name.en}",
        f"  {begins}–{code.valid_to or ''}  {code.source}",
    ]
    if code.successor:
        lines.append(f"  改用 · use {code.successor}")
    return lines + [f"  {name}: {value}" for name, value in code.extra.items()]


def _values(code: Code) -> dict[str, Any]:
    return {
        "code": code.code,
        "name": {"zh": code.name.zh, "en": code.name.en},
        "pinyin": code.pinyin,
        "valid_from": None if code.valid_from == date.min else code.valid_from.isoformat(),
        "valid_to": code.valid_to and code.valid_to.isoformat(),
        "successor": code.successor,
        "source": code.source,
        "extra": dict(code.extra),
    }

"""The foreign messages rewritten at random in whatever way the format leaves free: they say the same."""

from __future__ import annotations

import random
from collections import defaultdict, deque
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from contracts.bad_messages import enveloped
from contracts.test_foreign_messages import MESSAGES, TOLD, meant_by
from platform_under_test import context
from singlewindow.connectors.customs.layout import DEC
from singlewindow.hub.exchange.submission import prepare

BARE = [path for path in MESSAGES if not path.name.endswith(".dxp.xml")]
NUMBERS = {"GQty", "FirstQty", "DeclPrice", "DeclTotal", "GrossWet", "NetWt", "ContainerWt", "FeeRate"}
NAMESPACES: tuple[tuple[str, str], ...] = (("", ""), ("", DEC), ("dec", DEC), ("n-1.a", DEC))
ENCODINGS = (("UTF-8", "utf-8"), ("utf-8", "utf-8-sig"), ("GBK", "gb18030"), ("GB18030", "gb18030"))


def rewritten(message: bytes, chance: random.Random) -> bytes:
    """The same message in another hand."""
    root = etree.fromstring(message, etree.XMLParser(remove_comments=True, remove_blank_text=True))
    found = next(each for each in root.iter() if _name(each) == "DecMessage")
    prefix, namespace = chance.choice(NAMESPACES)
    text = _written(found, f"{prefix}:" if prefix else "", chance)
    mark = f"xmlns:{prefix}" if prefix else "xmlns"
    if namespace:
        text = text.replace("DecMessage", f'DecMessage {mark}="{namespace}"', 1)
    if chance.random() < 0.3:
        text = f"<ImportMessage><SWImpHead/><SWImpData>{text}</SWImpData></ImportMessage>"
    called, codec = chance.choice(ENCODINGS)
    body = f"<?xml version='1.0' encoding='{called}'?>{_aside(chance)}{text}".encode(codec)
    return enveloped(body) if chance.random() < 0.3 else body


def _written(element: Any, prefix: str, chance: random.Random) -> str:
    name = prefix + _name(element)
    inner = "".join(_written(child, prefix, chance) for child in _children(element, chance))
    if not len(element):
        inner = _text(_name(element), (element.text or "").strip(), chance)
        if not inner and chance.random() < 0.5:
            return ""
    return f"<{name}>{inner}</{name}>{_aside(chance)}"


def _children(element: Any, chance: random.Random) -> list[Any]:
    """In any order, but for several of one name; goods lines, which are numbered, in any."""
    found = list(element)
    if _name(element) == "DecLists":
        chance.shuffle(found)
        return found
    queues: dict[str, deque[Any]] = defaultdict(deque)
    for child in found:
        queues[_name(child)].append(child)
    names = [_name(child) for child in found]
    chance.shuffle(names)
    return [queues[name].popleft() for name in names]


def _text(name: str, text: str, chance: random.Random) -> str:
    if text and name in NUMBERS:
        text += ("" if "." in text else ".") + "0" * chance.randrange(1, 4)
    forms = (_escaped(text), f"<![CDATA[{text}]]>", "".join(f"&#{ord(letter)};" for letter in text))
    return _space(chance) + chance.choice(forms) + _space(chance) if text else ""


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _aside(chance: random.Random) -> str:
    return _space(chance) + chance.choice(("", "", "", "<!-- 注 <GQty>9</GQty> -->", "<?a b?>"))


def _space(chance: random.Random) -> str:
    return chance.choice(("", "", "\n\t", "\r\n  ", " "))


def _name(element: Any) -> str:
    return etree.QName(element).localname


@pytest.mark.parametrize("path", BARE, ids=lambda path: path.stem)
@settings(max_examples=40)
@given(number=st.integers(0, 2**32))
def test_another_hand_says_the_same(path: Path, number: int) -> None:
    message = rewritten(path.read_bytes(), random.Random(number))
    taken = prepare(message, context())
    assert {problem.code for problem in taken.checked.problems} <= TOLD
    assert taken.checked.document.values == prepare(meant_by(path), context()).checked.document.values

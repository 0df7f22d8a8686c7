"""What a DecMessage carries that no definition names: read apart, and written again in its own place.

By parent and name, ``DecHead/Colour``, ``DecList/Extra``. A value is a text; or what an element holds, by
name: its own text under ``#``, attributes under ``@name``, several elements of one name in a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from singlewindow.connectors.customs.hardened import DEPTH_MOST, refused
from singlewindow.connectors.customs.layout import (
    DEC,
    FILLED,
    ITEMS,
    OF_TRANSPORT,
    ORDER,
    PARTS,
    ROOT,
    UNFILLED,
)
from singlewindow.kernel.paths import divided, steps

TEXTS_MOST = 5_000
CHARACTERS_MOST = 200_000  # names included
NAME_MOST = 200  # its place and namespace included
ATTRIBUTES_MOST = 200  # of one element: the XML library looks through them all for the value of each
# Never anybody's to say again: the format's own structure, what signs and routes it, the day customs gives.
_OTHERS = {name for part in UNFILLED[ROOT] for name in (part, *PARTS[part])}
RESERVED = frozenset({ROOT, "DDate", *OF_TRANSPORT}.union(*PARTS.values())) - _OTHERS
_TEXT = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*").fullmatch


def localise(message: Any) -> None:
    """Elements of the message's own namespace, or of none, by their name alone; others keep theirs."""
    own = tuple({f"{{{DEC}}}", f"{{{etree.QName(message).namespace}}}"})
    for element in message.iter():
        if element.tag.startswith(own):
            element.tag = element.tag.rpartition("}")[2]


def unnamed(element: Any) -> dict[str, Any]:
    """What stands right below an element of the message, filled, and has no box there."""
    filled, parts = FILLED[element.tag], PARTS[element.tag]
    found = {} if element.tag == ROOT else _attributes(element, f"{element.tag}/")
    for child in element:
        place = f"{element.tag}/{child.tag}"
        if child.tag not in filled or (len(child) and child.tag not in parts):
            _add(found, place, _content(child))
        elif child.attrib and child.tag not in parts:
            found |= _attributes(child, f"{place}/")
    return found


def refuse_unbounded(values: Mapping[str, Any]) -> None:
    """Raises ``Unreadable`` where there is more of it than anybody would look through."""
    kept = [*_kept(values)]
    names = [name for key, value in kept for name in (key, *_names(value))]
    texts = [text for _, value in kept for text in _texts(value)]
    for code, found, most in (
        ("too-many-unknown", len(texts), TEXTS_MOST),
        ("too-much-unknown", sum(map(len, names)) + sum(map(len, texts)), CHARACTERS_MOST),
        ("name-too-long", max(map(len, names), default=0), NAME_MOST),
    ):
        if found > most:
            zh, en = _BOUNDS[code]
            raise refused(code, ROOT, zh.format(most), en.format(most), str(found))


_BOUNDS = {
    "too-many-unknown": ("未识别的要素多于 {} 项", "carries more than {} values that no definition names"),
    "too-much-unknown": (
        "未识别的要素超过 {} 个字符",
        "carries more than {} characters of what no definition names",
    ),
    "name-too-long": (
        "未识别要素的名称超过 {} 个字符",
        "names what no definition names by more than {} characters",
    ),
}


def placed(message: Any, extension: Mapping[str, Any]) -> list[tuple[str, Any, str, Any]]:
    """What of it may go out and where: path, the element it stands in, name and value, in their order."""
    found = []
    for path, value in sorted(extension.items()):
        line, key = divided(path)
        parent, _, name = key.partition("/")
        element = _parent(message, steps(line), parent)
        if element is not None and _free(parent, name, value) and _sound(name, value):
            found.append((path, element, name, value))
    return found


def extend(message: Any, extension: Mapping[str, Any]) -> None:
    """Every place is found before anything is added, so nothing can stand in what was added."""
    for _, element, name, value in placed(message, extension):
        order = ORDER[etree.QName(element).localname]
        before = len(order) if name not in order else order.index(name)
        at = sum(_rank(child, order) <= before for child in element)
        for one in _made(name, value):
            element.insert(at, one)
            at += 1


def _rank(element: Any, order: tuple[str, ...]) -> int:
    name = etree.QName(element).localname
    return order.index(name) if name in order else len(order)


def _attributes(element: Any, place: str) -> dict[str, Any]:
    """Those of no namespace; others are the tools' own, like ``xsi:nil``."""
    if (found := len(element.attrib)) > ATTRIBUTES_MOST:
        zh, en = (
            f"的一个要素有 {ATTRIBUTES_MOST} 个以上的属性",
            f"has an element of over {ATTRIBUTES_MOST} attributes",
        )
        raise refused("too-many-attributes", ROOT, zh, en, str(found))
    return {f"{place}@{name}": value for name, value in element.attrib.items() if not name.startswith("{")}


def _content(element: Any) -> Any:
    """A text, or what it holds by name; None where nothing is filled."""
    found = _attributes(element, "")
    text = "".join(part for part in (element.text, *(child.tail for child in element)) if part).strip()
    for child in element:
        _add(found, child.tag, _content(child))
    if not found:
        return text or None
    return {"#": text, **found} if text else found


def _add(found: dict[str, Any], name: str, value: Any) -> None:
    """Several of one name become a list."""
    if value is None:
        return
    if name not in found:
        found[name] = value
    elif isinstance(found[name], list):
        found[name].append(value)
    else:
        found[name] = [found[name], value]


def _kept(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if "/" in key:
            yield key, value
        elif isinstance(value, list):
            for line in value:
                yield from _kept(line)


def _names(value: Any) -> Iterator[str]:
    """The names of what an element holds, once each time they stand."""
    for one in value if isinstance(value, list) else (value,):
        if isinstance(one, dict):
            for name, inner in one.items():
                yield from [name] * (len(inner) if isinstance(inner, list) else 1)
                yield from _names(inner)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    else:
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _parent(message: Any, lines: list[tuple[str, int]], parent: str) -> Any:
    """The element that a path speaks of; None where the message has none, or it is not a sender's to fill."""
    element = message
    for group, at in lines:
        items = [*element.iter(f"{{{DEC}}}{ITEMS.get(group, ROOT)}")]
        if at >= len(items):
            return None
        element = items[at]
    if parent not in ORDER or parent == "DecSign":
        return None
    return element if etree.QName(element).localname == parent else element.find(f"{{{DEC}}}{parent}")


def _free(parent: str, name: str, value: Any) -> bool:
    """Whether the place is not ours to fill; what the wire knows as a text is passed on as a text alone."""
    known_as_text = name in ORDER[parent] and name not in PARTS[parent]
    return name not in FILLED[parent] and (isinstance(value, str) or not known_as_text)


def _sound(name: str, value: Any, depth: int = 1) -> bool:
    """Whether all of an element is plain: no namespace, no reserved name, nothing XML cannot hold."""
    if depth > DEPTH_MOST or name in RESERVED or not _is_name(name):
        return False
    for one in value if isinstance(value, list) else (value,):
        held = one.items() if isinstance(one, dict) else (("#", one),)
        for inner, content in held:
            if inner == "#" or inner.startswith("@"):
                good = isinstance(content, str) and _TEXT(content) and (inner == "#" or _is_name(inner[1:]))
            else:
                good = _sound(inner, content, depth + 1)
            if not good:
                return False
    return True


def _is_name(name: str) -> bool:
    """As XML has it, without a prefix; what begins with ``xml`` is XML's own."""
    try:
        etree.QName(name)
    except ValueError:
        return False
    return len(name) <= NAME_MOST and not name.lower().startswith("xml") and not {":", "{"} & set(name)


def _made(name: str, value: Any) -> Iterator[Any]:
    """The elements, escaped by the XML library when they are written."""
    for one in value if isinstance(value, list) else (value,):
        element = etree.Element(f"{{{DEC}}}{name}")
        for inner, content in one.items() if isinstance(one, dict) else (("#", one),):
            if inner == "#":
                element.text = content
            elif inner.startswith("@"):
                element.set(inner[1:], content)
            else:
                element.extend(_made(inner, content))
        yield element

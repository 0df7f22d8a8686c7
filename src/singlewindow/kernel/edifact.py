"""UN/EDIFACT characters (ISO 9735): bytes to segments and back, with release characters and charsets.

Repeated elements (``*`` of syntax 4) are kept as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from singlewindow.kernel.clock import BEIJING
from singlewindow.kernel.messages import Problem, Text, Unreadable

BYTES_MOST = 20_000_000
SEGMENTS_MOST = 200_000
ELEMENTS_MOST = 100
COMPONENTS_MOST = 50
SEGMENT_MOST = 4_000
PARTS_MOST = 1_000_000  # components of an interchange: each becomes a value of its own, however short it is
_LATIN = zip("CDEFGHIJK", (1, 2, 5, 7, 3, 4, 6, 8, 9), strict=True)
CHARSETS = {"UNOA": "ascii", "UNOB": "ascii", "IATA": "ascii", "IATB": "ascii", "UNOW": "utf-8"}
CHARSETS |= {f"UNO{level}": f"iso8859-{part}" for level, part in _LATIN} | {"UNOY": "utf-8"}
_LEVEL_A = re.compile(r"[A-Z0-9 .,\-()/='+:?!\"%&*;<>]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1b\x7f]")
_ESCAPES = str.maketrans({character: f"?{character}" for character in "?:+'"})
_DIGITS = {"102": 8, "203": 12, "204": 14}  # of a time by its format (2379): CCYYMMDD, with HHMM, with SS
_AGAIN = Text("请按 UN/EDIFACT 语法重新发送", "Send it again as the UN/EDIFACT syntax prescribes")
APART = Text("请拆成几个交换分别发送", "Send it as several interchanges")
_BLANKS = " \t\r\n"  # not more: the separators of UNOB are white space to Python


class Syntax(Struct, frozen=True):
    """The service characters, as UNA states them or by default."""

    component: str = ":"
    element: str = "+"
    decimal: str = "."
    release: str = "?"
    repetition: str = " "
    terminator: str = "'"


class Segment(NamedTuple):
    """A tag and its elements, each a list of components."""

    tag: str
    elements: list[list[str]]

    def at(self, element: int, component: int = 1) -> str:
        """A component by its position, counted from 1 as directories do; empty where it is absent."""
        if element > len(self.elements) or component > len(self.elements[element - 1]):
            return ""
        return self.elements[element - 1][component - 1]


def segments(data: bytes) -> tuple[str, list[Segment]]:
    """The syntax identifier and the segments from UNB on; raises ``Unreadable`` if these are none."""
    if len(data) > BYTES_MOST:
        raise _too_much("too-large", f"超过 {BYTES_MOST} 字节", f"larger than {BYTES_MOST} bytes")
    text, syntax, charset = _text(data.removeprefix(b"\xef\xbb\xbf").lstrip(_BLANKS.encode()))
    return charset, _split(text, syntax)


def moment(text: str, form: str) -> datetime | None:
    """A time in one of the formats (2379) that partners use; Beijing's, as EDIFACT names no zone."""
    if len(text) != _DIGITS.get(form) or not (text.isascii() and text.isdecimal()):
        return None
    try:
        return datetime.fromisoformat(f"{text[:8]}T{text[8:] or '00'}").replace(tzinfo=BEIJING)
    except ValueError:
        return None


def segment(tag: str, *elements: str | Sequence[str]) -> str:
    """One segment with its terminator; values are escaped, empty ends left away."""
    written = [tag]
    for element in elements:
        parts = [element] if isinstance(element, str) else list(element)
        while parts and not parts[-1]:
            parts.pop()
        written.append(":".join(part.translate(_ESCAPES) for part in parts))
    while len(written) > 1 and not written[-1]:
        written.pop()
    return "+".join(written) + "'"


def as_bytes(text: str, charset: str) -> bytes:
    """Written segments in a character set; raises ``Unreadable`` for what it cannot carry."""
    if _CONTROL.search(text) or "\r" in text or "\n" in text:
        raise Unreadable(fault("control", "", "含控制字符", "control characters stand in it"))
    try:
        data = text.encode(CHARSETS[charset])
    except UnicodeEncodeError as error:
        raise Unreadable(_beyond(charset, text[error.start])) from None
    if charset in ("UNOA", "IATA") and not _LEVEL_A.fullmatch(text):
        raise Unreadable(_beyond(charset, next(one for one in text if not _LEVEL_A.fullmatch(one))))
    return data


def _text(data: bytes) -> tuple[str, Syntax, str]:
    syntax = Syntax()
    if data.startswith(b"UNA"):
        service, data = data[3:9].decode("latin-1"), data[9:].lstrip(_BLANKS.encode())
        if len(service) < 6 or len(set(service[:4] + service[5])) < 5 or re.search(r"[A-Za-z0-9]", service):
            raise Unreadable(fault("una", "UNA", "分隔符无效", "its service characters cannot be used"))
        syntax = Syntax(*service)
    charset = data[4:8].decode("latin-1")
    if not data.startswith(b"UNB" + syntax.element.encode("latin-1")) or charset not in CHARSETS:
        zh, en = "应以 UNB 及已知的字符集标识开始", "it must begin with UNB and a known syntax identifier"
        raise Unreadable(fault("unb", "UNB", zh, en))
    text = _decoded(data, charset)
    if found := _CONTROL.search(text):
        zh, en = "含控制字符", "control characters stand in it"
        raise Unreadable(fault("control", f"character[{found.start()}]", zh, en))
    return text, syntax, charset


def _decoded(data: bytes, charset: str) -> str:
    """As declared; but much of what says ISO 8859 is UTF-8, which other text hardly ever looks like."""
    for codec in ("ascii",) if CHARSETS[charset] == "ascii" else ("utf-8", CHARSETS[charset]):
        try:
            return data.decode(codec)
        except UnicodeDecodeError as error:
            place = error.start
    zh, en = f"不是 {charset} 字符", f"no {charset} text"
    raise Unreadable(fault("charset", f"byte[{place}]", zh, en))


def _split(text: str, syntax: Syntax) -> list[Segment]:
    """Released characters are put aside as control characters, which the text cannot hold, then split."""
    if syntax.terminator not in "\r\n":
        text = text.replace("\r", "").replace("\n", "")  # line breaks are layout, even inside a value
    service = (syntax.component, syntax.element, syntax.terminator, syntax.release)
    released = syntax.release != " " and syntax.release in text
    if released:
        aside = {character: chr(place) for place, character in enumerate(service)}
        pattern = re.escape(syntax.release) + r"(.?)"
        text = re.sub(pattern, lambda found: aside.get(found[1], found[1]), text, flags=re.DOTALL)
    if text.count(syntax.terminator) > SEGMENTS_MOST:
        raise _too_much("segments", f"超过 {SEGMENTS_MOST} 段", f"over {SEGMENTS_MOST} segments")
    if text.count(syntax.element) + text.count(syntax.component) > PARTS_MOST:
        raise _too_much("parts", f"超过 {PARTS_MOST} 个成分", f"over {PARTS_MOST} components")
    *whole, rest = text.split(syntax.terminator)
    if rest.strip(_BLANKS):
        raise Unreadable(fault("cut", f"segment[{len(whole)}]", "末段没有结束符", "the last segment is cut"))
    back = dict(enumerate(service)) if released else None
    return [_segment(one, syntax, back) for each in whole if (one := each.lstrip(_BLANKS).rstrip("\r"))]


def _segment(text: str, syntax: Syntax, back: dict[int, str] | None) -> Segment:
    if len(text) > SEGMENT_MOST:
        raise _too_long(text[:3])
    elements = [element.split(syntax.component) for element in text.split(syntax.element)]
    if back is not None and not text.isprintable():
        elements = [[part.translate(back) for part in element] for element in elements]
    tag = elements[0][0]
    # A short one has no room for too much of anything.
    if len(text) >= COMPONENTS_MOST and (
        len(elements) > ELEMENTS_MOST or max(map(len, elements)) > COMPONENTS_MOST
    ):
        raise _too_long(tag[:3])
    return Segment(tag, elements[1:])


def _too_long(tag: str) -> Unreadable:
    return Unreadable(fault("bounds", tag, "段过长", "the segment is longer than can be"))


def _beyond(charset: str, character: str) -> Problem:
    return fault(
        "charset", "", f"{charset} 不含字符“{character}”", f"{charset} cannot carry {character!r}", character
    )


def _too_much(code: str, zh: str, en: str) -> Unreadable:
    return Unreadable(fault(code, "", zh, en, remedy=APART))


def fault(code: str, place: str, zh: str, en: str, value: str = "", remedy: Text = _AGAIN) -> Problem:
    """What is wrong with an interchange, in the words of both languages, and what to do."""
    text = Text(f"EDIFACT 交换：{zh}。", f"EDIFACT interchange: {en}.")
    return Problem(f"edifact.{code}", text, field=place or "UNB", value=value, remedy=remedy)

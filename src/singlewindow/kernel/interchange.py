"""UN/EDIFACT interchanges (ISO 9735): segments put together to messages, every count compared.

A fault of the interchange refuses it whole; a fault of one message stays with that message, so that
its neighbours can be read.
"""

from __future__ import annotations

import re

from msgspec import Struct

from singlewindow.kernel.edifact import APART, Segment, fault, segments
from singlewindow.kernel.messages import Problem, Unreadable

MESSAGES_MOST = 1_000
PROBLEMS_MOST = 100
_TAG = re.compile(r"[A-Z][A-Z0-9]{2}")
_SERVICE = frozenset(("UNH", "UNT", "UNG", "UNE"))
_COUNT = re.compile(r"[0-9]{1,9}")


class Message(Struct, frozen=True):
    """What stands between UNH and UNT; ``kind`` is as in ``CODECO``, ``directory`` as in ``D.95B``."""

    reference: str
    kind: str
    directory: str
    segments: tuple[Segment, ...]
    problems: tuple[Problem, ...] = ()


class Interchange(Struct, frozen=True):
    """What stands between UNB and UNZ, groups (UNG) opened; ``prepared`` is date and time as written."""

    charset: str
    sender: str
    receiver: str
    reference: str
    messages: tuple[Message, ...]
    prepared: tuple[str, str] = ("", "")


def read(data: bytes) -> Interchange:
    """The messages of an interchange; raises ``Unreadable`` with every fault of the interchange itself.

    One that holds more than ``MESSAGES_MOST`` is read no further.
    """
    charset, found = segments(data)
    return _Reader(found, charset).interchange()


class _Reader:
    """Puts messages together and compares every count and reference with what is there."""

    def __init__(self, segments: list[Segment], charset: str) -> None:
        self.segments, self.charset = segments, charset
        self.messages: list[Message] = []
        self.references: set[str] = set()
        self.groups = 0
        self.group: Segment | None = None
        self.before = 0  # messages before the open group
        self.head: Segment | None = None
        self.body: list[Segment] | None = None
        self.found: list[Problem] = []

    def interchange(self) -> Interchange:
        head, last = self.segments[0], self.segments[-1]
        trailing = last.tag == "UNZ"
        for one in self.segments[1 : -1 if trailing else None]:
            self._take(one)
        self._close(None)
        if self.group:
            self._wrong("UNE", "缺少 UNE", "UNE is missing")
        counted = (last.at(1), last.at(2)) if trailing else ("", "")
        self._compare("UNZ", counted, self.groups or len(self.messages), head.at(5))
        if self.found:
            raise Unreadable(*self.found[:PROBLEMS_MOST])
        prepared = (head.at(4), head.at(4, 2))
        return Interchange(self.charset, head.at(2), head.at(3), head.at(5), tuple(self.messages), prepared)

    def _take(self, one: Segment) -> None:
        if self.body is not None and one.tag not in _SERVICE:
            self.body.append(one)
            return
        if one.tag in ("UNH", "UNG", "UNE"):
            self._close(None)
        if one.tag == "UNH":
            self.head, self.body = one, []
        elif one.tag == "UNT":
            self._close(one)
        elif one.tag == "UNG":
            self.group, self.before, self.groups = one, len(self.messages), self.groups + 1
        elif one.tag == "UNE":
            expected = self.group.at(5) if self.group else ""
            self._compare("UNE", (one.at(1), one.at(2)), len(self.messages) - self.before, expected)
            self.group = None
        else:
            self.body = [] if self.body is None else self.body
            self.body.append(one)

    def _close(self, tail: Segment | None) -> None:
        """End the open message; what is wrong with it stays with it."""
        if self.body is None and tail is None:
            return
        head, body = self.head or Segment("UNH", []), self.body or []
        if len(self.messages) == MESSAGES_MOST:
            zh, en = f"报文超过 {MESSAGES_MOST} 个", f"over {MESSAGES_MOST} messages"
            raise Unreadable(fault("count", "UNZ", zh, en, remedy=APART))
        problems = tuple(self._faults(head, body, tail))
        reference = head.at(1) or (tail.at(2) if tail else "")
        self.references.add(reference)
        directory = ".".join(part for part in (head.at(2, 2), head.at(2, 3)) if part)
        self.messages.append(Message(reference, head.at(2), directory, tuple(body), problems))
        self.head = self.body = None

    def _faults(self, head: Segment, body: list[Segment], tail: Segment | None) -> list[Problem]:
        place, found = f"message[{len(self.messages)}]", []
        if self.head is None or not head.at(1) or not head.at(2):
            found.append(fault("unh", f"{place}/UNH", "缺少有效的 UNH", "it has no usable UNH"))
        elif head.at(1) in self.references:
            found.append(fault("twice", f"{place}/UNH", "报文参考号重复", "its reference stands twice"))
        if tail is None:
            found.append(fault("unt", f"{place}/UNT", "缺少 UNT", "UNT is missing"))
        elif self.head and (_number(tail.at(1)), tail.at(2)) != (len(body) + 2, head.at(1)):
            found.append(fault("unt", f"{place}/UNT", "段数或参考号不符", "count or reference differ"))
        bad = min((tag for tag in {one.tag for one in body} if not _TAG.fullmatch(tag)), default=None)
        if bad is not None:
            found.append(fault("tag", f"{place}/{bad[:20]}", "段标识无效", "no segment has such a tag"))
        return found

    def _compare(self, tag: str, stated: tuple[str, str], count: int, reference: str) -> None:
        if (_number(stated[0]), stated[1]) != (count, reference):
            self._wrong(
                tag, f"数量或参考号不符，实为 {count}", f"count or reference differ; there are {count}"
            )

    def _wrong(self, tag: str, zh: str, en: str) -> None:
        self.found.append(fault(tag.lower(), tag, zh, en))


def _number(text: str) -> int:
    return int(text) if _COUNT.fullmatch(text) else -1

"""Behaves like maritime safety: takes IFTDGN interchanges from its OutBox folder and answers in its InBox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from singlewindow.rehearsal import file_agency
from singlewindow.rehearsal.agency import MESSAGES_MOST, Turn, beijing
from singlewindow.rehearsal.edifact import Segment, component, escaped, segments
from singlewindow.rehearsal.file_agency import FILE_MOST, FileDesk, Unread
from singlewindow.rehearsal.ledger import Ready
from singlewindow.rehearsal.script import PROMPT, Case, Codes, Script, Step
from singlewindow.rehearsal.sftp import Mishaps, prepare_endpoint

__all__ = ["prepare_endpoint", "serve"]

QUICK = Codes(received=("01",), inspected=("20",), released=("10",), refused=("40",))
# The demonstration's bills: what is declared rightly is approved.
STORY, STEPS = "CQX2511070386", (Step("01"), Step("10", 700))
ACKNOWLEDGED, REJECTED = "7", "4"  # in CONTRL
RETURNED, REFUSED = "40", "50"
DECISIONS_A_MESSAGE = 100
NODE, PLATFORM = "MSACJ0001", "SWCQ0001"
MISSING, UNSPECIFIED, INVALID_CHARACTER, DUPLICATE, MISMATCH, COUNT = "13", "18", "21", "26", "28", "29"
FLAMMABLE_LIQUID = "3"


class Misread(ValueError):
    """This interchange is nothing the node can read; its control reference, as far as it was read."""

    def __init__(self, reference: str, error: str) -> None:
        super().__init__(error)
        self.reference, self.error = reference, error


@dataclass
class Received:
    """One message: the interchange it came in, its number there (UNH), what is wrong with its syntax."""

    interchange: str
    number: str
    segments: list[Segment]
    errors: tuple[tuple[int, str], ...] = ()  # position, error

    @cached_property
    def message_id(self) -> str:
        """By which it takes effect once."""
        return self.value("RFF", "AGO", 1, 1)

    @cached_property
    def reference(self) -> str:
        """The declaration's number."""
        return self.value("BGM", "", 2)

    def value(self, tag: str, qualifier: str, element: int, place: int = 0) -> str:
        """A component of the first such segment; elements count from 1, empty where absent."""
        return next(iter(self.values(tag, qualifier, element, place)), "")

    def values(self, tag: str, qualifier: str, element: int, place: int = 0) -> list[str]:
        """The same of all such segments; an empty qualifier fits all."""
        found = [one for one in self.segments if one[0][0] == tag and qualifier in ("", component(one, 1))]
        return [component(one, element, place) for one in found]


async def serve(
    endpoint: Mapping[str, Any], state: Path, script: Script, mishaps: Mishaps | None = None
) -> None:
    """Serve until cancelled. A word in ``state/fault`` makes the line fail (see rehearsal.sftp.Mishaps)."""
    await file_agency.serve(endpoint, state, script, DESK, mishaps)


def _read(_: str, data: bytes, now: int) -> tuple[Sequence[Received], Sequence[bytes]]:
    try:
        messages = _interchange(data)
    except Misread as failure:
        raise Unread(_control(failure.reference, failure.error)) from None
    unread = [_syntax(one, one.errors) for one in messages if one.errors]
    return [one for one in messages if not one.errors], unread


def _interchange(data: bytes) -> list[Received]:
    """The messages; a count that does not fit refuses the whole."""
    if len(data) > FILE_MOST:
        raise Misread("", UNSPECIFIED)
    try:
        found = segments(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise Misread("", INVALID_CHARACTER) from None
    reference = component(found[0], 5) if found and found[0][0][0] == "UNB" else ""
    if not reference or found[-1][0][0] != "UNZ":
        raise Misread(reference, MISSING)
    messages = list(_messages(reference, found[1:-1]))
    if found[-2][0][0] != "UNT":
        raise Misread(reference, MISSING)
    if component(found[-1], 2) != reference:
        raise Misread(reference, MISMATCH)
    if component(found[-1], 1) != str(len(messages)) or not 0 < len(messages) <= MESSAGES_MOST:
        raise Misread(reference, COUNT)
    return messages


def _messages(interchange: str, found: list[Segment]) -> Iterator[Received]:
    seen: Counter[str] = Counter()
    start = 0
    for place, one in enumerate(found):
        if one[0][0] == "UNT":
            message = found[start : place + 1]
            number = component(message[0], 1)
            seen[number] += 1
            yield Received(interchange, number, message, tuple(_errors(message, seen[number] > 1)))
            start = place + 1


def _errors(message: list[Segment], again: bool) -> Iterator[tuple[int, str]]:
    if message[0][0][0] != "UNH" or not component(message[0], 2).startswith("IFTDGN"):
        yield 1, UNSPECIFIED
    if again:
        yield 1, DUPLICATE
    if component(message[-1], 2) != component(message[0], 1):
        yield len(message), MISMATCH
    if component(message[-1], 1) != str(len(message)):
        yield len(message), COUNT
    tags = {(one[0][0], component(one, 1)) if one[0][0] == "RFF" else (one[0][0], "") for one in message}
    for needed in (("BGM", ""), ("RFF", "AGO"), ("TDT", ""), ("DGS", "")):
        if needed not in tags:
            yield len(message), MISSING


def _reasons(message: Received) -> Iterator[tuple[str, str]]:
    """What the agency asks for before it decides: the reason's code and, where it has one, the line."""
    ship = next((one for one in message.segments if one[0][0] == "TDT"), [])
    if not component(ship, 2) or not component(ship, 8, 3):
        yield "106", ""
    if component(ship, 8) and not _seven_digits_check(component(ship, 8)):
        yield "107", ""
    for number, item in enumerate(_items(message), 1):
        yield from ((code, str(number)) for code in _lacks(item))


def _items(message: Received) -> Iterator[Received]:
    """The goods items, each from its GID to the next."""
    starts = [place for place, one in enumerate(message.segments) if one[0][0] == "GID"]
    for start, end in zip(starts, [*starts[1:], len(message.segments)], strict=True):
        yield Received("", "", message.segments[start:end])


def _lacks(item: Received) -> Iterator[str]:
    un_number, class_ = item.value("DGS", "IMD", 3), item.value("DGS", "IMD", 2)
    if not (len(un_number) == 4 and un_number.isdecimal()):
        yield "101"
    if not item.value("FTX", "AAD", 4):
        yield "102"
    if not class_:
        yield "103"
    if class_ == FLAMMABLE_LIQUID and not item.value("DGS", "IMD", 4):
        yield "104"
    if not item.value("COM", "", 1):
        yield "105"


def _seven_digits_check(number: str) -> bool:
    """Six digits weighed 7 to 2; the seventh is the last digit of the sum."""
    if not (len(number) == 7 and number.isdecimal()):
        return False
    return sum(
        int(digit) * weight for digit, weight in zip(number, range(7, 1, -1), strict=False)
    ) % 10 == int(number[6])


def _decide(script: Script, message: Received) -> Case:
    """What the declaration lacks is asked for, whatever the script says; else its steps in their order."""
    told = message.value("RFF", "BM", 1, 1).startswith(STORY) and script.profile != PROMPT
    case = Case(message.reference, steps=STEPS) if told else script.decide(message.reference, QUICK)
    if case.steps and any(_reasons(message)):
        return Case(case.reference, case.failed, (Step(RETURNED),))
    return Case(case.reference, case.failed, tuple(sorted(case.steps, key=lambda step: step.after_ms)))


def _tell(message: Received, step: Step, turn: Turn) -> list[bytes]:
    if turn.place:
        version = turn.number * DECISIONS_A_MESSAGE + turn.place - 1
        return [_decision(message, step, version, turn.at_ms)]
    return [_syntax(message, ((1, UNSPECIFIED),) if step.code == REJECTED else ())]


def _syntax(message: Received, errors: Sequence[tuple[int, str]]) -> bytes:
    """CONTRL on one message: acknowledged, or rejected with each error at its segment's position."""
    action = REJECTED if errors else ACKNOWLEDGED
    written = [f"UCI+{escaped(message.interchange)}+{PLATFORM}+{NODE}+8'"]
    written.append(f"UCM+{escaped(message.number)}+IFTDGN:D:00B:UN+{action}'")
    written += [f"UCS+{position}+{error}'" for position, error in errors]
    return _kept("CONTRL:4:1:UN", written)


def _control(interchange: str, error: str) -> bytes:
    """CONTRL on an interchange that could not be read."""
    one = f"UCI+{escaped(interchange) or '0'}+{PLATFORM}+{NODE}+{REJECTED}+{error}'"
    return _kept("CONTRL:4:1:UN", [one])


def _decision(message: Received, step: Step, version: int, due_ms: int) -> bytes:
    """APERAK: versions rise over all messages, so a later decision on the same cargo always counts."""
    at = beijing(due_ms)
    refused = step.code in (RETURNED, REFUSED)
    number = f"HS{at:%Y}{version:012d}"
    ship = next(one for one in message.segments if one[0][0] == "TDT")
    written = [
        f"BGM+{313 if refused else 312}+{number}:{version}+9+{'RE' if refused else 'AP'}'",
        f"DTM+137:{at:%Y%m%d%H%M%S}:204'",
        f"RFF+ACW:{escaped(message.message_id)}'",
        f"RFF+BM:{escaped(message.value('RFF', 'BM', 1, 1))}'",
        f"RFF+VM:{escaped(component(ship, 8) or component(ship, 8, 3))}'",
        f"RFF+VON:{escaped(component(ship, 2))}'",
    ]
    written += [f"RFF+ACE:{number}P'"] if step.code in QUICK.released else []
    written.append(f"ERC+{step.code}:DECISION:ZZZ'")
    if step.reason:
        written.append(f"FTX+AAO+++{escaped(step.reason)}'")
    written += [f"RFF+EQ:{escaped(found)}'" for found in message.values("EQD", "CN", 2)]
    for code, line in _reasons(message) if step.code == RETURNED else ():
        written.append(f"ERC+{code}:REASON:ZZZ'")
        written += [f"RFF+LI:{line}'"] if line else []
    return _kept("APERAK:D:00B:UN", written)


def _kept(kind: str, written: Sequence[str]) -> bytes:
    """What is owed is kept without head and tail, which take the position as reference."""
    return "{}\n{}\n{}".format(kind, len(written) + 2, "".join(written)).encode()


def _message(answer: Ready) -> bytes:
    kind, count, body = answer.body.split(b"\n", 2)
    reference = str(answer.position).encode()
    return b"".join([b"UNH+", reference, b"+", kind, b"'", body, b"UNT+", count, b"+", reference, b"'"])


def _pack(due: list[Ready], now: int) -> Iterable[tuple[str, bytes]]:
    """One interchange."""
    first, last, at = due[0].position, due[-1].position, beijing(now)
    head = f"UNB+UNOY:4+{NODE}+{PLATFORM}+{at:%Y%m%d}:{at:%H%M}+{last}'".encode()
    tail = f"UNZ+{len(due)}+{last}'".encode()
    yield f"Answer_{first:012d}_{last:012d}.edi", b"".join([head, *map(_message, due), tail])


DESK = FileDesk(
    accepted=ACKNOWLEDGED,
    refused=REJECTED,
    read=_read,
    decide=_decide,
    tell=_tell,
    pack=_pack,
)

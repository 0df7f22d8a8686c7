"""Behaves like maritime safety: takes IFTDGN interchanges from its OutBox folder and answers in its InBox."""

from __future__ import annotations

import asyncio
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple

from singlewindow.rehearsal import sftp
from singlewindow.rehearsal.ledger import Ledger, Owed, Ready, Taken
from singlewindow.rehearsal.script import Codes, Script, Step

QUICK = Codes(received=("01",), inspected=("20",), released=("10",), refused=("40",))
RETURNED, REFUSED = "40", "50"
LOOK_S = 0.02
WAIT_S = 1.0
FILE_MOST = 20_000_000
MESSAGES_MOST = 100
ANSWERS_A_FILE = 100
DECISIONS_A_MESSAGE = 100
NODE, PLATFORM = "MSACJ0001", "SWCQ0001"
MISSING, UNSPECIFIED, DUPLICATE, MISMATCH, COUNT = "13", "18", "26", "28", "29"
FLAMMABLE_LIQUID = "3"
BEIJING = timezone(timedelta(hours=8))
_SEGMENT = re.compile(r"\s*((?:[^?']|\?.)*)'", re.DOTALL)
_RELEASED = re.compile(r"\?([?:+'*])")
_SERVICE = re.compile(r"[?:+'*]")

Segments = list[list[list[str]]]  # segment → element → component


class Misread(ValueError):
    """This interchange is nothing the node can read; its control reference, as far as it was read."""

    def __init__(self, reference: str, error: str) -> None:
        super().__init__(error)
        self.reference, self.error = reference, error


class Received(NamedTuple):
    """One message: its reference (UNH), segments, and what is wrong with its syntax (position, error)."""

    reference: str
    segments: Segments
    errors: tuple[tuple[int, str], ...]

    def value(self, tag: str, qualifier: str, element: int, component: int = 0) -> str:
        """A component of the first such segment; elements count from 1, empty where absent."""
        return next(iter(self.values(tag, qualifier, element, component)), "")

    def values(self, tag: str, qualifier: str, element: int, component: int = 0) -> list[str]:
        """The same of all such segments; an empty qualifier fits all."""
        found = [one for one in self.segments if one[0][0] == tag and qualifier in ("", _at(one, 1, 0))]
        return [_at(one, element, component) for one in found]


def prepare_endpoint(folder: Path, port: int) -> dict[str, Any]:
    """Where this node will listen and how the platform is known there; keys are made once."""
    return sftp.prepare_endpoint(folder, port)


async def serve(
    endpoint: Mapping[str, Any], state: Path, script: Script, mishaps: sftp.Mishaps | None = None
) -> None:
    """Serve until cancelled. A word in ``state/fault`` makes the line fail (see rehearsal.sftp.Mishaps)."""
    sftp.prepare_endpoint(state, endpoint["port"])
    ledger = Ledger(state / "ledger.db")
    server = await sftp.listen(state, endpoint["port"], mishaps or sftp.Mishaps(state / "fault"))
    node = Node(ledger, script, sftp.root(state))
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(node.take_in())
            tasks.create_task(node.hand_out())
    finally:
        server.close()
        ledger.close()


class Node:
    """One node of maritime safety over the folder that its SFTP server shows."""

    def __init__(self, ledger: Ledger, script: Script, folder: Path) -> None:
        self.ledger, self.script = ledger, script
        self.outbox, self.inbox, self.failed = (folder / name for name in ("OutBox", "InBox", "FailBox"))
        self.failed.mkdir(exist_ok=True)

    async def take_in(self) -> None:
        """Look for files and take each in, until cancelled."""
        while True:
            for path in self.waiting():
                self.take_file(path)
                await asyncio.sleep(0)
            await asyncio.sleep(LOOK_S)

    def waiting(self) -> list[Path]:
        """Whole files in the OutBox; half-written ones end in ``.tmp``."""
        return sorted(path for path in self.outbox.iterdir() if path.suffix != ".tmp" and path.is_file())

    def take_file(self, path: Path) -> None:
        """Durable first, then the file goes: killed in between, it is read again and changes nothing."""
        try:
            reference, messages = _interchange(path)
        except Misread as failure:
            refusal = _control(failure.reference, "4", failure.error)
            self.ledger.owe([Owed(self.ledger.now_ms(), refusal)])
            path.replace(self.failed / path.name)
            return
        self._take(reference, messages)
        path.unlink()

    def _take(self, interchange: str, messages: Sequence[Received]) -> None:
        now, first = self.ledger.now_ms(), self.ledger.next_number
        spoilt = [Owed(now, _syntax(interchange, one, one.errors)) for one in messages if one.errors]
        sound = [one for one in messages if not one.errors]
        judged = [self._judge(interchange, one, number, now) for number, one in enumerate(sound, first)]
        answers = self.ledger.take(judged)
        known = [answer for taken, answer in zip(judged, answers, strict=True) if answer != taken.answer]
        self.ledger.owe([*spoilt, *(Owed(now, answer) for answer in known)])

    def _judge(self, interchange: str, message: Received, number: int, now: int) -> Taken:
        reference = message.value("BGM", "", 2)
        case = self.script.decide(reference, QUICK)
        errors = ((1, UNSPECIFIED),) if case.failed else ()
        technical = _syntax(interchange, message, errors)
        owes = [Owed(now, technical)]
        steps = () if errors else case.steps
        reasons = list(_reasons(message))
        if steps and reasons:
            steps = (Step(RETURNED),)
        for place, step in enumerate(sorted(steps, key=lambda step: step.after_ms)):
            due = now + step.after_ms
            answer = Owed(due, _decision(message, step, number * DECISIONS_A_MESSAGE + place, due, reasons))
            owes += [answer, answer] if step.twice else [answer]
        return Taken(message.value("RFF", "AGO", 1, 1), reference, technical, tuple(owes))

    async def hand_out(self) -> None:
        """Write what is due into the InBox, until cancelled."""
        while True:
            self.write(await self.ledger.wait(WAIT_S, ANSWERS_A_FILE))

    def write(self, due: list[Ready]) -> None:
        """One interchange; killed before the settling, the same answers come again."""
        if not due:
            return
        first, last = due[0].position, due[-1].position
        at = _beijing(self.ledger.now_ms())
        parts = [f"UNB+UNOY:4+{NODE}+{PLATFORM}+{at:%Y%m%d}:{at:%H%M}+{last}'".encode()]
        parts += [_message(answer) for answer in due]
        parts.append(f"UNZ+{len(due)}+{last}'".encode())
        name = f"Answer_{first:012d}_{last:012d}.edi"
        (self.inbox / f"{name}.tmp").write_bytes(b"".join(parts))
        os.replace(self.inbox / f"{name}.tmp", self.inbox / name)
        self.ledger.settle(last)


def _interchange(path: Path) -> tuple[str, list[Received]]:
    """The control reference and the messages; a count that does not fit refuses the whole."""
    if path.stat().st_size > FILE_MOST:
        raise Misread("", UNSPECIFIED)
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise Misread("", "21") from None
    segments = [_apart(found) for found in _SEGMENT.findall(text)]
    reference = _at(segments[0], 5, 0) if segments and segments[0][0][0] == "UNB" else ""
    if not reference or segments[-1][0][0] != "UNZ":
        raise Misread(reference, MISSING)
    messages = list(_messages(segments[1:-1]))
    if segments[-2][0][0] != "UNT":
        raise Misread(reference, MISSING)
    if _at(segments[-1], 2, 0) != reference:
        raise Misread(reference, MISMATCH)
    if _at(segments[-1], 1, 0) != str(len(messages)) or not 0 < len(messages) <= MESSAGES_MOST:
        raise Misread(reference, COUNT)
    return reference, messages


def _apart(segment: str) -> list[list[str]]:
    """Elements and components; a character that stands behind ``?`` separates nothing."""
    if "?" not in segment:
        return [element.split(":") for element in segment.split("+")]
    hidden = _RELEASED.sub(lambda found: chr(0xF0000 + ord(found[1])), segment)
    return [[_shown(part) for part in element.split(":")] for element in hidden.split("+")]


def _shown(part: str) -> str:
    return "".join(chr(ord(one) - 0xF0000) if ord(one) >= 0xF0000 else one for one in part)


def _messages(segments: Segments) -> Iterator[Received]:
    seen: Counter[str] = Counter()
    start = 0
    for place, one in enumerate(segments):
        if one[0][0] == "UNT":
            message = segments[start : place + 1]
            reference = _at(message[0], 1, 0)
            seen[reference] += 1
            yield Received(reference, message, tuple(_errors(message, seen[reference] > 1)))
            start = place + 1


def _errors(message: Segments, again: bool) -> Iterator[tuple[int, str]]:
    if message[0][0][0] != "UNH" or not _at(message[0], 2, 0).startswith("IFTDGN"):
        yield 1, UNSPECIFIED
    if again:
        yield 1, DUPLICATE
    if _at(message[-1], 2, 0) != _at(message[0], 1, 0):
        yield len(message), MISMATCH
    if _at(message[-1], 1, 0) != str(len(message)):
        yield len(message), COUNT
    tags = {(one[0][0], _at(one, 1, 0)) if one[0][0] == "RFF" else (one[0][0], "") for one in message}
    for needed in (("BGM", ""), ("RFF", "AGO"), ("TDT", ""), ("DGS", "")):
        if needed not in tags:
            yield len(message), MISSING


def _reasons(message: Received) -> Iterator[tuple[str, str]]:
    """What the agency asks for before it decides: the reason's code and, where it has one, the line."""
    ship = next((one for one in message.segments if one[0][0] == "TDT"), [])
    if not _at(ship, 2, 0) or not _at(ship, 8, 3):
        yield "106", ""
    if _at(ship, 8, 0) and not _seven_digits_check(_at(ship, 8, 0)):
        yield "107", ""
    for number, item in enumerate(_items(message), 1):
        yield from ((code, str(number)) for code in _lacks(item))


def _items(message: Received) -> Iterator[Received]:
    """The goods items, each from its GID to the next."""
    starts = [place for place, one in enumerate(message.segments) if one[0][0] == "GID"]
    for start, end in zip(starts, [*starts[1:], len(message.segments)], strict=True):
        yield Received("", message.segments[start:end], ())


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


def _syntax(interchange: str, message: Received, errors: Sequence[tuple[int, str]]) -> bytes:
    """CONTRL on one message: accepted (7), or rejected (4) with each error at its segment's position."""
    written = [f"UCI+{_escaped(interchange)}+{PLATFORM}+{NODE}+8'"]
    written.append(f"UCM+{_escaped(message.reference)}+IFTDGN:D:00B:UN+{4 if errors else 7}'")
    written += [f"UCS+{position}+{error}'" for position, error in errors]
    return "CONTRL:4:1:UN\n{}\n{}".format(len(written) + 2, "".join(written)).encode()


def _control(interchange: str, action: str, error: str) -> bytes:
    """CONTRL on an interchange that could not be read."""
    one = f"UCI+{_escaped(interchange) or '0'}+{PLATFORM}+{NODE}+{action}+{error}'"
    return f"CONTRL:4:1:UN\n3\n{one}".encode()


def _decision(
    message: Received, step: Step, version: int, due_ms: int, reasons: Sequence[tuple[str, str]]
) -> bytes:
    """APERAK: versions rise over all messages, so a later decision on the same cargo always counts."""
    at = _beijing(due_ms)
    refused = step.code in (RETURNED, REFUSED)
    number = f"HS{at:%Y}{version:012d}"
    ship = next(one for one in message.segments if one[0][0] == "TDT")
    written = [
        f"BGM+{313 if refused else 312}+{number}:{version}+9+{'RE' if refused else 'AP'}'",
        f"DTM+137:{at:%Y%m%d%H%M%S}:204'",
        f"RFF+ACW:{_escaped(message.value('RFF', 'AGO', 1, 1))}'",
        f"RFF+BM:{_escaped(message.value('RFF', 'BM', 1, 1))}'",
        f"RFF+VM:{_escaped(_at(ship, 8, 0) or _at(ship, 8, 3))}'",
        f"RFF+VON:{_escaped(_at(ship, 2, 0))}'",
    ]
    written += [f"RFF+ACE:{number}P'"] if step.code in QUICK.released else []
    written.append(f"ERC+{step.code}:DECISION:ZZZ'")
    if step.reason:
        written.append(f"FTX+AAO+++{_escaped(step.reason)}'")
    written += [f"RFF+EQ:{_escaped(found)}'" for found in message.values("EQD", "CN", 2)]
    for code, line in reasons:
        written.append(f"ERC+{code}:REASON:ZZZ'")
        written += [f"RFF+LI:{line}'"] if line else []
    return "APERAK:D:00B:UN\n{}\n{}".format(len(written) + 2, "".join(written)).encode()


def _message(answer: Ready) -> bytes:
    """What is owed is kept without head and tail, which take the position as reference."""
    kind, count, body = answer.body.split(b"\n", 2)
    reference = str(answer.position).encode()
    return b"".join([b"UNH+", reference, b"+", kind, b"'", body, b"UNT+", count, b"+", reference, b"'"])


def _escaped(text: str) -> str:
    return _SERVICE.sub(r"?\g<0>", text)


def _at(segment: list[list[str]], element: int, component: int) -> str:
    if element >= len(segment) or component >= len(segment[element]):
        return ""
    return segment[element][component]


def _beijing(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, BEIJING)

"""Gate reports: UN/EDIFACT CODECO of D.95B and D.00B, one event for each container."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from singlewindow.connectors.terminal.events import Event, digest, receipt_of
from singlewindow.connectors.terminal.faults import fault
from singlewindow.kernel import interchange
from singlewindow.kernel.edifact import Segment
from singlewindow.kernel.interchange import Interchange, Message
from singlewindow.kernel.messages import Problem, Receipt

DIRECTORIES = ("D.95B", "D.00B")
EVENTS = {"34": "GIN", "36": "GOUT"}  # BGM 1001: gate-in and gate-out report
TRUCK = "1"  # TDT 8051: pre-carriage or, seen from the gate, the truck
BILL, PREVIOUS = "BM", "ACW"  # RFF 1153: bill of lading, previous message
EFFECTIVE, ISSUED = "7", "137"  # DTM 2005
FORMATS = {"102": "%Y%m%d", "203": "%Y%m%d%H%M", "204": "%Y%m%d%H%M%S"}  # DTM 2379
DIGITS = {"102": 8, "203": 12, "204": 14}
BEIJING = timezone(timedelta(hours=8))
KEY_MOST = 64


class Unit:
    """One container of a report: what stands between its EQD and the next."""

    def __init__(self, head: list[Segment], own: list[Segment]) -> None:
        self.number, self.size = own[0].at(2), own[0].at(3)
        self.own, self.all = own, [*own, *head]

    def reference(self, qualifier: str) -> str:
        """A number by its RFF qualifier; the container's own goes before the report's."""
        return next((s.at(1, 2) for s in self.all if s.tag == "RFF" and s.at(1) == qualifier), "")

    def time(self) -> datetime | None:
        """When it passed; a report without it counts from its issue. Beijing's clock."""
        for qualifier in (EFFECTIVE, ISSUED):
            for one in self.all:
                if one.tag == "DTM" and one.at(1) == qualifier:
                    return _time(one.at(1, 2), one.at(1, 3))
        return None

    def seal(self) -> str:
        return next((s.at(1) for s in self.own if s.tag == "SEL"), "")

    def plate(self) -> str:
        """C222 8213, else the name 8212, of the truck."""
        trucks = (s for s in self.all if s.tag == "TDT" and s.at(1) == TRUCK)
        return next((s.at(8, 1) or s.at(8, 4) for s in trucks), "")


def read(content: str, about: str, place: str) -> tuple[list[Receipt], list[Problem]]:
    """The events of an interchange, and what is wrong with those messages that give none.

    ``about`` is what the channel says the report speaks of, where the report itself does not.
    Raises ``Unreadable`` where the interchange as a whole cannot be read.
    """
    found = interchange.read(content.encode())
    receipts: list[Receipt] = []
    problems: list[Problem] = []
    for number, message in enumerate(found.messages):
        inside = f"{place}.message[{number}]"
        wrong = [*message.problems, *_faults(message, inside)]
        if not wrong:
            events, wrong = _events(found, message, about, inside)
            receipts += events
        problems += wrong
    return receipts, problems


def _faults(message: Message, place: str) -> Iterator[Problem]:
    if message.problems:
        return
    if message.kind != "CODECO" or message.directory not in DIRECTORIES:
        said = f"{message.kind} {message.directory}"
        en = f"{said} is no CODECO of {' or '.join(DIRECTORIES)}"
        yield fault("kind", f"{place}/UNH", f"{said} 不是约定版本的 CODECO", en)
        return
    if _event(message) not in EVENTS:
        yield fault("event", f"{place}/BGM", "应为 34（进闸）或 36（出闸）", "is neither 34 nor 36")
    counted = next((s.at(1, 2) for s in message.segments if s.tag == "CNT" and s.at(1) == "16"), None)
    units = sum(s.tag == "EQD" for s in message.segments)
    if not units or counted not in (None, str(units)):
        yield fault("count", f"{place}/CNT", f"箱数不符，实为 {units}", f"there are {units} containers")


def _events(
    found: Interchange, message: Message, about: str, place: str
) -> tuple[list[Receipt], list[Problem]]:
    receipts: list[Receipt] = []
    problems: list[Problem] = []
    for unit in _units(message):
        of, at = unit.reference(PREVIOUS) or about, unit.time()
        wrong = _lacking(unit, of, at, f"{place}/EQD[{unit.number[:20]}]")
        problems += wrong
        if wrong or at is None:
            continue
        event = Event(
            EVENTS[_event(message)], at, unit.number, unit.seal(), unit.plate(), unit.reference(BILL)
        )
        id_ = digest(found.sender, found.reference, message.reference, event.code, unit.number)
        receipts.append(receipt_of(event, id_, of))
    return receipts, problems


def _units(message: Message) -> Iterator[Unit]:
    starts = [place for place, one in enumerate(message.segments) if one.tag == "EQD"]
    head = list(message.segments[: starts[0]])
    for start, end in zip(starts, [*starts[1:], len(message.segments)], strict=True):
        yield Unit(head, list(message.segments[start:end]))


def _lacking(unit: Unit, about: str, at: datetime | None, place: str) -> list[Problem]:
    found = []
    if not unit.number:
        found.append(fault("container", place, "缺少箱号", "the container number is missing"))
    if not about:
        found.append(fault("about", f"{place}/RFF", "未指明对应的通知", "it names no notice of ours"))
    if at is None:
        found.append(fault("time", f"{place}/DTM", "缺少可用的时间", "it has no usable time"))
    said = (unit.number, about, unit.seal(), unit.plate(), unit.reference(BILL))
    if max(map(len, said)) > KEY_MOST:
        found.append(fault("length", place, f"有内容超过 {KEY_MOST} 字", f"a value is over {KEY_MOST} long"))
    return found


def _event(message: Message) -> str:
    return next((s.at(1) for s in message.segments if s.tag == "BGM"), "")


def _time(text: str, format_: str) -> datetime | None:
    if len(text) != DIGITS.get(format_, -1) or not (text.isascii() and text.isdecimal()):
        return None
    try:
        return datetime.strptime(text, FORMATS[format_]).replace(tzinfo=BEIJING)
    except ValueError:
        return None

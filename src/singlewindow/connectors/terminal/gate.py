"""Gate reports: UN/EDIFACT CODECO of D.95B and D.00B, one event for each container."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from singlewindow.connectors.terminal.events import PARTNER, Event, receipt_of
from singlewindow.kernel import interchange
from singlewindow.kernel.edifact import Segment, moment
from singlewindow.kernel.interchange import Interchange, Message
from singlewindow.kernel.messages import Problem, Receipt
from singlewindow.kernel.receipts import KEY_MOST, UNTIMED, believed, digest

_fault = PARTNER.fault
DIRECTORIES = ("D.95B", "D.00B")
EVENTS = {"34": "GIN", "36": "GOUT"}  # BGM 1001: gate-in and gate-out report
QUALIFIED = frozenset({"RFF", "DTM", "TDT", "CNT"})  # their first component says what the segment is about
BILL, PREVIOUS = "RFFBM", "RFFACW"  # bill of lading, previous message
TIMES = ("DTM7", "DTM137")  # when it took effect, else when the report was issued
TRUCK = "TDT1"  # stage 1: what brings the container to the gate or fetches it there
COUNTED = "CNT16"  # number of containers
# All that is looked at: what a report says besides is not carried to each of its containers.
LOOKED_AT = frozenset({"BGM", "EQD", "SEL", BILL, PREVIOUS, *TIMES, TRUCK, COUNTED})
NONE = Segment("", [])

Said = dict[str, Segment]  # by tag and, where it has one, qualifier


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
        yield _fault("kind", f"{place}/UNH", f"{said} 不是约定版本的 CODECO", en)
        return
    report = _said(message.segments)
    if report.get("BGM", NONE).at(1) not in EVENTS:
        yield _fault("event", f"{place}/BGM", "应为 34（进闸）或 36（出闸）", "is neither 34 nor 36")
    units = sum(one.tag == "EQD" for one in message.segments)
    if not units or (COUNTED in report and report[COUNTED].at(1, 2) != str(units)):
        yield _fault("count", f"{place}/CNT", f"箱数不符，实为 {units}", f"there are {units} containers")


def _events(
    found: Interchange, message: Message, about: str, place: str
) -> tuple[list[Receipt], list[Problem]]:
    receipts: list[Receipt] = []
    problems: list[Problem] = []
    starts = [n for n, one in enumerate(message.segments) if one.tag == "EQD"]
    report = _said(message.segments[: starts[0]])
    code = EVENTS[_said(message.segments)["BGM"].at(1)]
    for start, end in zip(starts, [*starts[1:], len(message.segments)], strict=True):
        own = _said(message.segments[start:end])
        told = report | own  # what a container says goes before what the report says
        of, at = told.get(PREVIOUS, NONE).at(1, 2) or about, _time(told)
        event = Event(code, at or UNTIMED, own["EQD"].at(2), *_marks(own, told))
        if wrong := _lacking(event, of, at, f"{place}/EQD[{event.container[:20]}]"):
            problems += wrong
            continue
        id_ = digest(found.sender, found.reference, message.reference, code, event.container)
        receipts.append(receipt_of(event, id_, of))
    return receipts, problems


def _said(segments: Sequence[Segment]) -> Said:
    """The first segment of each kind that is looked at."""
    found: Said = {}
    for one in segments:
        kind = one.tag + one.at(1) if one.tag in QUALIFIED else one.tag
        if kind in LOOKED_AT:
            found.setdefault(kind, one)
    return found


def _marks(own: Said, told: Said) -> tuple[str, str, str]:
    """Seal, number plate (C222 8213, else the name 8212) and bill."""
    truck = told.get(TRUCK, NONE)
    return own.get("SEL", NONE).at(1), truck.at(8) or truck.at(8, 4), told.get(BILL, NONE).at(1, 2)


def _lacking(event: Event, about: str, at: datetime | None, place: str) -> list[Problem]:
    found = []
    if not event.container:
        found.append(_fault("container", place, "缺少箱号", "the container number is missing"))
    if not about:
        found.append(_fault("about", f"{place}/RFF", "未指明对应的通知", "it names no notice of ours"))
    if at is None:
        found.append(_fault("time", f"{place}/DTM", "缺少可用的时间", "it has no usable time"))
    if max(map(len, (event.container, about, event.seal, event.plate, event.bill))) > KEY_MOST:
        found.append(_fault("length", place, f"有内容超过 {KEY_MOST} 字", f"a value is over {KEY_MOST} long"))
    return found


def _time(told: Said) -> datetime | None:
    """When the container passed, on Beijing's clock."""
    one = next((told[name] for name in TIMES if name in told), NONE)
    at = moment(one.at(1, 2), one.at(1, 3))
    return at and believed(at)

"""Behaves like a river terminal: takes notices by HTTP, moves containers, and reports its gate in CODECO."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from singlewindow.rehearsal import http_agency, json_wire
from singlewindow.rehearsal.agency import Turn, beijing
from singlewindow.rehearsal.edifact import escaped
from singlewindow.rehearsal.http import Answer, Request
from singlewindow.rehearsal.http_agency import HttpDesk
from singlewindow.rehearsal.script import PROMPT, Case, Codes, Script, Step
from singlewindow.rehearsal.yard import Order, Pass, Release, Yard

# For load: accepted at once, and nothing more.
QUICK = Codes(received=("ACC",), inspected=("MOV",), released=("ACC",), refused=("REJ",))
INWARDS = Codes(received=("ACC", "ARR"), inspected=("MOV",), released=("DIS", "RDY"), refused=("REJ",))
OUTWARDS = Codes(received=("ACC",), inspected=("MOV",), released=("GIN", "RDY"), refused=("REJ",))
# The demonstration's bills; their containers wait for the platform's release after that.
STORY, STEPS = "CQX2511070386", (Step("ACC"), Step("ARR", 300), Step("DIS", 800))
# Boxes of bills that end so come in again after they were called back.
RETURNED, RETURN = "-BACK", Step("GIN", 1500)
# Trucks fetch boxes of bills that end so from a gate of the terminal's own, once it may let them out.
FETCHED, LEAVE = "-OUT", Step("GOUT", 1500)
NOTICE, ORDERS, RELEASES = "delivery-notice", "inspection-notice", "release-notice"
PASSES = "gate-pass-notice"
# What follows on notices of orders and releases; a container moves or is ready only where that is told.
FOLLOWING = {
    ORDERS: (Step("ACC"), Step("MOV", 400)),
    RELEASES: (Step("ACC"), Step("RDY", 200)),
    PASSES: (Step("ACC"), Step("STP"), Step("RDY", 200)),
}
GATE_PATH = "/gate"  # what a truck's driver asks before the barrier
WHOLE = {"ACC", "REJ", "ARR"}  # about the notice or the ship, not about each container
GATE = {"GIN": "34", "GOUT": "36"}  # BGM of the CODECO
NODE, PLATFORM = "CQGYT", "SWCQ0001"


class Box(Struct, rename="camel"):
    """A container as a notice names it."""

    container_number: str
    size_type: str = ""
    seal: str = ""
    bill: str = ""


class Body(Struct, rename="camel"):
    """What the terminal looks at in a notice: goods of one bill, or many orders, releases or gate passes."""

    bill_number: str = ""
    direction: str = "I"
    truck: str = ""
    containers: list[Box] = []
    orders: list[Order] = []
    releases: list[Release] = []
    passes: list[Pass] = []


class Notice(Struct, rename="camel"):
    """One message as this terminal reads it."""

    kind: str
    message_id: str
    reference: str
    body: Body


def prepare_endpoint(folder: Path, port: int) -> dict[str, Any]:
    """Where this counterpart will listen and the token it asks for, the same at every start."""
    return http_agency.prepare_endpoint(folder, port, DESK.path)


async def serve(endpoint: dict[str, Any], state: Path, script: Script) -> None:
    """Serve until cancelled. A word in ``state/fault`` makes it fail (see rehearsal.http.Fault)."""
    yard = Yard(state / "yard.db")
    try:
        await http_agency.serve(endpoint, state, script, desk_of(yard))
    finally:
        yard.close()


def _decide(script: Script, notice: Notice) -> Case:
    bill, prompt = notice.body.bill_number, script.profile == PROMPT
    if notice.kind in FOLLOWING:
        return Case(notice.reference, steps=FOLLOWING[notice.kind][: 1 if prompt else None])
    if bill.startswith(STORY) and not prompt:
        return Case(bill, steps=STEPS)
    outwards = notice.body.direction == "E"
    return script.decide(notice.reference, QUICK if prompt else OUTWARDS if outwards else INWARDS)


def _fault(notice: Notice) -> str:
    """Why the terminal takes no notice, whatever the script says; empty if it does."""
    if notice.kind != NOTICE and notice.kind not in FOLLOWING:
        return f"未约定的通知 {notice.kind[:40]}"
    if notice.kind in FOLLOWING:
        return "" if _told_of(notice) else "通知没有内容"
    if not notice.body.bill_number:
        return "缺少提单号"
    return "" if notice.body.containers else "通知没有集装箱"


def _told_of(notice: Notice) -> Sequence[Struct]:
    body = notice.body
    told: dict[str, Sequence[Struct]] = {ORDERS: body.orders, RELEASES: body.releases, PASSES: body.passes}
    return told[notice.kind]


def _tell(notice: Notice, step: Step, turn: Turn) -> list[bytes]:
    """What is said of a step: once of the notice, or of each container; of the gate in CODECO."""
    if not turn.place:
        return [json_wire.receipt(notice, step, turn)]
    if step.code in WHOLE:
        bill = {"bill": notice.body.bill_number} if notice.body.bill_number else {}
        return [json_wire.receipt(notice, step, turn, **bill)]
    return _told_each(notice, _boxes(notice, step), step, turn)


def _told_each(notice: Notice, boxes: Sequence[Box], step: Step, turn: Turn) -> list[bytes]:
    write = _gate_report if step.code in GATE else _event
    return [write(notice, box, line, step, turn) for line, box in enumerate(boxes, 1)]


def _boxes(notice: Notice, step: Step) -> list[Box]:
    """The containers that a notice concerns: its bill's, to be inspected, stopped, or free to leave."""
    if notice.kind == PASSES:
        state = "suspended" if step.code == "STP" else "given"
        return [Box(one.container_number, seal=one.seal) for one in notice.body.passes if one.state == state]
    if notice.kind == ORDERS:
        told = [
            one for one in notice.body.orders if one.state == "opened" and one.subject_kind == "container"
        ]
        return [Box(one.subject, bill=one.bill_number) for one in told]
    if notice.kind == RELEASES:
        freed = [one for one in notice.body.releases if one.state == "issued"]
        return [
            Box(box.container_number, seal=box.seal, bill=one.bill_number)
            for one in freed
            for box in one.containers
            if box.may_leave == "1"
        ]
    return notice.body.containers


def _event(notice: Notice, box: Box, line: int, step: Step, turn: Turn) -> bytes:
    seal = {"seal": box.seal} if box.seal else {}
    number, bill = f"{notice.message_id}-{turn.place}-{line}", box.bill or notice.body.bill_number
    return json_wire.receipt(
        notice, step, turn, number=number, container=box.container_number, bill=bill, **seal
    )


def _gate_report(notice: Notice, box: Box, line: int, step: Step, turn: Turn) -> bytes:
    """A CODECO of D.95B for one container; its control reference is the same whenever it is told again."""
    at, function, number = beijing(turn.at_ms), GATE[step.code], f"{turn.place}{line:03d}"
    outwards = step.code == "GIN" and notice.kind == NOTICE
    report, status = f"{function}{number}", "2" if outwards else "3"  # export, import
    lines = [
        f"UNH+{report}+CODECO:D:95B:UN:ITG13",
        f"BGM+{function}+{report}+9",
        f"RFF+ACW:{escaped(notice.message_id)}",
        f"NAD+MS+{NODE}",
        f"EQD+CN+{escaped(box.container_number)}+{escaped(box.size_type)}:102:5++{status}+5",
        f"RFF+BM:{escaped(box.bill or notice.body.bill_number)}",
        f"DTM+7:{at:%Y%m%d%H%M%S}:204",
        *([f"SEL+{escaped(box.seal)}+CA"] if box.seal else []),
        *([f"TDT+1++3+31++++{escaped(notice.body.truck)}"] if notice.body.truck else []),
        "CNT+16:1",
    ]
    control = f"{turn.at_ms % 10**9:09d}{number}"
    head = f"UNB+UNOY:4+{NODE}+{PLATFORM}+{at:%Y%m%d}:{at:%H%M}+{control}"
    content = "'\r\n".join([head, *lines, f"UNT+{len(lines) + 1}+{report}", f"UNZ+1+{control}"]) + "'"
    return json_wire.encode({"messageId": notice.message_id, "format": "UN/EDIFACT", "content": content})


DESK = HttpDesk(
    path="/notices",
    called="通知",
    media=json_wire.MEDIA,
    read=json_wire.reader(Notice),
    decide=_decide,
    fault=_fault,
    tell=_tell,
    join=json_wire.receipts,
)


def desk_of(yard: Yard) -> HttpDesk[Notice]:
    """The desk of a terminal that keeps in this book what it is told, and moves boxes by it."""

    def decide(script: Script, notice: Notice) -> Case:
        case = _decide(script, notice)
        if notice.kind in FOLLOWING and not _fault(notice):
            yard.take(notice.body)
            if script.profile != PROMPT:
                moved = [step for step, boxes in MOVES if boxes(yard, notice)]
                return structs.replace(case, steps=(*case.steps, *moved))
        return case

    def tell(notice: Notice, step: Step, turn: Turn) -> list[bytes]:
        for moved, boxes in MOVES:
            if step is moved:
                return _told_each(notice, boxes(yard, notice), step, turn)
        return _tell(notice, step, turn)

    def gate(request: Request) -> Answer:
        if (request.method, request.path) != ("GET", GATE_PATH):
            return Answer(404)
        said = yard.gate(request.query.get("container", ""), request.query.get("call", ""))
        return Answer(200, json_wire.encode(said), {"content-type": json_wire.MEDIA})

    return structs.replace(DESK, decide=decide, tell=tell, other=gate)


def _back(yard: Yard, notice: Notice) -> list[Box]:
    """What the script lets come in again, once a notice has said the last of it."""
    return [
        Box(number, seal=seal, bill=bill)
        for number, seal, bill in yard.bring_back(RETURNED, notice.message_id)
    ]


def _out(yard: Yard, notice: Notice) -> list[Box]:
    """What leaves by the terminal's own gate, once a release told of it: no more than that gate lets out."""
    return [
        Box(box.container_number, seal=box.seal, bill=one.bill_number)
        for one in notice.body.releases
        if one.state == "issued" and one.bill_number.endswith(FETCHED)
        for box in one.containers
        if yard.may_leave(box.container_number, box.call)
    ]


MOVES = ((LEAVE, _out), (RETURN, _back))

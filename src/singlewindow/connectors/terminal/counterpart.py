"""Behaves like a river terminal: takes notices by HTTP, moves containers, and reports its gate in CODECO."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec import Struct

from singlewindow.rehearsal import http_agency, json_wire
from singlewindow.rehearsal.agency import Turn, beijing
from singlewindow.rehearsal.edifact import escaped
from singlewindow.rehearsal.http_agency import HttpDesk
from singlewindow.rehearsal.script import PROMPT, Case, Codes, Script, Step

# For load: accepted at once, and nothing more.
QUICK = Codes(received=("ACC",), inspected=("MOV",), released=("ACC",), refused=("REJ",))
INWARDS = Codes(received=("ACC", "ARR"), inspected=("MOV",), released=("DIS", "RDY"), refused=("REJ",))
OUTWARDS = Codes(received=("ACC",), inspected=("MOV",), released=("GIN", "RDY"), refused=("REJ",))
# The demonstration's bills; their containers wait for the platform's release after that.
STORY, STEPS = "CQX2511070386", (Step("ACC"), Step("ARR", 300), Step("DIS", 800))
# What follows on later notices of the platform.
FOLLOWING = {
    "inspection-notice": (Step("ACC"), Step("MOV", 400)),
    "release-notice": (Step("ACC"), Step("RDY", 200), Step("GOUT", 1_500)),
}
NOTICE = "delivery-notice"
WHOLE = {"ACC", "REJ", "ARR"}  # about the notice or the ship, not about each container
GATE = {"GIN": "34", "GOUT": "36"}  # BGM of the CODECO
NODE, PLATFORM = "CQGYT", "SWCQ0001"


class Box(Struct, rename="camel"):
    """A container as a notice names it."""

    container_number: str
    size_type: str = ""
    seal: str = ""


class Body(Struct, rename="camel"):
    """What the terminal looks at in a notice."""

    bill_number: str = ""
    direction: str = "I"
    truck: str = ""
    containers: list[Box] = []


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
    await http_agency.serve(endpoint, state, script, DESK)


def _decide(script: Script, notice: Notice) -> Case:
    bill, prompt = notice.body.bill_number, script.profile == PROMPT
    if notice.kind in FOLLOWING:
        return Case(bill, steps=FOLLOWING[notice.kind])
    if bill.startswith(STORY) and not prompt:
        return Case(bill, steps=STEPS)
    outwards = notice.body.direction == "E"
    return script.decide(notice.reference, QUICK if prompt else OUTWARDS if outwards else INWARDS)


def _fault(notice: Notice) -> str:
    """Why the terminal takes no notice, whatever the script says; empty if it does."""
    if notice.kind != NOTICE and notice.kind not in FOLLOWING:
        return f"未约定的通知 {notice.kind[:40]}"
    if not notice.body.bill_number:
        return "缺少提单号"
    return "" if notice.body.containers else "通知没有集装箱"


def _tell(notice: Notice, step: Step, turn: Turn) -> list[bytes]:
    """What is said of a step: once of the notice, or of each container; of the gate in CODECO."""
    if not turn.place:
        return [json_wire.receipt(notice, step, turn)]
    if step.code in WHOLE:
        return [json_wire.receipt(notice, step, turn, bill=notice.body.bill_number)]
    write = _gate_report if step.code in GATE else _event
    return [write(notice, box, line, step, turn) for line, box in enumerate(notice.body.containers, 1)]


def _event(notice: Notice, box: Box, line: int, step: Step, turn: Turn) -> bytes:
    seal = {"seal": box.seal} if box.seal else {}
    number, bill = f"{notice.message_id}-{turn.place}-{line}", notice.body.bill_number
    return json_wire.receipt(
        notice, step, turn, number=number, container=box.container_number, bill=bill, **seal
    )


def _gate_report(notice: Notice, box: Box, line: int, step: Step, turn: Turn) -> bytes:
    """A CODECO of D.95B for one container; its control reference is the same whenever it is told again."""
    at, function, number = beijing(turn.at_ms), GATE[step.code], f"{turn.place}{line:03d}"
    report, status = f"{function}{number}", "2" if step.code == "GIN" else "3"  # export, import
    lines = [
        f"UNH+{report}+CODECO:D:95B:UN:ITG13",
        f"BGM+{function}+{report}+9",
        f"RFF+ACW:{escaped(notice.message_id)}",
        f"NAD+MS+{NODE}",
        f"EQD+CN+{escaped(box.container_number)}+{escaped(box.size_type)}:102:5++{status}+5",
        f"RFF+BM:{escaped(notice.body.bill_number)}",
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

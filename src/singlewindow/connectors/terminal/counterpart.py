"""Behaves like a river terminal: takes notices by HTTP, moves containers, and reports its gate in CODECO."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct, structs

from singlewindow.rehearsal import http_agency, json_wire
from singlewindow.rehearsal.agency import Turn, beijing
from singlewindow.rehearsal.edifact import escaped
from singlewindow.rehearsal.http import Answer, Request
from singlewindow.rehearsal.http_agency import HttpDesk
from singlewindow.rehearsal.ledger import wall_ms
from singlewindow.rehearsal.script import PROMPT, Case, Codes, Script, Step

# For load: accepted at once, and nothing more.
QUICK = Codes(received=("ACC",), inspected=("MOV",), released=("ACC",), refused=("REJ",))
INWARDS = Codes(received=("ACC", "ARR"), inspected=("MOV",), released=("DIS", "RDY"), refused=("REJ",))
OUTWARDS = Codes(received=("ACC",), inspected=("MOV",), released=("GIN", "RDY"), refused=("REJ",))
# The demonstration's bills; their containers wait for the platform's release after that.
STORY, STEPS = "CQX2511070386", (Step("ACC"), Step("ARR", 300), Step("DIS", 800))
NOTICE, ORDERS, RELEASES = "delivery-notice", "inspection-notice", "release-notice"
PASSES = "gate-pass-notice"
# What follows on notices of orders and releases; a container moves or is ready only where that is told.
FOLLOWING = {
    ORDERS: (Step("ACC"), Step("MOV", 400)),
    RELEASES: (Step("ACC"), Step("RDY", 200)),
    PASSES: (Step("ACC"), Step("STP"), Step("RDY", 200)),
}
GATE_PATH = "/gate"  # what a truck's driver asks before the barrier
OPEN = ("opened", "changed", "appointed", "called_off")  # of the last: its appointment, not the order
WHOLE = {"ACC", "REJ", "ARR"}  # about the notice or the ship, not about each container
GATE = {"GIN": "34", "GOUT": "36"}  # BGM of the CODECO
NODE, PLATFORM = "CQGYT", "SWCQ0001"

# Of a container: number, call, sequence, may leave, until (ms), release, seal, why, since.
Word = tuple[str, str, int, bool, int, str, str, str, str]
_TABLES = """
create table if not exists ordered (
  number text primary key, sequence integer not null, state text not null, subject text not null,
  appointed_at text not null, place text not null);
create table if not exists release (
  number text primary key, sequence integer not null, state text not null, bill text not null,
  valid_until text not null);
create table if not exists box (
  number text not null, call text not null, sequence integer not null, may_leave integer not null,
  until_ms integer not null, release text not null, seal text not null, why text not null,
  since text not null, primary key (number, call));
create table if not exists gone (
  number text not null, call text not null, since text not null, primary key (number, call));
"""
_KEEP_ORDER = """insert into ordered values (?, ?, ?, ?, ?, ?) on conflict (number) do update
 set sequence = excluded.sequence, state = excluded.state, appointed_at = excluded.appointed_at,
     place = excluded.place where excluded.sequence > sequence"""
_KEEP_RELEASE = """insert into release values (?, ?, ?, ?, ?) on conflict (number) do update
 set sequence = excluded.sequence, state = excluded.state where excluded.sequence > sequence"""
_KEEP_BOX = """insert into box values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (number, call) do update
 set sequence = excluded.sequence, may_leave = excluded.may_leave, until_ms = excluded.until_ms,
     why = excluded.why, since = excluded.since, release = coalesce(nullif(excluded.release, ''), release),
     seal = coalesce(nullif(excluded.seal, ''), seal) where excluded.sequence > sequence"""
_KEEP_GONE = "insert into gone values (?, ?, ?) on conflict do nothing"
_BOXES = """select b.call, b.may_leave, b.until_ms, b.why, b.since, g.since
  from box b left join gone g using (number, call)
 where b.number = ? and ? in ('', b.call)"""

Digits = Annotated[str, Meta(pattern="^[0-9]{1,18}$")]
Moment = Annotated[datetime, Meta(tz=True)]
_MILLISECOND = timedelta(milliseconds=1)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # an end that nobody told: nothing leaves by it


class Box(Struct, rename="camel"):
    """A container as a notice names it."""

    container_number: str
    size_type: str = ""
    seal: str = ""
    bill: str = ""


class Leave(Struct, rename="camel"):
    """A container of a release; it may leave once all in it is released, and until the first of that ends."""

    container_number: str
    call: str = ""
    seal: str = ""
    may_leave: str = "0"
    reason: str = ""
    valid_until: Moment = NEVER


class Order(Struct, rename="camel"):
    """An inspection order as a notice tells of it."""

    order_number: str
    state: str
    subject: str
    sequence: Digits
    subject_kind: str = ""
    bill_number: str = ""
    appointed_at: str = ""
    place: str = ""


class Release(Struct, rename="camel"):
    """A composite release as a notice tells of it."""

    release_number: str
    state: str
    sequence: Digits
    bill_number: str = ""
    valid_until: str = ""
    containers: list[Leave] = []


class Named(Struct, rename="camel"):
    """An agency's instruction, by its own number."""

    agency: str
    number: str
    version: str
    order: str


class Pass(Struct, rename="camel"):
    """What became of a container's gate pass, as a notice tells of it."""

    container_number: str
    state: str
    sequence: Digits
    since: str
    call: str = ""
    reason: str = ""
    seal: str = ""
    valid_until: Moment = NEVER
    instructions: list[Named] = []


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


class Yard:
    """What the terminal was told of orders and releases: its own gate and yard go by it.

    Of one thing the higher sequence counts, so a notice told again, or late, changes nothing. A container of
    one call may leave by the last word on it, and until that ends: a release that frees it, the revocation of
    any that named it, its pass suspended or given again. What has left does not leave twice.
    """

    def __init__(self, path: Path, clock_ms: Callable[[], int] = wall_ms) -> None:
        self._clock_ms = clock_ms
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        self._db.executescript(_TABLES)

    def take(self, body: Body) -> None:
        """Keep what a notice tells, in one commit."""
        orders = [
            (one.order_number, int(one.sequence), one.state, one.subject, one.appointed_at, one.place)
            for one in body.orders
        ]
        releases = [
            (one.release_number, int(one.sequence), one.state, one.bill_number, one.valid_until)
            for one in body.releases
        ]
        boxes = [*_of_releases(body.releases), *map(_of_pass, body.passes)]
        with self._db:
            self._db.execute("begin immediate")
            self._db.executemany(_KEEP_ORDER, orders)
            self._db.executemany(_KEEP_RELEASE, releases)
            self._db.executemany(_KEEP_BOX, boxes)
            self._db.executemany(_KEEP_GONE, _used(body.passes))

    def may_leave(self, container: str, call: str = "") -> bool:
        """What the terminal's own gate knows of a container; nothing told is no."""
        return self.gate(container, call)["mayLeave"] is True

    def gate(self, container: str, call: str = "") -> dict[str, Any]:
        """What the gate says to a truck with this container, and where it refuses, why and since when.

        The same number comes back with other calls: without the call nothing leaves while several are here.
        """
        why, since = self._barred(self._db.execute(_BOXES, (container, call)).fetchall())
        return {"container": container, "mayLeave": not why, "why": why, "since": since}

    def _barred(self, found: list[tuple[Any, ...]]) -> tuple[str, str]:
        """Why and since when a container may not leave, by its rows; empty where it may."""
        here = [row for row in found if row[-1] is None]
        if not here:
            return ("used", found[-1][-1]) if found else ("unknown", "")
        if len(here) > 1:
            return "which call", ""
        ((_, may, until_ms, why, since, _),) = here
        if may and until_ms <= self._clock_ms():
            return "expired", datetime.fromtimestamp(until_ms / 1000, UTC).isoformat()
        return ("", since) if may else (why, since)

    def to_inspect(self) -> list[str]:
        """What is to be brought to the inspection yard."""
        marks = ",".join("?" * len(OPEN))
        found = self._db.execute(
            f"select subject from ordered where state in ({marks}) order by subject", OPEN
        )
        return [subject for (subject,) in found]

    def close(self) -> None:
        """Close the file; everything answered for is already in it."""
        self._db.close()


def _of_releases(releases: Sequence[Release]) -> Iterator[Word]:
    for one in releases:
        refused = "revoked" if one.state == "revoked" else "waiting"
        for box in one.containers:
            may = box.may_leave == "1"
            which = box.container_number, box.call, int(one.sequence)
            why = "" if may else box.reason or refused
            yield *which, may, _ms(box.valid_until), one.release_number, box.seal, why, ""


def _of_pass(one: Pass) -> Word:
    """Suspended and used are refused, and so is a state that nobody agreed on."""
    may = one.state == "given"
    by = [f"{said.agency} {said.number} v{said.version}" for said in one.instructions]
    why = "" if may else " · ".join([one.reason or one.state, *by])
    until = _ms(one.valid_until)
    return one.container_number, one.call, int(one.sequence), may, until, "", one.seal, why, one.since


def _used(passes: Sequence[Pass]) -> list[tuple[str, str, str]]:
    return [(one.container_number, one.call, one.since) for one in passes if one.state == "used"]


def _ms(at: datetime) -> int:
    """Whole milliseconds since 1970, none more: at its last instant nothing leaves any more."""
    return (at - NEVER) // _MILLISECOND


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
    write = _gate_report if step.code in GATE else _event
    return [write(notice, box, line, step, turn) for line, box in enumerate(_boxes(notice, step), 1)]


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


def desk_of(yard: Yard) -> HttpDesk[Notice]:
    """The desk of a terminal that keeps in this book what it is told."""

    def decide(script: Script, notice: Notice) -> Case:
        if notice.kind in FOLLOWING and not _fault(notice):
            yard.take(notice.body)
        return _decide(script, notice)

    def gate(request: Request) -> Answer:
        if (request.method, request.path) != ("GET", GATE_PATH):
            return Answer(404)
        said = yard.gate(request.query.get("container", ""), request.query.get("call", ""))
        return Answer(200, json_wire.encode(said), {"content-type": json_wire.MEDIA})

    return structs.replace(DESK, decide=decide, other=gate)

"""The terminal rehearsed: our codec and transport on one side, the terminal on the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from opposite import Clock
from singlewindow.connectors.terminal.codec import decode, encode, pack
from singlewindow.connectors.terminal.counterpart import DESK, Yard, desk_of
from singlewindow.connectors.terminal.tests.example import AT, CONTAINER, SAMPLE, document, envelope
from singlewindow.kernel.messages import Document, Receipt
from singlewindow.rehearsal.http import Request
from singlewindow.rehearsal.http_agency import HttpAgency
from singlewindow.rehearsal.ledger import Ledger
from singlewindow.rehearsal.script import PROMPT, Case, Script, Step

PROMPTLY = Script(profile=PROMPT)
CALL, ENDS = "2/9999993/2611W", "2025-11-21T08:00:01Z"  # a second after the clock of these tests begins
TWO = [SAMPLE.values["containers"][0], {"containerNumber": "CQXU3188623", "sizeType": "22G1", "shared": "0"}]


@pytest.fixture
def clock() -> Clock:
    return Clock()


def opened(folder: Path, clock: Clock, script: Script, desk: Any = DESK) -> HttpAgency[Any]:
    return HttpAgency(desk, Ledger(folder / "ledger.db", clock), script)


def body(*numbers: int, kind: str = "delivery_notice", **changes: Any) -> bytes:
    return pack([encode(document(kind, **changes), envelope(number)) for number in numbers], "b", AT)


def notice(number: int, kind: str, **values: Any) -> bytes:
    return pack([encode(Document(kind, "1", values), envelope(number))], "b", AT)


def ordered(state: str, sequence: int) -> dict[str, Any]:
    return {
        "sequence": str(sequence),
        "orderNumber": "CY1",
        "state": state,
        "subjectKind": "container",
        "subject": CONTAINER,
        "billNumber": "CQX2511070386",
    }


BILL_ORDER = ordered("opened", 1) | {
    "orderNumber": "CY2",
    "subjectKind": "bill",
    "subject": "CQX2511070386",
}


def released(state: str, sequence: int, may_leave: str, call: str = CALL, ends: str = ENDS) -> dict[str, Any]:
    box = {"containerNumber": CONTAINER, "call": call, "seal": "S1", "mayLeave": may_leave}
    box |= {"validUntil": ends} if may_leave == "1" and ends else {}
    number = "FX2" if may_leave == "1" else "FX1"
    return {
        "sequence": str(sequence),
        "releaseNumber": number,
        "state": state,
        "billNumber": "B1",
        "containers": [box],
    }


def passed(state: str, sequence: int, reason: str = "", call: str = CALL) -> dict[str, Any]:
    by = [{"agency": "quarantine", "number": "Q-17", "version": "3", "order": "hold"}] if reason else []
    return {
        "sequence": str(sequence),
        "containerNumber": CONTAINER,
        "call": call,
        "validUntil": ENDS,
        "state": state,
        "passVersion": str(sequence),
        "reason": reason,
        "since": "2026-11-21T09:30:00Z",
        "instructions": by,
    }


async def asked(desk: HttpAgency[Any], container: str = CONTAINER, call: str = "") -> dict[str, Any]:
    """What the gate says to a truck."""
    answer = await desk.handle(Request("GET", "/gate", {"container": container, "call": call}, {}, b""))
    assert answer.status == 200
    said: dict[str, Any] = msgspec.json.decode(answer.body)
    return said


async def send(desk: HttpAgency[Any], data: bytes) -> list[Receipt]:
    answer = await desk.handle(Request("POST", "/notices", {}, {}, data))
    assert answer.status == 200, answer.body.decode()
    return decode(answer.body)


async def fetch(desk: HttpAgency[Any]) -> list[Receipt]:
    """What is due, read and settled."""
    answer = await desk.handle(Request("GET", "/receipts", {}, {}, b""))
    if answer.status == 204:
        return []
    settled = {"cursor": answer.headers["receipts-cursor"]}
    assert (await desk.handle(Request("POST", "/receipts/ack", settled, {}, b""))).status == 204
    return decode(answer.body)


def codes(receipts: list[Receipt]) -> list[str]:
    return [receipt.code for receipt in receipts]


async def test_promptly_every_notice_is_accepted_and_nothing_more(tmp_path: Path, clock: Clock) -> None:
    desk = opened(tmp_path, clock, PROMPTLY)
    assert codes(await send(desk, body(*range(100)))) == ["ACK"] * 100
    accepted = await fetch(desk)
    assert codes(accepted) == ["ACC"] * 100
    assert [one.about for one in accepted] == [envelope(number).message_id for number in range(100)]
    clock.now += 10_000
    assert await fetch(desk) == []


async def test_the_demonstration_s_containers_wait_for_the_release(tmp_path: Path, clock: Clock) -> None:
    desk = opened(tmp_path, clock, Script(seed=1))
    story = {"billNumber": "CQX2511070386", "containers": TWO}
    await send(desk, body(1, **story))
    assert codes(await fetch(desk)) == ["ACC"]
    clock.now += 300
    assert codes(await fetch(desk)) == ["ARR"]
    clock.now += 500
    discharged = await fetch(desk)
    assert codes(discharged) == ["DIS", "DIS"]
    assert [one.facts["container"] for one in discharged] == ["CQXU2045171", "CQXU3188623"]
    clock.now += 60_000
    assert await fetch(desk) == []


async def test_an_order_moves_its_container_and_a_release_makes_it_ready(
    tmp_path: Path, clock: Clock
) -> None:
    yard = Yard(tmp_path / "yard.db", clock)
    desk = opened(tmp_path, clock, Script(seed=1), desk_of(yard))
    await send(desk, notice(1, "inspection_notice", orders=[ordered("opened", 1), BILL_ORDER]))
    clock.now += 400
    assert codes(await fetch(desk)) == ["ACC", "MOV"], "goods without a container stay where they are"
    assert yard.to_inspect() == ["CQX2511070386", CONTAINER]
    await send(desk, notice(2, "inspection_notice", orders=[ordered("appointed", 2)]))
    assert not yard.may_leave(CONTAINER)
    off = ordered("called_off", 3) | {"reason": "no crane"}
    await send(desk, notice(5, "inspection_notice", orders=[off]))
    assert CONTAINER in yard.to_inspect(), "its appointment is called off, not the order"
    await send(desk, notice(3, "inspection_notice", orders=[ordered("concluded", 4)]))
    assert yard.to_inspect() == ["CQX2511070386"]
    await send(desk, notice(4, "release_notice", releases=[released("issued", 4, "1")]))
    clock.now += 200
    *accepted, ready = await fetch(desk)
    assert set(codes(accepted)) == {"ACC"}
    assert (ready.code, ready.facts["container"], ready.facts["seal"]) == ("RDY", CONTAINER, "S1")
    assert ready.facts["bill"] == "B1"
    assert yard.may_leave(CONTAINER)
    clock.now += 60_000
    assert await fetch(desk) == [], "it waits for its truck"


async def test_its_gate_goes_by_the_last_word_in_whatever_order_notices_come(
    tmp_path: Path, clock: Clock
) -> None:
    yard = Yard(tmp_path / "yard.db", clock)
    desk = opened(tmp_path, clock, Script(seed=1), desk_of(yard))
    told = [released("issued", 5, "0"), released("issued", 7, "1"), released("revoked", 9, "0")]
    assert not yard.may_leave(CONTAINER)
    for number, (line, may) in enumerate(zip(told, (False, True, False), strict=True)):
        await send(desk, notice(number, "release_notice", releases=[line]))
        assert yard.may_leave(CONTAINER) is may
    await send(desk, notice(10, "release_notice", releases=[told[1]]))
    assert not yard.may_leave(CONTAINER), "an old release told late frees nothing"
    yard.close()
    assert not Yard(tmp_path / "yard.db", clock).may_leave(CONTAINER)


async def test_its_gate_refuses_while_a_pass_is_suspended(tmp_path: Path, clock: Clock) -> None:
    yard = Yard(tmp_path / "yard.db", clock)
    desk = opened(tmp_path, clock, Script(seed=1), desk_of(yard))
    assert await asked(desk) == {"container": CONTAINER, "mayLeave": False, "why": "unknown", "since": ""}
    await send(desk, notice(1, "release_notice", releases=[released("issued", 4, "1")]))
    assert (await asked(desk))["mayLeave"] is True
    clock.now += 200
    await fetch(desk)
    await send(desk, notice(2, "gate_pass_notice", passes=[passed("suspended", 7, "held")]))
    assert await asked(desk) == {
        "container": CONTAINER,
        "mayLeave": False,
        "why": "held · quarantine Q-17 v3",
        "since": "2026-11-21T09:30:00Z",
    }
    assert codes(await fetch(desk)) == ["ACC", "STP"]
    await send(desk, notice(3, "gate_pass_notice", passes=[passed("given", 6)]))
    assert (await asked(desk))["mayLeave"] is False, "an earlier word told late opens nothing"
    await send(desk, notice(4, "gate_pass_notice", passes=[passed("lent", 8)]))
    assert (await asked(desk))["mayLeave"] is False, "nor does a state that nobody agreed on"
    await send(desk, notice(5, "gate_pass_notice", passes=[passed("given", 9)]))
    assert (await asked(desk))["mayLeave"] is True
    clock.now += 200
    assert codes(await fetch(desk)).count("RDY") == 2


async def test_its_gate_opens_no_longer_than_it_was_told(tmp_path: Path, clock: Clock) -> None:
    yard = Yard(tmp_path / "yard.db", clock)
    desk = opened(tmp_path, clock, PROMPTLY, desk_of(yard))
    await send(desk, notice(1, "release_notice", releases=[released("issued", 4, "1")]))
    clock.now += 999
    assert (await asked(desk))["mayLeave"] is True
    clock.now += 1
    said = await asked(desk)
    assert (said["mayLeave"], said["why"], said["since"]) == (False, "expired", "2025-11-21T08:00:01+00:00")
    later = released("issued", 5, "1", ends="2025-11-21T09:00:00Z")
    await send(desk, notice(2, "release_notice", releases=[later]))
    assert (await asked(desk))["mayLeave"] is True, "issued anew, it may leave longer"
    await send(desk, notice(3, "release_notice", releases=[released("issued", 6, "1", ends="")]))
    assert (await asked(desk))["why"] == "expired", "an end that nobody told is no end that has not come"


async def test_what_has_left_does_not_leave_twice_whatever_comes(tmp_path: Path, clock: Clock) -> None:
    yard = Yard(tmp_path / "yard.db", clock)
    desk = opened(tmp_path, clock, PROMPTLY, desk_of(yard))
    await send(desk, notice(1, "gate_pass_notice", passes=[passed("used", 5)]))
    for number, line in enumerate((released("issued", 4, "1"), released("revoked", 6, "0")), 2):
        await send(desk, notice(number, "release_notice", releases=[line]))
    await send(desk, notice(4, "gate_pass_notice", passes=[passed("given", 7)]))
    said = {"container": CONTAINER, "mayLeave": False, "why": "used", "since": "2026-11-21T09:30:00Z"}
    assert await asked(desk) == await asked(desk, call=CALL) == said


RECALLED = {"billNumber": "CQX2511070386-BACK"}


@pytest.mark.parametrize("overtaken", [False, True])
async def test_a_box_of_the_scripted_bill_is_reported_in_after_it_was_called_back(
    tmp_path: Path, clock: Clock, overtaken: bool
) -> None:
    desk = opened(tmp_path, clock, Script(seed=1), desk_of(Yard(tmp_path / "yard.db", clock)))
    used = notice(1, "gate_pass_notice", passes=[passed("used", 5)])
    revoked = notice(2, "release_notice", releases=[released("revoked", 7, "0") | RECALLED])
    both = [revoked, used] if overtaken else [used, revoked]
    for data in (*both, *both):
        await send(desk, data)
    assert codes(await fetch(desk)) == ["ACC", "ACC"]
    clock.now += 1_500
    (came,) = await fetch(desk)
    assert (came.code, came.facts["milestone"], came.facts["container"]) == ("GIN", "in_yard", CONTAINER)
    assert (came.facts["seal"], came.facts["bill"]) == ("S1", RECALLED["billNumber"])
    assert (await asked(desk))["why"] == "revoked", "it is here, and barred"
    await send(desk, used)
    freed = released("issued", 8, "1", ends="2026-11-21T08:00:01Z") | RECALLED
    await send(desk, notice(3, "release_notice", releases=[freed]))
    assert (await asked(desk))["mayLeave"] is True, "what was told again takes nothing back"
    await send(desk, notice(4, "gate_pass_notice", passes=[passed("used", 9)]))
    assert (await asked(desk))["why"] == "used", "out again"


FETCHED = {"billNumber": "CQX2511070386-OUT"}


async def test_a_box_of_the_scripted_bill_is_reported_out_by_the_terminal_s_own_gate(
    tmp_path: Path, clock: Clock
) -> None:
    desk = opened(tmp_path, clock, Script(seed=1), desk_of(Yard(tmp_path / "yard.db", clock)))
    ends = "2025-11-21T09:00:00Z"
    issued = notice(1, "release_notice", releases=[released("issued", 4, "1", ends=ends) | FETCHED])
    for _ in range(2):
        await send(desk, issued)
    clock.now += 1_499
    assert codes(await fetch(desk)) == ["ACC", "RDY"]
    clock.now += 1
    (left,) = await fetch(desk)
    assert (left.code, left.facts["milestone"], left.facts["container"]) == ("GOUT", "gate_out", CONTAINER)
    assert (left.facts["seal"], left.facts["bill"]) == ("S1", FETCHED["billNumber"])
    await send(desk, notice(2, "gate_pass_notice", passes=[passed("used", 5)]))
    anew = released("issued", 6, "1", ends=ends) | FETCHED
    await send(desk, notice(3, "release_notice", releases=[anew]))
    clock.now += 60_000
    assert "GOUT" not in codes(await fetch(desk)), "what has left leaves no second time"


@pytest.mark.parametrize(
    "line",
    [
        released("issued", 4, "1", ends="2025-11-21T09:00:00Z"),
        released("issued", 4, "0") | FETCHED,
        released("issued", 4, "1", ends="2025-11-21T07:00:00Z") | FETCHED,
        released("revoked", 4, "0") | FETCHED,
    ],
    ids=["another bill's", "not free yet", "over", "revoked"],
)
async def test_the_terminal_s_own_gate_lets_nothing_out_that_may_not_leave(
    tmp_path: Path, clock: Clock, line: dict[str, Any]
) -> None:
    desk = opened(tmp_path, clock, Script(seed=1), desk_of(Yard(tmp_path / "yard.db", clock)))
    await send(desk, notice(1, "release_notice", releases=[line]))
    clock.now += 60_000
    assert "GOUT" not in codes(await fetch(desk))


@pytest.mark.parametrize(("bill", "left"), [("B1", True), (RECALLED["billNumber"], False)])
async def test_another_bill_s_box_stays_out_and_one_that_is_here_comes_from_nowhere(
    tmp_path: Path, clock: Clock, bill: str, left: bool
) -> None:
    desk = opened(tmp_path, clock, Script(seed=1), desk_of(Yard(tmp_path / "yard.db", clock)))
    if left:
        await send(desk, notice(1, "gate_pass_notice", passes=[passed("used", 5)]))
    line = released("revoked", 6, "0") | {"billNumber": bill}
    await send(desk, notice(2, "release_notice", releases=[line]))
    clock.now += 60_000
    assert set(codes(await fetch(desk))) == {"ACC"}


async def test_the_same_number_of_another_call_is_another_container(tmp_path: Path, clock: Clock) -> None:
    yard, later = Yard(tmp_path / "yard.db", clock), "2/9999993/2612W"
    desk = opened(tmp_path, clock, PROMPTLY, desk_of(yard))
    await send(desk, notice(1, "release_notice", releases=[released("issued", 4, "1")]))
    assert yard.may_leave(CONTAINER, CALL)
    assert (await asked(desk, call=later))["why"] == "unknown", "last month's word frees nothing this month"
    await send(desk, notice(2, "release_notice", releases=[released("issued", 5, "1", later)]))
    assert (await asked(desk))["why"] == "which call"
    await send(desk, notice(3, "gate_pass_notice", passes=[passed("used", 6)]))
    assert yard.may_leave(CONTAINER), "the other one has left"
    await send(desk, notice(4, "release_notice", releases=[released("revoked", 7, "0")]))
    assert (yard.may_leave(CONTAINER, CALL), yard.may_leave(CONTAINER, later)) == (False, True), (
        "what is recalled of last month bars nothing this month"
    )
    yard.close()


async def test_an_end_without_a_zone_is_refused(tmp_path: Path, clock: Clock) -> None:
    desk = opened(tmp_path, clock, PROMPTLY)
    data = notice(1, "release_notice", releases=[released("issued", 4, "1", ends="2025-11-21T16:00:01")])
    assert (await desk.handle(Request("POST", "/notices", {}, {}, data))).status == 400


async def test_a_pass_notice_that_tells_of_nothing_is_refused(tmp_path: Path, clock: Clock) -> None:
    desk = opened(tmp_path, clock, PROMPTLY)
    (refused,) = await send(desk, notice(1, "gate_pass_notice"))
    assert refused.code == "NAK"
    assert (await desk.handle(Request("GET", "/gate", {}, {}, b""))).status == 404


async def test_many_releases_are_one_notice_with_one_answer_under_load(tmp_path: Path, clock: Clock) -> None:
    desk = opened(tmp_path, clock, PROMPTLY)
    lines = [released("issued", n, "1") for n in range(200)]
    assert codes(await send(desk, notice(1, "release_notice", releases=lines))) == ["ACK"]
    assert codes(await fetch(desk)) == ["ACC"]


async def test_a_notice_without_a_usable_sequence_is_refused(tmp_path: Path, clock: Clock) -> None:
    desk = opened(tmp_path, clock, PROMPTLY)
    data = notice(1, "inspection_notice", orders=[ordered("opened", 1) | {"sequence": "first"}])
    assert (await desk.handle(Request("POST", "/notices", {}, {}, data))).status == 400


async def test_an_outward_container_comes_in_at_the_gate(tmp_path: Path, clock: Clock) -> None:
    desk = opened(tmp_path, clock, Script(seed=2))
    await send(desk, body(*range(30), direction="E", billNumber="A+B:C?'"))
    clock.now += 10_000
    found = await fetch(desk)
    assert {"ACC", "GIN", "RDY"} <= set(codes(found))
    assert not {"ARR", "DIS", "GOUT"} & set(codes(found))
    assert {one.facts["bill"] for one in found if one.code == "GIN"} == {"A+B:C?'"}


async def test_every_turn_a_mixed_script_takes_is_read_without_problems(tmp_path: Path, clock: Clock) -> None:
    desk = opened(tmp_path, clock, Script(seed=4))
    await send(desk, body(*range(60), containers=TWO))
    clock.now += 10_000
    found = await fetch(desk)
    assert {"ACC", "ARR", "DIS", "MOV", "RDY", "REJ"} == set(codes(found))
    assert all(bool(one.problems) == (one.code == "REJ") for one in found)


async def test_a_step_told_twice_is_the_same_receipt(tmp_path: Path, clock: Clock) -> None:
    case = Case("*", steps=(Step("GIN", twice=True), Step("DIS", twice=True)))
    desk = opened(tmp_path, clock, Script(cases=[case]))
    await send(desk, body(1))
    first, second, third, fourth = await fetch(desk)
    assert (first, third) == (second, fourth)


@pytest.mark.parametrize("changes", [{"billNumber": ""}, {"containers": []}, {"kind": "gift"}])
async def test_what_cannot_be_a_notice_is_not_taken(
    tmp_path: Path, clock: Clock, changes: dict[str, Any]
) -> None:
    desk = opened(tmp_path, clock, PROMPTLY)
    (refused,) = await send(desk, body(1, **changes))
    assert (refused.code, bool(refused.text)) == ("NAK", True)
    assert await fetch(desk) == []

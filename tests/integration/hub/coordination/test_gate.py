"""The gate fails closed, and nothing leaves twice."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from integration.hub.coordination.story import AT, ONE, TWO, Port, said
from singlewindow.hub.coordination import facts, gate, queries
from singlewindow.hub.coordination.acting import tick
from singlewindow.hub.coordination.gate import Verdict
from singlewindow.hub.exchange import services as exchange
from singlewindow.kernel.messages import Actor, Order, Outcome, Viewer

pytestmark = pytest.mark.database
TRUCK = {"plate": "渝D·3Q7F1", "container": ONE, "seal": "DM884120"}


@pytest.fixture
async def port(database: Any) -> Port:
    """Both containers released, the worker alive."""
    port = Port(database)
    submission = port.declare()
    port.submission = submission  # type: ignore[attr-defined]
    await port.receive(
        *(port.answer(submission, agency, Outcome.RELEASED) for agency in ("customs", "quarantine"))
    )
    await beat(port)
    return port


async def beat(port: Port) -> None:
    async with await port.database.connect("sw_engine") as connection, connection.cursor() as cursor:
        await tick(cursor, port.means)


def keeper(port: Port) -> Actor:
    return Actor("person", "9", "卡口 02", port.party["terminal"])


def out(port: Port, office: str = "terminal", **given: Any) -> Verdict:
    with port.web(port.party[office]) as connection, connection.cursor() as cursor:
        actor = Actor("person", "9", "卡口 02", port.party[office])
        asked = {"gate": "3", "at": port.now} | TRUCK | given
        return gate.gate_out(actor, cursor, **asked)


def codes(verdict: Verdict) -> list[str]:
    assert all(reason.text.zh and reason.text.en for reason in verdict.reasons)
    assert verdict.passed == (not verdict.reasons)
    return [reason.code for reason in verdict.reasons]


async def test_what_is_read_by_a_machine_may_be_wide_or_hold_what_nobody_sees(port: Port) -> None:
    assert codes(out(port, seal="ＤＭ\u3164８８４１２０", container=f"{ONE}\ufe0f")) == []


async def test_a_released_container_leaves_once(port: Port) -> None:
    assert codes(out(port, seal="dm 884120")) == []
    assert codes(out(port)) == ["G-23"]
    assert port.rows("select passed, out from sw.gate_event order by at") == [(True, True), (False, False)]
    assert port.verbs()[-2:] == ["gate.passed", "gate.refused"]
    await beat(port)
    assert port.rows("select code, source from sw.milestone") == [("gate_out", "gate")]
    assert port.rows("select until = %s from sw.dossier_object where number = %s", AT, ONE) == [(True,)]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"container": "CSQU3054383"}, ["G-10"]),
        ({"container": "CQXU2045172"}, ["G-02"]),
        ({"container": "'; drop table gate_pass; --"}, ["G-02"]),
        ({"container": "CQXU2045171" * 20}, ["G-02", "G-01"]),
        ({"plate": " "}, ["G-01"]),
        ({"seal": ""}, ["G-01"]),
        ({"seal": "DM884121"}, ["G-31"]),
        ({"at": AT + timedelta(seconds=61)}, ["G-40"]),
        ({"at": AT - timedelta(seconds=61)}, ["G-40"]),
    ],
)
async def test_everything_else_is_refused(port: Port, given: dict[str, Any], expected: list[str]) -> None:
    assert codes(out(port, **given)) == expected
    assert port.rows("select count(*) from sw.gate_pass where used_at is not null") == [(0,)]


async def test_an_expired_release_opens_nothing(port: Port) -> None:
    port.now = AT + timedelta(days=15)
    await beat(port)
    assert codes(out(port)) == ["G-24"]


async def test_a_release_expires_at_its_last_instant(port: Port) -> None:
    ((until,),) = port.rows("select valid_until from sw.gate_pass where key like %s", f"{ONE}%")
    port.now = until
    await beat(port)
    assert codes(out(port)) == ["G-24"]
    port.now = until - timedelta(microseconds=1)
    assert codes(out(port)) == []


async def test_without_a_pulse_nothing_is_known_to_be_fresh(port: Port) -> None:
    port.rows("delete from sw.coordination_pulse")
    assert codes(out(port)) == ["G-40"]


async def test_a_clock_too_far_from_the_pulse_opens_nothing_whichever_is_behind(port: Port) -> None:
    bound, beyond = facts.gate_bound(), timedelta(microseconds=1)
    for apart in (bound + beyond, -bound - beyond):
        assert codes(out(port, at=port.now + apart)) == ["G-40"]
    assert codes(out(port, at=port.now + bound)) == []
    assert codes(out(port, at=port.now - bound, container=TWO, seal="DM884121")) == []


async def test_a_revoked_release_opens_nothing_and_says_who(port: Port) -> None:
    hold = said("quarantine", Order.HOLD, ONE)
    await port.receive(port.answer(port.submission, "quarantine", Outcome.HOLD, 5, hold))  # type: ignore[attr-defined]
    verdict = out(port)
    assert codes(verdict) == ["G-22", "G-21"]
    assert verdict.reasons[1].text.zh == "挂起：检验检疫"
    assert codes(out(port, container=TWO, seal="DM884121")) == []


async def test_another_terminals_gate_knows_nothing_of_it(port: Port) -> None:
    assert codes(out(port, office="maritime")) == ["G-10"]


async def test_a_party_that_sees_the_pass_cannot_use_it(port: Port) -> None:
    assert codes(out(port, office="customs")) == ["G-33"], "it is told no seal, so it can try none"
    assert port.rows("select count(*) from sw.gate_pass where used_at is not null") == [(0,)]


async def test_seals_that_contradict_each_other_are_for_a_person(port: Port) -> None:
    port.rows("update sw.gate_pass set seals = '{A,B}'")
    assert codes(out(port, seal="A")) == ["G-32"]


async def test_a_refusal_names_the_release_it_is_about(port: Port) -> None:
    (said,) = {verdict.releases for verdict in (out(port, seal="X1"), out(port), out(port))}
    assert [number[:2] for number in said] == ["FX"]
    assert out(port, container="CSQU3054383").releases == ()


async def test_whoever_is_concerned_reads_in_the_journal_who_left_and_no_seal(port: Port) -> None:
    out(port)
    ((content, viewers),) = port.rows(
        "select convert_from(content, 'UTF8'), cardinality(viewers) from sw.journal_entry"
        " where verb = 'gate.passed'"
    )
    assert viewers > 1
    assert "渝D3Q7F1" in content
    assert "DM884120" not in content


OTHER_CALL = """
insert into sw.gate_pass
       (key, number, seals, releases, dossiers, version, issued_at, valid_until, operators, viewers)
select 'other/' || key, number, array[%s], releases, dossiers, version, issued_at + %s::interval, valid_until,
       operators, viewers
  from sw.gate_pass where number = %s
"""


@pytest.mark.parametrize("apart", ["1 day", "-1 day"])
async def test_the_seal_tells_which_calls_release_is_meant(port: Port, apart: str) -> None:
    port.rows(OTHER_CALL, "DM1", apart, ONE)
    assert codes(out(port, seal="DM2")) == ["G-31"]
    assert codes(out(port)) == []
    ((left,),) = port.rows("select key like 'other/%%' from sw.gate_pass where used_at is not null")
    assert not left
    assert codes(out(port)) == ["G-31"], "of this call it is out, the other's seal is another"


async def test_a_revoked_release_is_not_passed_over_for_another_calls(port: Port) -> None:
    port.rows(OTHER_CALL, "DM1", "1 day", ONE)
    hold = said("quarantine", Order.HOLD, ONE)
    await port.receive(port.answer(port.submission, "quarantine", Outcome.HOLD, 5, hold))  # type: ignore[attr-defined]
    assert codes(out(port)) == ["G-22", "G-21"]


async def test_any_error_refuses(port: Port) -> None:
    class Broken:
        def execute(self, *_: Any) -> None:
            raise RuntimeError("no data base")

    assert codes(gate.check(Broken(), at=AT, **TRUCK)) == ["G-99"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "what",
    [
        "select on sw.coordination_pulse",
        "select on sw.gate_pass",
        "execute on function sw.container_stands(text)",
        "execute on function sw.container_barred(text)",
    ],
    ids=["pulse", "passes", "why_not", "barred"],
)
async def test_a_data_base_that_fails_at_any_question_refuses(port: Port, what: str) -> None:
    if "function" in what:
        port.rows("update sw.gate_pass set revoked_at = %s", AT)
    port.rows(f"revoke {what} from sw_web")
    with port.web(port.party["terminal"]) as connection, connection.cursor() as cursor:
        assert codes(gate.check(cursor, at=port.now, **TRUCK)) == ["G-99"]


SEED = 20261121
wording = st.text(max_size=20) | st.sampled_from(
    [ONE, TWO, "DM884120", "dm-884120", "DM884121", "\0", "\ud800"]
)


@seed(SEED)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(container=wording, seal=wording, plate=wording)
def test_whatever_is_typed_only_the_right_box_with_the_right_seal_leaves(
    port: Port, container: str, seal: str, plate: str
) -> None:
    print(f"seed {SEED}")
    with port.web(port.party["terminal"]) as connection, connection.cursor() as cursor:
        typed = {"container": container, "seal": seal, "plate": plate}
        verdict = gate.gate_out(keeper(port), cursor, gate="3", at=port.now, **typed)
        connection.rollback()
    right = {ONE: "DM884120", TWO: "DM884121"}
    assert all(reason.text.zh and reason.text.en for reason in verdict.reasons)
    assert verdict.passed == (bool(verdict.plate) and right.get(verdict.number) == verdict.seal)
    assert len(codes(verdict)) <= 2


async def test_unapplied_answers_make_the_gate_stale(port: Port) -> None:
    port.rows(
        "insert into sw.inbox (partner, source, digest, raw, receipts, received_at)"
        " values ('customs', 'x', '\\x01', '', '', %s)",
        AT - timedelta(seconds=90),
    )
    await beat(port)
    assert codes(out(port)) == ["G-40"]


@pytest.mark.parametrize("office", ["platform", "customs"])
async def test_an_answer_nobody_could_read_holds_the_gate_until_somebody_lays_it_aside(
    port: Port, office: str
) -> None:
    port.operated()
    ((answer,),) = port.rows(
        "insert into sw.inbox (partner, source, digest, raw, receipts, problem, state, received_at)"
        " values ('customs', 'receipts@3', sha256('<'), '', '', 'too large', 1, %s) returning id",
        AT - timedelta(seconds=90),
    )
    await beat(port)
    assert codes(out(port)) == ["G-40"]
    for party in (port.party["quarantine"], port.party["terminal"]):
        assert not lay_aside(port, party, answer), "it is not theirs to mind"
    await beat(port)
    assert codes(out(port)) == ["G-40"]
    assert lay_aside(port, port.party[office], answer)
    await beat(port)
    assert codes(out(port)) == []


def lay_aside(port: Port, party: int, answer: int) -> bool:
    with port.web(party) as connection, connection.cursor() as cursor:
        person = Actor("person", "7", "接口员", party)
        return exchange.lay_aside(person, cursor, answer=answer, reason="海关确认无布控", at=port.now)


async def test_of_two_gates_at_one_instant_one_wins(port: Port) -> None:
    verdicts: list[Verdict] = []
    together = threading.Barrier(4)

    def drive(lane: str) -> None:
        with port.web(port.party["terminal"]) as connection, connection.cursor() as cursor:
            together.wait(10)
            verdicts.append(gate.gate_out(keeper(port), cursor, gate=lane, at=port.now, **TRUCK))

    lanes = [threading.Thread(target=drive, args=[str(n)]) for n in range(4)]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join(20)
    assert sorted(verdict.passed for verdict in verdicts) == [False, False, False, True]
    assert {code for verdict in verdicts for code in codes(verdict)} <= {"G-23", "G-25"}


async def test_a_gate_before_the_hold_wins_and_the_hold_calls_back(port: Port) -> None:
    hold = said("customs", Order.HOLD, ONE)
    with port.web(port.party["terminal"]) as connection, connection.cursor() as cursor:
        assert codes(gate.gate_out(keeper(port), cursor, gate="1", at=port.now, **TRUCK)) == []
        held = asyncio.create_task(
            port.receive(port.answer(port.submission, "customs", Outcome.HOLD, 5, hold))
        )
        await asyncio.sleep(0.3)
        assert not held.done(), "the revocation waits for the gate that is passing"
        connection.commit()
        await held
    (task,) = port.rows("select kind, text_zh, text_en from sw.task")
    assert task == (
        "recall",
        f"{ONE} 已出闸，海关未予放行，请召回",
        f"{ONE} has left, not released by customs: call it back",
    )
    assert "recall.opened" in port.verbs()
    assert port.rows("select used_at is not null, revoked_at from sw.gate_pass where number = %s", ONE) == [
        (True, None)
    ]
    ((whole,),) = port.rows(
        "select convert_from(content, 'UTF8')::json from sw.journal_entry where verb = 'release.revoked'"
    )
    assert whole["goods"] == "boxed", "the other container of the release has not left"
    assert (whole["agencies"], whole["disposition"]) == (["customs"], "held")
    lifted = said("customs", Order.HOLD, ONE, 2, withdrawn=True)
    await port.receive(port.answer(port.submission, "customs", Outcome.NOTED, 9, lifted))
    assert port.rows("select state, done_by from sw.task") == [("done", "coordination")]
    [(ended,)] = port.rows(
        "select convert_from(content, 'UTF8')::json from sw.journal_entry where verb = 'recall.ended'"
    )
    assert ended["agencies"] == ["customs", "quarantine"], "whoever may have barred it is told"
    again = said("customs", Order.HOLD, ONE, 3)
    await port.receive(port.answer(port.submission, "customs", Outcome.HOLD, 12, again))
    assert port.rows("select state from sw.task order by made_at") == [("done",), ("open",)]


async def test_what_has_left_is_released_no_second_time(port: Port) -> None:
    """It is called back; when the hold is lifted, only what is still there gets a release and a pass."""
    assert codes(out(port)) == []
    orders = ((1, Order.HOLD, Outcome.HOLD), (2, Order.RELEASE, Outcome.RELEASED))
    for version, order, outcome in orders:
        lifted = said("customs", order, ONE, version)
        await port.receive(port.answer(port.submission, "customs", outcome, version, lifted))  # type: ignore[attr-defined]
    assert port.dispositions() == {ONE: "released", TWO: "released"}
    boxes = "convert_from(statement, 'UTF8')::json #>> '{containers,0,number}'"
    assert port.rows(f"select {boxes} from sw.release where revoked_at is null") == [(TWO,)]
    assert port.verbs().count("release.issued") == 2
    assert codes(out(port)) == ["G-23"]


async def test_a_hold_before_the_gate_wins(port: Port) -> None:
    with port.web(port.party["terminal"]) as connection, connection.cursor() as cursor:
        verdict = gate.check(cursor, at=port.now, **TRUCK)
        assert verdict.passed
    hold = said("customs", Order.HOLD, ONE)
    await port.receive(port.answer(port.submission, "customs", Outcome.HOLD, 5, hold))  # type: ignore[attr-defined]
    assert codes(out(port)) == ["G-22", "G-21"]
    assert port.rows("select count(*) from sw.task") == [(0,)]


def look(port: Port, **given: Any) -> list[str]:
    """A clerk's check on a lane, on record where it turns the truck away."""
    with port.web(port.party["terminal"]) as connection, connection.cursor() as cursor:
        verdict = gate.check(cursor, **(TRUCK | given), at=port.now)
        gate.turned_away(keeper(port), cursor, gate="3", verdict=verdict)
    return codes(verdict)


async def test_a_truck_that_a_lane_turns_away_is_on_record_once(port: Port) -> None:
    refusals = "select gate, plate, number, seal, out from sw.gate_event where not passed"
    assert look(port) == []
    assert look(port, container="CQXU2045172") == ["G-02"]
    assert port.rows(refusals) == [], "nothing was refused of what was misread"
    for _ in range(2):
        assert look(port, seal="DM77310") == ["G-31"]
    assert port.rows(refusals) == [("3", "渝D3Q7F1", ONE, "DM77310", False)], "it is the same truck"
    assert port.verbs()[-1] == "gate.refused"
    port.now += gate.SAME_TRUCK
    await beat(port)
    assert look(port, seal="DM77310") == ["G-31"]
    assert len(port.rows(refusals)) == 2, "it came again"
    assert codes(out(port)) == [], "nothing was used up"


async def test_the_gate_says_when_and_for_which_truck_a_release_was_used(port: Port) -> None:
    """The answer that opened the barrier may have been lost, and the truck stand there still."""
    assert codes(out(port)) == []
    port.now += timedelta(seconds=20)
    with port.web(port.party["terminal"]) as connection, connection.cursor() as cursor:
        (reason,) = gate.check(cursor, **TRUCK, at=port.now).reasons
    assert "2026-11-21 17:30:00 在 3 号道由 渝D3Q7F1 出闸" in reason.text.zh
    assert "on lane 3 by 渝D3Q7F1" in reason.text.en
    with port.web(107) as connection, connection.cursor() as cursor:
        (reason,) = gate.check(cursor, **TRUCK, at=port.now).reasons
    assert (reason.code, "渝D3Q7F1" in reason.text.zh) == ("G-23", False), "whose truck is told at its gate"


async def test_the_gates_page_lists_what_happened_there(port: Port) -> None:
    out(port)
    out(port)
    with port.web(port.party["terminal"]) as connection, connection.cursor() as cursor:
        last = queries.last_passes(Viewer((port.party["terminal"],)), cursor)
    assert {(one.number, one.passed) for one in last} == {(ONE, True), (ONE, False)}
    with port.web(107) as connection, connection.cursor() as cursor:
        assert queries.last_passes(Viewer((107,)), cursor) == []

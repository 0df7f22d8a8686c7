"""One order, a part for each agency, one result; what comes late is recognised or inspected for a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from integration.hub.coordination.story import AT, ONE, TWO, Yard, found, said
from integration.hub.exchange.telling import boxed
from singlewindow.hub.coordination import queries
from singlewindow.kernel.clock import local_day
from singlewindow.kernel.messages import Order, Outcome, Subject, Viewer

pytestmark = pytest.mark.database


CUSTOMS_ITEMS, QUARANTINE_ITEMS = ("seal", "packages", "goods"), ("seal", "pests")


@pytest.fixture
async def yard(database: Any) -> Yard:
    """Both agencies want to see the story's first container; everything else is released."""
    port = Yard(database)
    submission = port.declare()
    look = [
        said("customs", Order.INSPECT, ONE, items=CUSTOMS_ITEMS, method="machine"),
        said("quarantine", Order.INSPECT, ONE, items=QUARANTINE_ITEMS, method="unstuffed"),
    ]
    await port.receive(
        port.answer(submission, "customs", Outcome.INSPECT, 0, look[0]),
        port.answer(submission, "quarantine", Outcome.INSPECT, 0, look[1]),
        port.answer(submission, "customs", Outcome.RELEASED, 3),
        port.answer(submission, "quarantine", Outcome.RELEASED, 3),
    )
    port.submission = submission  # type: ignore[attr-defined]
    return port


async def under_way(yard: Yard) -> UUID:
    order = yard.order()
    await yard.ask("customs", "appoint", order=order, when=yard.now + timedelta(hours=2), place="B-07")
    await yard.ask("terminal", "ready", order=order)
    await yard.ask("customs", "start", order=order)
    assert yard.state() == "in_progress"
    return order


async def test_one_order_from_appointment_to_release(yard: Yard) -> None:
    order = await under_way(yard)
    await yard.ask(
        "customs",
        "record_result",
        order=order,
        agency="customs",
        results=found(CUSTOMS_ITEMS),
        conclusion="normal",
    )
    assert yard.state() == "results"
    assert yard.dispositions()[ONE] == "joint_inspection"
    await yard.ask(
        "quarantine", "record_result", order=order, agency="quarantine", results=found(("pests",)),
        conclusion="normal", seal="NEW1",
    )  # fmt: skip
    assert yard.dispositions() == {ONE: "released", TWO: "released"}
    assert yard.state() == "closed"
    assert yard.rows("select seals from sw.gate_pass where number = %s", ONE) == [(["NEW1"],)]
    verbs = [verb for verb in yard.verbs() if verb.startswith("inspection.")]
    assert verbs == [
        f"inspection.{step}"
        for step in (
            "ordered", "scheduled", "ready", "started", "recorded", "resealed", "consolidated", "closed"
        )
    ]  # fmt: skip


async def test_pages_see_checklist_recipients_and_matrix(yard: Yard) -> None:
    with yard.web(107) as connection, connection.cursor() as cursor:
        viewer = Viewer((107,))
        (order,) = queries.open_orders(viewer, cursor)
        detail = queries.inspection(viewer, cursor, order.id)
        seen = queries.matrix(viewer, cursor, yard.submission)  # type: ignore[attr-defined]
        told = {recipient.role for recipient in queries.notices(viewer, cursor, order, local_day(yard.now))}
    assert (order.name, order.method, order.lead, order.word.zh) == (ONE, "unstuffed", "customs", "汇集指令")
    assert detail is not None
    assert {part["agency"]: tuple(part["items"]) for part in detail.parts} == {
        "customs": CUSTOMS_ITEMS,
        "quarantine": QUARANTINE_ITEMS,
    }
    assert seen is not None
    assert (seen.whole, seen.partly_open, seen.agencies) == ("pending", True, ("customs", "quarantine"))
    assert {line.number: line.reason.zh for line in seen.lines} == {
        ONE: "联合查验：海关、检验检疫",
        TWO: "综合放行",
    }
    assert {(cell.agency, int(cell.order)) for cell in seen.lines[1].cells} == {
        ("customs", 1),
        ("quarantine", 1),
    }
    assert len(seen.releases) == len(seen.passes) == 1
    assert "importer" in told
    with yard.web(999) as connection, connection.cursor() as cursor:
        stranger = Viewer((999,))
        assert queries.matrix(stranger, cursor, yard.submission) is None  # type: ignore[attr-defined]
        assert queries.open_orders(stranger, cursor) == []
        assert queries.inspection(stranger, cursor, order.id) is None


async def test_agencies_join_until_it_is_under_way(yard: Yard) -> None:
    order = yard.order()
    await yard.ask("customs", "appoint", order=order, when=yard.now + timedelta(hours=1), place="B")
    late = {"dossier": yard.submission, "agency": "border", "instruct": Order.INSPECT}  # type: ignore[attr-defined]
    await yard.ask("border", "issue_instruction", subject=Subject("container", ONE), items=["crew"], **late)
    assert yard.order() == order
    rows = yard.rows("select agency, standing from sw.inspection_part order by agency")
    assert rows == [("border", "joined"), ("customs", "joined"), ("quarantine", "joined")]


async def test_results_are_read_on_the_page_and_who_takes_part_is_told(yard: Yard) -> None:
    order = await under_way(yard)
    for results in (CUSTOMS_ITEMS[:1], CUSTOMS_ITEMS):
        await yard.ask("customs", "record_result", order=order, agency="customs", results=found(results))
    await boxed(yard)
    topics = "select distinct topic from sw.notice where topic = 'inspection_changed'"
    assert yard.verbs().count("inspection.changed") >= 1
    assert yard.rows(topics) == []
    late = said("quarantine", Order.INSPECT, ONE, 2, withdrawn=True)
    submission = yard.submission  # type: ignore[attr-defined]
    await yard.receive(yard.answer(submission, "quarantine", Outcome.INSPECT, 9, late))
    await boxed(yard)
    assert yard.rows(topics) == [("inspection_changed",)]


async def test_the_journal_tells_what_was_found_set_and_sealed_and_by_whom(yard: Yard) -> None:
    order = await under_way(yard)
    before = len(yard.verbs())
    given = {"order": order, "agency": "customs"}
    await yard.ask("customs", "record_result", results={"seal": ("abnormal", "broken")}, seal="NEW1", **given)
    await yard.ask("customs", "record_result", results={"seal": ("abnormal", "broken")}, seal="NEW1", **given)
    nothing = await yard.ask("customs", "record_result", results={}, **given)
    assert [problem.code for problem in nothing.problems] == ["inspection.nothing"]
    await yard.ask("customs", "record_result", results={"seal": ("normal", "")}, **given)
    rows = yard.rows(
        "select verb, actor_name, convert_from(content, 'UTF8')::json->'found',"
        " position('NEW1' in encode(content, 'escape')) from sw.journal_entry"
        " where subject_kind = 'inspection' order by id"
    )
    assert len(yard.verbs()) == before + 3, "what changes nothing is no act"
    assert [(verb, name) for verb, name, _, _ in rows[-3:]] == [
        ("inspection.resealed", "customs 01"),
        ("inspection.recorded", "customs 01"),
        ("inspection.changed", "customs 01"),
    ]
    assert [row[2] for row in rows[-2:]] == [
        [{"item": "seal", "result": "abnormal", "note": "broken", "agency": "customs"}],
        [{"item": "seal", "result": "normal", "note": "", "agency": "customs"}],
    ]
    assert not any(row[3] for row in rows), "no seal in the journal"


async def conclude(yard: Yard, order: UUID) -> None:
    for agency, items in (("customs", CUSTOMS_ITEMS), ("quarantine", QUARANTINE_ITEMS)):
        await yard.ask(
            agency, "record_result", order=order, agency=agency, results=found(items), conclusion="normal"
        )


@pytest.mark.parametrize("when", ["while under way", "afterwards"])
async def test_who_comes_late_recognises_the_result(yard: Yard, when: str) -> None:
    order = await under_way(yard)
    if when == "afterwards":
        await conclude(yard, order)
        assert yard.dispositions()[ONE] == "released"
    late = {"dossier": yard.submission, "agency": "maritime", "instruct": Order.INSPECT}  # type: ignore[attr-defined]
    await yard.ask(
        "maritime", "issue_instruction", subject=Subject("container", ONE), items=["goods"], **late
    )
    if when != "afterwards":
        await conclude(yard, order)
    assert yard.dispositions()[ONE] == "single_inspection"
    assert yard.rows("select count(*) from sw.inspection_order") == [(1,)], "no second unstuffing"
    assert yard.rows("select standing from sw.inspection_part where agency = 'maritime'") == [("offered",)]
    done = await yard.ask("maritime", "recognise", order=order, agency="maritime")
    assert done.problems == ()
    assert yard.dispositions()[ONE] == "released"
    in_force = "select count(*) from sw.gate_pass where number = %s and revoked_at is null"
    assert yard.rows(in_force, ONE) == [(1,)]


async def test_who_was_offered_a_result_that_never_comes_has_an_order_of_its_own(yard: Yard) -> None:
    await under_way(yard)
    late = {"dossier": yard.submission, "agency": "maritime", "instruct": Order.INSPECT}  # type: ignore[attr-defined]
    await yard.ask("maritime", "issue_instruction", subject=Subject("container", ONE), **late)
    for agency in ("customs", "quarantine"):
        gone = said(agency, Order.INSPECT, ONE, 2, withdrawn=True)
        await yard.receive(yard.answer(yard.submission, agency, Outcome.NOTED, 20, gone))  # type: ignore[attr-defined]
    assert yard.rows("select state from sw.inspection_order order by number") == [
        ("cancelled",),
        ("collecting",),
    ]
    assert yard.rows("select agency from sw.inspection_part where standing = 'joined'") == [("maritime",)]


async def test_a_second_inspection_needs_a_reason_that_stays(yard: Yard) -> None:
    order = await under_way(yard)
    await conclude(yard, order)
    late = {"dossier": yard.submission, "agency": "maritime", "instruct": Order.INSPECT}  # type: ignore[attr-defined]
    await yard.ask(
        "maritime", "issue_instruction", subject=Subject("container", ONE), items=["drums"], **late
    )
    refused = await yard.ask("maritime", "recognise", order=order, agency="maritime")
    assert [problem.code for problem in refused.problems] == ["inspection.not_covered"]
    silent = await yard.ask("maritime", "inspect_again", order=order, agency="maritime", reason=" ")
    assert [problem.code for problem in silent.problems] == ["request.reason"]
    yard.now += timedelta(minutes=1)
    done = await yard.ask("maritime", "inspect_again", order=order, agency="maritime", reason="桶体未查")
    assert done.problems == ()
    rows = yard.rows(
        "select r.reason, state from sw.inspection_order left join sw.inspection_reason r"
        " on r.inspection_order = id order by opened_at"
    )
    assert rows == [(None, "closed"), ("桶体未查", "collecting")]
    assert yard.dispositions()[ONE] == "single_inspection"


async def test_an_abnormal_result_releases_nothing(yard: Yard) -> None:
    order = await under_way(yard)
    given = {"order": order, "agency": "customs", "results": found(CUSTOMS_ITEMS, packages="abnormal")}
    wrong = await yard.ask("customs", "record_result", conclusion="normal", **given)
    assert [problem.code for problem in wrong.problems] == ["inspection.abnormal_item"]
    await yard.ask("customs", "record_result", conclusion="abnormal", **given)
    await yard.ask(
        "quarantine", "record_result", order=order, agency="quarantine", results=found(QUARANTINE_ITEMS),
        conclusion="normal",
    )  # fmt: skip
    assert yard.rows("select state, conclusion from sw.inspection_order") == [("consolidated", "abnormal")]
    assert yard.dispositions()[ONE] == "joint_inspection"
    assert yard.rows("select count(*) from sw.execution") == [(0,)]


async def test_an_officers_conclusion_is_the_release_of_an_agency_without_a_system(yard: Yard) -> None:
    order = yard.order()
    late = {"dossier": yard.submission, "agency": "border", "instruct": Order.INSPECT}  # type: ignore[attr-defined]
    await yard.ask("border", "issue_instruction", subject=Subject("container", ONE), items=["crew"], **late)
    await under_way(yard)
    await conclude(yard, order)
    assert yard.dispositions()[ONE] == "joint_inspection"
    await yard.ask(
        "border", "record_result", order=order, agency="border", results=found(("crew",)), conclusion="normal"
    )
    assert yard.dispositions()[ONE] == "released"
    rows = yard.rows('select "order" from sw.instruction where agency = %s order by version', "border")
    assert rows == [(2,), (1,)]


async def test_withdrawing_everything_cancels_the_order(yard: Yard) -> None:
    submission = yard.submission  # type: ignore[attr-defined]
    for agency in ("customs", "quarantine"):
        gone = said(agency, Order.INSPECT, ONE, 2, withdrawn=True)
        await yard.receive(yard.answer(submission, agency, Outcome.NOTED, 20, gone))
    assert yard.state() == "cancelled"
    assert yard.dispositions()[ONE] == "released"


async def test_what_an_officer_ordered_on_a_screen_is_withdrawn_there(yard: Yard) -> None:
    late = {"dossier": yard.submission, "agency": "border", "instruct": Order.HOLD}  # type: ignore[attr-defined]
    held = await yard.ask("border", "issue_instruction", subject=Subject("container", TWO), **late)
    assert held.problems == ()
    assert yard.dispositions()[TWO] == "held"
    ((name,),) = yard.rows("select id from sw.instruction where agency = 'border'")
    foreign = await yard.ask(
        "maritime", "withdraw_instruction", agency="border", instruction=name, reason="r"
    )
    assert [problem.code for problem in foreign.problems] == ["agency.not_yours"]
    yard.now += timedelta(seconds=1)
    await yard.ask("border", "withdraw_instruction", agency="border", instruction=name, reason="核对无误")
    assert yard.dispositions()[TWO] == "released"


@pytest.mark.parametrize(
    ("office", "verb", "given", "code"),
    [
        ("maritime", "start", {}, "inspection.unknown"),
        ("customs", "start", {}, "inspection.state"),
        ("customs", "ready", {}, "inspection.state"),
        ("customs", "appoint", {"when": AT - timedelta(hours=1), "place": "B"}, "appointment.past"),
        ("customs", "recognise", {"agency": "customs"}, "inspection.not_offered"),
        ("border", "recognise", {"agency": "customs"}, "agency.not_yours"),
        ("customs", "inspect_again", {"agency": "customs", "reason": "r"}, "inspection.not_offered"),
        ("customs", "record_result", {"agency": "customs", "results": {}}, "inspection.state"),
    ],
)
async def test_what_cannot_be_done_now_says_why_and_changes_nothing(
    yard: Yard, office: str, verb: str, given: dict[str, Any], code: str
) -> None:
    before = yard.rows("select state, changed_at from sw.inspection_order")
    answer = await yard.ask(office, verb, order=yard.order(), **given)
    assert [problem.code for problem in answer.problems] == [code]
    assert all(problem.text.zh and problem.text.en for problem in answer.problems)
    assert yard.rows("select state, changed_at from sw.inspection_order") == before


async def test_an_order_is_issued_when_its_collecting_time_is_over(yard: Yard) -> None:
    await yard.work()
    assert yard.state() == "collecting"
    yard.now += timedelta(minutes=31)
    await yard.work()
    assert yard.state() == "issued"
    assert yard.verbs()[-1] == "inspection.issued"


async def test_an_appointment_that_cannot_be_kept_is_called_off_and_everybody_is_told(yard: Yard) -> None:
    order = yard.order()
    await yard.ask("terminal", "appoint", order=order, when=yard.now + timedelta(hours=2), place="B-07")
    foreign = await yard.ask("customs", "call_off", order=order, reason="r")
    assert [problem.code for problem in foreign.problems] == ["appointment.not_yours"]
    done = await yard.ask("terminal", "call_off", order=order, reason="场桥故障")
    assert done.problems == ()
    assert yard.rows("select state, appointed_at, place, appointed_by from sw.inspection_order") == [
        ("issued", None, "", 0)
    ]
    assert yard.verbs()[-1] == "inspection.called_off"
    ((content, told),) = yard.rows(
        "select convert_from(content, 'UTF8')::json, cardinality(viewers) from sw.journal_entry"
        " where verb = 'inspection.called_off'"
    )
    assert (content["reason"], content["called_off"][:10]) == ("场桥故障", f"{yard.now:%Y-%m-%d}")
    assert told >= 4, "firm, both agencies and the terminal"
    await boxed(yard)
    ((kind, detail),) = yard.rows(
        "select distinct kind, detail_zh from sw.notice where topic = 'inspection_called_off'"
    )
    assert (kind, "场桥故障" in detail) == ("warn", True)
    again = await yard.ask("customs", "appoint", order=order, when=yard.now + timedelta(hours=3), place="C")
    assert again.problems == ()
    assert yard.state() == "scheduled"


async def test_the_journal_tells_who_recognised_and_why_somebody_looks_again(yard: Yard) -> None:
    order = await under_way(yard)
    late = {"dossier": yard.submission, "instruct": Order.INSPECT}  # type: ignore[attr-defined]
    for agency, items in (("maritime", ["goods"]), ("border", ["crew"])):
        box = Subject("container", ONE)
        await yard.ask(agency, "issue_instruction", subject=box, agency=agency, items=items, **late)
    await conclude(yard, order)
    await yard.ask("maritime", "recognise", order=order, agency="maritime")
    yard.now += timedelta(minutes=1)
    await yard.ask("border", "inspect_again", order=order, agency="border", reason="未查人员")
    said = [
        content
        for (content,) in yard.rows(
            "select convert_from(content, 'UTF8')::json from sw.journal_entry"
            " where subject_kind = 'inspection' order by id"
        )
    ]
    assert [one["recognised"] for one in said if "recognised" in one] == ["maritime"]
    ((why, second),) = [(one["again"], one["second"]) for one in said if "again" in one]
    assert why == "未查人员"
    reasons = (
        "select number, reason from sw.inspection_reason join sw.inspection_order on id = inspection_order"
    )
    assert yard.rows(reasons) == [(second, "未查人员")]
    texts = yard.rows(
        "select text from sw.instruction where agency = 'maritime' order by version desc limit 1"
    )
    assert texts[0][0].endswith("正常 · Normal"), (
        "the release an officer's screen gives is said in both languages"
    )


async def test_each_container_of_a_bill_to_be_inspected_is_inspected(database: Any) -> None:
    yard = Yard(database)
    dossier = yard.declare()
    await yard.receive(*(yard.answer(dossier, one, Outcome.RELEASED) for one in ("customs", "quarantine")))
    subject = Subject("bill", str(dossier))
    given = {"instruct": Order.INSPECT, "subject": subject, "items": ["pests"], "basis": "", "text": ""}
    asked = await yard.ask("quarantine", "issue_instruction", dossier=dossier, agency="quarantine", **given)
    assert asked.problems == ()
    for number, left in (
        (ONE, {ONE: "released", TWO: "single_inspection"}),
        (TWO, dict.fromkeys((ONE, TWO), "released")),
    ):
        ((order,),) = yard.rows("select id from sw.inspection_order where name = %s", number)
        when = {"when": yard.now + timedelta(hours=2), "place": "B"}
        assert (await yard.ask("quarantine", "appoint", order=order, **when)).problems == ()
        assert (await yard.ask("quarantine", "start", order=order)).problems == ()
        done = {"agency": "quarantine", "results": found(("pests",)), "conclusion": "normal"}
        assert (await yard.ask("quarantine", "record_result", order=order, **done)).problems == ()
        assert yard.dispositions() == left
    states = "select name, state from sw.inspection_order order by name"
    assert yard.rows(states) == [(ONE, "closed"), (TWO, "closed")]

"""What waits for an agency's release, chosen from its officer's list and released in one step, one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from database import Database
from integration.hub.coordination.story import ONE, TWO, Yard, said
from integration.hub.dossier.declared import container
from singlewindow.hub.coordination import facts, services
from singlewindow.hub.coordination.declined import Declined
from singlewindow.hub.coordination.services import Chosen
from singlewindow.hub.portal.clearance import awaited, awaited_queries, awaiting
from singlewindow.hub.portal.clearance.awaited import Line
from singlewindow.kernel.clock import local_day
from singlewindow.kernel.messages import Actor, Order, Outcome, Subject

from .test_clearance import let_read

pytestmark = pytest.mark.database
Reading = Callable[..., AbstractContextManager[None]]
RELEASES = """select agency, count(*) from sw.instruction where channel = 'screen' and "order" = 1
  group by agency order by agency"""
WORDS = {"basis": "《进出口商品检验法》", "text": "资料齐全"}


class Desk:
    """An agency's officers at their list, and the worker behind it."""

    def __init__(self, database: Database, reading: Reading) -> None:
        self.database, self.reading = database, reading
        self.yard = Yard(database).operated()

    def declared(self, bill: str, boxes: Sequence[str] = (ONE,), **more: Any) -> UUID:
        lines = [container(number) for number in boxes]
        id_ = self.yard.declare(bill_number=bill, voyage_number=bill, containers=lines, **more)
        let_read(self.database)
        return id_

    def answered(self, submission: UUID, agency: str, outcome: Outcome, *given: Any) -> None:
        asyncio.run(self.yard.receive(self.yard.answer(submission, agency, outcome, 1, *given)))

    def lines(self, agency: str) -> dict[str, Line]:
        """What the agency's officer is shown, by bill and container."""
        on = local_day(self.yard.now)
        with self.reading(self.yard.party[agency]):
            found = awaited_queries.walk(agency, None, on)
            grounds = awaited_queries.grounds_of(agency, found.submissions, self.yard.now)
            shown = [line for ground in grounds for line in awaited.lines(ground)]
        return {f"{line.bill} {line.number}".strip(): line for line in shown}

    def release(self, agency: str, lines: Sequence[Line], name: str = "01") -> dict[str, list[str]]:
        """Choose them all and confirm; what became of each, by bill: codes of what stood in the way."""
        together = self.ask(agency, [chosen(line) for line in lines], name)
        asyncio.run(self.yard.work())
        return {one.bill: [problem.code for problem in one.problems] for one in self.became(agency, together)}

    def ask(self, agency: str, several: Sequence[Chosen], name: str = "01", **words: str) -> UUID:
        self.yard.now += timedelta(seconds=1)
        party, together = self.yard.party[agency], uuid4()
        actor = Actor("person", name, f"{agency} {name}", party)
        with self.reading(party), connection.cursor() as cursor:
            services.release_together(
                actor, cursor, together=together, at=self.yard.now, agency=agency, chosen=several,
                **(WORDS | words),
            )  # fmt: skip
        return together

    def became(self, agency: str, together: UUID) -> list[awaiting.Became]:
        with self.reading(self.yard.party[agency]):
            return awaiting.became(str(together))

    def stands(self) -> dict[str, str]:
        rows = self.yard.rows(
            "select d.name || ' ' || p.number, p.kind"
            " from sw.disposition p join sw.dossier d on d.id = p.dossier"
        )
        return dict(rows)  # type: ignore[arg-type]


def chosen(line: Line) -> Chosen:
    """As the page hands it in."""
    return awaiting.chosen(line.value)


@pytest.fixture
def desk(database: Database, reading: Reading) -> Iterator[Desk]:
    """A port whose officers have nothing to do yet."""
    return Desk(database, reading)


def test_what_waits_for_an_agency_is_in_its_list_and_in_nobody_elses(desk: Desk) -> None:
    half, none = desk.declared("HALF", (ONE, TWO)), desk.declared("NONE")
    desk.answered(half, "customs", Outcome.RELEASED)
    asyncio.run(join(desk, none))
    quarantine = desk.lines("quarantine")
    assert quarantine.keys() == {"HALF", "NONE"}, "of one nobody has said anything yet"
    assert (quarantine["HALF"].boxes, quarantine["NONE"].boxes) == (2, 1)
    assert desk.lines("customs").keys() == {"NONE"}
    assert desk.lines("border") == {}, "no goods need its release"
    desk.answered(half, "quarantine", Outcome.RELEASED)
    assert desk.lines("quarantine").keys() == {"NONE"}
    with desk.reading(desk.yard.party["customs"]):
        assert awaiting.readable([none])
    for stranger in (999, desk.yard.party["border"]):
        with desk.reading(stranger):
            assert awaited_queries.walk("quarantine", None, local_day(desk.yard.now)).submissions == {}
            assert not awaiting.readable([none]), "what it is not sent it cannot choose"


async def join(desk: Desk, *submissions: UUID) -> None:
    from integration.hub.coordination.test_claims import join as joined

    await joined(desk.yard, *submissions)


def test_several_are_released_in_one_step_each_by_an_instruction_and_an_entry_of_its_own(desk: Desk) -> None:
    for bill in ("A", "B", "C"):
        desk.answered(desk.declared(bill), "customs", Outcome.RELEASED)
    lines = desk.lines("quarantine")
    assert desk.release("quarantine", [lines["A"], lines["C"]]) == {"A": [], "C": []}
    assert desk.stands() == {f"A {ONE}": "released", f"B {ONE}": "pending", f"C {ONE}": "released"}
    assert desk.yard.rows(RELEASES) == [("quarantine", 2)]
    told = desk.yard.rows(
        "select actor_name, convert_from(content, 'UTF8')::json ->> 'name',"
        " convert_from(content, 'UTF8')::json ->> 'text' from sw.journal_entry"
        " where verb = 'instruction.given' order by 2"
    )
    assert told == [("quarantine 01", bill, "资料齐全") for bill in ("A", "C")]
    assert desk.lines("quarantine").keys() == {"B"}


def test_two_officers_choose_the_same_and_each_is_released_once(desk: Desk) -> None:
    for bill in ("A", "B", "C"):
        desk.answered(desk.declared(bill), "customs", Outcome.RELEASED)
    mine, theirs = desk.lines("quarantine"), desk.lines("quarantine")
    first = desk.ask("quarantine", [chosen(theirs[bill]) for bill in ("A", "B")], "02")
    second = desk.ask("quarantine", [chosen(mine[bill]) for bill in ("A", "B", "C")], "01")
    asyncio.run(desk.yard.work())
    assert not any(one.problems for one in desk.became("quarantine", first))
    late = {one.bill: one.problems for one in desk.became("quarantine", second)}
    assert {bill: [one.code for one in problems] for bill, problems in late.items()} == {
        "A": ["instruction.decided"],
        "B": ["instruction.decided"],
        "C": [],
    }
    assert "quarantine 02" in late["A"][0].text.zh, "who did it is said"
    assert desk.yard.rows(RELEASES) == [("quarantine", 3)]


def test_what_has_changed_since_it_was_read_is_not_released_and_the_rest_is(desk: Desk) -> None:
    ids = {bill: desk.declared(bill) for bill in ("HELD", "AMENDED", "BACK", "SAME")}
    for id_ in ids.values():
        desk.answered(id_, "customs", Outcome.RELEASED)
    lines = desk.lines("quarantine")
    desk.answered(ids["HELD"], "customs", Outcome.HOLD, said("customs", Order.HOLD, ONE))
    desk.yard.rows(
        "update sw.document set version = 2 where submission_id = %s and partner = 'quarantine' returning 1",
        ids["AMENDED"],
    )
    desk.yard.rows(
        "update sw.document set state = 60 where submission_id = %s and partner = 'quarantine' returning 1",
        ids["BACK"],
    )
    assert desk.release("quarantine", [*lines.values()]) == {
        "HELD": ["instruction.changed_since"],
        "AMENDED": ["instruction.document_since"],
        "BACK": ["instruction.document_since"],
        "SAME": [],
    }
    assert desk.yard.rows(RELEASES) == [("quarantine", 1)]
    again = desk.lines("quarantine")
    assert again["BACK"].barred == awaited.SENT_BACK
    assert desk.release("quarantine", [again["HELD"], again["AMENDED"]]) == {"HELD": [], "AMENDED": []}
    assert desk.stands()[f"HELD {ONE}"] == "held", "what another bars stays barred"


def test_what_others_release_meanwhile_is_no_reason_to_look_again(desk: Desk) -> None:
    first = desk.declared("A")
    asyncio.run(join(desk, first))
    lines = desk.lines("quarantine")
    desk.answered(first, "customs", Outcome.RELEASED)
    assert desk.release("quarantine", [lines["A"]]) == {"A": []}
    assert desk.stands() == {f"A {ONE}": "released"}


def test_of_goods_decided_in_part_each_container_is_a_row_and_what_the_agency_bars_is_none_to_choose(
    desk: Desk,
) -> None:
    both = desk.declared("A", (ONE, TWO))
    desk.answered(both, "customs", Outcome.RELEASED)
    desk.answered(both, "quarantine", Outcome.HOLD, said("quarantine", Order.HOLD, ONE))
    lines = desk.lines("quarantine")
    assert lines.keys() == {f"A {ONE}", f"A {TWO}"}
    assert lines[f"A {ONE}"].barred == awaited.OWN_BAR
    assert desk.release("quarantine", [lines[f"A {TWO}"]]) == {"A": []}
    assert desk.stands() == {f"A {ONE}": "held", f"A {TWO}": "released"}


def test_part_of_a_shared_container_is_released_by_itself(desk: Desk) -> None:
    boxes = [container(ONE, lot=True), container(TWO)]
    id_ = desk.yard.declare(bill_number="LOT", containers=boxes)
    let_read(desk.database)
    desk.answered(id_, "customs", Outcome.RELEASED)
    desk.answered(id_, "quarantine", Outcome.RELEASED, said("quarantine", Order.RELEASE, TWO))
    lines = desk.lines("quarantine")
    assert {name: line.barred for name, line in lines.items()} == {f"LOT {ONE}": awaited.PART_OF_A_SHARED}


def test_no_more_than_the_bound_and_nothing_without_words(desk: Desk) -> None:
    most = facts.released_at_once()
    one = [Chosen(uuid4(), Subject("container", f"BOX{number}"), "0-0") for number in range(most + 1)]
    count = "select count(*), count(distinct together) from sw.coordination_request"
    for several, words in ((one, {}), ([], {}), (one[:1], {"text": " "}), (one[:1], {"basis": ""})):
        with pytest.raises(Declined):
            desk.ask("customs", several, **words)
    assert desk.yard.rows(count) == [(0, 0)], "of too many none is asked for"
    together = desk.ask("customs", one[:most])
    assert desk.yard.rows(count) == [(most, 1)]
    for _ in range(most):
        asyncio.run(desk.yard.work())
        if not desk.yard.rows("select 1 from sw.coordination_request where applied_at is null"):
            break
    found = desk.became("customs", together)
    assert [problem.code for one in found for problem in one.problems] == ["consignment.unknown"] * most
    assert desk.became("quarantine", together) == [], "another agency reads nothing of it"


def test_an_officer_of_one_agency_releases_nothing_for_another(desk: Desk) -> None:
    desk.answered(desk.declared("A"), "customs", Outcome.RELEASED)
    line = desk.lines("quarantine")["A"]
    actor, together = desk.yard.actor("border"), uuid4()
    with desk.reading(desk.yard.party["border"]), connection.cursor() as cursor:
        services.release_together(
            actor, cursor, together=together, at=desk.yard.now, agency="quarantine", chosen=[chosen(line)],
            **WORDS,
        )  # fmt: skip
    asyncio.run(desk.yard.work())
    (one,) = desk.became("border", together)
    assert [problem.code for problem in one.problems] == ["agency.not_yours"]
    assert desk.yard.rows(RELEASES) == []


def test_a_single_release_is_of_what_was_read_too_and_a_hold_waits_for_nothing(desk: Desk) -> None:
    id_ = desk.declared("A")
    desk.answered(id_, "customs", Outcome.RELEASED)
    line = desk.lines("quarantine")["A"]
    desk.answered(id_, "customs", Outcome.HOLD, said("customs", Order.HOLD, ONE))
    desk.yard.now += timedelta(seconds=1)
    given = {"dossier": chosen(line).dossier, "subject": chosen(line).subject, "agency": "quarantine"}
    late = asyncio.run(
        desk.yard.ask("quarantine", "issue_instruction", instruct=Order.RELEASE, seen=line.mark, **given)
    )
    assert [problem.code for problem in late.problems] == ["instruction.changed_since"]
    held = asyncio.run(
        desk.yard.ask("quarantine", "issue_instruction", instruct=Order.HOLD, seen=line.mark, **given)
    )
    assert held.problems == ()
    freed = asyncio.run(desk.yard.ask("quarantine", "issue_instruction", instruct=Order.RELEASE, **given))
    assert freed.problems == (), "programs send no mark"


def test_a_long_list_goes_on_page_by_page_and_leaves_nothing_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(awaited_queries, "PAGE", 2)
    ids = [desk.declared(f"B{number}") for number in range(5)]
    asyncio.run(join(desk, *ids))
    desk.answered(ids[3], "quarantine", Outcome.RELEASED)
    seen: list[UUID] = []
    place, pages = None, 0
    with desk.reading(desk.yard.party["quarantine"]):
        while place or not pages:
            found = awaited_queries.walk("quarantine", place, local_day(desk.yard.now))
            seen += found.submissions.values()
            place, pages = found.following, pages + 1
    assert seen == [ids[4], ids[2], ids[1], ids[0]], "the newest first, each once"
    assert pages == 2

"""What an agency says of a container counts for it, declared before or later."""

from __future__ import annotations

from typing import Any

import pytest

from integration.hub.coordination.story import ONE, TWO, Port, said
from integration.hub.coordination.test_claims import join, told
from integration.hub.coordination.test_corrected import PASSES, again, stands
from integration.hub.dossier.declared import container
from singlewindow.hub.coordination import facts
from singlewindow.kernel.messages import Instruction, Order, Outcome

pytestmark = pytest.mark.database

TASKS = "select state, done_by from sw.task where kind = 'unknown_subject'"
FIRM = 107


@pytest.fixture
def port(database: Any) -> Port:
    """A port where nothing was declared yet."""
    return Port(database)


@pytest.mark.parametrize("declared_first", [True, False])
async def test_what_is_said_of_a_box_counts_for_it_whenever_it_is_declared(
    port: Port, declared_first: bool
) -> None:
    first = port.declare(containers=[container(ONE)])
    await stands(port, first, "customs", Outcome.RELEASED)
    second = again(port, containers=[container(TWO)])
    if declared_first:
        await join(port, second)
    freed = [said("quarantine", Order.RELEASE, number) for number in (ONE, TWO)]
    await port.receive(port.answer(first, "quarantine", Outcome.RELEASED, 1, *freed))
    await stands(port, second, "customs", Outcome.RELEASED, 5)
    assert port.dispositions() == {ONE: "released", TWO: "released"}
    assert port.rows(PASSES) == [(ONE,), (TWO,)]


async def test_a_hold_on_a_box_that_was_not_declared_yet_is_lifted_by_its_number(port: Port) -> None:
    first = port.declare(containers=[container(ONE)])
    for agency in ("customs", "quarantine"):
        await stands(port, first, agency, Outcome.RELEASED)
    await port.receive(port.answer(first, "quarantine", Outcome.HOLD, 1, said("quarantine", Order.HOLD, TWO)))
    assert port.dispositions() == {ONE: "held"}
    second = again(port, containers=[container(TWO)])
    await stands(port, second, "customs", Outcome.RELEASED, 5)
    assert port.dispositions() == {ONE: "released", TWO: "held"}
    free = said("quarantine", Order.HOLD, TWO, 2, withdrawn=True)
    await port.receive(port.answer(first, "quarantine", Outcome.NOTED, 9, free))
    assert port.dispositions() == {ONE: "released", TWO: "released"}


def held(number: str = TWO, version: int = 1, **more: Any) -> Instruction:
    """Quarantine's hold on a container by its number."""
    return said("quarantine", Order.HOLD, number, version, **more)


WIDE = "".join(chr(ord(one) + 0xFEE0) for one in TWO)


@pytest.mark.parametrize("named", [TWO, WIDE, f"{TWO}\ufe0f"], ids=["plain", "wide", "with what is unseen"])
async def test_what_nobody_had_declared_asks_nobody_once_it_is_declared(port: Port, named: str) -> None:
    first = port.declare(containers=[container(ONE)])
    for _ in range(2):
        await port.receive(port.answer(first, "quarantine", Outcome.HOLD, 1, held(named)))
    assert port.rows(TASKS) == [("open", "")]
    second = again(port, containers=[container(TWO)])
    for _ in range(2):
        await join(port, second)
    assert port.rows(TASKS) == [("done", "coordination")]
    await port.receive(port.answer(first, "quarantine", Outcome.HOLD, 1, held(named)))
    assert port.rows(TASKS) == [("done", "coordination")], "told again it asks nobody anew"
    for viewer in (FIRM, port.party["quarantine"]):
        (content,) = told(port, viewer, "task.ended")
        assert (content["number"], content["why"], content["task"]) == (TWO, "declared", "unknown_subject")
        assert content["text_zh"].startswith("检验检疫的指令指向")
    assert told(port, 999, "task.ended") == []
    assert port.rows("select actor_kind, subject_id from sw.journal_entry where verb = 'task.ended'") == [
        ("system", first)
    ]
    assert port.rows("select done_at from sw.task") == [(port.now,)]


async def test_another_box_that_is_declared_answers_no_doubt(port: Port) -> None:
    first = port.declare(containers=[container(ONE)])
    await port.receive(port.answer(first, "quarantine", Outcome.HOLD, 1, held("CSQU3054383")))
    await join(port, again(port, containers=[container(TWO)]))
    assert port.rows(TASKS) == [("open", "")]
    assert told(port, FIRM, "task.ended") == []


async def test_what_was_said_before_and_comes_late_asks_nobody(port: Port) -> None:
    first = port.declare(containers=[container(ONE)])
    for version, more in ((2, {"withdrawn": True}), (1, {})):
        await port.receive(port.answer(first, "quarantine", Outcome.NOTED, 1, held(TWO, version, **more)))
    assert port.rows(TASKS) == []
    assert port.dispositions() == {ONE: "pending"}


@pytest.mark.parametrize("declared_first", [True, False])
async def test_what_is_said_of_a_box_that_a_correction_leaves_out_bars_nothing_else(
    port: Port, declared_first: bool
) -> None:
    both = {"containers": [container(ONE), container(TWO)]}
    first = port.declare(containers=[container(ONE)])
    await join(port, first)
    if not declared_first:
        await port.receive(port.answer(first, "quarantine", Outcome.HOLD, 1, held()))
    second = again(port, **both)
    await join(port, second)
    if declared_first:
        await port.receive(port.answer(first, "quarantine", Outcome.HOLD, 1, held()))
    assert port.dispositions() == {ONE: "pending", TWO: "held"}
    await stands(port, second, "customs", Outcome.RETURNED, 5)
    await join(port, again(port, 2, containers=[container(ONE)]))
    assert port.dispositions() == {ONE: "pending"}


async def test_however_many_boxes_an_agency_makes_up_people_are_asked_a_bounded_number_of_times(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "undeclared_most", lambda: 3)
    first = port.declare(containers=[container(ONE)])
    made_up = [held(f"DEMU{number:07}") for number in range(40)]
    for more in (made_up[:2], made_up[:30], made_up, made_up[30:]):
        await port.receive(port.answer(first, "quarantine", Outcome.HOLD, 1, *more))
    assert port.rows("select count(*) from sw.instruction where agency = 'quarantine'") == [(40,)]
    assert port.dispositions() == {ONE: "held"}
    asked = port.rows("select about, state from sw.task order by length(about), about")
    assert (len(asked), asked[0]) == (4, ("quarantine", "open"))
    ((zh, en),) = port.rows("select text_zh, text_en from sw.task where about = 'quarantine'")
    assert "超过 3 个" in zh
    assert "more than 3 things" in en


async def test_what_is_made_up_in_anothers_name_or_goods_takes_nobody_elses_place(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "undeclared_most", lambda: 1)
    first = port.declare(containers=[container(ONE)])
    await port.receive(port.answer(first, "quarantine", Outcome.HOLD, 1, *map(held, ("DEMU1", "DEMU2"))))
    hold = said("customs", Order.HOLD, TWO)
    await port.receive(port.answer(first, "customs", Outcome.HOLD, 2, hold))
    assert port.rows("select count(*) from sw.task where about like 'customs %%'") == [(1,)]


async def test_what_more_is_made_up_after_a_person_looked_is_asked_anew(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "undeclared_most", lambda: 1)
    first = port.declare(containers=[container(ONE)])
    for numbers in (("DEMU1", "DEMU2"), ("DEMU2",), ("DEMU3",)):
        await port.receive(port.answer(first, "quarantine", Outcome.HOLD, 1, *map(held, numbers)))
        rest = port.rows("select state from sw.task where about = 'quarantine'")
        assert rest == [("done" if numbers == ("DEMU2",) else "open",)], numbers
        port.database.execute("postgres", "update sw.task set state = 'done' where about = 'quarantine'")

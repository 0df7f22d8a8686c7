"""What an agency's words name is inspected or released, and what they leave in doubt frees nothing."""

from __future__ import annotations

from typing import Any

import pytest

from integration.hub.coordination.story import AT, ONE, TWO, Port
from singlewindow.hub.exchange.arrived import Arrived
from singlewindow.kernel.messages import Outcome
from singlewindow.kernel.receipts import orders_named

pytestmark = pytest.mark.database

RELEASED = {ONE: "released", TWO: "released"}


@pytest.fixture
def port(database: Any) -> Port:
    return Port(database)


async def test_of_two_containers_in_one_sentence_neither_leaves_uninspected(port: Port) -> None:
    submission = port.declare()
    await port.receive(in_words(port, submission, Outcome.INSPECT, f"查验 {ONE}：核对件数，{TWO}：开箱"))
    await released_by_all(port, submission)
    assert port.dispositions() == {ONE: "single_inspection", TWO: "single_inspection"}
    assert port.rows(
        "select items from sw.instruction where channel = 'instruction' order by subject_key"
    ) == [
        (["核对件数"],),
        (["开箱"],),
    ]


async def test_an_inspection_in_doubt_is_one_of_all_the_goods_until_they_are_released(port: Port) -> None:
    submission = port.declare()
    await port.receive(in_words(port, submission, Outcome.INSPECT, f"查验 {ONE}、{TWO[:-1]}"))
    assert port.dispositions() == {ONE: "single_inspection", TWO: "single_inspection"}
    await released_by_all(port, submission)
    assert port.dispositions() == RELEASED


@pytest.mark.parametrize("number", [f"{ONE[:4]} {ONE[4:10]}-{ONE[10]}", ONE.lower()])
async def test_a_release_for_one_container_releases_that_one(port: Port, number: str) -> None:
    submission = port.declare()
    await port.receive(port.answer(submission, "quarantine", Outcome.RELEASED))
    await port.receive(in_words(port, submission, Outcome.RELEASED, f"放行 {number}"))
    assert port.dispositions() == {ONE: "released", TWO: "pending"}


@pytest.mark.parametrize("said", [f"放行 {ONE[:-1]}", f"除 {ONE} 外放行"])
async def test_a_release_in_doubt_frees_nothing_and_asks(port: Port, said: str) -> None:
    submission = port.declare()
    await port.receive(port.answer(submission, "quarantine", Outcome.RELEASED))
    await port.receive(in_words(port, submission, Outcome.RELEASED, said))
    assert port.dispositions() == {ONE: "pending", TWO: "pending"}
    ((text,),) = port.rows("select text_zh from sw.task where kind = 'unknown_subject'")
    assert f"指向 {said.removeprefix('放行 ')}，" in text
    await port.receive(port.answer(submission, "customs", Outcome.RELEASED, 10))
    assert port.dispositions() == RELEASED, "said again without a doubt it counts"


def in_words(port: Port, submission: Any, outcome: Outcome, said: str) -> Arrived:
    """Customs' answer, with what its words order."""
    return port.answer(
        submission, "customs", outcome, 1, *orders_named("customs", outcome, "m", said, AT, "")
    )


async def released_by_all(port: Port, submission: Any) -> None:
    for agency in ("customs", "quarantine"):
        await port.receive(port.answer(submission, agency, Outcome.RELEASED, 5))

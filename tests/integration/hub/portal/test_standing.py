"""What counts of what agencies said: the same on the page, for programs and beside the composite."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

import pytest

from database import Database
from integration.hub.coordination.story import ONE, TWO, VALUES, Port, said
from integration.hub.coordination.test_corrected import again, corrected, stands
from integration.hub.portal.test_clearance import BROKER, STRANGER, let_read, lines
from singlewindow.hub.coordination import queries
from singlewindow.kernel.messages import Order, Outcome, Viewer

pytestmark = pytest.mark.database
Reading = Callable[..., AbstractContextManager[None]]


BARRED = {
    Order.DENY: ("not_released",),
    Order.HOLD: ("held",),
    Order.INSPECT: ("single_inspection", "joint_inspection"),
}


def told(port: Port, viewer: int, submission: UUID) -> dict[str, set[Order]]:
    """What programs of a party read of each object; what is in the way is what its composite says."""
    with port.web(viewer) as reader, reader.cursor() as cursor:
        found = queries.matrix(Viewer((viewer,)), cursor, submission)
    assert found is not None
    for line in found.lines:
        bars = [cell.order for cell in line.cells if cell.order > Order.RELEASE and not cell.executed]
        assert line.disposition in (BARRED[max(bars)] if bars else ("pending", "released"))
    return {line.number: {cell.order for cell in line.cells} for line in found.lines}


async def replaced(database: Database) -> tuple[Port, UUID]:
    """Quarantine and border refuse a declaration; of a newer one customs and quarantine release the goods."""
    agencies, port = ("customs", "quarantine", "border"), Port(database)
    first = port.declare(partners=agencies)
    await stands(port, first, "customs", Outcome.RELEASED)
    await stands(port, first, "quarantine", Outcome.REFUSED, 1)
    await stands(port, first, "border", Outcome.REFUSED, 1)
    second = again(port, partners=agencies)
    for agency in ("customs", "quarantine"):
        await stands(port, second, agency, Outcome.RELEASED, 5)
    return port, first


def test_what_was_said_on_a_replaced_document_is_shown_as_past_beside_a_composite_without_it(
    database: Database, reading: Reading
) -> None:
    port, submission = asyncio.run(replaced(database))
    let_read(database)
    assert port.dispositions() == {ONE: "released", TWO: "released"}
    for viewer in (BROKER, port.party["customs"], port.party["quarantine"]):
        with reading(viewer):
            one = lines(submission)[ONE]
            assert one.kind is not None
            assert one.kind.id == "released"
            words = {cell.agency.id: cell.word.id for cell in one.cells if cell.word}
            assert words == {"customs": "1", "quarantine": "1", "border": "replaced"}
        assert told(port, viewer, submission) == {ONE: {Order.RELEASE}, TWO: {Order.RELEASE}}
    for stranger in (STRANGER, port.party["terminal"]):
        with port.web(stranger) as reader:
            asked = "select count(*) from documents_spoken_on(%s, %s)"
            known = reader.execute(asked, [[submission], []]).fetchone()
            assert known == (0 if stranger == STRANGER else 6,)


def test_a_box_that_a_corrected_declaration_leaves_out_says_so(database: Database, reading: Reading) -> None:
    async def without_two() -> tuple[Port, UUID]:
        port = Port(database)
        return port, await corrected(port, containers=[VALUES["containers"][0]])

    port, submission = asyncio.run(without_two())
    let_read(database)
    for viewer in (BROKER, port.party["customs"]):
        with reading(viewer):
            release = lines(submission)[TWO].release
            assert release is not None
            assert release.state.zh == "更正后的申报不再含此箱"
            assert lines(submission)[TWO].kind is None
    port.rows("update sw.dossier_object set dropped = false where number = %s", TWO)
    with reading(BROKER):
        release = lines(submission)[TWO].release
        assert release is not None
        assert release.state.zh == "已核定不属本票货物", "what a person decided reads so"


def test_a_hold_follows_a_box_to_its_corrected_call_on_the_page_and_for_programs(
    database: Database, reading: Reading
) -> None:
    async def moved() -> tuple[Port, UUID]:
        port = Port(database)
        first = port.declare()
        await stands(port, first, "customs", Outcome.REFUSED)
        await port.receive(
            port.answer(first, "quarantine", Outcome.HOLD, 1, said("quarantine", Order.HOLD, ONE))
        )
        second = again(port, voyage_number="2512E", partners=("customs", "quarantine"))
        for agency in ("customs", "quarantine"):
            await stands(port, second, agency, Outcome.RELEASED, 5)
        return port, first

    port, submission = asyncio.run(moved())
    with reading(BROKER):
        (kind,) = {
            cell.word.id for cell in lines(submission)[ONE].cells if cell.word and cell.agency.id != "customs"
        }
        assert kind == str(int(Order.HOLD))
    orders = told(port, BROKER, submission)
    assert Order.HOLD in orders[ONE]
    assert Order.HOLD not in orders[TWO]

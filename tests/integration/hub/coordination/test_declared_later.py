"""What an agency says of a container counts for it, declared before or later."""

from __future__ import annotations

from typing import Any

import pytest

from integration.hub.coordination.story import ONE, TWO, Port, said
from integration.hub.coordination.test_claims import join
from integration.hub.coordination.test_corrected import PASSES, again, stands
from integration.hub.dossier.declared import container
from singlewindow.kernel.messages import Order, Outcome

pytestmark = pytest.mark.database


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

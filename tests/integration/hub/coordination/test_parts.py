"""A bill declared in parts: a part that was refused waits for its own correction."""

from __future__ import annotations

import pytest

from integration.hub.coordination.story import ONE, TWO, Port
from integration.hub.coordination.test_corrected import ENDED, PASSES, again, port, stands
from integration.hub.dossier.declared import container
from singlewindow.kernel.messages import Outcome

pytestmark = pytest.mark.database
__all__ = ["port"]  # the fixture
PART = {"package_count": "120", "gross_mass": "4350.5"}
HOUR = 3600


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.RETURNED])
async def test_another_part_of_the_goods_takes_no_refused_parts_place(port: Port, outcome: Outcome) -> None:
    first = port.declare(partners=("customs",), **PART)
    other = again(port, containers=[container(ONE)], **PART | {"package_count": "80"})
    await stands(port, first, "customs", outcome, 2 * HOUR)
    await stands(port, other, "customs", Outcome.RELEASED, 2 * HOUR)
    assert (port.rows(PASSES), port.rows(ENDED)) == ([], [])
    assert set(port.dispositions().values()) == {"not_released" if outcome is Outcome.REFUSED else "pending"}
    await stands(port, again(port, 3, **PART), "customs", Outcome.RELEASED, 4 * HOUR)
    assert port.rows(PASSES) == [(ONE,), (TWO,)]


async def test_the_same_goods_handed_in_twice_are_free_where_one_of_the_two_is_refused(port: Port) -> None:
    first, twice = port.declare(partners=("customs",), **PART), again(port, **PART)
    await stands(port, twice, "customs", Outcome.RELEASED, 2 * HOUR)
    await stands(port, first, "customs", Outcome.REFUSED, 2 * HOUR)
    assert port.rows(PASSES) == [(ONE,), (TWO,)]

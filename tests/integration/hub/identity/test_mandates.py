"""How long a mandate may last."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from singlewindow.hub.identity import mandates

from .conftest import World
from .test_accounts import AT, actor, declined

pytestmark = pytest.mark.database


@pytest.mark.parametrize(
    ("first", "last", "refused"),
    [
        (date(2026, 1, 1), date(2036, 1, 1), False),
        (date(2026, 1, 1), date(2036, 1, 2), True),
        (date(2026, 1, 1), date(2036, 12, 31), True),
        (date(2026, 12, 31), date(2036, 12, 31), False),
        (date(2026, 12, 31), date(2037, 1, 1), True),
        (date(2028, 2, 29), date(2038, 2, 28), False),
        (date(2028, 2, 29), date(2038, 3, 1), True),
        (date(2026, 2, 28), date(2036, 2, 29), True),
        (date(9990, 1, 1), date(9999, 12, 31), False),
    ],
)
def test_a_mandate_lasts_to_the_same_day_ten_years_on(
    world: World, first: date, last: date, refused: bool
) -> None:
    days = {"valid_from": first, "valid_to": last, "today": date(2026, 1, 1), "at": AT}
    given = {"agent": "91500105MADEM0Y2X3", "scope": "goods_declaration", **days}
    with world.serving(world.jia) as cursor:
        offering = partial(mandates.offer, actor(world, world.jia), cursor, **given)
        assert (declined(offering) == {"accounts.dates_long"}) if refused else offering()

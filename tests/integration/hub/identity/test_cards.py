"""The card numbers of a party's clerks: registered by its administrator, whole for doors alone."""

from __future__ import annotations

import psycopg
import pytest

from singlewindow.hub.identity import queries, staff
from singlewindow.hub.identity.declined import Declined

from .conftest import World
from .test_accounts import AT, actor, admitted, viewer

pytestmark = pytest.mark.database
CARD = "8950000000017"


def test_a_clerks_card_is_known_to_doors_and_shown_to_nobody_whole(world: World) -> None:
    person, _ = admitted(world)
    with world.serving(world.yi) as cursor:
        staff.register_card(actor(world), cursor, person=person, card=CARD, at=AT)
    with world.serving(world.yi) as cursor:
        [shown] = [one.card for one in queries.people(viewer(world.yi), cursor) if one.id == person]
    assert shown == "…0017"
    for column in ("card", "*"):
        with world.serving(world.yi) as cursor, pytest.raises(psycopg.errors.InsufficientPrivilege):
            cursor.execute(f"select {column} from membership")
    rows = world.database.execute("sw_intake", "select identity_snapshot() -> 'cards'")
    assert rows == [([{"number": CARD, "person": person, "party": world.yi, "works": True}],)]
    assert CARD not in str(world.database.execute("sw_engine", "select content from journal_entry"))


def test_a_card_is_one_persons_and_no_strangers_to_give(world: World) -> None:
    person, _ = admitted(world)
    other = next(iter(world.database.execute("sw_engine", "select id from person where login = 'yi'")))[0]
    with world.serving(world.yi) as cursor:
        staff.register_card(actor(world), cursor, person=person, card=CARD, at=AT)
        for card in ("12345", "8950000000017\n", "89500000000171"):
            with pytest.raises(Declined, match="8 to 13"):
                staff.register_card(actor(world), cursor, person=person, card=card, at=AT)
        with pytest.raises(Declined, match="somebody else"):
            staff.register_card(actor(world), cursor, person=other, card=CARD, at=AT)
    with world.serving(world.jia) as cursor:
        cursor.execute("select card_registered(%s, %s, '')", [world.yi, person])
        assert cursor.fetchone() == (None,)
        with pytest.raises(LookupError):
            staff.register_card(actor(world, world.yi), cursor, person=person, card="", at=AT)
    with world.serving(world.yi) as cursor:
        staff.register_card(actor(world), cursor, person=person, card="", at=AT)
    assert world.database.execute("sw_engine", "select card from membership where card is not null") == []

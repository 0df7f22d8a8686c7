"""A dead letter is laid aside: by whom, once, for a reason; a declaration's document is then sent no more."""

from __future__ import annotations

import pytest

from integration.hub.exchange.test_minding import AT, WIRE, World, actor, viewer, world
from singlewindow.hub.exchange import lanes, services
from singlewindow.hub.exchange.lanes import Letter
from singlewindow.kernel.messages import Viewer

__all__ = ["world"]

pytestmark = pytest.mark.database
WHY = "海关已电话获知 · customs know by telephone"
TOLD = "select actor_name, viewers from sw.journal_entry where verb = 'message.laid_aside'"


def lay_aside(world: World, party: int, seq: int, why: str = WHY) -> bool:
    with world.serving(party) as cursor:
        return services.lay_letter_aside(actor(party), cursor, seq=seq, reason=f"  {why}\n", at=AT)


def letter(world: World, party: int, seq: int) -> Letter | None:
    with world.serving(party) as cursor:
        return lanes.letter(viewer(party), cursor, seq)


@pytest.mark.parametrize("who", ["platform", "customs"])
def test_who_minds_the_lane_lays_it_aside_and_who_when_why_is_kept(world: World, who: str) -> None:
    seq, other = (world.put("customs", 1, WIRE, notice=True) for _ in range(2))
    assert lay_aside(world, getattr(world, who), seq)
    for minding in (world.platform, world.customs):
        found = letter(world, minding, seq)
        assert found is not None
        assert (found.aside_at, found.aside_by, found.aside_for) == (AT, "接口员", WHY)
        assert found.dead, "nothing sends it by itself"
        with world.serving(minding) as cursor:
            assert [one.seq for one in lanes.letters_aside(viewer(minding), cursor)] == [seq]
            assert lanes.letters_aside_counted(viewer(minding), cursor, "customs") == 1
            assert lanes.letters_aside(viewer(minding), cursor, before=seq) == []
            assert [one.seq for one in lanes.letters(viewer(minding), cursor, None, dead=True, most=9)] == [
                other
            ]
            assert lanes.letters(viewer(minding), cursor, None, dead=False, most=9) == []
            assert services.open_letter(actor(minding), cursor, letter=found, at=AT) == b"<customs/>"
            (of_lane,) = [
                one for one in lanes.lanes(viewer(minding), cursor, AT, 15) if one.partner == "customs"
            ]
            assert of_lane.dead == 1
    assert world.database.execute("postgres", TOLD) == [
        ("接口员", sorted({world.firm, world.customs, getattr(world, who)}))
    ]


@pytest.mark.parametrize("who", ["quarantine", "firm"])
def test_nobody_else_lays_it_aside_or_finds_it(world: World, who: str) -> None:
    seq, party = world.put("customs", 1, WIRE, notice=True), getattr(world, who)
    assert not lay_aside(world, party, seq)
    assert lay_aside(world, world.customs, seq)
    assert letter(world, party, seq) is None
    with world.serving(party) as cursor:
        assert lanes.letters_aside(viewer(party), cursor) == []
    with world.serving(world.platform) as cursor:
        powerless = Viewer((world.platform,), party=world.platform)
        assert lanes.letters_aside(powerless, cursor) == []
        assert lanes.letters_aside_counted(powerless, cursor) == 0


@pytest.mark.parametrize("notice", [True, False])
def test_what_is_on_its_way_is_not_laid_aside(world: World, notice: bool) -> None:
    waiting = world.put("customs", notice=notice)
    assert not lay_aside(world, world.platform, waiting)
    assert world.states() == {waiting: 0}
    assert world.database.execute("postgres", TOLD) == []


@pytest.mark.parametrize("notice", [True, False])
def test_a_declarations_document_is_over_with_that_and_the_worker_is_to_hear_of_it(
    world: World, notice: bool
) -> None:
    seq, other = (world.put("customs", 1, WIRE, notice=notice) for _ in range(2))
    assert lay_aside(world, world.customs, seq)
    assert world.database.execute("postgres", "select seq, taken_at is null from sw.letter_aside") == [
        (seq, not notice)
    ]
    with world.serving(world.platform) as cursor:
        again = services.replay(actor(world.platform), cursor, seqs=[seq, other], at=AT)
    assert [one.seq for one in again] == ([seq, other] if notice else [other])
    assert world.states() == {seq: 0 if notice else 2, other: 0}


def test_the_second_to_lay_it_aside_changes_nothing_and_sent_again_it_is_no_more(world: World) -> None:
    seq = world.put("customs", 1, WIRE, notice=True)
    assert lay_aside(world, world.customs, seq)
    assert not lay_aside(world, world.platform, seq, "another reason")
    with world.serving(world.platform) as cursor:
        assert services.replay_alike(actor(world.platform), cursor, seq=seq, at=AT) == []
        assert [one.seq for one in services.replay(actor(world.platform), cursor, seqs=[seq], at=AT)] == [seq]
    found = letter(world, world.customs, seq)
    assert found is not None
    assert (found.dead, found.aside_at) == (False, None)
    assert world.database.execute("postgres", "select from sw.letter_aside") == []

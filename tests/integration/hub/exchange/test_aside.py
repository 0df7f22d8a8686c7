"""An answer that nobody could read is laid aside: by whom, once, for a reason, and where it is told."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import zstandard

from database import Database
from integration.hub.exchange.test_component import Lane, lane
from integration.hub.exchange.test_minding import AT, WIRE, World, actor, viewer, world
from singlewindow.hub.exchange import lanes, services
from singlewindow.hub.exchange.ledger import READ_AFTER_ALL, Answer, Ledger
from singlewindow.hub.exchange.transports.port import Inbound
from singlewindow.kernel.messages import Problem, Text, Viewer

__all__ = ["lane", "world"]

pytestmark = pytest.mark.database
WHY = "海关电话确认：只是回执格式说明，无布控 · customs say it is no order"
BACK = "海关另函：其中有布控 · it holds an order after all"
TOO_LARGE = (Problem("transport.answer-too-large", Text("过大", "too large")),)


def unread(database: Database, partner: str = "customs", attempts: int = 0, said: bytes = b"<torn") -> int:
    """One more answer that waits for a person."""
    rows = database.execute(
        "postgres",
        """insert into sw.inbox (partner, source, digest, raw, receipts, problem, state, attempts,
             received_at) values (%s, 'in/7.xml', %s, %s, %s, %s, 1, %s, %s) returning id""",
        partner, hashlib.sha256(said).digest(), zstandard.compress(said), zstandard.compress(b"[]"), WIRE,
        attempts, AT,
    )  # fmt: skip
    return int(str(rows[0][0]))


def states(database: Database) -> list[Any]:
    return database.execute("postgres", "select source, state from sw.inbox order by id")


def lay_aside(world: World, party: int, answer: int, why: str = WHY) -> bool:
    with world.serving(party) as cursor:
        return services.lay_aside(actor(party), cursor, answer=answer, reason=f"  {why}\n", at=AT)


@pytest.mark.parametrize("attempts", [0, 1], ids=["not read", "not applied"])
@pytest.mark.parametrize("who", ["platform", "customs"])
def test_who_minds_the_lane_lays_it_aside_and_who_when_why_is_kept(
    world: World, who: str, attempts: int
) -> None:
    id_, party = unread(world.database, attempts=attempts), getattr(world, who)
    assert lay_aside(world, party, id_)
    assert states(world.database) == [("in/7.xml", 3)]
    for minding in (world.platform, world.customs):
        with world.serving(minding) as cursor:
            assert lanes.unread(viewer(minding), cursor) == []
            found = lanes.answer(viewer(minding), cursor, id_)
            assert found is not None
            assert (found.aside_at, found.aside_by, found.aside_for) == (AT, "接口员", WHY)
            assert not found.again
            assert services.open_answer(actor(minding), cursor, answer=found, at=AT) == b"<torn"
            (of_lane,) = [
                one for one in lanes.lanes(viewer(minding), cursor, AT, 15) if one.partner == "customs"
            ]
            assert of_lane.unread == 0
    told = world.database.execute(
        "postgres",
        """select actor_name, viewers, convert_from(content, 'utf8')::jsonb ->> 'reason' from sw.journal_entry
            where verb = 'answer.laid_aside'""",
    )
    assert told == [("接口员", sorted({world.platform, world.customs}), WHY)]


@pytest.mark.parametrize("who", ["quarantine", "firm"])
def test_nobody_else_lays_it_aside_or_finds_it(world: World, who: str) -> None:
    id_, party = unread(world.database), getattr(world, who)
    assert not lay_aside(world, party, id_)
    with world.serving(party) as cursor:
        assert lanes.answer(viewer(party), cursor, id_) is None
    assert states(world.database) == [("in/7.xml", 1)]
    assert world.database.execute("postgres", "select from sw.journal_entry") == []


def test_without_the_right_it_is_not_shown(world: World) -> None:
    id_ = unread(world.database)
    with world.serving(world.platform) as cursor:
        assert lanes.answer(Viewer((world.platform,), party=world.platform), cursor, id_) is None


def test_the_second_to_lay_it_aside_changes_nothing(world: World) -> None:
    id_ = unread(world.database)
    assert lay_aside(world, world.customs, id_)
    assert not lay_aside(world, world.platform, id_, "another reason")
    rows = world.database.execute("postgres", "select actor_id, reason from sw.answer_aside")
    assert rows == [("7", WHY)]


def take_up(world: World, party: int, answer: int) -> bool:
    with world.serving(party) as cursor:
        return services.take_up(actor(party), cursor, answer=answer, reason=BACK, at=AT)


@pytest.mark.parametrize("attempts", [0, 1], ids=["not read", "not applied"])
def test_what_is_laid_aside_is_taken_up_again_once_and_waits_as_before(world: World, attempts: int) -> None:
    id_ = unread(world.database, attempts=attempts)
    assert not take_up(world, world.customs, id_), "it waits already"
    assert lay_aside(world, world.platform, id_)
    for stranger in (world.quarantine, world.firm):
        assert not take_up(world, stranger, id_)
        with world.serving(stranger) as cursor:
            assert lanes.aside(viewer(stranger), cursor) == []
    with world.serving(world.customs) as cursor:
        (found,) = lanes.aside(viewer(world.customs), cursor)
        assert lanes.aside(Viewer((world.customs,), party=world.customs), cursor) == [], "without the right"
    assert (found.id, found.aside_by, found.aside_for) == (id_, "接口员", WHY)
    assert take_up(world, world.customs, id_)
    assert not take_up(world, world.customs, id_)
    with world.serving(world.customs) as cursor:
        (waits,) = lanes.unread(viewer(world.customs), cursor)
        assert lanes.aside(viewer(world.customs), cursor) == []
    assert (waits.again, waits.aside_at) == (bool(attempts), None)
    assert lay_aside(world, world.customs, id_), "and may be laid aside another time"
    told = world.database.execute(
        "postgres",
        """select verb, viewers, convert_from(content, 'utf8')::jsonb ->> 'reason' from sw.journal_entry
            order by id""",
    )
    both = sorted({world.platform, world.customs})
    verbs = [("answer.laid_aside", WHY), ("answer.taken_up", BACK), ("answer.laid_aside", WHY)]
    assert told == [(verb, both, why) for verb, why in verbs]


async def test_what_its_component_laid_aside_can_be_taken_up_too(lane: Lane, world: World) -> None:
    assert await after(lane, [came("3", b"<begin/>")]) == [3, 0]
    with world.serving(world.platform) as cursor:
        (found,) = lanes.aside(viewer(world.platform), cursor, "customs")
    assert take_up(world, world.platform, found.id)
    assert [state for _, state in states(lane.database)] == [1, 0]


def test_what_is_laid_aside_is_not_applied_again(world: World) -> None:
    id_ = unread(world.database, attempts=1)
    assert lay_aside(world, world.customs, id_)
    with world.serving(world.customs) as cursor:
        assert services.apply_again(actor(world.customs), cursor, answers=[id_], at=AT) == 0
    assert states(world.database) == [("in/7.xml", 3)]


@pytest.mark.parametrize("reason", ["", " \n", "x" * (services.LONGEST_REASON + 1), "a\0b"])
def test_a_reason_is_needed_and_bounded(reason: str) -> None:
    (problem,) = services.unfit(reason)
    assert problem.field == "reason"
    assert services.unfit(f" {'理' * services.LONGEST_REASON} ") == ()


@pytest.mark.parametrize("reason", ["  ", "x" * (services.LONGEST_REASON + 1)])
def test_the_data_base_keeps_none_without_a_reason(world: World, reason: str) -> None:
    id_ = unread(world.database)
    with pytest.raises(psycopg.errors.CheckViolation):
        lay_aside(world, world.platform, id_, reason)
    assert states(world.database) == [("in/7.xml", 1)]


def test_pages_reach_it_by_the_functions_alone(world: World) -> None:
    for statement in ("select from answer_aside", "select from answer", "update inbox set state = 3"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            world.database.execute("sw_web", statement)


def test_the_list_goes_on_where_it_ended(world: World) -> None:
    ids = [
        unread(world.database, partner, said=b"%d" % n)
        for n, partner in enumerate(["customs", "quarantine"] * 3)
    ]
    with world.serving(world.platform) as cursor:
        seen = viewer(world.platform)
        first = lanes.unread(seen, cursor, most=4)
        rest = lanes.unread(seen, cursor, beyond=first[-1].id, most=4)
        own = lanes.unread(seen, cursor, "quarantine")
    assert [one.id for one in [*first, *rest]] == ids
    assert [one.id for one in own] == ids[1::2]


def came(cursor: str, said: bytes, *, whole: bool = True, lasting: bool = True) -> Inbound:
    return Inbound(f"receipts@{cursor}", said, () if whole else TOO_LARGE, lasting)


async def collect(lane: Lane, *inbound: Inbound) -> None:
    lane.wire.answers = list(inbound)
    assert await lane.component.collect_once(lane.ledger) == len(inbound)


async def after(lane: Lane, later: Sequence[Inbound], *, restarted: bool = False) -> list[int]:
    """States of the inbox once cursor 3 was too large, and then this came."""
    await collect(lane, came("3", b"<beg", whole=False))
    if restarted:
        lane.anew()
    for one in later:
        await collect(lane, one)
    return [state for _, state in states(lane.database)]


@pytest.mark.parametrize("restarted", [False, True])
async def test_what_was_too_large_and_is_read_after_all_is_laid_aside_by_itself(
    lane: Lane, restarted: bool
) -> None:
    assert await after(lane, [came("3", b"<begin/>")], restarted=restarted) == [3, 0]
    rows = lane.database.execute("postgres", "select actor_kind, actor_id, reason from sw.answer_aside")
    assert rows == [("component", "customs", READ_AFTER_ALL)]
    told = lane.database.execute("postgres", "select verb, actor_id, viewers from sw.journal_entry")
    assert told == [("answer.laid_aside", "customs", [])]
    await collect(lane, came("3", b"<begin/>"))
    assert [state for _, state in states(lane.database)] == [3, 0]


@pytest.mark.parametrize(
    "later",
    [
        came("9", b"<begin/>"),
        came("3", b"<begi", whole=False),
        came("3", b"<begin/>", lasting=False),
    ],
    ids=["another cursor", "still too large", "a name that is used again"],
)
async def test_nothing_else_settles_it(lane: Lane, later: Inbound) -> None:
    assert (await after(lane, [later]))[0] == 1
    assert lane.database.execute("postgres", "select from sw.answer_aside") == []


async def test_a_component_settles_only_its_own_and_only_what_the_inbox_bears_out(lane: Lane) -> None:
    await collect(lane, came("3", b"<beg", whole=False))
    never_kept = Answer("receipts@3", b"<begin/>")
    assert await lane.ledger.read_after_all([never_kept], AT) == 0
    dsn = lane.database.dsn("sw_component_quarantine")
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        other = Ledger(connection, "quarantine", "检疫")
        await other.keep([never_kept], AT + timedelta(seconds=1))
        assert await other.read_after_all([never_kept], AT) == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute("update inbox set state = 3")
    assert states(lane.database) == [("receipts@3", 1), ("receipts@3", 0)]

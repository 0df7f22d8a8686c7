"""A container that several consignments of one call claim: who waits, who is told, who decides."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from msgspec import structs

import database as databases
from integration.hub.coordination.story import AT, ONE, TWO, VALUES, Port, Yard
from integration.hub.dossier.declared import container, declare, joined, seen
from singlewindow.hub.coordination import gate, passes, queries
from singlewindow.hub.coordination.receiving import joined as place
from singlewindow.hub.dossier import claiming
from singlewindow.hub.dossier.joining import join as join_alone
from singlewindow.kernel.messages import Order, Outcome, Subject, Viewer

pytestmark = pytest.mark.database
AGENCIES = ("customs", "quarantine")
IN_FORCE = "select revoked_at is null from sw.gate_pass where number = %s"
SEED = 20261121


def consignment(port: Port, bill: str, viewer: int, lot: bool = False, boxes: Any = (ONE,)) -> UUID:
    lines = [container(number, lot) for number in boxes]
    return port.declare(viewers=(viewer,), bill_number=bill, containers=lines)


async def join(port: Port, *submissions: UUID) -> None:
    async with await port.database.connect("sw_engine") as connection, connection.cursor() as cursor:
        await place(cursor, submissions, port.means)


async def release(port: Port, submission: UUID) -> None:
    await port.receive(*(port.answer(submission, agency, Outcome.RELEASED) for agency in AGENCIES))


def told(port: Port, viewer: int, verb: str) -> list[Any]:
    statement = f"select convert_from(content, 'UTF8')::json from journal_entry where verb = '{verb}'"
    return [row[0] for row in seen(port.database, viewer, statement)]


def refused(port: Port, number: str = ONE) -> list[str]:
    with port.web(port.party["terminal"]) as connection, connection.cursor() as cursor:
        verdict = gate.check(cursor, plate="渝D1", container=number, seal="S1", at=port.now)
    return [reason.code for reason in verdict.reasons]


def tasks(port: Port, viewer: int) -> list[tuple[Any, ...]]:
    return seen(port.database, viewer, "select kind, dossier, state from task order by kind, dossier")


async def settle(
    yard: Yard, office: str, *stands: UUID, ends: Sequence[UUID] = (), reason: str = "提单"
) -> Any:
    """Decide whose goods are in the container."""
    ((key,),) = yard.rows("select distinct key from sw.claimed_container where key like %s", f"{ONE}@%")
    return await yard.ask(office, "settle_claim", key=key, stands=stands, ends=ends, reason=reason)


async def contested(yard: Yard) -> tuple[UUID, UUID]:
    """A released full load that a stranger's declaration names, too."""
    mine, theirs = consignment(yard, "MINE", 201), consignment(yard, "THEIRS", 202)
    await release(yard, mine)
    assert yard.rows(IN_FORCE, ONE) == [(True,)]
    await join(yard, theirs)
    await yard.work()
    return mine, theirs


async def test_the_victim_is_told_and_nothing_of_the_stranger(yard: Yard) -> None:
    mine, theirs = await contested(yard)
    assert yard.rows(IN_FORCE, ONE) == [(False,)]
    (content,) = told(yard, 201, "pass.suspended")
    assert content == {"number": ONE, "name": "MINE", "why": "claimed"}
    for reader in ("terminal", "customs", "platform"):
        assert told(yard, yard.party[reader], "pass.suspended") == [content]
    assert told(yard, 202, "pass.suspended") == []
    assert refused(yard) == ["G-26"]
    with yard.web(201) as connection, connection.cursor() as cursor:
        matrix = queries.matrix(Viewer((201,)), cursor, mine)
    assert matrix is not None
    (shown,) = (passes.shown(structs.asdict(one), yard.now) for one in matrix.passes)
    assert (shown["state"], shown["suspended_for"], shown["revoked_at"]) == ("suspended", "claimed", None)
    assert tasks(yard, 201) == [(claiming.TWICE, mine, "open")]
    assert tasks(yard, 202) == [(claiming.TWICE, theirs, "open")]
    assert len(tasks(yard, yard.party["platform"])) == 1


async def test_a_lot_that_comes_late_is_no_contradiction(yard: Yard) -> None:
    first, second = (consignment(yard, f"LOT{n}", 201 + n, lot=True) for n in range(2))
    await release(yard, first)
    await join(yard, second)
    await yard.work()
    (content,) = told(yard, 201, "pass.suspended")
    assert content["why"] == "shared"
    assert refused(yard) == ["G-27"]
    assert yard.rows("select count(*) from sw.task") == [(0,)]
    await release(yard, second)
    assert refused(yard) == []


async def test_the_claim_that_stands_has_its_pass_again(yard: Yard) -> None:
    mine, theirs = await contested(yard)
    done = await settle(yard, "platform", mine, ends=[theirs])
    assert done.problems == ()
    assert yard.rows(IN_FORCE, ONE) == [(True,)]
    assert refused(yard) == []
    assert yard.rows("select dossiers from sw.gate_pass") == [([mine],)]
    ended = (
        "select standing, until is not null from sw.dossier_object where kind = 'container' and dossier = %s"
    )
    assert yard.rows(ended, theirs) == [("ended", True)]
    assert yard.rows(ended, mine) == [("counts", False)]
    assert yard.rows("select state, done_by from sw.task") == [("done", "platform 01")] * 3
    assert told(yard, 201, "claim.settled") == [{"number": ONE, "name": "MINE", "reason": "提单"}]
    assert told(yard, 202, "claim.ended") == [{"number": ONE, "name": "THEIRS", "reason": "提单"}]
    assert told(yard, 201, "claim.ended") == []
    await release(yard, theirs)
    assert yard.rows("select dossiers from sw.gate_pass") == [([mine],)], "it is not in there"


async def test_an_agency_that_spoke_on_a_screen_alone_is_told_what_was_settled(yard: Yard) -> None:
    mine, theirs = await contested(yard)
    held = {"dossier": mine, "agency": "border", "instruct": Order.HOLD, "text": "核查"}
    asked = await yard.ask("border", "issue_instruction", subject=Subject("bill", "MINE"), **held)
    assert asked.problems == ()
    assert told(yard, yard.party["maritime"], "claim.settled") == []
    await settle(yard, "platform", mine, ends=[theirs])
    said = [{"number": ONE, "name": "MINE", "reason": "提单"}]
    assert told(yard, yard.party["border"], "claim.settled") == said
    assert told(yard, yard.party["border"], "claim.ended") == []
    assert told(yard, yard.party["maritime"], "claim.settled") == []


async def test_a_settled_container_cannot_be_claimed_over_again(yard: Yard) -> None:
    mine, theirs = await contested(yard)
    await settle(yard, "platform", mine, ends=[theirs])
    again = consignment(yard, "AGAIN", 203)
    await join(yard, again)
    assert yard.rows(IN_FORCE, ONE) == [(True,)]
    assert tasks(yard, 203) == [(claiming.WAITS, again, "open")]
    asked = "select dossiers, releases, version, viewers from sw.gate_pass"
    given = yard.rows(asked)
    await release(yard, again)
    assert yard.rows(asked) == given, "nor does its release make the pass another, or its readers more"
    assert given[0][0] == [mine]


async def test_a_released_claim_that_ends_takes_its_release_with_it(yard: Yard) -> None:
    mine, theirs = consignment(yard, "MINE", 201), consignment(yard, "THEIRS", 202, boxes=(ONE, TWO))
    await release(yard, mine)
    await release(yard, theirs)
    await yard.work()
    assert refused(yard) == [], "all who must have released both"
    done = await settle(yard, "platform", mine, ends=[theirs], reason="误报")
    assert done.problems == ()
    assert yard.rows("select dossiers, revoked_at from sw.gate_pass where number = %s", ONE) == [
        ([mine], None)
    ]
    assert refused(yard, TWO) == []
    kept = (
        "select convert_from(statement, 'UTF8') like %s from sw.release"
        " where dossier = %s and revoked_at is null"
    )
    assert yard.rows(kept, f"%{ONE}%", theirs) == [(False,)]
    assert yard.rows(kept, f"%{TWO}%", theirs) == [(True,)]
    gone = "select count(*) from sw.disposition where dossier = %s and number = %s"
    assert yard.rows(gone, theirs, ONE) == [(0,)]


async def test_two_that_stand_beside_each_other_leave_together(yard: Yard) -> None:
    mine, theirs = await contested(yard)
    await settle(yard, "platform", mine, theirs, reason="实为拼箱")
    for firm, bill in ((201, "MINE"), (202, "THEIRS")):
        said = [{"number": ONE, "name": bill, "reason": "实为拼箱"}]
        assert told(yard, firm, "claim.settled") == said, "each side is told, of itself alone"
    assert yard.rows("select distinct state from sw.task") == [("done",)]
    assert refused(yard) == ["G-27"]
    await release(yard, theirs)
    assert refused(yard) == []


async def test_customs_may_settle_too(yard: Yard) -> None:
    mine, theirs = await contested(yard)
    done = await settle(yard, "customs", mine, ends=[theirs], reason="查实")
    assert done.problems == ()
    assert refused(yard) == []


async def test_settling_what_has_left_moves_nothing(yard: Yard) -> None:
    mine, theirs = consignment(yard, "MINE", 201), consignment(yard, "THEIRS", 202)
    await release(yard, mine)
    await release(yard, theirs)
    await yard.work()
    with yard.web(yard.party["terminal"]) as connection, connection.cursor() as cursor:
        keeper = yard.actor("terminal")
        out = gate.gate_out(keeper, cursor, gate="1", plate="渝D1", container=ONE, seal="S1", at=yard.now)
    assert out.passed
    done = await settle(yard, "platform", mine, ends=[theirs], reason="核实")
    assert done.problems == ()
    assert yard.rows("select used_at is not null, revoked_at from sw.gate_pass") == [(True, None)]
    assert yard.rows("select count(*) from sw.task where kind = 'recall'") == [(0,)]


async def test_those_who_share_a_box_read_no_number_of_another(yard: Yard) -> None:
    lots = [consignment(yard, f"LOT{n}", 201 + n, lot=True) for n in range(2)]
    for lot in lots:
        await release(yard, lot)
    await yard.work()
    numbers = dict(yard.rows("select dossier, number from sw.release where revoked_at is null"))
    for viewer, lot in zip((201, 202), lots, strict=True):
        with yard.web(viewer) as connection, connection.cursor() as cursor:
            assert cursor.execute("select releases_of_pass(key) from gate_pass").fetchall() == [
                ([numbers[lot]],)
            ]
            matrix = queries.matrix(Viewer((viewer,)), cursor, lot)
            assert matrix is not None
            assert [one.releases for one in matrix.passes] == [(numbers[lot],)]
        for column in ("releases", "dossiers", "viewers", "operators", "plate", "used_by"):
            with yard.web(viewer) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"select {column} from gate_pass")
        with yard.web(viewer) as connection:
            assert connection.execute("select concerned_by_pass(key) from gate_pass").fetchall() == [(None,)]
    with yard.web(999) as connection:
        keys = yard.rows("select key from sw.gate_pass")
        assert connection.execute("select releases_of_pass(%s)", keys[0]).fetchall() == [([],)]
    with yard.web(yard.party["terminal"]) as connection, connection.cursor() as cursor:
        keeper = yard.actor("terminal")
        out = gate.gate_out(keeper, cursor, gate="1", plate="渝D1", container=ONE, seal="S1", at=yard.now)
    assert out.passed
    assert sorted(out.releases) == sorted(numbers.values()), "the gate that opens knows them all"
    for viewer in (201, 202):
        assert [content["releases"] for content in told(yard, viewer, "gate.passed")] == [[]]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming, "most", lambda: 2)


async def test_beyond_the_bound_a_claim_is_kept_and_does_not_count(yard: Yard, few: None) -> None:
    lots = declared(yard, 3)
    await join(yard, *lots)
    for lot in lots[:2]:
        await release(yard, lot)
    await yard.work()
    assert refused(yard) == []
    assert tasks(yard, 203) == [(claiming.WAITS, lots[2], "open")]
    assert yard.rows("select count(*) from sw.dossier") == [(3,)]
    done = await settle(yard, "platform", *lots, reason="x")
    assert done.problems == ()
    assert tasks(yard, 203) == [(claiming.WAITS, lots[2], "done")]
    await release(yard, lots[2])
    await yard.work()
    assert refused(yard) == []
    assert yard.rows("select cardinality(dossiers) from sw.gate_pass") == [(3,)]


def test_the_bound_is_a_fact() -> None:
    assert claiming.most() == 200


@seed(SEED)
@settings(max_examples=12, deadline=None, print_blob=True)
@given(
    order=st.permutations([*range(4), *(10 + n for n in range(3))]),
    together=st.booleans(),
    lot=st.booleans(),
)
def test_who_may_leave_does_not_depend_on_the_order(
    database_server: Any, order: list[int], together: bool, lot: bool
) -> None:
    """Four claims where two count; the first three declared are released. Joins and answers in any order."""
    print(f"seed {SEED}")
    patched = pytest.MonkeyPatch()
    patched.setattr(claiming, "most", lambda: 2)
    try:
        with databases.cloned(database_server) as fresh:
            yard = Yard(fresh)
            lots = declared(yard, 4, lot)
            asyncio.run(play(yard, lots, order, together))
            counting = yard.rows(
                "select dossier from sw.dossier_object where kind = 'container' and standing = 'counts'"
            )
            assert {row[0] for row in counting} == set(lots[:2])
            ((dossiers, in_force),) = yard.rows("select dossiers, revoked_at is null from sw.gate_pass")
            assert (set(dossiers), in_force) == (set(lots[:2]), True)
            asked = yard.rows("select dossier from sw.task where kind = %s", claiming.TWICE)
            assert {row[0] for row in asked} >= (set() if lot else set(lots[:2]))
    finally:
        patched.undo()


def declared(port: Port, number: int, lot: bool = True) -> list[UUID]:
    """Consignments of one box, handed in one second after the other."""
    lots = [VALUES | {"bill_number": f"LOT{n}", "containers": [container(ONE, lot)]} for n in range(number)]
    return declare(port.database, lots, [(201 + n,) for n in range(number)], partners=AGENCIES, at=AT)


async def play(yard: Yard, lots: list[UUID], order: list[int], together: bool) -> None:
    if together:
        await join(yard, *lots)
    for step in order:
        await (join(yard, lots[step]) if step < 10 else release(yard, lots[step - 10]))


READ = "select sum(seq_tup_read + idx_tup_fetch)::int from pg_stat_xact_user_tables"


# A port has other goods, too: where everything is in one place, reading it whole is the quickest way.
DOSSIERS = (
    "insert into sw.dossier (id, goods, mode, name, call, terminal, forwarder, dangerous, opened_at, viewers)"
    " select gen_random_uuid(), 'bill', '2', 'O' || n, '', '', '', false, now(), '{9}'"
    " from generate_series(1, 20000) n"
)
OBJECTS = (
    "insert into sw.dossier_object (dossier, kind, key, number, seal, lot, lines, dangerous, since, viewers)"
    " select id, 'container', name, name, '', false, '', false, now(), '{9}' from sw.dossier"
)
OTHERS = (DOSSIERS, OBJECTS, "analyze sw.dossier, sw.dossier_object")


async def test_the_thousandth_claim_costs_what_the_tenth_did(database: Any, monkeypatch: Any) -> None:
    many = [
        {"transport_mode": "2", "imo_number": "9999993", "voyage_number": "1", "bill_number": f"B{n}"}
        | {"containers": [container(ONE), container(TWO)]}
        for n in range(1000)
    ]
    ids = declare(database, many, viewers=[(n + 10,) for n in range(1000)])
    for statement in OTHERS:
        database.execute("postgres", statement)
    await joined(database, ids[:9])
    tenth = await cost(database, ids[9], monkeypatch)
    await joined(database, ids[10:400], ids[400:999])
    database.execute("postgres", "analyze")
    thousandth = await cost(database, ids[999], monkeypatch)
    print(f"rows and statements: tenth {tenth}, thousandth {thousandth}")
    assert thousandth[0] <= 3 * tenth[0]
    assert thousandth[1] == tenth[1]
    counts = (
        "select standing, count(*) from sw.dossier_object where left(key, 3) = 'CQX' and kind = 'container'"
        " group by 1 order by 1"
    )
    assert database.execute("postgres", counts) == [("counts", 400), ("waits", 1600)]
    for number in (1, 999):
        kind = claiming.TWICE if number == 1 else claiming.WAITS
        assert seen(database, number + 10, "select kind, count(*) from task group by 1") == [(kind, 2)]


async def cost(database: Any, submission: UUID, monkeypatch: Any) -> tuple[int, int]:
    """Rows read and statements said when one more joins."""
    said: list[Any] = []
    execute = psycopg.AsyncCursor.execute

    async def counted(self: Any, *given: Any, **more: Any) -> Any:
        said.append(given[0])
        return await execute(self, *given, **more)

    async with await database.connect("sw_engine") as connection, connection.cursor() as cursor:
        with monkeypatch.context() as patched:
            patched.setattr(psycopg.AsyncCursor, "execute", counted)
            await join_alone(cursor, [submission])
        await cursor.execute(READ)
        row = await cursor.fetchone()
    assert row is not None
    return row[0], len(said)

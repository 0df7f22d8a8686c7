"""Who minds the lanes sees them and sends again; a wire's own words stay with the operator."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import zstandard

from database import Database
from singlewindow.hub.exchange import lanes, services
from singlewindow.hub.exchange.breaker import Breaker
from singlewindow.hub.exchange.connector import Retry
from singlewindow.hub.exchange.ledger import Answer, Leased, Ledger
from singlewindow.hub.exchange.queries import submission_status
from singlewindow.hub.identity.people import array
from singlewindow.hub.identity.sessions import VIEWERS
from singlewindow.kernel.messages import Actor, Outcome, Receipt, Stage, Viewer

pytestmark = pytest.mark.database
AT = datetime.now(UTC)
WIRE = "ConnectError: host customs.internal:22 refused"
RIGHTS = frozenset({"exchange.read", "exchange.operate"})


class World:
    """The operator, customs, quarantine and a firm, with messages of the firm's."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.platform = self._party("platform", "12500000MADEM0P1X2", None)
        self.customs = self._party("agency", "customs", "customs")
        self.quarantine = self._party("agency", "quarantine", "quarantine")
        self.firm = self._party("firm", "91500105MADEM0Y2X3", None)

    def _party(self, kind: str, code: str, partner: str | None) -> int:
        rows = self.database.execute(
            "sw_engine",
            """insert into party (kind, code, partner, name_zh, name_en) values (%s, %s, %s, %s, %s)
               returning id""",
            kind, code, partner, code, code,
        )  # fmt: skip
        return int(str(rows[0][0]))

    def put(
        self, partner: str, state: int = 0, problem: str = "", attempts: int = 0, *, notice: bool = False
    ) -> int:
        """One message in the outbox, a document's or a ``notice``; its number there."""
        submission, viewers = uuid4(), [self.firm, getattr(self, partner)]
        message = submission if notice else uuid4()
        payload = f"<{partner}/>".encode()
        self.database.execute(
            "postgres",
            """insert into sw.message (submission_id, id, document_id, version, partner, kind,
                 definition_version, message_id, reference, digest, payload, created_at, viewers)
               values (%s, %s, %s, 1, %s, 'k', '1', %s, 'W1', %s, %s, %s, %s)""",
            submission, message, uuid4(), partner, f"M-{message}", hashlib.sha256(payload).digest(),
            zstandard.compress(payload), AT - timedelta(minutes=5), viewers,
        )  # fmt: skip
        rows = self.database.execute(
            "postgres",
            """insert into sw.outbox (submission_id, message, partner, order_key, state, ready_at, attempts,
                 problem, viewers) values (%s, %s, %s, 'k', %s, %s, %s, %s, %s) returning seq""",
            submission, message, partner, state, AT, attempts, problem, viewers,
        )  # fmt: skip
        return int(str(rows[0][0]))

    @contextmanager
    def serving(self, *parties: int) -> Iterator[psycopg.Cursor[Any]]:
        """One request's transaction as ``sw_web``, reading for these parties."""
        with psycopg.connect(self.database.dsn("sw_web")) as connection, connection.cursor() as cursor:
            cursor.execute(VIEWERS, [array(parties), str(parties[0]) if parties else ""])
            yield cursor

    def states(self) -> dict[int, int]:
        """Which messages are dead letters."""
        return dict(self.database.execute("postgres", "select seq, state from sw.outbox"))  # type: ignore[arg-type]


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def viewer(party: int) -> Viewer:
    return Viewer((party,), RIGHTS, party=party)


def actor(party: int) -> Actor:
    return Actor("person", "7", "接口员", party)


def seen(world: World, party: int) -> list[str]:
    with world.serving(party) as cursor:
        return [lane.partner for lane in lanes.lanes(viewer(party), cursor, AT, 15)]


def test_the_operator_minds_every_lane_an_agency_its_own_a_firm_none(world: World) -> None:
    assert {"customs", "quarantine"} < set(seen(world, world.platform))
    assert seen(world, world.customs) == ["customs"]
    assert seen(world, world.firm) == []


def test_without_the_right_nothing_is_asked(world: World) -> None:
    world.put("customs", state=1)
    powerless = Viewer((world.platform,), party=world.platform)
    with world.serving(world.platform) as cursor:
        assert lanes.lanes(powerless, cursor, AT, 15) == []
        assert lanes.letters(powerless, cursor, None, dead=True, most=9) == []
        assert lanes.letter(powerless, cursor, 1) is None
        assert lanes.reasons(powerless, cursor) == []
        assert lanes.unread(powerless, cursor) == []


def test_a_lane_says_what_waits_and_since_when(world: World) -> None:
    for _ in range(3):
        world.put("customs")
    world.put("customs", state=1, problem=WIRE)
    with world.serving(world.customs) as cursor:
        (lane,) = lanes.lanes(viewer(world.customs), cursor, AT, 15)
    assert (lane.waiting, lane.dead, lane.unread) == (3, 1, 0)
    assert lane.oldest_at == lane.dead_since == AT - timedelta(minutes=5)
    assert lane.breaker is None


@pytest.mark.parametrize("told", [True, False], ids=["operator", "agency"])
def test_a_wires_own_words_are_for_the_operator_alone(world: World, told: bool) -> None:
    seq = world.put("customs", problem=WIRE, attempts=2)
    dead = world.put("customs", state=1, problem=WIRE)
    party = world.platform if told else world.customs
    with world.serving(party) as cursor:
        words = {
            *(one.problem for one in lanes.letters(viewer(party), cursor, "customs", dead=False, most=9)),
            *(one.problem for one in lanes.reasons(viewer(party), cursor)),
            *(found.problem for each in (seq, dead) if (found := lanes.letter(viewer(party), cursor, each))),
        }
    assert words == ({WIRE} if told else {None})


@pytest.mark.parametrize(
    "statement", ["select problem from outbox", "select problem from lane", "select * from letter"]
)
def test_pages_cannot_read_a_wires_words_from_the_tables(world: World, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        world.database.execute("sw_web", statement)


def test_a_trader_is_told_a_reason_and_nothing_of_the_wire(world: World) -> None:
    seq = world.put("customs", problem=WIRE, attempts=2)
    world.database.execute(
        "postgres",
        """insert into sw.lane (partner, breaker, failures, problem, since, changed_at)
           values (%s, 'open', 5, %s, %s, %s)""",
        "customs", WIRE, datetime(2026, 11, 21, 1, 30, tzinfo=UTC), AT,
    )  # fmt: skip
    (submission, message) = world.database.execute(
        "postgres", "select submission_id, message from sw.outbox where seq = %s", seq
    )[0]
    described(world, submission, message)
    with world.serving(world.firm) as cursor:
        found = submission_status(viewer(world.firm), cursor, UUID(str(submission)))
    assert found is not None
    (document,) = found["documents"]
    assert document["waiting"]["reason"]["code"] == "delivery.unreachable"
    assert "11-21 09:30" in document["waiting"]["reason"]["zh"]
    assert "internal" not in str(found)


def described(world: World, submission: object, message: object) -> None:
    """The rows that a submission has beside its message."""
    world.database.execute(
        "postgres",
        """insert into sw.submission (id, party, actor_kind, actor_id, actor_name, door, format, message_id,
             digest, received_at, viewers)
           values (%s, %s, 'token', 'x', 'x', 'http', 'json', 'x', %s, %s, %s)""",
        submission, world.firm, bytes(32), AT, [world.firm],
    )  # fmt: skip
    world.database.execute(
        "postgres",
        """insert into sw.document (submission_id, id, kind, definition_version, version, partner, party,
             reference, title, boxes, changed_at, created_at, viewers)
           select m.submission_id, m.document_id, m.kind, '1', 1, m.partner, %s, 'W1', 't', 1, %s, %s,
                  m.viewers
             from sw.message m where m.id = %s""",
        world.firm, AT, AT, message,
    )  # fmt: skip


def test_an_agency_sends_its_own_again_and_no_others(world: World) -> None:
    own, other = world.put("customs", state=1), world.put("quarantine", state=1)
    with world.serving(world.customs) as cursor:
        sent = services.replay(actor(world.customs), cursor, seqs=[own, other], at=AT)
        again = services.replay(actor(world.customs), cursor, seqs=[own], at=AT)
    assert [one.seq for one in sent] == [own]
    assert again == []
    assert world.states() == {own: 0, other: 1}
    told = world.database.execute("postgres", "select verb, actor_name, viewers from sw.journal_entry")
    assert told == [("message.replayed", "接口员", sorted({world.firm, world.customs}))]


def test_who_comes_late_to_a_dead_letter_is_told_who_sent_it_again_and_when(world: World) -> None:
    seq = world.put("customs", state=1)
    with world.serving(world.customs) as cursor:
        assert lanes.sent_again(viewer(world.customs), cursor, seq) is None, "it is dead still"
    with world.serving(world.platform) as cursor:
        services.replay(actor(world.platform), cursor, seqs=[seq], at=AT)
    for at in (AT + timedelta(minutes=1), AT + timedelta(minutes=2)):
        world.database.execute("postgres", "update sw.outbox set state = 1 returning seq")
        with world.serving(world.customs) as cursor:
            services.replay(actor(world.customs), cursor, seqs=[seq], at=at)
    world.database.execute("postgres", "delete from sw.outbox returning seq")
    for minding in (world.platform, world.customs):
        with world.serving(minding) as cursor:
            assert lanes.letter(viewer(minding), cursor, seq) is None
            found = lanes.sent_again(viewer(minding), cursor, seq)
            assert found is not None
            assert (found.seq, found.partner, found.again_at, found.again_by) == (
                seq,
                "customs",
                at,
                "接口员",
            )
            assert found.digest == hashlib.sha256(b"<customs/>").digest()
            assert lanes.sent_again(Viewer((minding,), party=minding), cursor, seq) is None, "no right"
    for stranger in (world.quarantine, world.firm):
        with world.serving(stranger) as cursor:
            assert lanes.sent_again(viewer(stranger), cursor, seq) is None
    told = world.database.execute("postgres", "select viewers from sw.journal_entry order by id limit 1")
    assert told == [(sorted({world.firm, world.customs, world.platform}),)], "who did it reads that it did"


def test_a_firm_sends_nothing_again(world: World) -> None:
    seq = world.put("customs", state=1)
    with world.serving(world.firm) as cursor:
        assert services.replay(actor(world.firm), cursor, seqs=[seq], at=AT) == []
        assert services.replay_alike(actor(world.firm), cursor, seq=seq, at=AT) == []
    assert world.states() == {seq: 1}


def test_all_of_one_reason_go_again_and_those_of_another_stay(world: World) -> None:
    alike = [world.put("customs", state=1, problem="422 net weight") for _ in range(3)]
    other = world.put("customs", state=1, problem="413 too large")
    elsewhere = world.put("quarantine", state=1, problem="422 net weight")
    with world.serving(world.platform) as cursor:
        found = lanes.reasons(viewer(world.platform), cursor)
        sent = services.replay_alike(actor(world.platform), cursor, seq=alike[1], at=AT)
    assert (found[0].partner, found[0].problem, found[0].number) == ("customs", "422 net weight", 3)
    assert sorted(one.seq for one in sent) == alike
    assert {seq for seq, state in world.states().items() if state} == {other, elsewhere}


def test_an_agency_that_is_told_no_reasons_sends_all_its_dead_letters_again(world: World) -> None:
    dead = [world.put("customs", state=1, problem=problem) for problem in ("a", "b")]
    with world.serving(world.customs) as cursor:
        (pile,) = lanes.reasons(viewer(world.customs), cursor)
        sent = services.replay_alike(actor(world.customs), cursor, seq=pile.first, at=AT)
    assert (pile.number, sorted(one.seq for one in sent)) == (2, dead)


@pytest.mark.parametrize(
    ("who", "dead", "opens"),
    [
        ("customs", False, True),  # it is for them
        ("customs", True, True),
        ("platform", False, False),  # on its way: its sender's and receiver's alone
        ("platform", True, True),
        ("quarantine", True, False),
        ("firm", True, False),  # on this page; their own documents they read elsewhere
    ],
)
def test_who_may_read_a_messages_bytes(world: World, who: str, dead: bool, opens: bool) -> None:
    seq, party = world.put("customs", state=int(dead)), getattr(world, who)
    with world.serving(world.platform) as cursor:
        letter = lanes.letter(viewer(world.platform), cursor, seq)
    assert letter is not None
    with world.serving(party) as cursor:
        raw = services.open_letter(actor(party), cursor, letter=letter, at=AT)
    assert raw == (b"<customs/>" if opens else None)
    told = world.database.execute("postgres", "select verb, viewers from sw.journal_entry")
    assert told == ([("message.opened", sorted({world.firm, world.customs, party}))] if opens else [])


async def test_what_a_lane_carries_is_counted_by_the_minute(world: World) -> None:
    world.put("customs")
    world.put("customs")
    lane = await psycopg.AsyncConnection.connect(world.database.dsn("sw_component_customs"), autocommit=True)
    receipt = Receipt("r1", "W1", Stage.BUSINESS, "A", Outcome.ACCEPTED, AT)
    async with lane:
        ledger = Ledger(lane, "customs", "海关")
        for expected in (1, 0):
            leased = await claimed(ledger)
            if expected:
                await ledger.sent(uuid4(), leased, [Answer("a", b"a", (receipt, receipt))], AT)
            else:
                await ledger.postpone(leased, 60, WIRE)
        await ledger.keep([Answer("a", b"a", (receipt,))], AT)  # the same answer again counts no more
        await ledger.show(Breaker(Retry(), 1, WIRE, AT), AT)
        await ledger.show(Breaker(Retry(), 2, WIRE, AT), AT + timedelta(seconds=9))
    with world.serving(world.customs) as cursor:
        (found,) = lanes.lanes(viewer(world.customs), cursor, AT, 15)
    totals = [sum(getattr(one, name) for one in found.minutes) for name in ("sent", "failed", "answered")]
    assert totals == [1, 1, 2]
    assert (found.answered_at, found.since, found.failures) == (AT, AT, 2)


async def claimed(ledger: Ledger) -> list[Leased]:
    """The head of the lane."""
    return await ledger.claim(1, uuid4(), AT, alone=True)


def test_a_minute_of_another_day_is_begun_anew(world: World) -> None:
    for at, sent in ((AT - timedelta(days=1), 5), (AT, 3), (AT, 4)):
        world.database.execute(
            "sw_component_customs", "select lane_counted('customs', %s, %s, 0, 0)", at, sent
        )
    rows = world.database.execute(
        "postgres", "select sent, minute > now() - interval '1 h' from sw.lane_minute"
    )
    assert rows == [(7, True)]


def answered(world: World, attempts: int) -> int:
    rows = world.database.execute(
        "postgres",
        """insert into sw.inbox (partner, source, digest, raw, receipts, problem, state, attempts,
             received_at) values ('customs', 'in/7.xml', %s, %s, %s, %s, 1, %s, %s) returning id""",
        hashlib.sha256(str(attempts).encode()).digest(), zstandard.compress(b"<torn"),
        zstandard.compress(b"[]"), WIRE, attempts, AT,
    )  # fmt: skip
    return int(str(rows[0][0]))


def test_an_answer_that_was_read_may_be_applied_again_one_that_was_not_may_only_be_seen(world: World) -> None:
    torn, read = answered(world, 0), answered(world, 1)
    with world.serving(world.customs) as cursor:
        found = lanes.unread(viewer(world.customs), cursor)
        assert [(one.id, one.again, one.source, one.problem) for one in found] == [
            (torn, False, None, None),
            (read, True, None, None),
        ]
        assert services.open_answer(actor(world.customs), cursor, answer=found[0], at=AT) == b"<torn"
        assert services.apply_again(actor(world.customs), cursor, answers=[torn, read], at=AT) == 1
    with world.serving(world.quarantine) as cursor:
        assert lanes.unread(viewer(world.quarantine), cursor) == []
        assert services.open_answer(actor(world.quarantine), cursor, answer=found[0], at=AT) is None
    assert world.database.execute("postgres", "select id from sw.inbox where state = 0") == [(read,)]
    told = world.database.execute("postgres", "select verb from sw.journal_entry order by id")
    assert told == [("answer.opened",), ("answer.replayed",)]


def test_who_comes_late_to_an_answer_is_told_who_let_it_be_applied_again_and_when(world: World) -> None:
    read, torn = answered(world, 1), answered(world, 0)
    with world.serving(world.customs) as cursor:
        services.apply_again(actor(world.customs), cursor, answers=[read], at=AT)
    for state, applied in ((0, False), (2, True)):
        world.database.execute(
            "postgres", "update sw.inbox set state = %s where id = %s returning id", state, read
        )
        for minding in (world.platform, world.customs):
            with world.serving(minding) as cursor:
                assert lanes.answer(viewer(minding), cursor, read) is None
                found = lanes.applied_again(viewer(minding), cursor, read)
                assert found is not None
                assert (found.applied, found.again_at, found.again_by) == (applied, AT, "接口员")
                assert lanes.applied_again(viewer(minding), cursor, torn) is None, "it waits for somebody"
    for stranger in (world.quarantine, world.firm):
        with world.serving(stranger) as cursor:
            assert lanes.applied_again(viewer(stranger), cursor, read) is None
    told = world.database.execute("postgres", "select viewers from sw.journal_entry")
    assert told == [(sorted({world.customs, world.platform}),)]
    world.database.execute("postgres", "update sw.inbox set state = 1 where id = %s returning id", read)
    with world.serving(world.customs) as cursor:
        assert lanes.applied_again(viewer(world.customs), cursor, read) is None, "it failed again"

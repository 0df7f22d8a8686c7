"""As answers are applied, duties open and close and the source document says how all of it stands."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import database as databases
from platform_under_test import AT, context, sample
from singlewindow.hub.exchange.ledger import Answer, Ledger
from singlewindow.hub.exchange.receiving import Receiver
from singlewindow.hub.exchange.storing import store
from singlewindow.hub.exchange.submission import Prepared, prepare
from singlewindow.hub.process import mending, overall, queries, task
from singlewindow.hub.process.task import Happened
from singlewindow.kernel.messages import Actor, Outcome, Receipt, Stage, Viewer
from singlewindow.server import rooms

pytestmark = pytest.mark.database
PHASES = {phase.number: phase.id for phase in overall.shipped().values()}
BROKER, IMPORTER, CUSTOMS = Viewer((7,)), Viewer((8,)), Viewer((2,))
MEANS = {
    "L": Outcome.ACCEPTED, "J": Outcome.ACCEPTED, "C": Outcome.INSPECT, "T": Outcome.NOTED,
    "P": Outcome.RELEASED, "Z": Outcome.RETURNED, "X": Outcome.NOTED,
    "K": Outcome.RELEASED, "D": Outcome.REFUSED, "H": Outcome.HOLD, "R": Outcome.CLOSED,
}  # fmt: skip


class Case:
    """One submission, and answers to it as its partners' components would keep them."""

    def __init__(self, database: Any, prepared: Prepared) -> None:
        self.database = database
        self.prepared = prepared
        self.keeper = task.shipped(sorted(rooms.PACKAGE.glob("apps/*/workflows/*.yaml")))

    def receipt(self, partner: str, code: str, minute: int, text: str = "") -> Receipt:
        about = next(str(i.message) for i in self.prepared.issued if i.partner == partner)
        at = AT + timedelta(minutes=minute)
        identity = f"{about}-{code}-{minute}"
        return Receipt(identity, about, Stage.BUSINESS, code, MEANS[code], at, text)

    async def answered(self, partner: str, *receipts: Receipt, at: datetime | None = None) -> None:
        role = f"sw_component_{partner}"
        came = at or max(AT, *(receipt.at for receipt in receipts))  # nothing comes before it was said
        connection = await psycopg.AsyncConnection.connect(self.database.dsn(role), autocommit=True)
        async with connection:
            ledger = Ledger(connection, partner, partner)
            await ledger.keep([Answer(str(uuid4()), uuid4().bytes, tuple(receipts))], came)

    async def applied(self) -> None:
        connection = await psycopg.AsyncConnection.connect(self.database.dsn("sw_engine"), autocommit=True)
        async with connection:
            receiver = Receiver(uuid4, handlers=(self.keeper.handle,))
            while await receiver.apply(connection):
                pass

    async def said(self, partner: str, letters: str, at: datetime | None = None) -> None:
        await self.answered(partner, *(self.receipt(partner, c, n) for n, c in enumerate(letters)), at=at)
        await self.applied()

    def of(self, partner: str) -> UUID:
        return next(i.document_id for i in self.prepared.issued if i.partner == partner)

    def whole(self) -> tuple[str, str]:
        number, code = self.database.execute(
            "postgres", "select state, code from sw.document where partner is null"
        )[0]
        return PHASES[number], code

    def verbs(self) -> list[str]:
        rows = self.database.execute(
            "postgres", "select verb from sw.journal_entry where verb like 'duty.%%' order by id"
        )
        return [verb for (verb,) in rows]

    def work(self, viewer: Viewer, most: int = 50, after: queries.Place | None = None) -> queries.WorkList:
        with as_viewer(self.database, viewer) as cursor:
            return queries.open_duties(viewer, cursor, most, after)

    def matters(self, viewer: Viewer, most: int = 50, after: queries.Place | None = None) -> queries.WorkList:
        with as_viewer(self.database, viewer) as cursor:
            return queries.open_matters(viewer, cursor, most, after)

    def kept(self, viewer: Viewer) -> list[queries.Kept]:
        with as_viewer(self.database, viewer) as cursor:
            return queries.duties_of_submission(viewer, cursor, self.prepared.submission_id)


class as_viewer:  # noqa: N801 - reads as a clause
    """A cursor of sw_web's transaction that reads for a viewer."""

    def __init__(self, database: Any, viewer: Viewer) -> None:
        self.connection = psycopg.connect(database.dsn("sw_web"))
        self.viewer = viewer

    def __enter__(self) -> Any:
        cursor = self.connection.cursor()
        viewers = "{" + ",".join(map(str, self.viewer.parties)) + "}"
        return cursor.execute("select set_config('sw.viewers', %s, true)", [viewers])

    def __exit__(self, *_: object) -> None:
        self.connection.close()


async def submitted(database: Any, seed: int = 1, **values: Any) -> Case:
    prepared = prepare(sample(**values), context(f"m-{seed}", seed=seed))
    async with await database.connect("sw_intake") as connection, connection.cursor() as cursor:
        await store(cursor, [prepared])
    return Case(database, prepared)


@pytest.fixture
async def case(database: Any) -> Case:
    return await submitted(database)


async def test_what_several_partners_send_back_is_one_matter_with_each_ones_words(database: Any) -> None:
    case = await submitted(database)
    other = await submitted(database, 2, bill_number="CQX0000002")
    await case.answered("customs", case.receipt("customs", "Z", 5, "件数与舱单不符"), at=AT)
    await case.answered("quarantine", case.receipt("quarantine", "Z", 6, "缺产地证"), at=AT)
    await other.answered("customs", other.receipt("customs", "Z", 7, "提运单号不符"), at=AT)
    await case.applied()
    assert case.work(BROKER).number == 3, "programs are told each duty"
    found = case.matters(BROKER)
    assert found.number == 2
    (line,) = (each for each in found.lines if each.duty.submission_id == case.prepared.submission_id)
    said = {(duty.partner, duty.reason) for duty in (line.duty, *line.also)}
    assert said == {("customs", "件数与舱单不符"), ("quarantine", "缺产地证")}
    assert [each.also for each in found.lines if each is not line] == [()]
    first = case.matters(BROKER, 1)
    second = case.matters(BROKER, 1, first.lines[0].place)
    assert [*first.lines, *second.lines] == list(found.lines)
    assert (first.number, second.number) == (2, 2)
    assert case.matters(BROKER, 1, second.lines[0].place).lines == ()
    assert case.matters(CUSTOMS).lines == ()


async def test_a_return_opens_a_duty_with_the_partners_words_and_a_deadline(case: Case) -> None:
    await case.answered("customs", case.receipt("customs", "Z", 5, "件数与舱单不符"), at=AT)
    await case.applied()
    (line,) = case.work(BROKER).lines
    duty = line.duty
    assert (duty.code, duty.partner, duty.reason, duty.kind) == (
        "correct",
        "customs",
        "件数与舱单不符",
        "back",
    )
    assert (duty.action.zh, duty.action.en) == ("改单", "Correct")
    values = json.loads(sample())["values"]
    entry = datetime.fromisoformat(values["entry_exit_date"]).replace(tzinfo=UTC)
    assert duty.deadline is not None
    assert timedelta(days=14) < duty.deadline - entry < timedelta(days=24)
    assert line.title == case.prepared.title
    assert case.whole() == ("returned", "Z")
    assert case.verbs() == ["duty.opened"]


async def test_duties_close_when_the_document_moves_on(case: Case) -> None:
    await case.said("customs", "LJTC")
    assert {line.duty.code for line in case.work(BROKER).lines} == {"pay_tax", "present_goods"}
    assert case.whole() == ("inspection", "C")
    await case.answered("customs", case.receipt("customs", "P", 60))
    await case.applied()
    assert case.work(BROKER).lines == ()
    assert [kept.done_at is not None for kept in case.kept(BROKER)] == [True, True]
    assert sorted(case.verbs()) == ["duty.closed"] * 2 + ["duty.opened"] * 2
    assert case.whole() == ("partly_released", "")


async def test_what_was_sent_back_is_done_once_it_is_handed_in_again(case: Case) -> None:
    await case.said("customs", "Z")
    await case.said("quarantine", "Z")
    submission, again = case.prepared.submission_id, UUID(int=99)
    actor = Actor("person", "5", "申报员 03", 7)
    with as_viewer(case.database, CUSTOMS) as cursor:
        assert mending.asked(cursor, submission) == []
        assert mending.answered(cursor, submission, again, actor, AT) == 0, "only who may act answers"
    with as_viewer(case.database, BROKER) as cursor:
        cursor.execute("select set_config('sw.acting', '7', true)")
        assert {duty.partner for duty in mending.asked(cursor, submission)} == {"customs", "quarantine"}
        assert mending.answered(cursor, submission, again, actor, AT) == 2
        assert mending.asked(cursor, submission) == []
        assert mending.answered(cursor, submission, again, actor, AT) == 0
        cursor.connection.commit()
    assert case.work(IMPORTER).lines == ()
    assert sorted(case.verbs()) == ["duty.closed"] * 2 + ["duty.opened"] * 2


async def test_the_whole_is_released_when_all_have_released(case: Case) -> None:
    for issued in case.prepared.issued:
        await case.answered(issued.partner, case.receipt(issued.partner, "P", 9))
    await case.applied()
    assert case.whole() == ("released", "P")


async def test_a_tax_deadline_is_counted_anew_when_the_entry_is_heard_of_late(case: Case) -> None:
    await case.answered("customs", case.receipt("customs", "T", 60 * 20))
    await case.applied()
    (before,) = case.work(BROKER).lines
    await case.answered("customs", case.receipt("customs", "L", 0))
    await case.applied()
    (after,) = case.work(BROKER).lines
    assert before.duty.deadline is not None
    assert after.duty.deadline is not None
    assert after.duty.deadline < before.duty.deadline


async def test_who_may_act_sees_the_duty_and_nobody_else(case: Case) -> None:
    await case.said("customs", "Z")
    assert case.work(BROKER).number == case.work(IMPORTER).number == 1
    assert case.work(CUSTOMS).number == 0
    assert case.work(Viewer((99,))).lines == ()
    assert case.work(Viewer(())).lines == ()
    assert case.kept(CUSTOMS) == []


async def test_the_most_pressing_come_first_and_the_list_is_bounded(database: Any) -> None:
    for seed, day in enumerate(("2026-11-20", "2026-11-10", "2026-11-15"), 1):
        case = await submitted(database, seed, entry_exit_date=day)
        await case.said("customs", "Z")
    work = case.work(BROKER, most=2)
    assert work.number == 3
    deadlines = [line.duty.deadline for line in work.lines]
    assert deadlines == sorted(deadlines)
    assert len(deadlines) == 2
    rest = case.work(BROKER, 2, work.lines[-1].place)
    assert [line.duty.deadline for line in rest.lines] == [max(d for d in _deadlines(case) if d)]
    assert rest.number == 3


async def test_duties_without_a_deadline_come_last_and_once_each(database: Any) -> None:
    for seed in (1, 2, 3):
        case = await submitted(database, seed)
        await case.said("customs", "Z")
    database.execute(
        "postgres",
        "update sw.duty set deadline = null where submission_id <> %s",
        case.prepared.submission_id,
    )
    place, seen = None, []
    while lines := case.work(BROKER, 1, place).lines:
        seen.append(lines[0])
        place = lines[0].place
    assert [line.duty.deadline is None for line in seen] == [False, True, True]
    assert len({line.duty.submission_id for line in seen}) == 3


def _deadlines(case: Case) -> list[datetime | None]:
    return [line.duty.deadline for line in case.work(BROKER).lines]


def corrected(case: Case) -> str:
    """Send customs a second version; its message id."""
    case.database.execute("postgres", "update sw.document set version = 2 where partner = 'customs'")
    case.database.execute(
        "postgres",
        """insert into sw.message
           select submission_id, gen_random_uuid(), document_id, 2, partner, kind, definition_version,
                  'corrected', reference, digest, payload, created_at, viewers
             from sw.message where partner = 'customs'""",
    )
    return "corrected"


async def test_a_late_answer_to_an_earlier_version_says_nothing_of_the_newest(case: Case) -> None:
    newest = corrected(case)
    await case.said("customs", "LD")
    state = "select state, code from sw.document where partner = 'customs'"
    assert case.database.execute("postgres", state) == [(0, "")]
    assert (case.whole()[0], case.work(BROKER).lines) == ("submitted", ())
    assert case.database.execute("postgres", "select count(*) from sw.receipt") == [(2,)]
    released = msgspec.structs.replace(case.receipt("customs", "P", 90), about=newest)
    await case.answered("customs", released)
    await case.applied()
    assert case.database.execute("postgres", state) == [(int(Outcome.RELEASED), "P")]
    assert case.whole()[0] == "partly_released"


async def test_an_answer_by_our_reference_speaks_of_the_newest_version(case: Case) -> None:
    corrected(case)
    reference = next(i.reference for i in case.prepared.issued if i.partner == "customs")
    released = msgspec.structs.replace(case.receipt("customs", "P", 90), about=reference)
    await case.answered("customs", released)
    await case.applied()
    assert case.whole()[0] == "partly_released"


async def test_a_new_version_closes_what_the_old_one_asked(case: Case) -> None:
    await case.said("customs", "LZ")
    newest = corrected(case)
    submission, document = case.prepared.submission_id, case.of("customs")
    async with await case.database.connect("sw_engine") as connection, connection.cursor() as cursor:
        issued = Happened(submission, document, "document.issued", AT + timedelta(hours=1))
        await case.keeper.happened(cursor, [issued])
        await case.keeper.happened(cursor, [issued])
        await case.keeper.happened(cursor, [])
    assert case.work(BROKER).lines == ()
    assert case.whole()[0] == "submitted"
    released = msgspec.structs.replace(case.receipt("customs", "P", 90), about=newest)
    await case.answered("customs", released)
    await case.applied()
    assert case.whole()[0] == "partly_released"


async def test_paying_closes_the_duty_to_pay(case: Case) -> None:
    await case.said("customs", "LJT")
    paid = Happened(case.prepared.submission_id, case.of("customs"), "payment.confirmed", AT)
    async with await case.database.connect("sw_engine") as connection, connection.cursor() as cursor:
        await case.keeper.happened(cursor, [paid])
    assert case.work(BROKER).lines == ()


async def test_what_is_owed_under_a_guarantee_outlives_the_release(case: Case) -> None:
    await case.said("customs", "LJTK")
    await case.answered("customs", case.receipt("customs", "P", 9))
    await case.applied()
    assert [line.duty.code for line in case.work(BROKER).lines] == ["pay_tax"]
    assert case.whole()[0] == "partly_released"
    await case.answered("customs", case.receipt("customs", "R", 10))
    await case.applied()
    assert case.work(BROKER).lines == ()


async def test_a_declaration_that_is_held_again_is_told_to_be_since_then(case: Case) -> None:
    await case.said("customs", "LHJ")
    assert case.work(BROKER).lines == ()
    assert case.whole() != ("hold", "H")
    again = case.receipt("customs", "H", 9)
    await case.answered("customs", again)
    await case.applied()
    (line,) = case.work(BROKER).lines
    assert (line.duty.code, line.duty.since) == ("declare_by_hand", again.at)
    assert case.whole() == ("hold", "H")


async def test_a_note_that_changes_nothing_writes_nothing(case: Case) -> None:
    await case.said("customs", "X")
    assert case.database.execute("postgres", "select count(marks) from sw.document") == [(0,)]


STANDINGS = "select state, code, state_at, stood, phase, letter, marks from sw.document order by partner"
SAID = ["L", "J", "T", "C", "Z", "P", "K", "C"]
CAME = AT + timedelta(hours=1)  # the whole stands as it does since something was heard, not since it was said


@settings(max_examples=6, deadline=None)
@given(
    order=st.permutations([*enumerate(SAID), *enumerate(SAID[:3])]),
    cut=st.integers(1, 8),
    last=st.integers(1, 8),
)
def test_order_and_batches_change_nothing(
    database_server: Any, order: list[tuple[int, str]], cut: int, last: int
) -> None:
    with databases.cloned(database_server) as fresh:
        case = asyncio.run(submitted(fresh))
        asyncio.run(_apply_in_two(case, [pair for pair in order if pair[0] < last], cut))
        standing = fresh.execute("postgres", STANDINGS)
        found = standing, case.whole(), {line.duty for line in case.work(BROKER).lines}
    with databases.cloned(database_server) as fresh:
        case = asyncio.run(submitted(fresh))
        asyncio.run(case.said("customs", "".join(SAID[:last]), CAME))
        standing = fresh.execute("postgres", STANDINGS)
        assert found == (standing, case.whole(), {line.duty for line in case.work(BROKER).lines})


async def _apply_in_two(case: Case, said: list[tuple[int, str]], cut: int) -> None:
    for part in (said[:cut], said[cut:]):
        if part:
            receipts = [case.receipt("customs", code, n) for n, code in part]
            await case.answered("customs", *receipts, at=CAME)
            await case.applied()


def test_nobody_but_the_worker_writes(database: Any) -> None:
    for role in ("sw_web", "sw_intake", "sw_component_customs"):
        for table in ("document", "duty"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                database.execute(role, f"update {table} set version = 2")

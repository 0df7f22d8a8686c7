"""What must be true of coordination afterwards: dispositions, inspections, releases, gates, duties, the box.

Each check reads the tables as of one moment, says no more than its name, and fails by an AssertionError.
They hold where no two consignments claim the same container.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection, AsyncCursor, IsolationLevel

from singlewindow.hub.coordination import loading
from singlewindow.hub.coordination.cases import NOBODYS, judge
from singlewindow.hub.coordination.orders import DONE, State
from singlewindow.hub.coordination.release import Statement
from singlewindow.hub.exchange.concerned import concerned
from singlewindow.hub.journal.subscriber import Numbered, advance
from singlewindow.hub.notice import news, rules
from singlewindow.hub.notice.telling import Parties, Party, notices
from singlewindow.kernel.clock import local_day, now
from singlewindow.kernel.messages import Text

Cursor = AsyncCursor[Any]
Check = Callable[[Cursor], Awaitable[None]]
Rows = list[tuple[Any, ...]]
PROOF = "proof"  # a reader of the journal that is forgotten with its transaction
ENDED = [state.value for state in (*DONE, State.CANCELLED)]
SPOKEN_OF = "select distinct dossier from instruction"
CALLS = "select distinct subject_key from instruction where subject_kind = 'conveyance'"
DISPOSITIONS = "select dossier, subject_kind, subject_key, kind, agencies, missing from disposition"
ORDERS = "select subject_kind, subject_key from inspection_order where state <> all (%s)"
RELEASES = "select number, statement from release where revoked_at is null"
FREE = """select dossier, case subject_kind when 'container' then number else '' end
            from disposition where kind = 'released' and dossier <> %s"""
PASSES = """select d.dossier, p.number, p.releases, p.used_at is not null, p.revoked_at is null
              from gate_pass p cross join unnest(p.dossiers) as d (dossier)"""
TOLD_OF = """select e.subject_id, convert_from(e.content, 'UTF8')::jsonb ->> 'number'
               from journal_entry e where e.verb = %s"""
RELEASED = "select id, number from release"
TAKEN_BACK = "select id, number from release where revoked_at is not null"
DUTIES = "select submission_id, document_id, code from duty"
DUTIES_DONE = f"{DUTIES} where done_at is not null"
DUTY_TOLD = """select submission_id, subject_id, convert_from(content, 'UTF8')::jsonb ->> 'duty'
                 from journal_entry where verb = %s"""
LET_OUT = "select key from gate_event where out"
USED = "select key from gate_pass where used_at is not null"
GONE = """select distinct p.key, d.dossier from gate_pass p cross join unnest(p.dossiers) as d (dossier)
           where p.used_at is not null"""
MOVED = "select object_key, dossier from milestone where code = 'gate_out' and source = 'gate'"
PARTIES = "select id, kind, partner, name_zh, name_en from party"


async def prove_coordination(dsn: str) -> None:
    """Every check."""
    async with reading(dsn) as cursor:
        for check in CHECKS:
            await check(cursor)


@asynccontextmanager
async def reading(dsn: str) -> AsyncIterator[Cursor]:
    """Somebody who reads everything as of one moment; nothing stays written."""
    async with await AsyncConnection.connect(dsn, options="-c search_path=sw") as connection:
        await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
        async with connection.transaction(force_rollback=True), connection.cursor() as cursor:
            yield cursor


async def dispositions_are_what_was_ordered(cursor: Cursor) -> None:
    """Each equals what the algebra gives from the instructions, for everything that was spoken of."""
    on = local_day(now())
    offices = await loading.offices(cursor, on)
    spoken_of = [dossier for (dossier,) in await _rows(cursor, SPOKEN_OF)]
    outlined = await loading.outlined(cursor, spoken_of, offices)
    cases = [*outlined.values(), *[loading.of_call(call) for (call,) in await _rows(cursor, CALLS)]]
    await loading.fill(cursor, cases)
    expected = {
        (case.id, place.kind, place.key): (after.kind.value, after.agencies, after.missing)
        for case in cases
        for place, after in judge(case, offices, on)
    }
    stored = {
        tuple(where): (kind, tuple(agencies), tuple(missing))
        for *where, kind, agencies, missing in await _rows(cursor, DISPOSITIONS)
    }
    assert stored == expected


async def orders_are_one_a_subject(cursor: Cursor) -> None:
    """No thing is under two inspections at once."""
    assert _twice(await _rows(cursor, ORDERS, ENDED)) == []


async def releases_are_one_a_container(cursor: Cursor) -> None:
    """What is released now and is still here is named by one release in force, and nothing else is.

    What has left gets no second release, whatever agencies say of it afterwards.
    """
    named = [where for where, _ in await _named(cursor)]
    assert _twice(named) == []
    gone = {(dossier, number) for dossier, number, _, used, _ in await _rows(cursor, PASSES) if used}
    assert set(named) - gone == set(await _rows(cursor, FREE, NOBODYS)) - gone


async def passes_rest_on_releases(cursor: Cursor) -> None:
    """One pass a container; in force it rests on the release in force of what is in it, which gives it."""
    passes = await _rows(cursor, PASSES)
    assert _twice([(dossier, number) for dossier, number, *_ in passes]) == []
    named = {where: release for where, release in await _named(cursor) if where[1]}
    open_ = {(d, number): releases for d, number, releases, used, stands in passes if stands and not used}
    gone = {(dossier, number) for dossier, number, _, used, _ in passes if used}
    assert open_ == {where: [release] for where, release in named.items() if where not in gone}


async def releases_are_told_once(cursor: Cursor) -> None:
    """Every release has its journal entry, every entry its release, and those taken back theirs."""
    assert Counter(await _rows(cursor, TOLD_OF, "release.issued")) == Counter(await _rows(cursor, RELEASED))
    revoked = await _rows(cursor, TOLD_OF, "release.revoked")
    replaced = await _rows(cursor, TOLD_OF, "release.replaced")
    assert Counter(revoked + replaced) == Counter(await _rows(cursor, TAKEN_BACK))


async def duties_are_opened_once(cursor: Cursor) -> None:
    """Every duty was opened by one entry, and closed by one where it is done."""
    assert Counter(await _rows(cursor, DUTY_TOLD, "duty.opened")) == Counter(await _rows(cursor, DUTIES))
    assert Counter(await _rows(cursor, DUTY_TOLD, "duty.closed")) == Counter(await _rows(cursor, DUTIES_DONE))


async def gates_let_out_once(cursor: Cursor) -> None:
    """A pass was used by one passage, which is one milestone of each consignment in the container."""
    out = await _rows(cursor, LET_OUT)
    assert _twice(out) == []
    assert sorted(out) == sorted(await _rows(cursor, USED))
    assert Counter(await _rows(cursor, MOVED)) == Counter(await _rows(cursor, GONE))


async def people_were_told_once(cursor: Cursor) -> None:
    """The message box is the journal told from its beginning: nobody twice, nobody forgotten."""
    found = await _news(cursor)
    known = await concerned(cursor, found)
    parties = Parties(
        Party(id_, kind, partner, Text(*names)) for id_, kind, partner, *names in await _rows(cursor, PARTIES)
    )
    expected = Counter((one.party, one.position) for one in notices(found, known, parties, rules.book()))
    assert Counter(await _rows(cursor, "select party, position from notice")) == expected


CHECKS: tuple[Check, ...] = (
    dispositions_are_what_was_ordered,
    orders_are_one_a_subject,
    releases_are_one_a_container,
    passes_rest_on_releases,
    releases_are_told_once,
    duties_are_opened_once,
    gates_let_out_once,
    people_were_told_once,
)


async def _named(cursor: Cursor) -> list[tuple[tuple[UUID, str], str]]:
    """((dossier, container; '' for goods without one), release in force that names it)."""
    found = []
    for number, content in await _rows(cursor, RELEASES):
        said = msgspec.json.decode(content, type=Statement)
        if said.dossier != NOBODYS:
            boxes = [one.number for one in said.containers] or [""]
            found += [((said.dossier, box), number) for box in boxes]
    return found


async def _news(cursor: Cursor) -> list[Numbered]:
    """Every entry that somebody may be told of, in order."""
    found: list[Numbered] = []
    while True:
        read = await news.read(cursor, PROOF, rules.book().verbs)
        if read.position is None:
            return found
        found += read.found
        await advance(cursor, PROOF, read.position)


async def _rows(cursor: Cursor, query: str, *values: Any) -> Rows:
    await cursor.execute(query, values or None)
    return await cursor.fetchall()


def _twice(things: list[Any]) -> list[Any]:
    return [thing for thing, count in Counter(things).items() if count > 1]

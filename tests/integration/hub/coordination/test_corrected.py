"""A declaration that was refused and handed in again: what only the first said is true no more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from integration.hub.coordination.story import ONE, TWO, VALUES, Port, Yard, said
from integration.hub.coordination.test_claims import (
    IN_FORCE,
    consignment,
    join,
    refused,
    release,
    settle,
    tasks,
    told,
)
from integration.hub.coordination.test_gate import beat, codes, out
from integration.hub.dossier.declared import container, declare, seen
from singlewindow.hub.coordination.superseding import LATELY, lately
from singlewindow.hub.coordination.working import once
from singlewindow.hub.dossier import contents
from singlewindow.hub.dossier.claiming import TWICE
from singlewindow.kernel.messages import Order, Outcome

pytestmark = pytest.mark.database
PASSES = "select number from sw.gate_pass where revoked_at is null order by number"
ENDED = "select number from sw.dossier_object where kind = 'container' and standing = 'ended' order by number"


@pytest.fixture
def port(database: Any) -> Port:
    """A port where nothing was declared yet."""
    return Port(database)


async def stands(port: Port, submission: UUID, partner: str, outcome: Outcome, seconds: float = 0) -> None:
    """A partner's word on a document, as the receiver keeps and hands it on."""
    answer = port.answer(submission, partner, outcome, seconds)
    given = "update sw.document set state = %s, state_at = %s where id = %s"
    port.rows(given, int(outcome), answer.receipt.at, answer.document_id)
    await port.receive(answer)


def again(port: Port, hours: int = 1, **change: Any) -> UUID:
    """Declared anew, some hours later."""
    second = port.declare(**({"partners": ("customs",)} | change))
    port.rows(
        "update sw.document set created_at = created_at + %s where submission_id = %s",
        timedelta(hours=hours),
        second,
    )
    return second


async def corrected(port: Port, **change: Any) -> UUID:
    """Customs refuses the first declaration and releases the second."""
    await stands(port, port.declare(partners=("customs",)), "customs", Outcome.REFUSED)
    second = again(port, **change)
    await stands(port, second, "customs", Outcome.RELEASED, 5)
    return second


async def test_a_box_only_the_refused_declaration_names_stays(port: Port) -> None:
    await corrected(port, containers=[container(ONE)])
    assert port.rows(PASSES) == [(ONE,)]
    assert port.rows(ENDED) == [(TWO,)]


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.RETURNED])
async def test_the_first_may_be_sent_back_after_the_second_came(port: Port, outcome: Outcome) -> None:
    first = port.declare(partners=("customs",))
    second = again(port, containers=[container(ONE)])
    await stands(port, second, "customs", Outcome.RELEASED)
    await join(port, first)
    assert port.rows(PASSES) == [], "the first still counts"
    await stands(port, first, "customs", outcome, 5)
    assert port.rows(PASSES) == [(ONE,)]


async def test_a_box_that_is_named_again_is_in_it_again(port: Port) -> None:
    second = await corrected(port, containers=[container(ONE)])
    await stands(port, second, "customs", Outcome.REFUSED, 9)
    third = again(port, 2, containers=[container(ONE), container(TWO)])
    await stands(port, third, "customs", Outcome.RELEASED, 12)
    assert port.rows(ENDED) == []
    assert port.rows(PASSES) == [(ONE,), (TWO,)]


async def test_the_pass_of_a_box_that_is_named_no_more_falls(port: Port) -> None:
    first = port.declare(partners=("customs",))
    await stands(port, first, "customs", Outcome.RELEASED)
    assert port.rows(PASSES) == [(ONE,), (TWO,)]
    await stands(port, first, "customs", Outcome.RETURNED, 2)
    second = again(port, containers=[container(ONE)])
    await join(port, second)
    assert port.rows(PASSES) == [], "nobody has released the second yet"
    barred = told(port, port.party["terminal"], "gate.barred")
    assert {one["number"]: one["why"] for one in barred} == {ONE: "pending", TWO: "dropped"}
    assert port.rows("select count(*) from sw.release where revoked_at is null") == [(0,)]
    await stands(port, second, "customs", Outcome.RELEASED, 5)
    assert port.rows(PASSES) == [(ONE,)]


async def test_what_a_document_that_counts_names_stays(port: Port) -> None:
    await stands(port, port.declare(partners=("customs",)), "customs", Outcome.REFUSED)
    more = again(port, 1, containers=[container(ONE)])
    await join(port, again(port, 2, containers=[container(TWO)]), more)
    assert port.rows(ENDED) == []


async def test_a_corrected_voyage_makes_no_second_way_out(port: Port) -> None:
    await corrected(port, voyage_number="2512E")
    await beat(port)
    calls = port.rows(
        "select distinct split_part(key, '@', 2) from sw.dossier_object"
        " where kind = 'container' and standing = 'counts'"
    )
    assert calls == port.rows("select call from sw.dossier")
    assert calls[0][0].endswith("/2512E")
    assert codes(out(port)) == []
    assert codes(out(port)) == ["G-23"]


async def test_a_second_declaration_with_another_voyage_makes_no_second_way_out(port: Port) -> None:
    first, second = port.declare(partners=("customs",)), again(port, voyage_number="2512E")
    for one in (first, second):
        await stands(port, one, "customs", Outcome.RELEASED)
        port.now += timedelta(minutes=1)
    await beat(port)
    assert codes(out(port)) == []
    assert codes(out(port)) == ["G-23"], "the pass of the former call waits for nobody"


async def test_a_hold_on_a_box_follows_it_to_its_corrected_call(port: Port) -> None:
    agencies = ("customs", "quarantine")
    first = port.declare(partners=agencies)
    await stands(port, first, "customs", Outcome.REFUSED)
    hold = said("quarantine", Order.HOLD, ONE)
    await port.receive(port.answer(first, "quarantine", Outcome.HOLD, 1, hold))
    second = again(port, voyage_number="2512E", partners=agencies)
    for agency in agencies:
        await stands(port, second, agency, Outcome.RELEASED, 5)
    await stands(port, first, "quarantine", Outcome.RELEASED, 6)
    assert port.rows(PASSES) == [(TWO,)]
    free = said("quarantine", Order.RELEASE, ONE, 2)
    await port.receive(port.answer(first, "quarantine", Outcome.RELEASED, 9, free))
    assert port.rows(PASSES) == [(ONE,), (TWO,)]
    assert port.rows("select kind from sw.task") == []


async def test_a_hold_on_the_corrected_ship_reaches_the_goods(port: Port) -> None:
    second = await corrected(port, voyage_number="2512E", partners=("customs", "border"))
    ship = said("border", Order.HOLD, "DEMO 08", kind="conveyance")
    await port.receive(port.answer(second, "border", Outcome.HOLD, 7, ship))
    assert set(port.dispositions().values()) == {"held"}
    assert port.rows(PASSES) == []


async def test_a_corrected_seal_and_load_are_what_counts(port: Port) -> None:
    boxes = [container(ONE, lot=True, seal="NEW"), container(TWO)]
    await corrected(port, containers=boxes)
    await beat(port)
    assert codes(out(port, seal="S1")) == ["G-31"]
    assert codes(out(port, seal="NEW")) == []
    assert port.rows("select number, lot from sw.dossier_object where kind = 'container' order by 1") == [
        (ONE, True),
        (TWO, False),
    ]


async def test_the_seal_an_officer_put_on_outlives_a_declaration(port: Port) -> None:
    first = port.declare(partners=("customs",))
    await join(port, first)
    port.rows("update sw.dossier_object set seal = 'OFFICER' where kind = 'container' and number = %s", ONE)
    await stands(port, first, "customs", Outcome.REFUSED)
    second = again(port, containers=[container(ONE, seal="S9")], voyage_number="2512E")
    await stands(port, second, "customs", Outcome.RELEASED, 5)
    assert port.rows("select seals from sw.gate_pass") == [(["OFFICER"],)]


async def test_a_strangers_document_takes_nothing_out_of_a_dossier(port: Port) -> None:
    ours = port.declare(partners=("customs",))
    await join(port, ours)
    values = VALUES | {"voyage_number": "2512E", "containers": [container(ONE)]}
    (theirs,) = declare(port.database, [values], [(9,)], kind="manifest_bill", partners=("customs",))
    port.rows(
        "update sw.document set created_at = created_at + interval '1 hour' where submission_id = %s", theirs
    )
    before = port.rows("select call from sw.dossier")
    await stands(port, ours, "customs", Outcome.REFUSED)
    await join(port, theirs)
    assert port.rows("select call from sw.dossier") == before
    assert port.rows(ENDED) == []


async def test_a_shared_load_that_was_declared_full_is_contested_no_more(yard: Yard) -> None:
    mine, theirs = consignment(yard, "MINE", 201, lot=True), consignment(yard, "THEIRS", 202)
    await join(yard, mine, theirs)
    await release(yard, mine)
    await stands(yard, theirs, "customs", Outcome.REFUSED)
    assert tasks(yard, 201) == [(TWICE, mine, "open")]
    second = again(
        yard,
        partners=("customs", "quarantine"),
        viewers=(202,),
        bill_number="THEIRS",
        containers=[container(ONE, lot=True)],
    )
    await join(yard, second)
    assert yard.rows("select distinct state from sw.task") == [("done",)]
    assert yard.rows("select contested, counting, whole from sw.claimed_container") == [(False, 2, 0)]
    await stands(yard, theirs, "quarantine", Outcome.RELEASED, 2)
    await release(yard, second)
    await yard.work()
    assert refused(yard) == []


async def test_a_claim_that_was_mended_away_gives_the_box_back(yard: Yard) -> None:
    mine, theirs = consignment(yard, "MINE", 201), consignment(yard, "THEIRS", 202)
    await release(yard, mine)
    await join(yard, theirs)
    await yard.work()
    assert refused(yard) == ["G-26"]
    await stands(yard, theirs, "customs", Outcome.REFUSED)
    second = again(
        yard,
        partners=("customs", "quarantine"),
        viewers=(202,),
        bill_number="THEIRS",
        containers=[container(TWO)],
    )
    await join(yard, second)
    assert yard.rows(IN_FORCE, ONE) == [(True,)]
    assert refused(yard) == []
    assert yard.rows("select distinct state from sw.task") == [("done",)]
    assert yard.rows(
        "select count(*) from sw.disposition where dossier = %s and number = %s", theirs, ONE
    ) == [(0,)]


async def test_what_a_replaced_document_brought_on_a_shared_box_holds_nobody(yard: Yard) -> None:
    agencies = ("customs", "quarantine", "maritime")
    mine = consignment(yard, "MINE", 201, lot=True)
    their = {"bill_number": "THEIRS", "containers": [container(ONE, True)], "viewers": (202,)}
    theirs = yard.declare(partners=agencies, **their)
    await join(yard, mine, theirs)
    await release(yard, mine)
    deny = yard.answer(theirs, "maritime", Outcome.REFUSED, 1, said("maritime", Order.DENY, ONE))
    yard.rows("update sw.document set state = 70 where id = %s", deny.document_id)
    await yard.receive(deny)
    stood = "select kind from sw.disposition where dossier = %s"
    assert yard.rows(stood, mine) == [("not_released",)]
    second = again(yard, partners=agencies, **their)
    for agency in agencies:
        await stands(yard, second, agency, Outcome.RELEASED, 5)
    assert yard.rows(stood, mine) == [("released",)]
    for agency in agencies[:2]:
        await stands(yard, theirs, agency, Outcome.RELEASED, 7)
    await yard.work()
    assert refused(yard) == []


async def test_a_hold_brought_by_a_claim_that_ended_can_be_lifted(yard: Yard) -> None:
    mine, theirs = consignment(yard, "MINE", 201), consignment(yard, "THEIRS", 202)
    await join(yard, mine, theirs)
    await release(yard, mine)
    hold = said("quarantine", Order.HOLD, ONE)
    await yard.receive(yard.answer(theirs, "quarantine", Outcome.HOLD, 1, hold))
    await settle(yard, "platform", mine, ends=[theirs])
    assert refused(yard) != []
    free = said("quarantine", Order.RELEASE, ONE, 2)
    await yard.receive(yard.answer(theirs, "quarantine", Outcome.RELEASED, 9, free))
    await yard.work()
    assert refused(yard) == []
    assert yard.rows("select count(*) from sw.task where kind = 'unknown_subject'") == [(0,)]


async def numbered_anew(port: Port, partners: Any = ("customs",), **first: Any) -> tuple[UUID, UUID]:
    """Sent back by customs, and declared again under another bill, from the draft that mends it."""
    returned = port.declare(partners=("customs",), bill_number="CQXRETURN1", **first)
    await stands(port, returned, "customs", Outcome.RETURNED)
    await join(port, returned)
    return returned, again(port, partners=partners, bill_number="CQX7")


def answers(port: Port, returned: UUID, second: UUID) -> None:
    """What the second was handed in from."""
    port.rows(
        "insert into sw.draft (id, kind, definition_version, version, title, entries, content, digest, party,"
        " person, person_name, created_at, updated_at, submission_id, mends, viewers)"
        " values (gen_random_uuid(), 'goods_declaration', '1', 1, '', 0, '', sha256(''), 7, 1, 'x', now(),"
        " now(), %s, %s, '{7}')",
        second,
        returned,
    )


async def worked(port: Port) -> None:
    async with await port.database.connect("sw_engine") as connection:
        await once(connection, port.means)


async def test_only_the_newest_documents_say_what_is_in_it(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "DOCUMENTS_MOST", 2)
    for hours, number in enumerate((TWO, ONE, ONE)):
        await join(port, again(port, hours, containers=[container(number)]))
    assert port.rows(ENDED) == [(TWO,)]


@pytest.mark.parametrize("late", [False, True])
async def test_a_corrected_bill_number_needs_nobody(port: Port, late: bool) -> None:
    returned, second = await numbered_anew(port)
    if not late:
        answers(port, returned, second)
    await stands(port, second, "customs", Outcome.RELEASED, 5)
    if late:
        assert port.rows(PASSES) == [], "nobody knows yet what it answers"
        port.rows("update sw.task set made_at = %s", port.now - LATELY)
        answers(port, returned, second)
        await worked(port)
        assert port.rows(PASSES) == [], "looked for within minutes, not for ever"
        port.rows("update sw.task set made_at = %s", port.now)
        await worked(port)
    assert port.rows(PASSES) == [(ONE,), (TWO,)]
    assert port.rows("select distinct state from sw.task") == [("done",)]
    assert port.rows("select distinct dossiers from sw.gate_pass") == [([second],)]


async def test_a_corrected_importer_takes_the_place_of_the_first_and_opens_nothing_to_him(port: Port) -> None:
    returned = port.declare(partners=("customs",), viewers=(7, 108))
    await stands(port, returned, "customs", Outcome.RETURNED)
    await join(port, returned)
    second = again(port, viewers=(7, 107))
    answers(port, returned, second)
    await stands(port, second, "customs", Outcome.RELEASED, 5)
    assert port.rows(PASSES) == [(ONE,), (TWO,)]
    assert port.rows("select distinct dossiers from sw.gate_pass") == [([second],)]
    assert seen(port.database, 108, "select id from dossier") == [(returned,)]
    assert seen(port.database, 107, "select id from dossier") == [(second,)]
    assert seen(port.database, 7, "select dossier from task where kind = 'contradicts_dossier'") == [
        (second,)
    ]


async def test_only_where_a_draft_mends_something_is_anybody_kept_waiting(port: Port) -> None:
    returned, second = await numbered_anew(port)
    await stands(port, second, "customs", Outcome.RELEASED, 5)
    assert await locked(port) == 0, "contested, and nothing says that it was mended"
    answers(port, returned, second)
    assert await locked(port) == 1


async def locked(port: Port) -> int:
    """How many locks of coordination a look at what was asked lately takes."""
    held = "select count(*) from pg_locks where objid = 7700022 and pid = pg_backend_pid()"
    async with await port.database.connect("sw_engine") as connection, connection.cursor() as cursor:
        await lately(cursor, port.means)
        await cursor.execute(held)
        ((count,),) = await cursor.fetchall()
    return int(count)


async def test_a_number_that_another_firm_mends_away_is_contested(port: Port) -> None:
    returned, second = await numbered_anew(port)
    port.rows("update sw.document set party = 66 where submission_id = %s", second)
    answers(port, returned, second)
    await stands(port, second, "customs", Outcome.RELEASED, 5)
    assert port.rows(PASSES) == []


async def test_what_an_agency_holds_on_what_still_counts_is_for_a_person(port: Port) -> None:
    agencies = ("customs", "quarantine")
    returned = port.declare(partners=agencies, bill_number="CQXRETURN1")
    await stands(port, returned, "customs", Outcome.RETURNED)
    await stands(port, returned, "quarantine", Outcome.HOLD)
    second = again(port, partners=agencies, bill_number="CQX7")
    answers(port, returned, second)
    for agency in agencies:
        await stands(port, second, agency, Outcome.RELEASED, 5)
    assert port.rows(PASSES) == []


async def test_who_was_not_sent_the_second_keeps_the_first(port: Port) -> None:
    returned = port.declare(partners=("customs", "border"), bill_number="CQXRETURN1")
    await stands(port, returned, "customs", Outcome.RETURNED)
    await join(port, returned)
    second = again(port, bill_number="CQX7")
    answers(port, returned, second)
    await stands(port, second, "customs", Outcome.RELEASED, 5)
    assert port.rows(PASSES) == []

"""Released is not yet ready for pick-up: what a container waits for, who decides, and when it is over."""

from __future__ import annotations

from uuid import UUID

import pytest

from integration.hub.coordination.story import ONE, TWO, Yard, said
from integration.hub.coordination.test_claims import consignment, join, release, settle, told
from integration.hub.exchange.telling import boxed
from singlewindow.hub.coordination import facts
from singlewindow.kernel.messages import Order, Outcome

pytestmark = pytest.mark.database
FIRMS = (201, 202)


@pytest.fixture
def yard(yard: Yard) -> Yard:
    """A port with the operator of the platform and two importers in it."""
    return yard.joined_by(*FIRMS)


async def notices(yard: Yard, party: int) -> list[tuple[str, str, str]]:
    """Topic, shape and all the words of each notice of a party."""
    await boxed(yard)
    words = "concat_ws(' ', title_zh, detail_zh, title_en, detail_en)"
    return yard.rows(f"select topic, kind, {words} from sw.notice where party = %s order by position", party)


async def two(yard: Yard, lot: bool) -> tuple[UUID, UUID]:
    """Two consignments that name one container before either is released."""
    mine, theirs = consignment(yard, "MINE", 201, lot), consignment(yard, "THEIRS", 202, lot)
    await join(yard, mine, theirs)
    await release(yard, mine)
    await yard.work()
    return mine, theirs


async def test_a_release_of_a_contested_container_says_that_it_stays_and_who_decides(yard: Yard) -> None:
    mine, theirs = await two(yard, lot=False)
    (content,) = told(yard, 201, "release.issued")
    assert (content["waiting"], content["why"]) == ([ONE], "claimed")
    ((topic, shape, words),) = await notices(yard, 201)
    assert (topic, shape) == ("release_claimed", "hold")
    assert "由运行中心或海关核定" in words
    assert "the operator or customs decides" in words
    assert "可预约提箱" not in words
    assert "ready for pick-up" not in words
    await settle(yard, "platform", mine, ends=[theirs])
    topics = [topic for topic, *_ in await notices(yard, 201)]
    assert topics == ["release_claimed", "claim_settled", "pass_given"]
    assert [topic for topic, *_ in await notices(yard, 202)] == ["claim_ended"]


async def test_a_lot_learns_when_the_others_are_released_too(yard: Yard) -> None:
    _, theirs = await two(yard, lot=True)
    ((topic, shape, words),) = await notices(yard, 201)
    assert (topic, shape) == ("release_shared", "wait")
    assert "ready for pick-up" not in words
    await release(yard, theirs)
    await yard.work()
    assert [topic for topic, *_ in await notices(yard, 201)] == ["release_shared", "pass_given"]
    assert [topic for topic, *_ in await notices(yard, 202)] == ["release_issued"]
    assert told(yard, 201, "pass.given") == [{"number": ONE, "name": "MINE"}]
    assert told(yard, 202, "pass.given") == []


@pytest.mark.parametrize(("lot", "why"), [(False, "claimed"), (True, "shared")])
async def test_a_page_reads_why_there_is_no_pass_and_a_stranger_does_not(
    yard: Yard, lot: bool, why: str
) -> None:
    await two(yard, lot)
    ((key,),) = yard.rows("select key from sw.claimed_container")
    ask = "select key, why from passes_waited_for(%s)"
    for party in (201, yard.party["customs"]):
        with yard.web(party) as connection:
            assert connection.execute(ask, [[key]]).fetchall() == [(key, why)]
    with yard.web(999) as connection:
        assert connection.execute(ask, [[key]]).fetchall() == []


async def test_a_pass_in_force_is_not_told_of_again(yard: Yard) -> None:
    mine = consignment(yard, "MINE", 201, True, (ONE, TWO))
    theirs = consignment(yard, "THEIRS", 202, True)
    await join(yard, mine, theirs)
    for one in (theirs, mine):
        await release(yard, one)
        await yard.work()
    assert len(told(yard, 202, "pass.given")) == 1
    held = said("customs", Order.HOLD, TWO)
    await yard.receive(yard.answer(mine, "customs", Outcome.HOLD, 9, held))
    await yard.work()
    assert len(told(yard, 201, "release.revoked")) == 1
    assert len(told(yard, 201, "release.issued")) == 2, "its other container has a release of its own"
    assert len(told(yard, 202, "pass.given")) == 1


async def test_what_waits_for_nobody_is_ready(yard: Yard) -> None:
    await release(yard, consignment(yard, "MINE", 201))
    await yard.work()
    (content,) = told(yard, 201, "release.issued")
    assert not {"waiting", "why"} & content.keys()
    ((topic, _, words),) = await notices(yard, 201)
    assert topic == "release_issued"
    assert "可预约提箱" in words


async def test_a_shared_container_leaves_until_the_first_of_its_releases_ends(yard: Yard) -> None:
    mine, theirs = consignment(yard, "MINE", 201, True), consignment(yard, "THEIRS", 202, True)
    await join(yard, mine, theirs)
    await release(yard, mine)
    first = yard.now + facts.release_validity()
    yard.now += facts.release_validity() / 2
    await release(yard, theirs)
    await yard.work()
    assert yard.rows("select valid_until from sw.gate_pass") == [(first,)]
    second, yard.now = yard.now + facts.release_validity(), first
    yard.party["importer"] = 201
    assert (await yard.ask("importer", "renew_release", dossier=mine)).problems == ()
    assert yard.rows("select valid_until from sw.gate_pass") == [(second,)]
    assert len(told(yard, 202, "pass.given")) == 1, (
        "whose own release was in force all the time may leave again"
    )
    assert [topic for topic, *_ in await notices(yard, 201)][-1] == "release_renewed"


async def test_a_renewal_alone_does_not_free_a_container_whose_other_release_has_expired(yard: Yard) -> None:
    mine, theirs = consignment(yard, "MINE", 201, True), consignment(yard, "THEIRS", 202, True)
    await join(yard, mine, theirs)
    for one in (mine, theirs):
        await release(yard, one)
    yard.now += facts.release_validity()
    yard.party["importer"] = 201
    before = yard.verbs()
    assert (await yard.ask("importer", "renew_release", dossier=mine)).problems == ()
    assert yard.verbs()[len(before) :] == ["release.replaced", "release.issued", "release.ending"], (
        "nothing may leave yet, and the other hears why"
    )
    assert yard.rows("select valid_until <= %s from sw.gate_pass", yard.now) == [(True,)]


async def test_who_waits_for_others_hears_of_its_releases_end_too(yard: Yard) -> None:
    await two(yard, lot=True)
    yard.now += facts.release_validity() - facts.release_renewable()
    await yard.work()
    assert [said["containers"] for said in told(yard, 201, "release.ending")] == [[ONE]]


async def test_a_release_lost_with_a_claim_names_nobody_who_did_not_speak(yard: Yard) -> None:
    mine, theirs = consignment(yard, "MINE", 201), consignment(yard, "THEIRS", 202)
    await join(yard, mine, theirs)
    for one in (mine, theirs):
        await release(yard, one)
    await settle(yard, "platform", mine, ends=[theirs])
    (lost,) = told(yard, 202, "release.revoked")
    assert lost["agencies"] == []

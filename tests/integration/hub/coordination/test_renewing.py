"""A release that expires before the goods leave is issued anew, if all still release them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from integration.hub.coordination.story import AT, ONE, TWO, Yard, said
from integration.hub.dossier.declared import container
from singlewindow.hub.coordination import facts, gate, renewing
from singlewindow.hub.journal.asking import asking
from singlewindow.kernel.messages import Actor, Order, Outcome

pytestmark = pytest.mark.database
SEALS = {ONE: "DM884120", TWO: "DM884121"}
END = AT + facts.release_validity()
BROKER, FOREIGN = 107, 999


@pytest.fixture
async def yard(database: Any) -> Yard:
    """Both containers released, a fortnight ago."""
    yard = Yard(database)
    yard.party |= {"broker": BROKER, "foreign": FOREIGN}
    submission = yard.submission = yard.declare()  # type: ignore[attr-defined]
    agencies = ("customs", "quarantine")
    await yard.receive(*(yard.answer(submission, agency, Outcome.RELEASED) for agency in agencies))
    yard.now = END
    return yard


def out(yard: Yard, container: str = ONE) -> list[str]:
    party = yard.party["terminal"]
    with yard.web(party) as connection, connection.cursor() as cursor:
        actor, asked = Actor("person", "9", "卡口 02", party), {"plate": "渝D3Q7F1", "seal": SEALS[container]}
        verdict = gate.gate_out(actor, cursor, gate="3", container=container, at=yard.now, **asked)
    return [reason.code for reason in verdict.reasons]


async def renew(yard: Yard, office: str = "broker") -> list[str]:
    """The codes of what stood in the way."""
    dossier = yard.submission  # type: ignore[attr-defined]
    done = await yard.ask(office, "renew_release", dossier=dossier)
    return [problem.code for problem in done.problems]


def releases(yard: Yard) -> list[tuple[Any, ...]]:
    return yard.rows("select version, valid_until, revoked_for from sw.release order by version")


def told(yard: Yard, verb: str) -> list[dict[str, Any]]:
    rows = yard.rows("select content from sw.journal_entry where verb = %s order by id", verb)
    return [msgspec.json.decode(bytes(content)) for (content,) in rows]


async def test_an_expired_release_is_issued_anew_and_opens_the_gate_again(yard: Yard) -> None:
    await yard.work()
    assert out(yard) == ["G-24"]
    assert await renew(yard) == []
    assert releases(yard) == [(1, END, "renewed"), (2, END + facts.release_validity(), "")]
    assert out(yard) == []
    assert out(yard, TWO) == []


async def test_the_old_one_is_told_to_count_no_more_before_the_new_one_opens_the_gate(yard: Yard) -> None:
    await renew(yard)
    assert yard.verbs()[-4:] == ["release.replaced", "gate.cleared", "gate.cleared", "release.issued"]
    first, second = told(yard, "release.issued")
    (replaced,) = told(yard, "release.replaced")
    assert replaced["number"] == first["number"] != second["number"]
    assert replaced["containers"] == second["containers"] == sorted(SEALS)
    assert (first.get("change"), second["change"]) == (None, "renewed")
    assert yard.rows("select actor_party from sw.journal_entry where verb = 'release.replaced'") == [
        (BROKER,)
    ]


async def test_it_is_asked_for_from_three_days_before_and_not_earlier(yard: Yard) -> None:
    yard.now = END - facts.release_renewable() - timedelta(microseconds=1)
    assert await renew(yard) == ["release.not_ending"]
    assert len(releases(yard)) == 1
    yard.now = END - facts.release_renewable()
    assert await renew(yard) == []
    assert yard.rows("select valid_until, version from sw.gate_pass") == [
        (yard.now + facts.release_validity(), 2),
        (yard.now + facts.release_validity(), 2),
    ]
    assert "gate.cleared" not in yard.verbs(), "they were open all the time"
    assert await renew(yard) == ["release.not_ending"]


async def test_what_somebody_bars_is_not_released_again(yard: Yard) -> None:
    hold, yard.now = said("quarantine", Order.HOLD, ONE), AT
    await yard.receive(yard.answer(yard.submission, "quarantine", Outcome.HOLD, 5, hold))  # type: ignore[attr-defined]
    yard.now = END
    assert await renew(yard) == []
    assert out(yard, TWO) == []
    assert out(yard) == ["G-22", "G-21"]
    assert told(yard, "release.issued")[-1]["containers"] == [TWO]


async def test_what_has_left_gets_no_second_release(yard: Yard) -> None:
    yard.now = END - timedelta(seconds=1)
    await yard.work()
    assert out(yard) == []
    assert await renew(yard) == []
    assert told(yard, "release.issued")[-1]["containers"] == [TWO]
    assert out(yard) == ["G-23"]
    assert out(yard, TWO) == []
    yard.now += facts.release_validity()
    assert await renew(yard) == ["release.nothing_left"]


async def test_nobody_else_renews_nor_learns_of_it(yard: Yard) -> None:
    assert await renew(yard, "foreign") == ["consignment.unknown"]
    assert await renew(yard, "maritime") == ["consignment.unknown"]
    assert len(releases(yard)) == 1


async def test_who_waits_is_told_once_that_a_release_ends_of_what_is_still_here(yard: Yard) -> None:
    yard.now = END - facts.release_renewable() - timedelta(microseconds=1)
    await yard.work()
    assert out(yard) == []
    assert told(yard, "release.ending") == []
    yard.now += timedelta(microseconds=1)
    for _ in range(2):
        await yard.work()
    (first,) = told(yard, "release.issued")
    (said,) = told(yard, "release.ending")
    assert said["number"] == first["number"]
    assert (said["containers"], said["name"]) == ([TWO], first["name"])
    assert said["ends_at"] == END.isoformat().replace("+00:00", "Z")
    assert await renew(yard) == []
    yard.now += facts.release_validity()
    await yard.work()
    assert len(told(yard, "release.ending")) == 2, "the new one ends, too"


async def test_nobody_is_told_of_a_release_that_counts_no_more_or_of_what_has_left(yard: Yard) -> None:
    yard.now = AT
    box = [container("CSQU3054383")]
    revoked = yard.declare(bill_number="REVOKED", voyage_number="2599E", containers=box)
    counting = yard.declare(bill_number="COUNTING", voyage_number="2600E", containers=box)
    for submission in (revoked, counting):
        agencies = ("customs", "quarantine")
        await yard.receive(*(yard.answer(submission, agency, Outcome.RELEASED) for agency in agencies))
    await yard.receive(yard.answer(revoked, "customs", Outcome.HOLD, 5))
    await yard.work()
    assert out(yard) == out(yard, TWO) == []
    yard.now = END
    await yard.work()
    assert [said["name"] for said in told(yard, "release.ending")] == ["COUNTING"]


async def test_as_many_as_end_at_one_instant_are_all_told_of(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bound of a round does not part what ends together."""
    bounded = {name: text.replace("first 500", "first 1") for name, text in renewing._TIME.items()}
    monkeypatch.setattr(renewing, "_soon", asking(bounded))
    other = yard.declare(bill_number="CQX2511070387", voyage_number="2599E")
    third = yard.declare(bill_number="CQX2511070388", voyage_number="2600E")
    for seconds, submission in ((0, other), (1, third)):
        yard.now = AT + timedelta(seconds=seconds)
        agencies = ("customs", "quarantine")
        await yard.receive(*(yard.answer(submission, agency, Outcome.RELEASED) for agency in agencies))
    yard.now = END
    names = []
    for _ in range(3):
        await yard.work()
        names.append({said["name"] for said in told(yard, "release.ending")})
    assert names[0] == {"CQX2511070386", "CQX2511070387"}
    assert names[1] == names[2] == {"CQX2511070386", "CQX2511070387", "CQX2511070388"}

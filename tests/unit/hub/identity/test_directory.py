"""The directory's questions, against a plain search over the same rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singlewindow.hub.identity.directory import Directory, Mandate, Party, Snapshot, TokenRecord
from singlewindow.kernel.messages import Text

AT = datetime(2026, 11, 21, tzinfo=UTC)
NAME = Text("甲", "A")
days = st.dates(date(2026, 1, 1), date(2026, 1, 12))
numbers = st.integers(1, 3)
mandates = st.lists(
    st.builds(
        Mandate,
        id=st.integers(1, 1000),
        principal=numbers,
        agent=numbers,
        scope=st.sampled_from(["goods_declaration", "manifest"]),
        valid_from=days,
        valid_to=days,
    ),
    max_size=20,
)


def directory(**parts: list[object]) -> Directory:
    empty: dict[str, list[object]] = {"parties": [], "mandates": [], "tokens": []}
    return Directory(1, Snapshot(**{**empty, **parts}))  # type: ignore[arg-type]


@given(mandates, numbers, numbers, days)
def test_a_mandate_counts_for_its_agent_principal_kind_and_days(
    given_ones: list[Mandate], agent: int, principal: int, on: date
) -> None:
    found = directory(mandates=list(given_ones)).may_declare(agent, principal, "manifest", on)
    fitting = [
        each
        for each in given_ones
        if (each.agent, each.principal, each.scope) == (agent, principal, "manifest")
        and each.valid_from <= on <= each.valid_to
    ]
    assert found in fitting if fitting else found is None


def test_the_first_and_the_last_day_count() -> None:
    mandate = Mandate(1, 1, 2, "manifest", date(2026, 1, 2), date(2026, 1, 3))
    known = directory(mandates=[mandate])
    held = [known.may_declare(2, 1, "manifest", date(2026, 1, day)) is not None for day in (1, 2, 3, 4)]
    assert held == [False, True, True, False]
    assert known.may_declare(1, 2, "manifest", date(2026, 1, 2)) is None


def test_those_for_whom_an_agent_may_declare_are_known_while_it_may() -> None:
    parties = [Party(at, "firm", str(at), NAME) for at in (1, 2, 3)]
    first, last = date(2026, 1, 2), date(2026, 1, 3)
    held = [
        Mandate(1, 3, 1, "manifest", first, last),
        Mandate(2, 2, 1, "manifest", first, first),
        Mandate(3, 2, 1, "other", first, last),
        Mandate(4, 1, 2, "manifest", first, last),
    ]
    known = directory(parties=parties, mandates=held)
    assert [party.id for party in known.principals(1, "manifest", first)] == [2, 3]
    assert [party.id for party in known.principals(1, "manifest", last)] == [3]
    assert known.principals(1, "manifest", date(2026, 1, 4)) == []


def test_everybody_known_declares_for_themselves() -> None:
    known = directory(parties=[Party(1, "firm", "x", NAME)])
    mandate = known.may_declare(1, 1, "manifest", date(2026, 1, 1))
    assert mandate is not None
    assert mandate.id == 0
    assert known.may_declare(2, 2, "manifest", date(2026, 1, 1)) is None


@given(st.lists(st.builds(Party, st.integers(1, 50), st.just("firm"), st.text(max_size=4), st.just(NAME))))
def test_every_party_is_found_by_number_and_code(parties: list[Party]) -> None:
    known = directory(parties=list(parties))
    for party in parties:
        found, named = known.party(party.id), known.by_code(party.code)
        assert found is not None
        assert named is not None
        assert (found.id, named.code) == (party.id, party.code)


def test_absent_codes_find_nobody() -> None:
    known = directory(parties=[Party(1, "firm", "x", NAME)])
    assert known.by_partner("") is None


@pytest.mark.parametrize(("day", "expected"), [(30, 2), (31, 3)])
def test_a_merged_agency_hands_over_on_the_day(day: int, expected: int) -> None:
    parties = [
        Party(1, "agency", "a", NAME, merged_into=2, merged_from=date(2018, 4, 20)),
        Party(2, "agency", "b", NAME, merged_into=3, merged_from=date(2026, 12, 31)),
        Party(3, "agency", "c", NAME),
    ]
    found = directory(parties=list(parties)).in_charge(1, date(2026, 12, day))
    assert found is not None
    assert found.id == expected


def test_a_ring_of_merged_agencies_has_nobody_in_charge() -> None:
    ring = [Party(n, "agency", str(n), NAME, merged_into=3 - n, merged_from=date(2020, 1, 1)) for n in (1, 2)]
    assert directory(parties=list(ring)).in_charge(1, date(2026, 1, 1)) is None


def test_a_token_ends_at_its_instant() -> None:
    record = TokenRecord("ab" * 32, 1, "system", frozenset(), AT)
    known = directory(tokens=[record])
    key = bytes.fromhex(record.hash)
    assert known.token(key, AT - timedelta(microseconds=1)) == record
    assert known.token(key, AT) is None
    assert known.token(bytes(32), AT) is None

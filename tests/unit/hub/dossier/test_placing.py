"""Which dossier a document belongs to, and to whom that opens it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import combinations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from singlewindow.hub.dossier.facts import Facts
from singlewindow.hub.dossier.placing import Incoming, Index, Placement

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
JIA, DING, BROKER, SECOND = 1, 2, 7, 8
DECLARATION, MANIFEST = "goods_declaration", "manifest_bill"
NUMBERS = st.lists(st.sampled_from(["B1", "B2"]), min_size=1, unique=True)
OWNERS = st.sampled_from([JIA, DING])


def document(whose: int, by: int, *numbers: str, kind: str = DECLARATION) -> Incoming:
    """What a party hands in for one, itself or another."""
    keys = tuple(("bill", number, "") for number in numbers)
    said = Facts(bill_number=numbers[0])
    return Incoming(UUID(int=0), UUID(int=0), kind, AT, by, frozenset({whose, by}), said, keys)


def placed(documents: Iterable[Incoming]) -> list[Placement]:
    """One after another, each under ids of its own."""
    index, several = Index(), enumerate(documents, 1)
    numbered = (replace(one, submission_id=UUID(int=n), document_id=UUID(int=n)) for n, one in several)
    return [index.place(one) for one in numbered]


def readers(found: Sequence[Placement], dossier: UUID) -> set[int]:
    return {party for one in found if one.dossier == dossier and one.sees for party in one.document.viewers}


def declared(*agents: int) -> st.SearchStrategy[list[Incoming]]:
    """Declarations of two owners' goods by these agents, 0: by the owner."""
    made = st.builds(
        lambda whose, by, numbers: document(whose, by or whose, *numbers),
        OWNERS,
        st.sampled_from(agents),
        NUMBERS,
    )
    return st.lists(made, max_size=8)


@given(declared(0, BROKER, SECOND))
def test_a_shared_agent_alone_opens_nothing_to_the_other_principal(documents: list[Incoming]) -> None:
    found = placed(documents)
    for dossier in {one.dossier for one in found}:
        assert len(readers(found, dossier) & {JIA, DING}) == 1
        assert len({one.document.principals for one in found if one.dossier == dossier}) == 1


@given(declared(BROKER))
def test_where_two_principals_have_one_number_a_person_decides(documents: list[Incoming]) -> None:
    found = placed(documents)
    asked = {doubt.dossier for one in found for doubt in one.doubts if doubt.kind == "contradicts_dossier"}
    for one, other in combinations(found, 2):
        alike = set(one.document.numbers) & set(other.document.numbers)
        if alike and one.document.principals != other.document.principals:
            assert asked & {one.dossier, other.dossier}


@given(st.lists(st.sampled_from([JIA, BROKER, SECOND]), min_size=1))
def test_one_importers_parts_by_whichever_agent_are_one_consignment(agents: list[int]) -> None:
    found = placed(document(JIA, by, "B1") for by in agents)
    assert {(one.dossier, one.sees, one.doubts) for one in found} == {(found[0].dossier, True, ())}


def test_a_slip_in_one_number_of_two_leaves_it_with_its_own_and_asks() -> None:
    others, own, slip = placed(
        [document(JIA, BROKER, "B1"), document(DING, BROKER, "B2"), document(DING, BROKER, "B1", "B2")]
    )
    assert (slip.dossier, slip.sees) == (own.dossier, True)
    assert [(one.kind, one.dossier) for one in slip.doubts] == [("contradicts_dossier", own.dossier)]
    assert others.doubts == own.doubts == ()


def test_an_agents_own_goods_are_not_its_principals() -> None:
    own, others = placed([document(BROKER, BROKER, "B1"), document(JIA, BROKER, "B1")])
    assert own.dossier != others.dossier
    assert others.doubts


def test_another_kind_of_document_joins_whoever_handed_it_in() -> None:
    found = placed(
        [
            document(JIA, BROKER, "B1"),
            document(BROKER, BROKER, "B1", kind=MANIFEST),
            document(DING, SECOND, "B1", kind="arrival"),
            document(DING, BROKER, "B1", kind="stowage"),
        ]
    )
    assert {one.dossier for one in found} == {found[0].dossier}
    assert [one.sees for one in found] == [True, True, False, False]
    assert not any(one.doubts for one in found)


def test_an_agents_document_of_its_own_is_read_by_whom_it_declares_for() -> None:
    found = placed([document(BROKER, BROKER, "B1", kind=MANIFEST), document(JIA, BROKER, "B1")])
    assert (found[1].dossier, found[1].sees, found[1].doubts) == (found[0].dossier, True, ())


def test_a_strangers_document_bars_nobodys_own_of_its_kind() -> None:
    found = placed(
        [
            document(JIA, BROKER, "B1"),
            document(DING, DING, "B1", kind=MANIFEST),
            document(JIA, SECOND, "B1", kind=MANIFEST),
        ]
    )
    assert [(one.dossier == found[0].dossier, one.sees) for one in found] == [
        (True, True),
        (True, False),
        (True, True),
    ]

"""What several documents of one dossier say together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from singlewindow.hub.dossier import contents
from singlewindow.hub.dossier.contents import DOCUMENTS_MOST, Contents, Member
from singlewindow.hub.dossier.facts import Container, Facts

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
ID = UUID(int=1)


def member(hours: int, *boxes: Container, own: bool = True, counts: bool = True, **facts: str) -> Member:
    said = {"transport_mode": "2", "imo_number": "9999993", "voyage_number": "2511E"} | facts
    return Member(AT + timedelta(hours=hours), (7,), own, counts, Facts(**said, containers=boxes))


def together(dossier: UUID, members: Sequence[Member], calls: Mapping[str, str] = {}) -> Contents:
    """Calls are known by the documents' own keys, unless said otherwise."""
    return contents.together(dossier, members, calls)


def keys(found: Contents, kind: str = "container") -> set[str]:
    return {thing.key for thing in found.things if thing.kind == kind}


def box(number: str, seal: str = "", lot: str = "0") -> Container:
    return Container(number, seal, "1", lot)


def test_only_what_counts_is_in_it() -> None:
    found = together(ID, [member(0, box("A"), box("B"), counts=False), member(1, box("A"))])
    assert keys(found) == {"A@2/9999993/2511E"}
    assert found.corrected


def test_one_container_is_in_one_call_the_newest() -> None:
    found = together(ID, [member(1, box("A"), voyage_number="2512E"), member(0, box("A"), box("B"))])
    assert keys(found) == {"A@2/9999993/2512E", "B@2/9999993/2512E"}
    assert keys(found, "conveyance") == {found.call} == {"2/9999993/2512E"}
    assert not found.corrected


def test_a_call_goes_by_what_it_is_known_by() -> None:
    by_name = member(1, box("A"), imo_number="", conveyance_name="Yuan Yang 1")
    assert keys(together(ID, [by_name])) == {"A@2/YUANYANG1/2511E"}
    found = together(ID, [by_name], {"2/YUANYANG1/2511E": "2/9999993/2511E"})
    assert found.call == "2/9999993/2511E"
    assert keys(found, "conveyance") == {found.call}
    assert keys(found) == {"A@2/9999993/2511E"}


def test_the_newest_says_seal_and_load_and_what_it_leaves_out_an_older_says() -> None:
    old, new = member(0, box("A", "S1", "1"), terminal_code="T1"), member(1, box("A"), ship_agent_code="F")
    found = together(ID, [old, new])
    (thing,) = [one for one in found.things if one.kind == "container"]
    assert (thing.seal, thing.lot, thing.since) == ("S1", False, AT)
    assert (found.terminal, found.forwarder) == ("T1", "F")
    assert found.declared("a") == ["S1", ""]


def test_a_stranger_adds_and_changes_nothing() -> None:
    theirs = member(9, box("A", "X"), box("B"), own=False, voyage_number="9", terminal_code="T9")
    found = together(ID, [theirs, member(0, box("A", "S1"), terminal_code="T1")])
    assert (found.call, found.terminal) == ("2/9999993/2511E", "T1")
    assert {thing.number: thing.seal for thing in found.things if thing.kind == "container"} == {
        "A": "S1",
        "B": "",
    }


@given(order=st.permutations(range(4)))
def test_the_order_of_reading_makes_no_difference(order: list[int]) -> None:
    members = [
        member(0, box("A", "S1"), box("B"), counts=False),
        member(1, box("A", "S2", "1")),
        member(2, box("C"), own=False),
        member(3, box("B"), voyage_number="2512E"),
    ]
    said, expected = together(ID, [members[n] for n in order]), together(ID, members)
    assert sorted(said.things, key=repr) == sorted(expected.things, key=repr)
    assert (said.call, said.corrected) == (expected.call, True)


def test_the_bound_of_what_is_read_is_explicit() -> None:
    assert DOCUMENTS_MOST == 100

"""What somebody may read and do by the rows of their memberships."""

from __future__ import annotations

from typing import Any

from singlewindow.hub.identity.people import person_of


def row(party: int | None, *roles: str, once: bool = False) -> tuple[Any, ...]:
    return ("乙某", "en", "stamp", party, list(roles), None, once)


def test_they_act_for_the_first_and_read_for_each_by_the_rights_held_there() -> None:
    person = person_of(1, [row(10, "declarant"), row(20, "forwarder"), row(30, "importer")])
    assert person is not None
    assert (person.viewer.parties, person.party) == ((10, 20, 30), 10)
    assert person.viewer.under("declarations.read").parties == (10, 30)
    assert person.viewer.under("declarations.submit").parties == (10,)
    assert person.viewer.under("gate.read").parties == (20,)
    assert person.viewer.under("consignments.read") is person.viewer
    assert person.viewer.under("declarations.read").permissions == person.viewer.permissions


def test_what_is_held_in_a_party_by_two_ways_is_held_there() -> None:
    merged = [row(10, "declarant"), row(20, "forwarder"), row(20, "importer")]
    person = person_of(1, merged)
    assert person is not None
    assert person.viewer.under("declarations.read") is person.viewer


def test_nobody_is_somebody_without_rows_and_reads_nothing_with_a_password_for_once() -> None:
    assert person_of(1, []) is None
    person = person_of(1, [row(10, "declarant", once=True)])
    assert person is not None
    assert person.viewer.parties == person.viewer.under("declarations.read").parties == ()

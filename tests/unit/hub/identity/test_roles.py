"""The book of roles and permissions this release ships, and what it refuses."""

from __future__ import annotations

import pytest

from singlewindow.hub.identity import seed
from singlewindow.hub.identity.roles import book, read
from singlewindow.kernel.codes import uscc


def test_everything_is_named_in_both_languages() -> None:
    names = [*book().permissions.values(), *(role.name for role in book().roles.values())]
    assert all(name.zh and name.en for name in names)


def test_every_permission_is_held_by_a_role() -> None:
    assert book().held(book().roles) == book().permissions.keys()


def test_rights_are_those_of_the_roles_held_and_unknown_roles_give_none() -> None:
    held = book().held(["gatekeeper", "auditor", "gone"])
    assert {"gate.operate", "journal.read"} <= held
    assert "declarations.submit" not in held
    assert book().held([]) == frozenset()


def test_a_role_cannot_hold_what_is_no_permission() -> None:
    permissions = "permissions: {a.read: {zh: 看, en: Read}}"
    text = permissions + "\nroles: {x: {name: {zh: 甲, en: X}, permissions: [b.read]}}"
    with pytest.raises(ValueError, match=r"b\.read"):
        read(text)


def test_the_demonstration_uses_known_roles_and_well_formed_codes() -> None:
    facts = seed.facts()
    codes = {party["code"] for party in facts["parties"]}
    firms = {code for code in codes if not code.islower()}
    assert [problem for code in firms if (problem := uscc.check(code))] == []
    assert all("DEM0" in code for code in firms)
    assert {role for person in facts["people"] for role in person["roles"]} <= book().roles.keys()
    assert {person["party"] for person in facts["people"]} <= codes
    assert {scope for token in facts["tokens"] for scope in token["scopes"]} <= book().permissions.keys()

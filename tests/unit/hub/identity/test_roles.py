"""The book of roles and permissions this release ships, and what it refuses."""

from __future__ import annotations

from datetime import date

import pytest

import plain_django  # noqa: F401 - before what needs it
from singlewindow.hub.identity import seed
from singlewindow.hub.identity.roles import book, read
from singlewindow.kernel.codes import uscc
from singlewindow.server import openapi


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


def test_a_token_may_be_allowed_whatever_the_api_asks_for() -> None:
    needed = {
        operation["x-scope"]
        for operations in openapi.document(date(2026, 11, 21))["paths"].values()
        for operation in operations.values()
        if "x-scope" in operation
    }
    assert needed == set(book().programs)
    kinds = {kind for role in book().roles.values() for kind in role.kinds}
    assert needed - {scope for kind in kinds for scope in book().for_programs(kind)} == set()
    assert "gate.operate" not in book().for_programs("firm")
    assert "instructions.give" not in book().for_programs("operator")


def test_every_role_reads_the_message_box_for_its_people_do_once_signed_in() -> None:
    assert [name for name, role in book().roles.items() if "notices.read" not in role.permissions] == []


def test_the_demonstration_offers_every_scope_of_a_firm_to_its_system() -> None:
    token = next(one for one in seed.facts()["tokens"] if one["secret"] == "token")
    firms = {name for name in book().for_programs("firm") if not name.startswith("gate.")}
    assert set(token["scopes"]) == firms


def test_the_demonstration_allows_each_program_what_its_party_may_be_allowed() -> None:
    kinds = {party["code"]: party["kind"] for party in seed.facts()["parties"]}
    for token in seed.facts()["tokens"]:
        assert set(token["scopes"]) <= set(book().for_programs(kinds[token["party"]])), token["name"]
    assert len(set(seed.token_names())) == len(seed.facts()["tokens"])


def test_the_demonstration_uses_known_roles_and_well_formed_codes() -> None:
    facts = seed.facts()
    codes = {party["code"] for party in facts["parties"]}
    firms = {code for code in codes if not code.islower()}
    assert [problem for code in firms if (problem := uscc.check(code))] == []
    assert all("DEM0" in code for code in firms)
    assert {role for person in facts["people"] for role in person["roles"]} <= book().roles.keys()
    assert {person["party"] for person in facts["people"]} <= codes
    assert {scope for token in facts["tokens"] for scope in token["scopes"]} <= book().permissions.keys()

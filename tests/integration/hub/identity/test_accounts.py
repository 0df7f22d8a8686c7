"""A party keeps its own people, tokens and mandates, and sees nobody else's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.test import Client

from singlewindow.hub.identity import mandates, own, queries, staff, tokens
from singlewindow.hub.identity.declined import Declined
from singlewindow.hub.identity.directory import Directory, load
from singlewindow.kernel.messages import Actor, Viewer

from .conftest import PASSWORD, World

pytestmark = pytest.mark.database

AT = datetime.now(UTC)
TODAY = AT.date()
HEAD = "party_administrator"


def actor(world: World, party: int | None = None, person: int | None = None) -> Actor:
    return Actor("person", str(person or world.broker), "管理员", party or world.yi)


def viewer(party: int) -> Viewer:
    return Viewer((party,), frozenset({"identity.read"}), party=party)


def promoted(world: World, *roles: str) -> None:
    """Give 乙's one person other roles."""
    given = "{" + ",".join(roles) + "}"
    world.database.execute("sw_engine", "update membership set roles = %s", given)


def admitted(
    world: World, login: str = "new.person", roles: tuple[str, ...] = ("declarant",)
) -> tuple[int, str]:
    """Somebody new in 乙: their number and their password for one sign-in."""
    with world.serving(world.yi) as cursor:
        given = {"login": login, "name": "新人", "language": "en", "roles": roles}
        password = staff.admit(actor(world), cursor, **given, at=AT)
        found = [one.id for one in queries.people(viewer(world.yi), cursor) if one.login == login]
    return found[0], password


def declined(work: Callable[[], object]) -> set[str]:
    with pytest.raises(Declined) as caught:
        work()
    assert all(problem.text.zh and problem.text.en for problem in caught.value.problems)
    return {problem.code for problem in caught.value.problems}


def verbs(world: World) -> list[Any]:
    return [
        row[0] for row in world.database.execute("sw_engine", "select verb from journal_entry order by id")
    ]


def directory(world: World) -> Any:
    return world.database.connect("sw_intake")


def test_a_stranger_sees_no_people_tokens_or_mandates(world: World) -> None:
    admitted(world)
    with world.serving(world.yi) as cursor:
        given = {"name": "erp", "scopes": ["declarations.read"], "valid_to": None}
        tokens.issue(actor(world), cursor, **given, at=AT, token=tokens.new_token())
    with world.serving(world.jia) as cursor:
        for party in (world.jia, world.yi):  # its own questions, and questions about the other
            asked = viewer(party)
            assert queries.people(asked, cursor) == []
            assert queries.tokens(asked, cursor) == []
            assert queries.mandates(asked, cursor) == []
    with world.serving(world.yi) as cursor:
        assert {one.login for one in queries.people(viewer(world.yi), cursor)} == {"yi", "new.person"}
        assert [one.name for one in queries.tokens(viewer(world.yi), cursor)] == ["erp"]


def test_a_stranger_changes_nothing_of_another_partys(world: World) -> None:
    person, _ = admitted(world)
    stranger = actor(world, world.yi)  # claims to act for 乙, but the transaction reads for 甲
    with world.serving(world.jia) as cursor:
        for verb in (staff.deactivate, staff.reset_password, staff.reactivate):
            with pytest.raises(LookupError):
                verb(stranger, cursor, person=person, at=AT)
    with world.serving(world.jia) as cursor:
        cursor.execute("select roles_given(%s, %s, '{gatekeeper}')", [world.yi, person])
        assert cursor.fetchone() == (None,)
    rows = world.database.execute("sw_engine", "select roles from membership where person_id = %s", person)
    assert rows == [(["declarant"],)]


def test_somebody_admitted_signs_in_once_and_must_choose_a_password(world: World, site: Client) -> None:
    _, password = admitted(world)
    answer = site.post("/sign-in", {"login": "new.person", "password": password, "next": "/who"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/me")
    assert site.get("/who").headers["Location"] == "/accounts/me"
    assert site.get("/manage").headers["Location"] == "/accounts/me"
    assert site.get("/who", headers={"HX-Request": "true"}).status_code == 204  # not a page in a page
    form = {"old": password, "new": "a long one of my own", "again": "a long one of my own"}
    assert site.post("/accounts/me/password", form).headers["Location"] == "/"
    assert site.get("/who").json()["viewers"] == f"{{{world.yi}}}"
    assert verbs(world) == ["person.admitted", "person.password_changed"]


def test_a_password_for_one_sign_in_ends(world: World, site: Client) -> None:
    _, password = admitted(world)
    past = AT - timedelta(seconds=1)
    world.database.execute(
        "sw_engine", "update person set password_until = %s where login = 'new.person'", past
    )
    assert site.post("/sign-in", {"login": "new.person", "password": password}).status_code == 422


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({"login": "X"}, {"accounts.login_form"}),
        ({"name": "\n"}, {"accounts.name_form"}),
        ({"roles": []}, {"accounts.no_role"}),
        ({"roles": ["administrator"]}, {"accounts.role_not_offered"}),
        ({"login": "", "name": "", "roles": ["officer"]},
         {"accounts.login_form", "accounts.name_form", "accounts.role_not_offered"}),
        ({"login": "yi0"}, set()),
        ({"login": "taken"}, {"accounts.login_taken"}),
    ],
)  # fmt: skip
def test_everything_wrong_about_a_new_person_is_said_at_once(
    world: World, given: dict[str, Any], codes: set[str]
) -> None:
    admitted(world, "taken")
    full = {"login": "abc", "name": "某", "language": "en", "roles": ["declarant"]} | given
    with world.serving(world.yi) as cursor:
        if codes:
            assert declined(lambda: staff.admit(actor(world), cursor, **full, at=AT)) == codes
        else:
            assert staff.admit(actor(world), cursor, **full, at=AT)


def test_the_last_administrator_stays(world: World) -> None:
    promoted(world, HEAD)
    other, _ = admitted(world, "deputy")
    me, him = world.broker, actor(world, person=other)
    with world.serving(world.yi) as cursor:
        demote = {"person": me, "roles": ["declarant"], "at": AT}
        assert declined(lambda: staff.give_roles(actor(world), cursor, **demote)) == {
            "accounts.last_administrator"
        }
        assert declined(lambda: staff.deactivate(him, cursor, person=me, at=AT)) == {
            "accounts.last_administrator"
        }
        assert declined(lambda: staff.deactivate(actor(world), cursor, person=me, at=AT)) == {
            "accounts.own_account"
        }
        staff.give_roles(actor(world), cursor, person=other, roles=[HEAD, "declarant"], at=AT)
        staff.give_roles(him, cursor, **demote)
        assert declined(
            lambda: staff.give_roles(actor(world), cursor, person=other, roles=["declarant"], at=AT)
        ) == {"accounts.last_administrator"}


def test_an_administrator_whose_first_password_ran_out_does_not_count(world: World) -> None:
    promoted(world, HEAD)
    admitted(world, "deputy", (HEAD,))
    world.database.execute("sw_engine", "update person set password_until = now() where login = 'deputy'")
    with world.serving(world.yi) as cursor:
        demote = {"person": world.broker, "roles": ["declarant"], "at": AT}
        assert declined(lambda: staff.give_roles(actor(world), cursor, **demote)) == {
            "accounts.last_administrator"
        }


def test_two_administrators_cannot_remove_each_other_at_once(world: World) -> None:
    promoted(world, HEAD)
    other, _ = admitted(world, "deputy", (HEAD,))
    refused: list[set[str]] = []

    def second() -> None:
        with world.serving(world.yi) as cursor:
            work = lambda: staff.deactivate(actor(world, person=other), cursor, person=world.broker, at=AT)  # noqa: E731
            refused.append(declined(work))

    with world.serving(world.yi) as cursor:
        staff.deactivate(actor(world), cursor, person=other, at=AT)
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive()  # the second waits for the first, and then sees what it did
    waiting.join(10)
    assert refused == [{"accounts.last_administrator"}]


def test_somebody_deactivated_is_a_stranger_at_once_and_comes_back(world: World, site: Client) -> None:
    promoted(world, HEAD)
    other, _ = admitted(world, "deputy", (HEAD,))
    site.post("/sign-in", {"login": "yi", "password": PASSWORD})
    assert site.get("/who").json()["party"] == world.yi
    with world.serving(world.yi) as cursor:
        staff.deactivate(actor(world, person=other), cursor, person=world.broker, at=AT)
    assert site.get("/who").json()["party"] == 0
    assert site.post("/sign-in", {"login": "yi", "password": PASSWORD}).status_code == 422
    with world.serving(world.yi) as cursor:
        staff.reactivate(actor(world, person=other), cursor, person=world.broker, at=AT)
    assert site.post("/sign-in", {"login": "yi", "password": PASSWORD}).status_code == 302
    assert verbs(world)[-2:] == ["person.deactivated", "person.reactivated"]


def test_who_belongs_to_another_party_too_keeps_their_password(world: World) -> None:
    person, _ = admitted(world)
    world.database.execute(
        "sw_engine", "insert into membership values (%s, %s, '{importer}')", person, world.jia
    )
    with world.serving(world.yi) as cursor:
        assert declined(lambda: staff.reset_password(actor(world), cursor, person=person, at=AT)) == {
            "accounts.shared"
        }
        cursor.execute("select password_given(%s, %s, 'x', now())", [world.yi, person])
        assert cursor.fetchone() == (None,)
        staff.deactivate(actor(world), cursor, person=person, at=AT)
    rows = world.database.execute("sw_web", "select party from person_parties(%s)", person)
    assert rows == [(world.jia,)]  # they left one party, not the platform


def test_a_new_password_ends_the_sessions_opened_before(world: World, site: Client) -> None:
    site.post("/sign-in", {"login": "yi", "password": PASSWORD})
    with world.serving(world.yi) as cursor:
        password = staff.reset_password(actor(world), cursor, person=world.broker, at=AT)
    assert site.get("/who").json()["party"] == 0
    again = site.post("/sign-in", {"login": "yi", "password": password})
    assert again.headers["Location"] == "/accounts/me"


def test_a_language_is_chosen_and_told_once(world: World) -> None:
    for _ in range(2):
        with world.serving(world.yi) as cursor:
            own.choose_language(actor(world), cursor, language="zh-hans", at=AT)
    assert verbs(world) == ["person.language_chosen"]
    with world.serving(world.yi) as cursor, pytest.raises(ValueError, match="fr"):
        own.choose_language(actor(world), cursor, language="fr", at=AT)


async def test_a_mandate_binds_when_the_agent_has_accepted_it(world: World) -> None:
    last = TODAY + timedelta(days=30)

    async def binding() -> bool:
        async with await directory(world) as connection:
            known: Directory = await load(connection)
        return known.may_declare(world.yi, world.jia, "goods_declaration", TODAY) is not None

    code = "91500105MADEM0Y2X3"
    with world.serving(world.jia) as cursor:
        given = {"agent": code, "scope": "goods_declaration", "valid_from": TODAY, "valid_to": last}
        number = mandates.offer(actor(world, world.jia), cursor, **given, today=TODAY, at=AT)
    assert not await binding()
    with world.serving(world.jia) as cursor, pytest.raises(LookupError):  # not for its agent
        mandates.accept(actor(world, world.jia), cursor, mandate=number, at=AT)
    with world.serving(world.yi) as cursor:
        (line,) = queries.mandates(viewer(world.yi), cursor)
        assert (line.state(TODAY), line.code, line.other.en) == ("offered", "91500112MADEM0A1XL", "Jia")
        mandates.accept(actor(world), cursor, mandate=number, at=AT)
    assert await binding()
    with world.serving(world.jia) as cursor:
        mandates.end(actor(world, world.jia), cursor, mandate=number, at=AT)
        assert [line.state(TODAY) for line in queries.mandates(viewer(world.jia), cursor)] == ["revoked"]
    assert not await binding()
    told = world.database.execute("sw_engine", "select verb, viewers from journal_entry order by id")
    both = sorted([world.jia, world.yi])
    assert told == [("mandate.offered", both), ("mandate.accepted", both), ("mandate.revoked", both)]


def offered(world: World, first: int, last: int) -> int:
    """The number of an offer that holds from so many days on to so many."""
    days = {"valid_from": TODAY + timedelta(days=first), "valid_to": TODAY + timedelta(days=last)}
    with world.serving(world.jia) as cursor:
        given = {"agent": "91500105MADEM0Y2X3", "scope": "goods_declaration", **days}
        return mandates.offer(actor(world, world.jia), cursor, **given, today=TODAY, at=AT)


def accepted(world: World, number: int) -> None:
    with world.serving(world.yi) as cursor:
        mandates.accept(actor(world), cursor, mandate=number, at=AT)


def test_an_offer_is_accepted_once_and_never_after_it_was_taken_back(world: World) -> None:
    number = offered(world, 0, 30)
    with world.serving(world.jia) as cursor:
        mandates.end(actor(world, world.jia), cursor, mandate=number, at=AT)
    with pytest.raises(LookupError):
        accepted(world, number)
    accepted(world, again := offered(world, 0, 30))
    with pytest.raises(LookupError):
        accepted(world, again)


def test_mandates_follow_one_another_and_do_not_overlap(world: World) -> None:
    offered(world, 0, 30)
    assert offered(world, 31, 60)
    with pytest.raises(Declined) as refused:
        offered(world, 60, 61)
    assert [problem.code for problem in refused.value.problems] == ["accounts.mandate_overlaps"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"agent": "91500112MADEM0A1XL"}, "accounts.agent_oneself"),
        ({"agent": "91500112MADEM0T1XF"}, "accounts.agent_unknown"),
        ({"scope": "everything"}, "accounts.scope_unknown"),
        ({"valid_from": None}, "accounts.dates_missing"),
        ({"valid_to": date(2020, 1, 1)}, "accounts.dates_order"),
        ({"valid_to": date(TODAY.year + 11, 1, 1)}, "accounts.dates_long"),
    ],
)
def test_a_mandate_that_cannot_be_is_refused_with_its_reason(
    world: World, given: dict[str, Any], code: str
) -> None:
    full = {
        "agent": "91500105MADEM0Y2X3",
        "scope": "goods_declaration",
        "valid_from": TODAY,
        "valid_to": TODAY + timedelta(days=1),
    } | given
    with world.serving(world.jia) as cursor:
        work = actor(world, world.jia)
        assert declined(lambda: mandates.offer(work, cursor, **full, today=TODAY, at=AT)) == {code}


def test_the_same_mandate_is_offered_once(world: World) -> None:
    given = {
        "agent": "91500105MADEM0Y2X3",
        "scope": "goods_declaration",
        "valid_from": TODAY,
        "valid_to": TODAY,
        "today": TODAY,
        "at": AT,
    }
    with world.serving(world.jia) as cursor:
        mandates.offer(actor(world, world.jia), cursor, **given)
        work = actor(world, world.jia)
        assert declined(lambda: mandates.offer(work, cursor, **given)) == {"accounts.mandate_overlaps"}


def test_a_strangers_mandate_is_nobodys_to_answer(world: World) -> None:
    world.database.execute(
        "sw_engine",
        "insert into mandate (principal, agent, scope, valid_from, valid_to, accepted_at)"
        " values (%s, %s, 'goods_declaration', current_date, current_date, null)",
        world.jia,
        world.yi,
    )
    (number,) = world.database.execute("sw_engine", "select id from mandate")[0]
    with world.serving(world.customs) as cursor:
        for verb in (mandates.accept, mandates.end):
            with pytest.raises(LookupError):
                verb(actor(world, world.yi), cursor, mandate=number, at=AT)


def test_one_name_one_token_in_force(world: World) -> None:
    made = []
    for _ in range(2):
        with world.serving(world.yi) as cursor:
            given = {"name": "erp", "scopes": ["declarations.read"], "valid_to": None}
            made.append(tokens.issue(actor(world), cursor, **given, at=AT, token=tokens.new_token()))
    assert made[0] is not None
    assert made[1] is None


def test_pages_cannot_touch_the_tables_themselves(world: World) -> None:
    for statement in (
        "insert into membership values (1, 1, '{administrator}')",
        "update api_token set revoked_at = null",
        "update mandate set accepted_at = now()",
        "update person set active = true",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            world.database.execute("sw_web", statement)

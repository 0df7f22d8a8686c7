"""A session that somebody put into a browser, kept or copied is worth nothing once its life has ended."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from singlewindow.hub.identity import own, staff
from singlewindow.kernel import clock
from singlewindow.kernel.messages import Actor

from .conftest import PASSWORD, World

pytestmark = pytest.mark.database
FRESH = "another horse, another staple"


def signed_in(login: str = "yi", password: str = PASSWORD) -> Client:
    """One more browser of somebody."""
    site = Client(raise_request_exception=False)
    assert site.post("/sign-in", {"login": login, "password": password}).status_code == 302
    return site


def with_cookies(site: Client) -> Client:
    """Another browser with what was copied out of this one."""
    other = Client(raise_request_exception=False)
    for name in ("sw_session", "csrftoken"):
        if name in site.cookies:
            other.cookies[name] = site.cookies[name].value
    return other


def who(site: Client) -> str | None:
    name: str | None = site.get("/who").json()["actor"]
    return name


def sessions(world: World) -> int:
    ((count,),) = world.database.execute("sw_web", "select count(*) from session")
    return int(count)


def test_a_session_of_ones_own_put_into_anothers_browser_does_not_become_theirs(
    site: Client, world: World
) -> None:
    planted = with_cookies(signed_in())
    site.cookies["sw_session"] = planted.cookies["sw_session"].value
    assert site.post("/sign-in", {"login": "yi", "password": PASSWORD}).status_code == 302
    assert site.cookies["sw_session"].value != planted.cookies["sw_session"].value
    assert (who(site), who(planted)) == ("乙某", None)


def test_a_copy_of_a_session_ends_with_it(site: Client, world: World) -> None:
    first, second = signed_in(), signed_in()
    copy = with_cookies(first)
    assert (who(copy), sessions(world)) == ("乙某", 2)
    first.post("/sign-out")
    assert (who(copy), who(second), sessions(world)) == (None, "乙某", 1)


def actor(world: World) -> Actor:
    return Actor("person", str(world.broker), "乙某", world.yi)


def changed_by_oneself(world: World) -> None:
    with world.serving(world.yi) as cursor:
        given = {"old": PASSWORD, "new": FRESH, "again": FRESH, "at": clock.now()}
        own.change_password(actor(world), cursor, **given)


def reset(world: World) -> None:
    with world.serving(world.yi) as cursor:
        staff.reset_password(actor(world), cursor, person=world.broker, at=clock.now())


def deactivated(world: World) -> None:
    world.database.execute("sw_engine", "update person set active = false")


@pytest.mark.parametrize("ended", [changed_by_oneself, reset, deactivated])
def test_everywhere_at_once_sessions_end(world: World, site: Client, ended: Callable[[World], None]) -> None:
    browsers = [signed_in(), signed_in()]
    browsers += [with_cookies(each) for each in browsers]
    ended(world)
    assert [who(each) for each in browsers] == [None] * 4
    assert sessions(world) == 0


def test_nothing_brings_an_ended_session_back(world: World, site: Client) -> None:
    kept = signed_in()
    copy = with_cookies(kept)
    deactivated(world)
    assert who(copy) is None
    world.database.execute("sw_engine", "update person set active = true")
    assert [who(each) for each in (kept, copy)] == [None, None]


def test_a_token_of_forms_from_before_is_refused_after(world: World, site: Client) -> None:
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.get("/sign-in")
    before = strict.cookies["csrftoken"].value
    entry = {"login": "yi", "password": PASSWORD}
    assert strict.post("/sign-in", entry, headers={"x-csrftoken": before}).status_code == 302
    after = strict.cookies["csrftoken"].value
    assert after != before
    assert strict.post("/sign-out", headers={"x-csrftoken": before}).status_code == 403
    assert who(strict) == "乙某"
    assert strict.post("/sign-out", headers={"x-csrftoken": after}).status_code == 302

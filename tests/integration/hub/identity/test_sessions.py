"""Signing in, and what a request then sees: through Django, over PostgreSQL."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.test import AsyncClient, Client, RequestFactory

from singlewindow.hub.identity import devices, pace, pages, passwords, refusals, sessions, staff, tokens
from singlewindow.hub.identity.directory import LiveDirectory
from singlewindow.hub.identity.pages import REFUSED
from singlewindow.hub.identity.routes import undeclared
from singlewindow.hub.identity.session_store import digest
from singlewindow.kernel import clock
from singlewindow.kernel.messages import Actor

from .conftest import PASSWORD, World

pytestmark = pytest.mark.database

TOKEN = tokens.new_token(lambda count: b"\x07" * count)
ORIGINS = "select origin from sw.sign_in_failure"


def sign_in(site: Client, password: str = PASSWORD, **fields: str) -> Any:
    return site.post("/sign-in", {"login": "yi", "password": password, **fields})


def who(site: Client, **headers: str) -> dict[str, Any]:
    answer: dict[str, Any] = site.get("/who", headers=headers).json()
    return answer


def test_nobody_sees_only_what_is_public(site: Client) -> None:
    seen = who(site)
    assert seen["viewers"] == "{}"
    assert seen["parties"] == ["Customs"]
    assert seen["actor"] is None
    assert seen["in_transaction"] is True


def test_somebody_signed_in_sees_for_their_parties_in_their_language(site: Client, world: World) -> None:
    assert sign_in(site, next="/declarations").url == "/declarations"
    seen = who(site)
    assert seen["viewers"] == f"{{{world.yi}}}"
    assert seen["parties"] == ["Customs", "Yi"]
    assert (seen["actor"], seen["party"], seen["language"]) == ("乙某", world.yi, "en")
    assert site.get("/declarations").content == b"declarations"


def test_the_language_chosen_for_a_browser_wins(site: Client) -> None:
    sign_in(site)
    assert site.get("/language/zh-hans?next=/who").url == "/who"
    assert who(site)["language"] == "zh-hans"
    assert site.get("/language/fr").status_code == 404


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(site: Client, target: str) -> None:
    assert sign_in(site, next=target).url == "/"


def test_the_session_key_changes_and_only_its_digest_is_stored(site: Client, world: World) -> None:
    site.cookies["sw_session"] = "a" * 32
    sign_in(site)
    key = site.cookies["sw_session"].value
    assert key != "a" * 32
    assert world.database.execute("sw_web", "select key from session") == [(digest(key),)]


def test_what_was_in_the_browser_before_signing_in_is_worth_nothing_after(site: Client, world: World) -> None:
    site.get("/sign-in")
    before = site.cookies["csrftoken"].value
    sign_in(site)
    first, after = site.cookies["sw_session"].value, site.cookies["csrftoken"].value
    assert after != before
    sign_in(site)
    assert site.cookies["sw_session"].value != first, "signed in again is another session"
    assert site.cookies["csrftoken"].value != after
    assert world.database.execute("sw_web", "select count(*) from session") == [(1,)]


def test_wrong_unknown_and_locked_are_one_answer(site: Client, world: World) -> None:
    refused = [*(sign_in(site, "wrong") for _ in range(5)), sign_in(site)]
    refused.append(site.post("/sign-in", {"login": "nobody", "password": PASSWORD}))
    assert {response.status_code for response in refused} == {422}
    shown = {response.content.rpartition(b">")[2].partition(b"|")[0] for response in refused}
    assert shown == {REFUSED.text.en.encode()}
    assert {"sw_session", "sw_device"} & site.cookies.keys() == set()
    counted = "select origin, failures from sw.sign_in_failure order by failures, origin"
    assert world.database.execute("postgres", counted) == [("anywhere", 5), ("unknown", 5)]


def test_strangers_who_guess_lock_out_no_device_that_has_signed_in_before(site: Client, world: World) -> None:
    sign_in(site)
    site.post("/sign-out")
    stranger = Client(raise_request_exception=False)
    for _ in range(5):
        sign_in(stranger, "wrong")
    assert sign_in(stranger).status_code == 422  # from there it is locked, right password or not
    assert sign_in(site).status_code == 302
    assert sign_in(stranger).status_code == 422


def test_somebody_else_on_ones_device_is_a_stranger(site: Client, world: World) -> None:
    sign_in(site)
    site.post("/sign-out")
    for _ in range(6):
        site.post("/sign-in", {"login": "nobody", "password": "x"})
    world.database.execute("sw_engine", "update person set login = 'other'")
    add = "insert into person (login, name, password_hash) select 'yi', '丙某', password_hash from person"
    world.database.execute("sw_engine", add)
    sign_in(site, "wrong")
    seen = "select distinct person_id, origin from sw.sign_in_failure where origin <> 'anywhere'"
    other = world.database.execute("sw_engine", "select id from person where login = 'yi'")[0][0]
    assert world.database.execute("postgres", seen) == [(other, "unknown")]


def test_a_device_is_one_no_more_when_the_password_has_changed(site: Client, world: World) -> None:
    sign_in(site)
    site.post("/sign-out")
    kept = site.cookies["sw_device"].value
    with world.serving(world.yi) as cursor:
        given = staff.reset_password(
            Actor("person", "99", "管理员", world.yi), cursor, person=world.broker, at=clock.now()
        )
    sign_in(site, "wrong")
    assert "unknown" in {row[0] for row in world.database.execute("postgres", ORIGINS)}
    sign_in(site, given)
    assert site.cookies["sw_device"].value != kept


def test_the_cookie_of_a_device_is_out_of_reach_of_scripts_and_other_sites(site: Client) -> None:
    cookie = sign_in(site).cookies["sw_device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert int(cookie["max-age"]) == devices.KEPT_FOR.total_seconds()


def test_tries_are_counted_where_the_entrance_says_they_come_from(site: Client, world: World) -> None:
    request: Any = RequestFactory().post("/sign-in", {"login": "yi", "password": "wrong"})
    request.scope, request.person, request._dont_enforce_csrf_checks = {pace.FROM: "198.51.100.7"}, None, True
    assert pages.sign_in(request).status_code == 422
    assert ("198.51.100.7",) in world.database.execute("postgres", ORIGINS)


def test_a_withdrawn_membership_counts_from_the_next_request_on(site: Client, world: World) -> None:
    sign_in(site)
    world.database.execute("sw_engine", "delete from membership")
    assert who(site)["parties"] == ["Customs"]
    assert site.get("/declarations").status_code == 404


@pytest.mark.parametrize("change", ["active = false", "password_hash = password_hash || 'x'"])
def test_a_person_deactivated_or_with_a_new_password_is_signed_out(
    site: Client, world: World, change: str
) -> None:
    sign_in(site)
    world.database.execute("sw_engine", f"update person set {change}")
    assert who(site)["actor"] is None
    assert world.database.execute("sw_web", "select count(*) from session") == [(0,)]


@pytest.mark.parametrize("gone", [sessions.IDLE, sessions.LONGEST])
def test_sessions_end_when_idle_and_when_old(
    site: Client, monkeypatch: pytest.MonkeyPatch, gone: timedelta
) -> None:
    sign_in(site)
    later = clock.now() + gone + timedelta(seconds=1)
    monkeypatch.setattr(sessions, "now", lambda: later)
    assert who(site)["actor"] is None


def test_requests_keep_a_session_from_being_idle(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(site)
    start = clock.now()
    for minutes in (20, 40, 60):
        later = start + timedelta(minutes=minutes)
        monkeypatch.setattr(sessions, "now", lambda later=later: later)
        assert who(site)["actor"] == "乙某"


def test_signing_out_needs_post_and_ends_the_session(site: Client, world: World) -> None:
    sign_in(site)
    assert site.get("/sign-out").status_code == 405
    assert site.post("/sign-out").url == "/"
    assert who(site)["actor"] is None
    assert world.database.execute("sw_web", "select count(*) from session") == [(0,)]


@pytest.mark.parametrize(("why", "status"), [(pace.TOO_OFTEN, 429), (pace.BUSY, 503)])
def test_who_is_turned_away_has_no_password_looked_at(
    site: Client, monkeypatch: pytest.MonkeyPatch, why: str, status: int
) -> None:
    def looked_at(*_: Any) -> bool:
        raise AssertionError

    monkeypatch.setattr(passwords, "matches", looked_at)
    request: Any = RequestFactory().post("/sign-in", {"login": "yi", "password": PASSWORD})
    request.scope, request.person, request._dont_enforce_csrf_checks = {pace.TURNED_AWAY: why}, None, True
    answer: Any = pages.sign_in(request)
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "10")
    assert b"|yi|" in answer.render().content


@pytest.mark.parametrize("ending", ["out", "deactivated", "roles", "reset"])
def test_live_updates_learn_at_once_that_a_session_or_a_right_has_ended(
    site: Client, world: World, ending: str
) -> None:
    sign_in(site)
    act = Actor("person", "99", "管理员", world.yi)
    with psycopg.connect(world.database.dsn("sw_web"), autocommit=True) as heard:
        heard.execute("listen journal")
        with world.serving(world.yi) as cursor:
            if ending == "out":
                site.post("/sign-out")
            elif ending == "roles":
                staff.give_roles(act, cursor, person=world.broker, roles=["importer"], at=clock.now())
            elif ending == "reset":
                staff.reset_password(act, cursor, person=world.broker, at=clock.now())
            else:
                staff.deactivate(act, cursor, person=world.broker, at=clock.now())
        told = [one.payload for one in heard.notifies(timeout=2, stop_after=1)]
    assert [json.loads(one) for one in told] == [{"again": [world.broker]}]


def test_a_form_of_another_site_is_refused(site: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/sign-in", {"login": "yi", "password": PASSWORD}).status_code == 403
    sign_in(site)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert site.post("/manage", headers={**headers, "Accept": "application/json"}).status_code == 401


def test_without_the_right_there_is_no_such_page(site: Client) -> None:
    sign_in(site)
    assert site.get("/manage").status_code == site.get("/nothing").status_code == 404
    refused = site.get("/api/manage")
    assert (refused.status_code, refused.headers["Content-Type"]) == (404, "application/problem+json")
    assert refused.json()["problems"][0]["text"]["zh"].startswith("没有这项内容")


def test_without_signing_in_pages_lead_to_the_form_and_programs_get_401(site: Client) -> None:
    assert site.get("/declarations?page=2").url == "/sign-in?next=%2Fdeclarations%3Fpage%3D2"
    assert site.get("/api/manage").status_code == 401
    part = site.get("/manage", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/hall?a=1"})
    assert (part.status_code, part.headers["HX-Redirect"]) == (401, "/sign-in?next=%2Fhall%3Fa%3D1")
    quiet = site.get("/manage", headers={"HX-Request": "true", "SW-Quiet": "1"})
    assert (quiet.status_code, "HX-Redirect" in quiet.headers) == (401, False)  # what is typed there stays


def test_whose_session_has_ended_is_told_so_and_led_back(site: Client, world: World) -> None:
    sign_in(site)
    world.database.execute("sw_web", "delete from session returning 1")
    asked = site.get("/declarations?page=2").url
    assert asked == "/sign-in?next=%2Fdeclarations%3Fpage%3D2&why=ended"
    assert refusals.WHY[refusals.ENDED].zh in site.get(asked).content.decode()

    sign_in(site)
    world.database.execute("sw_web", "delete from session returning 1")
    here = {"Referer": "http://testserver/who?a=1"}
    assert site.post("/manage", headers=here).url == "/sign-in?next=%2Fwho%3Fa%3D1&why=undone"
    elsewhere = {"Referer": "https://evil.example/who"}
    assert site.post("/manage", headers=elsewhere).url == "/sign-in?why=undone"


def test_what_a_page_without_its_token_sends_is_refused_in_words(site: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    sent = {"login": "yi", "password": PASSWORD}
    refused = strict.post("/sign-in", sent, headers={"Referer": "http://testserver/sign-in?next=/who"})
    said = refused.content.decode()
    assert refused.status_code == 403
    assert refusals.NOT_FROM_HERE.text.zh in said
    assert 'href="/sign-in?next=/who"' in said
    by_program = strict.post("/sign-in", sent, headers={"Accept": "application/json"})
    assert by_program.json()["problems"][0]["code"] == "request.not_from_here"


def test_templates_are_rendered_while_the_viewers_are_set(site: Client) -> None:
    sign_in(site)
    assert site.get("/lazy").content == b"Customs,Yi,"


def test_a_response_that_would_read_later_is_refused(site: Client) -> None:
    assert site.get("/streaming").status_code == 500


@pytest.mark.parametrize(("status", "kept"), [(200, 1), (422, 0), (500, 0), (599, 0)])
def test_a_refusal_or_a_failure_undoes_what_was_written(
    site: Client, world: World, status: int, kept: int
) -> None:
    site.get(f"/write/{status}")
    assert world.database.execute("sw_web", "select count(*) from session") == [(kept,)]


async def issued(world: World) -> LiveDirectory:
    with world.serving(world.yi) as cursor:
        given = {"name": "system", "scopes": ["declarations.read"], "valid_to": None}
        tokens.issue(Actor("person", "1", "test", world.yi), cursor, **given, at=clock.now(), token=TOKEN)

    @asynccontextmanager
    async def connect():  # type: ignore[no-untyped-def]
        async with await world.database.connect("sw_intake") as connection:
            yield connection

    live = LiveDirectory(connect)
    await live.refresh()
    return live


def test_a_token_reads_for_its_party_and_a_bad_one_for_nobody(site: Client, world: World) -> None:
    sign_in(site)
    assert site.get("/who", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 503
    sessions.use(asyncio.run(issued(world)))
    try:
        seen = who(site, Authorization=f"Bearer {TOKEN}")
        assert (seen["actor"], seen["parties"]) == ("system", ["Customs", "Yi"])
        assert site.get("/declarations", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
        assert site.get("/manage", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 404
        refused = site.get("/who", headers={"Authorization": "Bearer sw_" + "x" * 43})
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"] == "Bearer"
    finally:
        sessions.use(None)


def test_an_asgi_connection_is_known_by_the_same_cookie(site: Client, world: World) -> None:
    sign_in(site)
    key = site.cookies["sw_session"].value

    async def viewer(cookie: str) -> Any:
        async with await world.database.connect("sw_web") as connection:
            return await sessions.viewer_of({"headers": [(b"cookie", cookie.encode())]}, connection)

    found = asyncio.run(viewer(f"a=b; sw_session={key}"))
    assert (found.parties, found.person, found.name) == ((world.yi,), world.broker, "乙某")
    assert asyncio.run(viewer("sw_session=wrong")).parties == ()
    assert asyncio.run(viewer("")).parties == ()
    world.database.execute("sw_engine", "update person set active = false")
    assert asyncio.run(viewer(f"sw_session={key}")).parties == ()


def test_routes_without_a_mark_are_found_in_apis_too(site: Client) -> None:
    from . import views

    assert undeclared(views.urlpatterns) == []
    found = undeclared(views.neglected)
    assert found[0] == "/undeclared"
    assert "/api/v1/forgotten" in found
    assert "/api/v1/marked" not in found


def test_asynchronous_servers_and_views_share_the_transaction(site: Client, world: World) -> None:
    sign_in(site)

    async def asked() -> tuple[Any, Any]:
        client = AsyncClient()
        client.cookies = site.cookies
        return (await client.get("/who")).json(), await client.get("/declarations")

    seen, page = asyncio.run(asked())
    assert (seen["in_transaction"], seen["parties"]) == (True, ["Customs", "Yi"])
    assert page.content == b"declarations"

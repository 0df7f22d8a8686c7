"""Announcements as programs list them and as anybody's browser shows them: published on a page, as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from integration.api.test_markup_stays_text import marked, read_as_markup
from programs import World, until
from singlewindow.kernel.clock import now
from singlewindow.server.loaders import demo_secrets
from strangers import Account, signed_in

pytestmark = [pytest.mark.database, pytest.mark.timeout(300)]
NAMES = ("title_zh", "title_en", "text_zh", "text_en")
WHY = {"reason": "办结 · over"}
ANNOUNCED = "delete from announcement returning 1"


def typed(**more: str) -> dict[str, str]:
    """A stop of service that begins tomorrow, as the form sends it; times are the port's."""
    begins, ends = (f"{now() + timedelta(hours=8, days=days):%Y-%m-%dT%H:%M}" for days in (1, 2))
    said = {name: f"{name} 停机" for name in NAMES}
    return {"kind": "maintenance", "stops_at": begins, "resumes_at": ends} | said | more


@pytest.fixture(scope="module")
def accounts(world: World) -> Iterator[dict[str, Account]]:
    """The operator's two and a firm's, each in a browser; what they announced is gone afterwards."""
    password = demo_secrets(world.platform.configuration)["password"]
    made = {
        login: Account(login, 0, signed_in(world.platform, login, password))
        for login in ("administrator", "auditor", "broker")
    }
    yield made
    for account in made.values():
        account.client.close()
    world.platform.ask(ANNOUNCED)


@pytest.fixture
def anybody(world: World) -> Iterator[httpx.Client]:
    """A browser in which nobody is signed in."""
    headers = {"accept": "text/html", "accept-language": "en"}
    with httpx.Client(base_url=world.platform.url, headers=headers, trust_env=False, timeout=20) as client:
        yield client


def published(accounts: dict[str, Account], **more: str) -> str:
    answer = accounts["administrator"].ask("POST", "/announcements/publish", typed(**more))
    assert answer.status_code == 302, answer.text
    return str(answer.headers["location"])


def withdrawn(accounts: dict[str, Account], place: str) -> None:
    assert accounts["administrator"].ask("POST", f"{place}/withdraw", WHY).status_code == 302


def test_the_form_is_the_operators_administrators_alone(accounts: dict[str, Account]) -> None:
    place = published(accounts)
    for login in ("auditor", "broker"):
        account = accounts[login]
        assert account.ask("GET", "/announcements/publish").status_code == 404
        assert account.ask("POST", "/announcements/publish", typed()).status_code == 404
        assert account.ask("POST", f"{place}/withdraw", WHY).status_code == 404
        assert "withdraw" not in account.ask("GET", place).text
    withdrawn(accounts, place)


def test_all_that_is_wrong_is_said_at_once_beside_its_field_and_nothing_is_lost(
    accounts: dict[str, Account],
) -> None:
    given = typed(title_en="", text_zh="x" * 2_001, resumes_at="", kind="maintenance")
    answer = accounts["administrator"].ask("POST", "/announcements/publish", given)
    assert answer.status_code == 422
    assert re.findall(r'id="(\w+)-msg"', answer.text) == ["title_en", "text_zh", "resumes_at"]
    assert given["title_zh"] in answer.text
    assert "x" * 2_001 in answer.text


def test_one_is_read_by_anybody_until_it_is_withdrawn(
    accounts: dict[str, Account], anybody: httpx.Client
) -> None:
    place = published(accounts)
    for path in ("/", "/announcements", place):
        page = anybody.get(path)
        assert page.status_code == 200
        assert "title_en 停机" in page.text
        assert "title_zh" not in page.text, "the page speaks one language"
        assert "管理员 01" not in page.text, "who published is the operator's to know"
    assert place in accounts["broker"].ask("GET", "/hall").text, "a stop that is near is told in the hall"
    withdrawn(accounts, place)
    assert anybody.get(place).status_code == 404
    assert all(place not in anybody.get(path).text for path in ("/", "/announcements"))
    assert place not in accounts["broker"].ask("GET", "/hall").text
    for login in ("administrator", "auditor"):
        assert place in accounts[login].ask("GET", "/announcements").text
        assert WHY["reason"] in accounts[login].ask("GET", place).text


def test_without_a_reason_nothing_is_withdrawn(accounts: dict[str, Account], anybody: httpx.Client) -> None:
    place = published(accounts)
    answer = accounts["administrator"].ask("POST", f"{place}/withdraw", {"reason": " "})
    assert (answer.status_code, 'aria-invalid="true"' in answer.text) == (422, True)
    assert anybody.get(place).status_code == 200
    withdrawn(accounts, place)


def test_markup_is_shown_as_text(accounts: dict[str, Account], anybody: httpx.Client) -> None:
    place = published(
        accounts,
        **{name: f"{marked(name)}\n\n{marked(name)}" for name in NAMES if "text" in name},
        **{name: marked(name) for name in NAMES if "title" in name},
    )
    wrong = []
    for path in ("/", "/announcements", place):
        page = anybody.get(path).text
        assert "title_en" in page
        wrong += read_as_markup(page)
    for path in ("/hall", place):
        wrong += read_as_markup(accounts["broker"].ask("GET", path).text)
    assert anybody.get(place).text.count("<p>") >= 2, "a blank line begins a paragraph"
    withdrawn(accounts, place)
    told = accounts["administrator"]
    page = until(lambda: [text for text in [told.ask("GET", "/journal").text] if "title_zh" in text])[0]
    assert wrong + read_as_markup(page) == []


def test_programs_list_them_page_by_page_in_both_languages(
    world: World, accounts: dict[str, Account]
) -> None:
    places = [
        published(accounts, kind="service", stops_at="", resumes_at="", title_en=f"No. {n}") for n in range(3)
    ]
    gone = published(accounts)
    withdrawn(accounts, gone)
    found: list[dict[str, Any]] = world.broker.pages("/announcements", limit=2)
    assert [one["title"]["en"] for one in found] == ["No. 2", "No. 1", "No. 0"]
    assert [f"/announcements/{one['id']}" for one in reversed(found)] == places
    assert {one["text"]["zh"] for one in found} == {"text_zh 停机"}
    assert world.customs.pages("/announcements", in_force="true") == found
    for place in places:
        withdrawn(accounts, place)
    assert world.broker.pages("/announcements") == []


def test_a_program_that_is_nobodys_is_told_nothing(world: World) -> None:
    answer = httpx.get(f"{world.platform.url}/api/v1/announcements", trust_env=False)
    assert answer.status_code == 401

"""Customs announce maintenance: their lane is paused, a trader is told, it goes on; a cut lane is tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

import running

from .conftest import DESK, PHONE, Platform, of_its_own

pytestmark = [pytest.mark.story, pytest.mark.timeout(240)]

WHY = "海关来函：今夜 22:00 至 24:00 维护 Maintenance <b>tonight</b>"
OVER = "海关来电，维护结束 They are done"
FAR = timedelta(hours=2)
CUT = """update sw.lane set breaker = 'open', failures = 6, problem = 'connect: refused', since = %s,
                             probe_at = %s where partner = 'maritime'"""


@pytest.fixture(scope="module")
def started() -> Iterator[running.Platform]:
    """A platform of this story's own: what it does to the lanes is nobody else's."""
    with of_its_own() as up:
        yield up


@pytest.fixture(scope="module")
def platform(started: running.Platform) -> Platform:
    """The same, as the other fixtures know it."""
    return Platform.of(started)


@pytest.mark.parametrize(
    ("login", "language", "size"),
    [("administrator", "zh-hans", DESK), ("customs-link", "en", PHONE), ("administrator", "en", DESK),
     ("customs-link", "zh-hans", PHONE)],
    ids=["operator-zh-desk", "agency-en-phone", "operator-en-desk", "agency-zh-phone"],
)  # fmt: skip
def test_a_lane_is_paused_for_a_night_a_trader_is_told_and_it_goes_on(
    started: running.Platform,
    platform: Platform,
    sign_in: Callable[..., Any],
    picture: Callable[..., None],
    login: str,
    language: str,
    size: tuple[int, int],
) -> None:
    english, name = language == "en", f"{login}-{language}-{size[0]}"
    with sign_in(login, language, "light", size) as page:
        page.goto("/exchange")
        page.click("#lane-customs .c-do a")
        page.wait_for_url("**/exchange/lanes/customs")
        assert ("Traders see" if english else "申报人看到") in page.locator("main").inner_text()
        picture(page, f"lane-{name}")
        page.evaluate("document.getElementById('reason').required = false")
        page.press("#reason", "Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("#reason-problems")
        page.focus("#reason")
        page.keyboard.type(WHY)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("form[action$='/resume']")
        page.wait_for_load_state()
        assert "<b>tonight</b>" in page.locator("main").inner_text()
        submission = platform.hand_in(f"rest-{name}", bill_number=f"CQX2511070386-{name[-9:].upper()}")
        started.wait_for(lambda: waits(started, submission) == ["customs"], "the others did not get theirs")
        page.goto("/exchange")
        assert page.locator("#lane-customs .st").first.inner_text() == ("Paused" if english else "已暂停")
        assert page.locator(".banner.hold").count() == 1
        picture(page, f"exchange-paused-{name}")
        with sign_in("broker", language, "light", size) as trader:
            trader.goto(f"/consignments/{submission}")
            said = trader.locator("main").inner_text()
            assert ("Sending paused" if english else "暂停发送") in said
            assert ("nothing for you to do" if english else "您无需操作") in said
            assert "tonight" not in said
            picture(trader, f"consignment-paused-{name}")
        late = page.context.new_page()
        for tab in (page, late):
            tab.goto("/exchange/lanes/customs")
        page.fill("#reason", OVER)
        page.click("form[action$='/resume'] button")
        page.wait_for_selector("form[action$='/pause']")
        late.fill("#reason", OVER)
        late.click("form[action$='/resume'] button")
        late.wait_for_url("**/exchange/lanes/customs?late=1")
        assert late.locator(".banner.warn").count() == 1, "who comes second is told so"
    started.wait_for(lambda: waits(started, submission) == [], "it did not go on")
    with sign_in("broker", language, "light", size) as trader:
        trader.goto(f"/consignments/{submission}")
        assert ("Sending paused" if english else "暂停发送") not in trader.locator("main").inner_text()


def waits(up: running.Platform, submission: str) -> list[str]:
    """To whom a document is still to go."""
    rows = up.ask("select partner from outbox where submission_id = %s order by partner", submission)
    return [partner for (partner,) in rows]


@pytest.mark.parametrize(
    ("language", "size"), [("zh-hans", DESK), ("en", PHONE)], ids=["zh-desk", "en-phone"]
)
def test_a_lane_that_is_cut_off_is_tried_at_once(
    started: running.Platform,
    sign_in: Callable[..., Any],
    picture: Callable[..., None],
    language: str,
    size: tuple[int, int],
) -> None:
    now = datetime.now(UTC)
    with psycopg.connect(started.configuration.dsn("postgres"), autocommit=True) as connection:
        connection.execute(CUT, [now - timedelta(minutes=13), now + FAR])
    with sign_in("administrator", language, "light", size) as page:
        page.goto("/exchange/lanes/maritime")
        picture(page, f"lane-cut-{language}-{size[0]}")
        page.goto("/exchange")
        page.click(".banner.deny button")
        page.wait_for_url("**/exchange?tried=1")
        assert page.locator("#lane-maritime .st").first.inner_text() == (
            "Trying again" if language == "en" else "试探中"
        )
        picture(page, f"lane-tried-{language}-{size[0]}")
    assert started.ask("select probe_at <= now() from lane where partner = 'maritime'") == [(True,)]


@pytest.mark.parametrize(
    ("login", "status"), [("auditor", 200), ("customs", 200), ("border", 404), ("broker", 404)]
)
def test_who_may_not_decide_has_no_button(sign_in: Callable[..., Any], login: str, status: int) -> None:
    with sign_in(login) as page:
        assert page.goto("/exchange/lanes/customs").status == status
        assert page.locator("main form").count() == 0

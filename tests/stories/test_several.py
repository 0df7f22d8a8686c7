"""An officer releases several consignments, chosen from the list, in one step; a colleague was first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import running

from .acting import SLOW, refreshed
from .conftest import Platform, at_desk_and_phone, in_both_languages, of_its_own
from .test_declaration import until

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
LIVE = "sw-live"
WHY = {"zh-hans": "资料齐全，准予放行", "en": "papers in order"}
BILLS = 4


@pytest.fixture(scope="module")
def started() -> Iterator[running.Platform]:
    """A platform of this story's own: quarantine gets nothing there and decides on its screens."""
    with of_its_own() as up:
        yield up


@pytest.fixture(scope="module")
def platform(started: running.Platform) -> Platform:
    """The same, as the other fixtures know it."""
    return Platform.of(started)


@pytest.fixture(scope="module")
def paused(platform: Platform, browser: Any) -> None:
    """The agency's own system is down."""
    page = browser.new_context(base_url=platform.url, locale="zh-CN").new_page()
    page.goto("/")
    page.fill("#login", "administrator")
    page.fill("#password", platform.password)
    page.click("form.login button[type=submit]")
    page.goto("/exchange/lanes/quarantine")
    page.fill("#reason", "检验检疫来函：系统维护")
    page.click("form[action$='/pause'] button")
    page.wait_for_selector("form[action$='/resume']")
    page.context.close()


def hand_in(platform: Platform, name: str) -> list[str]:
    """Consignments that wait for quarantine alone; their bills."""
    bills = [f"CQX26{name}{number}" for number in range(BILLS)]
    for bill in bills:
        platform.hand_in(bill, bill_number=bill, voyage_number=bill[-5:])
    return bills


def listed(page: Any, bill: str) -> Any:
    return page.locator(f"[data-row]:has-text('{bill}')")


def shown(page: Any, bills: list[str]) -> None:
    """All of them wait, and customs has released each."""
    page.goto("/instructions")
    for bill in bills:
        page.wait_for_selector(f"[data-row]:has-text('{bill}') input[data-choose]", timeout=SLOW)
    page.wait_for_selector("sw-live[state=live]")


def released(page: Any, language: str) -> None:
    page.fill("#basis", "《进出口商品检验法》")
    page.fill("#text", WHY[language])
    page.keyboard.press("Enter")
    page.wait_for_selector("#became .banner.ok, #became .banner.deny", timeout=SLOW)


@in_both_languages
@at_desk_and_phone
def test_several_are_released_in_one_step_and_what_a_colleague_did_first_is_told(
    platform: Platform,
    paused: None,
    sign_in: Callable[..., Any],
    picture: Callable[..., None],
    language: str,
    size: tuple[int, int],
) -> None:
    name = f"{language[:2].upper()}{size[0]}"
    bills = hand_in(platform, name)
    with sign_in("quarantine", language, "light", size) as page:
        shown(page, bills)
        with sign_in("quarantine", language, "light", size) as colleague:
            shown(colleague, bills)
            for bill in bills[:3]:
                listed(page, bill).locator("input[data-choose]").check()
            until(page, lambda: page.inner_text(".picking [data-picked]") == "3")
            refreshed(page, LIVE)
            assert page.inner_text(".picking [data-picked]") == "3", "the choice outlives a refresh"
            assert listed(page, bills[0]).locator("input[data-choose]").is_checked()
            assert not listed(page, bills[3]).locator("input[data-choose]").is_checked()
            picture(page, f"several-chosen-{language}-{size[0]}")
            listed(colleague, bills[0]).locator("input[data-choose]").check()
            colleague.click("#do-several")
            released(colleague, language)
            assert colleague.locator("#became .banner.ok").count() == 1
        listed(page, bills[0]).wait_for(state="detached", timeout=SLOW)
        assert page.inner_text(".picking [data-picked]") == "3", "nothing chosen is left out unsaid"
        assert page.locator("[data-moved]").is_visible()
        page.click("#do-several")
        assert page.locator("[data-picks] li").count() == 3
        gone = page.locator("[data-picks] li", has_text=bills[0])
        assert gone.locator("[data-pick-gone]").is_visible()
        picture(page, f"several-confirm-{language}-{size[0]}")
        released(page, language)
        rows = page.locator("#became tbody tr")
        assert rows.count() == 3
        late = page.locator("#became tbody tr", has_text=bills[0])
        assert ("already" if language == "en" else "不必再办") in late.inner_text()
        assert late.locator(".st.deny").count() == 1
        assert page.locator("#became tbody .st.ok").count() == 2
        picture(page, f"several-became-{language}-{size[0]}")
        assert listed(page, bills[3]).locator("input[data-choose]").count() == 1, "what was not chosen waits"


def test_who_may_give_no_instruction_finds_no_such_list(paused: None, sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        assert page.goto("/instructions").status == 404
        assert page.locator("a[href='/instructions']").count() == 0
    with sign_in("border") as page:
        assert page.goto("/instructions").status == 200
        assert page.locator(".empty").is_visible(), "no goods need its release, and the page says so"

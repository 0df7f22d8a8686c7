"""The operator announces a stop by keyboard; anybody reads it, the hall tells it; withdrawn, it is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from singlewindow.kernel.clock import ZONE, now

from .conftest import DESK, PHONE, Platform

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
ZH, EN = "平台升级停机", "The platform is upgraded"
WHY = "升级改期"


@contextmanager
def anybody(browser: Any, platform: Platform, language: str, size: tuple[int, int] = DESK) -> Iterator[Any]:
    """A browser in which nobody is signed in."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, base_url=platform.url, color_scheme="light"
    )
    context.add_cookies([{"name": "django_language", "value": language, "url": platform.url}])
    yield context.new_page()
    context.close()


def typed(page: Any, lines: list[list[str]]) -> None:
    """A stop, the first of the kinds, and the words, field after field as Tab leads through them."""
    page.focus("#kind")
    page.keyboard.press("ArrowDown")
    for paragraphs in lines:
        page.keyboard.press("Tab")
        for number, paragraph in enumerate(paragraphs):
            if number:
                page.keyboard.press("Enter")
                page.keyboard.press("Enter")
            page.keyboard.type(paragraph)


def test_a_stop_is_announced_read_by_anybody_and_withdrawn(
    platform: Platform, browser: Any, sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    begins = now().astimezone(ZONE) + timedelta(days=1)
    with sign_in("administrator") as page:
        page.goto("/announcements")
        picture(page, "announcements-none")
        page.focus("main a.btn.go")
        page.keyboard.press("Enter")
        page.wait_for_url("**/announcements/publish")
        page.wait_for_load_state()
        page.focus("main form button")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=alert]")
        picture(page, "announcements-problems")
        page.wait_for_load_state()
        typed(
            page, [[ZH], [EN], ["升级期间不能申报。", "闸口照常核放。"], ["Nothing is taken.", "Gates work."]]
        )
        page.fill("#stops_at", f"{begins:%Y-%m-%dT22:00}")
        page.fill("#resumes_at", f"{begins + timedelta(days=1):%Y-%m-%dT02:00}")
        picture(page, "announcements-typed")
        page.focus("main form button")
        page.keyboard.press("Enter")
        page.wait_for_selector(f"h1:has-text('{ZH}')")
        assert page.locator("article p").all_inner_texts()[1:] == ["升级期间不能申报。", "闸口照常核放。"]
        picture(page, "announcements-published")
        place = page.url
        for language, title in (("zh-hans", ZH), ("en", EN)):
            for size in (DESK, PHONE):
                with anybody(browser, platform, language, size) as public:
                    public.goto("/")
                    picture(public, f"announcements-home-{language}-{size[0]}")
                    public.locator(".news a", has_text=title).click()
                    public.wait_for_selector(f"h1:has-text('{title}')")
                    picture(public, f"announcements-one-{language}-{size[0]}")
                    public.goto("/announcements")
                    picture(public, f"announcements-list-{language}-{size[0]}")
                    assert public.locator(".news a").count() == 1
        for size in (DESK, PHONE):
            with sign_in("broker", size=size) as hall:
                hall.goto("/hall")
                hall.wait_for_selector(f".banner:has-text('{ZH}')")
                picture(hall, f"announcements-hall-{size[0]}")
        withdraw(page, picture)
        with anybody(browser, platform, "zh-hans") as public:
            public.goto("/")
            assert ZH not in public.inner_text("main")
            picture(public, "announcements-home-none")
            assert public.goto(place).status == 404


def withdraw(page: Any, picture: Callable[..., None]) -> None:
    """Asked once more: declined, nothing has happened; accepted, it is gone, and its reason stays."""
    page.wait_for_load_state()
    page.fill("#reason", WHY)
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.focus("main .btn.bad")
    page.keyboard.press("Enter")
    assert "不能恢复" in asked[0]
    assert page.locator("main .btn.bad").is_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.keyboard.press("Enter")
    page.wait_for_selector(f"dd.said:has-text('{WHY}')")
    picture(page, "announcements-withdrawn")

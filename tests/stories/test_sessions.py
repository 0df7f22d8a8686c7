"""A session ends while somebody works: every page says so, and leads back to where the work was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import PHONE, Platform

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]


def end(page: Any) -> None:
    """The session alone: the browser keeps what else it knows."""
    page.context.clear_cookies(name="sw_session")


@pytest.fixture(scope="module")
def handed_in(platform: Platform) -> str:
    return platform.hand_in("SESSIONS-1")


def test_the_gates_clerk_is_told_to_sign_in_again(sign_in: Callable[..., Any], picture: Any) -> None:
    with sign_in("gate") as page:
        page.goto("/gate?lane=3")
        end(page)
        page.fill("#plate", "渝D·3Q7F1")
        page.fill("#container", "CQXU2045171")
        page.fill("#seal", "DM884120")
        page.keyboard.press("Enter")
        page.wait_for_selector("#verdict.deny")
        assert "登录已过期" in page.inner_text("#verdict")
        assert page.is_disabled("#do-open")
        picture(page, "sessions-gate")
        page.click("#verdict a")
        page.wait_for_url(lambda address: "/sign-in" in address)
        assert page.input_value("form.login input[name=next]") == "/gate?lane=3"


def test_what_was_sent_after_the_end_is_said_to_be_undone(
    handed_in: str, platform: Platform, sign_in: Callable[..., Any], picture: Any
) -> None:
    with sign_in("border", "en", "light", PHONE) as page:
        about = f"/instructions/new?about={handed_in}"
        page.goto(about)
        end(page)
        page.select_option("#order", "3")
        page.fill("#basis", "Order 1")
        page.fill("#text", "to be checked")
        page.click("#do-issue")
        page.wait_for_selector(".banner")
        assert "what you sent was not done" in page.inner_text(".banner")
        picture(page, "sessions-undone-phone")
        page.fill("#login", "border")
        page.fill("#password", platform.password)
        page.click("form.login button[type=submit]")
        page.wait_for_url(lambda address: address.endswith(about))


def test_a_page_whose_cookies_are_gone_is_refused_in_both_languages(
    handed_in: str, sign_in: Callable[..., Any], picture: Any
) -> None:
    with sign_in("border") as page:
        page.goto(f"/instructions/new?about={handed_in}")
        page.context.clear_cookies(name="csrftoken")
        page.fill("#basis", "Order 1")
        page.fill("#text", "to be checked")
        page.click("#do-issue")
        page.wait_for_selector(".empty")
        assert "刚才提交的内容没有办理" in page.inner_text(".empty")
        picture(page, "sessions-not-from-here")
        page.click(".empty a.btn")
        page.wait_for_selector("#do-issue")


def test_what_was_misread_at_the_gate_is_read_again(sign_in: Callable[..., Any]) -> None:
    with sign_in("gate") as page:
        page.fill("#plate", "渝D·3Q7F1")
        page.fill("#container", "CQXU2045172")
        page.fill("#seal", "DM884120")
        page.keyboard.press("Enter")
        page.wait_for_selector("#verdict.deny")
        assert page.evaluate("document.activeElement.id") == "container"
        page.keyboard.type("CQXU2045171")
        assert page.input_value("#container") == "CQXU2045171", "what was wrong is typed over"


def test_who_only_looks_at_a_gate_finds_the_way_back(sign_in: Callable[..., Any]) -> None:
    with sign_in("customs") as page:
        page.goto("/gate")
        page.click(".gh .back")
        page.wait_for_url("**/hall")
    with sign_in("gate") as page:
        assert page.locator(".gh .back").count() == 0

"""A firm keeps its own people, programs and mandates; what it withdraws ends at once."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Platform, at_desk_and_phone, in_both_languages

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
REFRESH_SECONDS = 15  # the doors ask every two; machines under test are slow
FRESH = "a password of my very own"


@in_both_languages
@at_desk_and_phone
@pytest.mark.parametrize(
    "tab", ["", "/tokens", "/mandates", "/me"], ids=["people", "tokens", "mandates", "me"]
)
def test_what_an_administrator_sees(
    sign_in: Callable[..., Any], picture: Callable[..., None], language: str, size: tuple[int, int], tab: str
) -> None:
    with sign_in("broker-admin", language, "light", size) as page:
        assert page.goto(f"/accounts{tab}").status == 200
        picture(page, f"accounts{tab.replace('/', '-')}-{language}-{size[0]}")
        lines = "name => name.offsetHeight / parseFloat(getComputedStyle(name).lineHeight)"
        assert page.locator(".hdr .mark span").evaluate(lines) < 2.5, "the platform's name is one row"
        said = page.locator("main").inner_text()
        assert ("乙舟" in said) or tab == "/tokens" or language == "en"
        assert "甲岚 关务" not in said  # a stranger's people


def test_somebody_new_signs_in_once_chooses_a_password_and_is_deactivated(
    sign_in: Callable[..., Any], platform: Platform, browser: Any, picture: Callable[..., None]
) -> None:
    with sign_in("broker-admin") as page:
        page.goto("/accounts")
        page.fill("#name", "新 申报员")
        page.fill("#new-login", "new.declarant")
        page.click("button:has-text('生成一次性密码')")
        page.wait_for_selector("[role=alert]")  # no role was chosen: said, and what was typed stays
        assert page.input_value("#new-login") == "new.declarant"
        page.check("input[name=roles][value=declarant]")
        page.click("button:has-text('生成一次性密码')")
        password = page.locator("#secret").inner_text()
        picture(page, "accounts-once")
        theirs = browser.new_context(base_url=platform.url).new_page()
        enter(theirs, "new.declarant", password)
        theirs.wait_for_url("**/accounts/me")
        assert theirs.goto("/hall").url.endswith("/accounts/me")
        picture(theirs, "accounts-first-sign-in")
        theirs.fill("#old", password)
        theirs.fill("#new", FRESH)
        theirs.fill("#again", FRESH)
        theirs.locator("main form button[type=submit]").first.click()
        theirs.wait_for_url("**/hall")
        assert theirs.goto("/accounts/tokens").status == 404  # a declarant manages nothing
        page.goto("/accounts")
        page.locator("tr", has_text="new.declarant").locator("a").click()
        page.fill("#card", "1234")
        page.click("button:has-text('保存卡号')")
        assert page.locator("#card-msg").inner_text()
        page.fill("#card", "DEM0000000011")
        page.click("button:has-text('保存卡号')")
        page.wait_for_selector("#card[placeholder='…0011']")
        page.wait_for_load_state()
        assert "DEM0000000011" not in page.content()
        picture(page, "accounts-person")
        deactivate(page)
        page.wait_for_selector("button:has-text('恢复')")
        assert "/sign-in" in theirs.goto("/hall").url
        enter(theirs, "new.declarant", FRESH)
        theirs.wait_for_selector("[role=alert]")


def deactivate(page: Any) -> None:
    """Asked once more: declined, nothing has happened; accepted, it has."""
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.click("button:has-text('停用')")
    assert "立即退出" in asked[0]
    assert page.locator("button:has-text('停用')").is_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("button:has-text('停用')")


def enter(page: Any, login: str, password: str) -> None:
    page.goto("/sign-in")
    page.fill("#login", login)
    page.fill("#password", password)
    page.click("form.login button[type=submit]")


def submit(platform: Platform, token: str, message_id: str) -> int:
    """The door's status for a declaration handed in with this token."""
    given = Platform(platform.url, platform.password, token)
    try:
        given.hand_in(message_id, bill_number=f"CQX25{message_id}")
    except urllib.error.HTTPError as refusal:
        return refusal.code
    return 202


def until(status: int, ask: Callable[[], int]) -> bool:
    deadline = time.monotonic() + REFRESH_SECONDS
    while time.monotonic() < deadline:
        if ask() == status:
            return True
        time.sleep(0.3)
    return False


def test_a_token_opens_the_door_until_it_is_revoked(
    sign_in: Callable[..., Any], platform: Platform, picture: Callable[..., None]
) -> None:
    with sign_in("broker-admin") as page:
        page.goto("/accounts/tokens")
        page.fill("#token-name", "ERP 正式")
        page.check("input[value='declarations.submit']")
        page.check("input[value='declarations.read']")
        page.click("button:has-text('签发')")
        token = page.locator("#secret").inner_text()
        picture(page, "accounts-token-once")
        page.goto("/accounts/tokens")
        assert token not in page.content()
        assert until(202, lambda: submit(platform, token, "TK00001"))
        revoke = page.locator("tr", has_text="ERP 正式").locator("button")
        page.once("dialog", lambda asked: asked.dismiss())
        revoke.click()
        assert page.locator("tr.gone").count() == 0, "what cannot be taken back is asked once more"
        page.once("dialog", lambda asked: asked.accept())
        revoke.click()
        page.wait_for_selector("tr.gone:has-text('ERP 正式')")
        numbers = iter(range(2, 1000))
        assert until(401, lambda: submit(platform, token, f"TK{next(numbers):05}"))


def test_a_mandate_is_offered_accepted_and_ended(
    sign_in: Callable[..., Any], platform: Platform, picture: Callable[..., None]
) -> None:
    with sign_in("broker-admin") as theirs, sign_in("importer-admin") as ours:
        # The demonstration's mandate is on paper; it ends, and the broker's declarations with it.
        ours.goto("/accounts/mandates")
        ours.once("dialog", lambda asked: asked.accept())
        ours.locator("tr", has_text="91500105MADEM0Y2X3").locator("button:has-text('解除')").click()
        ours.wait_for_selector("tr.gone")
        numbers = iter(range(1, 1000))
        assert until(422, lambda: submit(platform, platform.token, f"MD{next(numbers):05}"))
        ours.fill("#agent", "91500105MADEM0Y2X3")
        ours.click("button:has-text('提出委托')")
        ours.wait_for_selector("tr:has-text('待对方接受')")
        picture(ours, "accounts-mandate-offered")
        theirs.goto("/accounts/mandates")
        picture(theirs, "accounts-mandate-to-answer")
        theirs.click("button:has-text('接受')")
        theirs.wait_for_selector("tr:not(.gone) button:has-text('解除')")
        assert until(202, lambda: submit(platform, platform.token, f"ME{next(numbers):05}"))


def test_the_last_administrator_cannot_leave(
    sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("importer-admin", "en") as page:
        page.goto("/accounts")
        page.locator("tr", has_text="importer-admin").locator("a").click()
        page.uncheck("input[value=party_administrator]")
        page.check("input[value=importer]")
        page.click("button:has-text('Save roles')")
        assert "last administrator" in page.locator("[role=alert]").inner_text()
        assert page.locator("button:has-text('Deactivate')").is_disabled()
        picture(page, "accounts-last-administrator")


def test_who_may_not_manage_sees_people_and_no_buttons(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        page.goto("/accounts")
        assert page.locator("main button").count() == 0
        assert page.goto("/accounts/tokens").status == 404
    with sign_in("forwarder") as page:
        assert page.goto("/accounts").status == 404


def test_a_language_goes_with_the_account(
    sign_in: Callable[..., Any], platform: Platform, browser: Any
) -> None:
    with sign_in("auditor") as page:
        page.goto("/accounts/me")
        page.click("button[value=en]")
        page.wait_for_selector("h1:has-text('My account')")
    fresh = browser.new_context(base_url=platform.url).new_page()
    enter(fresh, "auditor", platform.password)
    fresh.goto("/accounts/me")
    assert fresh.locator("h1").inner_text() == "My account"

"""A session ends while somebody works: every page says so, and leads back to where the work was."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from .acting import SLOW, begin, instructing, make_ready, refreshed
from .conftest import PHONE, Platform
from .held import holding

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
BOX = "CQXU2045171"  # that customs and quarantine inspect together
REFRESH = "document.querySelector('sw-live[data-inspection]').dispatchEvent(new CustomEvent('sw:change'))"
# What was typed is dropped, and a refresh is drawn before the page is gone.
DROPPED = """() => {
  document.querySelector("[data-kept-drop]").click();
  document.querySelector("sw-live[data-inspection]").dispatchEvent(new CustomEvent("htmx:afterSettle"));
}"""
WRITTEN = "Object.keys(sessionStorage).filter((name) => name.startsWith('kept:'))"


def end(page: Any) -> None:
    """The session alone: the browser keeps what else it knows."""
    page.context.clear_cookies(name="sw_session")


@contextmanager
def unrefreshed(page: Any) -> Iterator[None]:
    """No part of the page is asked for anew."""

    def answered(route: Any) -> None:
        if "hx-request" in route.request.headers:
            route.abort()
        else:
            route.continue_()

    page.route("**/*", answered)
    yield
    page.unroute("**/*", answered)


@contextmanager
def unnoticed(page: Any) -> Iterator[None]:
    """The session ends, and no refresh leads to the sign-in page before who works there does."""
    with unrefreshed(page):
        end(page)
        yield


@pytest.fixture(scope="module")
def handed_in(platform: Platform) -> str:
    return platform.hand_in("SESSIONS-1")


@pytest.fixture(scope="module")
def order(handed_in: str, platform: Platform, browser: Any) -> str:
    """The address of the story's joint inspection, under way."""

    def as_(login: str) -> Any:
        page = browser.new_context(base_url=platform.url, locale="zh-CN").new_page()
        page.goto("/")
        enter(page, login, platform)
        page.wait_for_url("**/hall")
        return page

    broker, terminal, customs = as_("broker"), as_("terminal"), as_("customs")
    broker.goto(f"/consignments/{handed_in}")
    joint = broker.locator("#disposition tr", has_text=BOX).locator("a[href^='/inspections/']")
    joint.wait_for(timeout=SLOW)
    address = str(joint.get_attribute("href"))
    make_ready(terminal, address)
    begin(customs, address)
    for page in (broker, terminal, customs):
        page.context.close()
    return address


def enter(page: Any, login: str, platform: Platform) -> None:
    """Sign in on the page that asks for it."""
    page.fill("#login", login)
    page.fill("#password", platform.password)
    page.click("form.login button[type=submit]")


def line(page: Any, place: int) -> Any:
    """A line of the checklist that is this officer's to enter."""
    return page.locator("[data-line]").nth(place)


def type_results(page: Any, order: str, note: str) -> None:
    """Two results and a note, not handed in."""
    page.goto(order)
    for place in (0, 1):
        line(page, place).locator("input[type=radio]").first.focus()
        page.keyboard.press("2")
    line(page, 0).locator("input.inp").fill(note)


def refused(page: Any) -> None:
    """The session ends; what is handed in then leads to the sign-in page."""
    with unnoticed(page):
        page.click("#do-record")
        page.wait_for_selector("#login")


def test_the_gates_clerk_is_told_to_sign_in_again(sign_in: Callable[..., Any], picture: Any) -> None:
    with sign_in("gate") as page:
        page.goto("/gate?lane=3")
        end(page)
        page.fill("#plate", "渝D·3Q7F1")
        page.fill("#container", "CQXU2045171")
        page.fill("#seal", "DM884120")
        page.keyboard.press("Enter")
        page.wait_for_selector("#verdict:has-text('登录已过期')")
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
        instructing(page, handed_in)
        with unnoticed(page):
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
        page.wait_for_selector("[data-kept]:visible")
        assert page.input_value("#order") == "3"
        assert [page.input_value(field) for field in ("#basis", "#text")] == ["Order 1", "to be checked"]
        picture(page, "sessions-kept-phone")
        page.evaluate(DROPPED)
        page.wait_for_selector("[data-kept]", state="hidden")
        assert page.input_value("#basis") == ""


def test_a_page_whose_cookies_are_gone_is_refused_in_both_languages(
    handed_in: str, sign_in: Callable[..., Any], picture: Any
) -> None:
    with sign_in("border") as page, unrefreshed(page):
        instructing(page, handed_in)
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


def test_who_only_looks_at_a_gate_finds_the_way_back(
    sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("customs") as page:
        page.goto("/gate")
        page.click(".gh .back")
        page.wait_for_url("**/hall")
    with sign_in("terminal", "zh-hans", "light", (390, 844)) as page:
        page.goto("/gate?lane=1")
        picture(page, "gate-of-a-dispatcher-390")
        page.get_by_role("link", name="办事大厅").click()
        page.wait_for_url("**/hall")
    with sign_in("gate") as page:
        assert page.locator(".gh .back").count() == 0


def test_results_stand_as_they_were_left_after_signing_in_again(
    order: str, platform: Platform, sign_in: Callable[..., Any], picture: Any
) -> None:
    with sign_in("quarantine") as page:
        type_results(page, order, "三件受潮")
        page.fill("#new-seal", "DM900009")
        refused(page)
        enter(page, "quarantine", platform)
        page.wait_for_selector("[data-kept]:visible")
        assert page.url.endswith(order)
        assert [line(page, n).locator("input:checked").input_value() for n in (0, 1)] == ["abnormal"] * 2
        assert line(page, 0).locator("input.inp").input_value() == "三件受潮"
        assert page.input_value("#new-seal") == "DM900009"
        picture(page, "sessions-kept-desk")
        refreshed(page, "sw-live[data-inspection]")
        assert line(page, 0).locator("input.inp").input_value() == "三件受潮", "a refresh leaves it"
        page.reload()
        assert line(page, 0).locator("input.inp").input_value() == "三件受潮"
        page.click("#do-record")
        page.wait_for_selector(".banner.ok")
        page.wait_for_load_state()  # it may be done before the page has read what it kept
        page.goto(order)
        assert not page.is_visible("[data-kept]"), "what was taken is not put back"
        assert page.evaluate(WRITTEN) == []


def changed_places(page: str) -> str:
    """The page of an order on which the first two lines have each other's number."""
    first, second = re.findall(r'name="item-\d+" value="([^"]*)"', page)[:2]
    return page.replace(first, "\0").replace(second, first).replace("\0", second)


def test_the_cursor_stays_in_its_line_when_lines_change_places(
    order: str, sign_in: Callable[..., Any]
) -> None:
    with sign_in("quarantine") as page:
        page.goto(order)
        with holding(page, re.compile(f"{order}$")) as held:
            name = line(page, 0).locator("input[name^=item-]").input_value()
            line(page, 0).locator("input.inp").fill("六件")
            page.evaluate(REFRESH)
            held.ask(1)
            answer = held.waiting[0].fetch()
            held.fulfil(1, answer, body=changed_places(answer.text()))
            page.keyboard.type("受潮")
        assert line(page, 1).locator("input[name^=item-]").input_value() == name
        assert line(page, 1).locator("input.inp").input_value() == "六件受潮"


def test_whoever_signs_in_next_at_the_same_browser_finds_nothing_of_it(
    order: str, platform: Platform, sign_in: Callable[..., Any]
) -> None:
    with sign_in("quarantine") as page:
        type_results(page, order, "四件破损")
        refused(page)
        enter(page, "customs", platform)
        page.wait_for_selector("[data-line]")
        page.wait_for_load_state()
        assert page.url.endswith(order)
        assert not page.is_visible("[data-kept]")
        assert "四件破损" not in [page.locator("input.inp").nth(n).input_value() for n in range(3)]
        assert page.evaluate(WRITTEN) == []
        assert "四件破损" not in page.evaluate("JSON.stringify(sessionStorage)")


def test_who_signs_out_leaves_nothing_behind(order: str, sign_in: Callable[..., Any]) -> None:
    with sign_in("quarantine") as page:
        type_results(page, order, "四件破损")
        assert len(page.evaluate(WRITTEN)) == 1
        page.click(".me [data-sign-out] button")
        page.wait_for_selector("#login")
        assert page.evaluate(WRITTEN) == []


def test_what_was_typed_is_not_put_over_what_a_colleague_has_entered_since(
    order: str, platform: Platform, sign_in: Callable[..., Any]
) -> None:
    with sign_in("quarantine") as page, sign_in("quarantine") as colleague:
        type_results(page, order, "五件受潮")
        with unnoticed(page):
            colleague.goto(order)
            line(colleague, 0).locator("input.inp").fill("同事已验")
            line(colleague, 0).locator("input[type=radio]").first.focus()
            colleague.keyboard.press("1")
            colleague.click("#do-record")
            colleague.wait_for_selector(".banner.ok")
            page.goto(order)
        enter(page, "quarantine", platform)
        page.wait_for_selector("[data-line]")
        page.wait_for_load_state()
        assert line(page, 0).locator("input.inp").input_value() == "同事已验"
        assert line(page, 0).locator("input:checked").input_value() == "normal"


def marks(page: Any) -> str:
    return str(page.input_value('[data-field="marks"]'))


def test_a_declaration_that_has_no_draft_yet_is_not_lost_either(
    platform: Platform, sign_in: Callable[..., Any]
) -> None:
    with sign_in("broker") as page:
        page.on("dialog", lambda asked: asked.accept())  # the browser warns of leaving
        page.goto("/declarations/new")
        end(page)
        page.fill('[data-field="marks"]', "NOT SAVED YET")
        page.wait_for_selector("[data-trouble]:visible")
        page.reload()
        page.wait_for_selector("#login")
        enter(page, "broker", platform)
        page.wait_for_selector("sw-form")
        page.wait_for_function("document.querySelector('[data-saved]').textContent.includes('已放回')")
        assert marks(page) == "NOT SAVED YET"
        page.click("[data-do=save]")
        page.wait_for_url(re.compile(r"/declarations/[0-9a-f-]{36}$"))
        assert page.evaluate(WRITTEN) == []
        page.goto("/declarations/new")
        page.wait_for_selector("sw-form")
        assert marks(page) != "NOT SAVED YET", "what was saved is not put back into another"
        end(page)
        page.fill('[data-field="marks"]', "OF ONE PERSON")
        page.wait_for_selector("[data-trouble]:visible")
        page.reload()
        page.wait_for_selector("#login")
        enter(page, "broker-admin", platform)
        page.wait_for_url("**/declarations/new")
        page.goto("/accounts")
        assert "OF ONE PERSON" not in page.evaluate("JSON.stringify(sessionStorage)")


def test_the_other_language_has_what_was_typed_in_this_one(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        page.goto("/declarations/new")
        page.fill('[data-field="marks"]', "BEFORE")
        page.click(".tools .lang button")
        page.wait_for_selector("html[lang=en] sw-form:not([inert])")
        assert marks(page) == "BEFORE"
        page.fill('[data-field="marks"]', "AFTER")
        page.click(".tools .lang button")
        page.wait_for_selector("html[lang=zh-Hans] sw-form:not([inert])")
        assert marks(page) == "AFTER"


def test_a_page_that_a_phone_puts_aside_is_saved(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker", size=PHONE) as page:
        page.goto("/declarations/new")
        page.fill('[data-field="marks"]', "PUT ASIDE")
        page.evaluate("""() => {
          Object.defineProperty(document, "hidden", { value: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""")
        page.wait_for_url(re.compile(r"/declarations/[0-9a-f-]{36}$"))
        page.reload()
        page.wait_for_selector("sw-form:not([inert])")
        assert marks(page) == "PUT ASIDE"


def test_what_was_typed_without_a_network_outlives_the_page(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        page.on("dialog", lambda asked: asked.accept())
        page.goto("/declarations/new")
        page.context.set_offline(True)
        page.fill('[data-field="marks"]', "OFFLINE")
        page.wait_for_selector("[data-trouble]:visible")
        page.fill('[data-field="marks"]', "OFFLINE, MORE")
        page.context.set_offline(False)
        page.reload()
        page.wait_for_selector("sw-form:not([inert])")
        assert marks(page) == "OFFLINE, MORE"
        assert "已放回" in page.inner_text("[data-saved]")
        page.click("[data-do=save]")
        page.wait_for_url(re.compile(r"/declarations/[0-9a-f-]{36}$"))

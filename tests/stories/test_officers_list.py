"""The list of inspections as officers and dispatchers ask it, and slips that are taken back on an order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .acting import BASIS, SLOW, TWO, begin, enter, hold, lift, make_ready, refreshed
from .conftest import PHONE, Platform, in_both_languages
from .test_declaration import until

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
NOTE = "两箱外包装受潮"


@pytest.fixture(scope="module")
def handed_in(platform: Platform) -> str:
    """Two consignments of the story, each with a joint inspection."""
    platform.hand_in("LIST-2", bill_number="CQX2511070386-02", voyage_number="602E")
    return platform.hand_in("LIST-1", bill_number="CQX2511070386-01", voyage_number="601E")


@pytest.fixture(scope="module")
def order(handed_in: str, platform: Platform, browser: Any) -> str:
    """The address of the first one's inspection, once both are listed; it is under way."""

    def as_(login: str) -> Any:
        page = browser.new_context(base_url=platform.url, locale="zh-CN").new_page()
        page.goto("/")
        page.fill("#login", login)
        page.fill("#password", platform.password)
        page.click("form.login button[type=submit]")
        page.wait_for_url("**/hall")
        return page

    terminal, customs = as_("terminal"), as_("customs")
    terminal.goto("/inspections")
    terminal.locator("[data-row]").nth(1).wait_for(timeout=SLOW)
    row = terminal.locator("[data-row]", has_text="CQX2511070386-01")
    row.locator(".seal").nth(1).wait_for(timeout=SLOW)  # both agencies take part
    address = str(row.locator("a[data-open]").get_attribute("href"))
    make_ready(terminal, address)
    begin(customs, address)
    for page in (terminal, customs):
        page.context.close()
    return address


def listed(page: Any, show: str) -> list[str]:
    """The bills of a list, by its question, and that it has as many as it says."""
    page.goto("/inspections")
    page.click(f"#show-{show}")
    page.wait_for_url(f"**/inspections?show={show}")  # all of it is there
    bills = page.locator("[data-row] td:nth-child(3)").all_inner_texts()
    if show != "over":
        assert page.inner_text(f"#show-{show} b") == str(len(bills))
    return [str(bill)[-2:] for bill in bills]


def test_the_list_is_asked_whose_turn_it_is(order: str, sign_in: Callable[..., Any], picture: Any) -> None:
    with sign_in("customs") as customs, sign_in("terminal") as terminal, sign_in("importer") as importer:
        assert sorted(listed(customs, "ours")) == ["01", "02"], "to conclude, and to agree on"
        assert listed(terminal, "ours") == ["02"], "nothing is left to do for the one under way"
        assert listed(terminal, "overdue") == []
        assert terminal.locator(".empty").is_visible()
        importer.goto("/inspections")
        assert importer.locator("#show-ours").count() == 0, "firms are asked nothing here"
        terminal.goto("/inspections")
        assert "等海关、检验检疫作结论" in terminal.inner_text("[data-list]")
        picture(terminal, "officers-list-terminal")


@in_both_languages
def test_the_list_fits_a_phone(order: str, sign_in: Callable[..., Any], picture: Any, language: str) -> None:
    with sign_in("customs", language, "light", PHONE) as page:
        page.goto("/inspections?show=open")
        assert page.locator("#shows a").count() == 5
        picture(page, f"officers-list-phone-{language}")


def test_a_note_without_a_result_is_said_and_kept(order: str, sign_in: Callable[..., Any]) -> None:
    with sign_in("customs") as page:
        page.goto(order)
        page.locator("[data-line] input.inp").first.fill(NOTE)
        page.keyboard.press("F9")
        page.wait_for_selector(".banner.deny")
        assert "没有选结果" in page.inner_text(".banner.deny")
        assert page.locator("[data-line] input.inp").first.input_value() == NOTE


def test_a_colleagues_finding_is_not_written_over_unread(order: str, sign_in: Callable[..., Any]) -> None:
    """Both stand on the page; the one's finding is there when the other hands in what was typed before."""
    with sign_in("customs") as mine, sign_in("customs") as colleague:
        for page in (mine, colleague):
            page.goto(order)
            page.wait_for_selector("#do-record")
        line = mine.locator("[data-line]").last
        line.locator("input[value=normal]").check(force=True)
        other = colleague.locator("[data-line]").last
        other.locator("input[value=abnormal]").check(force=True)
        colleague.keyboard.press("F9")
        colleague.wait_for_selector(".banner.ok")
        refreshed(mine, "sw-live[data-inspection]")
        until(mine, lambda: "未录" not in line.locator(".by").inner_text())
        mine.keyboard.press("F9")
        mine.wait_for_selector(".banner.deny")
        assert "录为异常" in mine.inner_text(".banner.deny")
        mine.wait_for_load_state()
        assert line.locator("input[value=normal]").is_checked(), "what was typed is still there"
        mine.keyboard.press("F9")
        mine.wait_for_selector(".banner.ok")
        colleague.goto(order)
        assert other.locator("input[value=normal]").is_checked(), "who has read it decides"


def test_a_conclusion_is_taken_back_before_it_is_acted_on(
    order: str, sign_in: Callable[..., Any], picture: Any
) -> None:
    with sign_in("customs") as customs, sign_in("quarantine") as quarantine:
        customs.goto(order)
        enter(customs)
        customs.click("#conclude-normal")
        customs.wait_for_selector("#do-reopen")
        picture(customs, "officers-list-concluded")
        customs.click("#do-reopen")
        customs.wait_for_selector("#do-record")
        customs.wait_for_load_state()
        assert "海关撤回结论" in customs.inner_text(".hist")
        customs.click("#conclude-normal")
        customs.wait_for_selector("#do-reopen")
        quarantine.goto(order)
        enter(quarantine)
        quarantine.click("#conclude-normal")
        quarantine.wait_for_selector(".banner.ok")
        until(quarantine, lambda: "01" in listed(quarantine, "over"))
        assert "检验检疫 人员 01" in quarantine.inner_text("[data-list]"), "who concluded stands in the list"


@pytest.mark.parametrize("size", [(1440, 900), PHONE], ids=["desk", "phone"])
def test_who_gives_an_instruction_sees_what_it_comes_beside(
    handed_in: str, order: str, sign_in: Callable[..., Any], picture: Any, size: tuple[int, int]
) -> None:
    """What everybody has said of the goods, what others look at, and what the own orders rested on before."""
    with sign_in("border", "zh-hans", "light", size) as page:
        hold(page, handed_in, TWO, "待核对随车人员")
        assert "核对件数" in page.inner_text("#others")
        assert TWO in page.inner_text("#disposition")
        assert page.locator("#bases option").first.get_attribute("value") == BASIS
        box = page.locator(".btn.bad").bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= size[0], (
            "what was given can be taken back without scrolling sideways"
        )
        picture(page, f"officers-list-instruction-{size[0]}")
        lift(page)

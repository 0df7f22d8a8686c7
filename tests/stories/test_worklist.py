"""What a partner sends back stands in the hall: what to do, until when, and one way to the consignment."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import DESK, PHONE, Platform
from .test_declaration import field

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
MANY = 40  # partners return one in ten by chance: that none of so many is returned does not happen


@pytest.fixture(scope="module")
def handed_in(platform: Platform) -> int:
    """Many declarations, some of which partners will return."""
    for number in range(MANY):
        platform.hand_in(f"WORK-{number}", bill_number=f"CQX25120{number:05}")
    return MANY


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_hall_says_what_to_do_and_until_when(
    handed_in: int,
    sign_in: Callable[..., Any],
    picture: Callable[..., None],
    language: str,
    size: tuple[int, int],
) -> None:
    with sign_in("broker", language, "light", size) as page:
        page.wait_for_selector("#worklist [data-row]", timeout=60_000)
        picture(page, f"hall-worklist-{language}-{size[0]}")
        row = page.locator("#worklist [data-row]").first
        assert ("Correct" in row.inner_text()) is (language == "en")
        assert ("改" in row.inner_text()) is (language != "en")
        row.locator("a.name").click()
        page.wait_for_url("**/consignments/*")


def test_every_line_of_the_worklist_can_be_reached(handed_in: int, sign_in: Callable[..., Any]) -> None:
    with sign_in("importer") as page:
        page.wait_for_selector("#worklist [data-row]", timeout=60_000)
        rows = "[...document.querySelectorAll('#worklist [data-row]')].map((row) => row.id)"
        seen = page.evaluate(rows)
        number = int(re.findall(r"\d+", page.inner_text("#worklist footer span >> nth=0"))[-1])
        while page.locator("#work-next").count():
            page.click("#work-next")
            page.wait_for_selector("#work-first")
            seen += page.evaluate(rows)
        assert len(seen) == len(set(seen)) == number


def test_what_was_sent_back_is_mended_and_declared_again(
    handed_in: int, sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("broker") as page:
        page.wait_for_selector("#worklist [data-row]", timeout=60_000)
        bill = page.inner_text("#worklist a.name >> nth=0")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/declarations/new?mends=*")
        sent_back = page.url.partition("mends=")[2]
        page.wait_for_selector("[data-returned] .box")
        assert page.input_value(field("bill_number")) == bill
        picture(page, "declaration-mends")
        page.fill(field("remarks"), "已按退回原因改正")
        page.keyboard.press("Control+s")
        page.wait_for_url(re.compile(r"/declarations/[0-9a-f-]{36}$"))
        draft = page.url
        page.goto(f"/consignments/{sent_back}")
        page.click("#do-mend")
        page.wait_for_selector("[data-returned] .box")
        assert page.url == draft, "one return is mended in one draft"
        page.keyboard.press("F9")
        page.wait_for_url("**/consignments/*")
        page.goto(f"/consignments/{sent_back}")
        page.wait_for_selector("#again")
        assert page.locator("#do-mend").count() == 0
        picture(page, "consignment-mended")
        page.goto("/hall")
        page.wait_for_selector("sw-live[state=live]")
        assert page.locator("#worklist a.name", has_text=bill).count() == 0
        page.goto(f"/search?q={bill}")
        assert page.locator(f"#row-{sent_back} .st.off").count() == 1


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_list_is_filtered_by_parts_of_numbers_and_by_firms(
    handed_in: int, sign_in: Callable[..., Any], picture: Callable[..., None], size: tuple[int, int]
) -> None:
    with sign_in("broker", size=size) as page:
        page.goto("/declarations")
        page.fill("#list-words", "2512000007 甲岚")
        page.keyboard.press("Enter")
        page.wait_for_url("**words=*")
        page.wait_for_selector("sw-live[state=live]")
        assert page.locator("[data-row]").count() == 1
        assert "重庆甲岚" in page.inner_text("[data-row]")
        picture(page, f"declarations-filtered-{size[0]}")
        page.click("#count-all")
        assert page.locator("[data-row]").count() == 1, "the words stay while the state changes"
        page.click("[data-row] a.name")
        page.click("#do-copy")
        page.wait_for_url("**/declarations/new?of=*")
        assert page.input_value(field("bill_number")) == "CQX2512000007"
        page.goto("/declarations?words=nobody")
        assert "没有相符的申报" in page.inner_text("main")


def test_a_stranger_has_nothing_to_do(handed_in: int, sign_in: Callable[..., Any]) -> None:
    with sign_in("forwarder") as page:
        page.wait_for_selector("sw-live[state=live]")
        assert page.locator("#worklist").count() == 0

"""A forwarder finds what was entrusted to it: hall, list, search, the page, the appointment; and no goods."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from .acting import appoint
from .conftest import Platform, at_desk_and_phone, in_both_languages
from .test_following import JOINT

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
BILL, BOX = "CQX2511070386", "CQXU2045171"
PLACE = "查验区 B-07"
GOODS = ("轴承", "电动机", "胶粘剂", "甲岚", "乙舟", "8482102000", "DM88412")


@pytest.fixture(scope="module")
def handed_in(platform: Platform) -> str:
    return platform.hand_in("ENTRUSTED-1")


@pytest.fixture
def appointed(handed_in: str, sign_in: Callable[..., Any]) -> str:
    """The story's consignment, its inspection appointed by the terminal; once however often it is asked."""
    with sign_in("broker") as page:
        page.goto(f"/consignments/{handed_in}")
        page.wait_for_selector(JOINT, timeout=60_000)
        order = page.locator("#disposition a[href^='/inspections/']").first.get_attribute("href")
    with sign_in("terminal") as terminal:
        terminal.goto(order)
        if PLACE not in terminal.inner_text("main"):
            appoint(terminal, PLACE)
            terminal.wait_for_selector(".banner.ok")
    return handed_in


@in_both_languages
@at_desk_and_phone
def test_the_hall_shows_what_to_attend_and_what_is_entrusted(
    appointed: str,
    sign_in: Callable[..., Any],
    picture: Callable[..., None],
    language: str,
    size: tuple[int, int],
) -> None:
    with sign_in("forwarder", language, "light", size) as page:
        row = page.locator(f"#row-{appointed}")
        row.wait_for()
        page.wait_for_selector("#latest-notices .panel")
        said = row.inner_text()
        assert BILL in said
        assert BOX in said
        assert "DEMO YANGTZE 08 / 2511E" in said
        assert ("Inspection" in said or "inspection" in said) is (language == "en")
        visit = page.inner_text("#worklist [data-row]")
        assert PLACE in visit
        assert ("attend" in visit) is (language == "en")
        assert page.locator("a[href='/declarations']").count() == 0, "it declares nothing"
        assert [word for word in GOODS if word in page.content()] == []
        picture(page, f"entrusted-hall-{language}-{size[0]}")
        page.goto("/consignments")
        page.wait_for_selector(f"#row-{appointed}")
        picture(page, f"entrusted-list-{language}-{size[0]}")
        row.locator("a.name").click()
        page.wait_for_url(re.compile(f"/consignments/{appointed}$"))
        page.wait_for_selector("#disposition")
        assert "DEMO YANGTZE 08 / 2511E" in page.inner_text("#disposition")
        assert [word for word in GOODS if word in page.content()] == []
        picture(page, f"entrusted-page-{language}-{size[0]}")
        page.goto(f"/consignments/{appointed}")
        page.locator("#disposition a[href^='/inspections/']").first.click()
        page.wait_for_url("**/inspections/*")
        assert BILL in page.inner_text("main")
        assert [word for word in GOODS if word in page.content()] == []
        picture(page, f"entrusted-inspection-{language}-{size[0]}")


def test_search_finds_it_by_bill_and_by_container(appointed: str, sign_in: Callable[..., Any]) -> None:
    with sign_in("forwarder") as page:
        for number in (BILL, BOX, f" {BOX.lower()} "):
            page.goto(f"/search?q={number}")
            page.wait_for_url(re.compile(f"/consignments/{appointed}$"))
        page.goto("/search?q=JL-AW-2025-0917")
        assert "没有可看的记录" in page.inner_text("main"), "the contract is between others"
        page.goto("/declarations")
        page.wait_for_url("**/consignments")


def test_several_that_bear_a_number_are_listed(
    appointed: str, platform: Platform, sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    platform.hand_in("ENTRUSTED-2", bill_number="CQX2612000321", voyage_number="2612E")
    with sign_in("forwarder") as page:
        page.wait_for_selector("[data-row]:has-text('CQX2612000321')", timeout=30_000)
        page.goto(f"/search?q={BOX}")
        page.wait_for_selector("[data-row] >> nth=1")
        picture(page, "entrusted-search")


def test_a_broker_that_forwards_nothing_is_offered_no_such_list(
    appointed: str, sign_in: Callable[..., Any]
) -> None:
    with sign_in("broker") as page:
        page.goto("/consignments")
        assert page.locator("#entrusted").count() == 0
        page.goto("/consignments/entrusted")
        assert "还没有委托给贵司的货物" in page.inner_text("main")

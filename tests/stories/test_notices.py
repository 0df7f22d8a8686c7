"""Everybody is told of one inspection and two releases: people in message boxes, the terminal by message.

Nobody reloads a page: the count in the header and the corner of the hall follow what happens.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

import programs
from programs import Description, Program
from singlewindow.server.configuration import load
from singlewindow.server.loaders import demo_secrets

from .acting import ONE, SLOW, TWO, appoint
from .conftest import PHONE, Platform, well_before_midnight
from .test_declaration import until

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
NEWS = "#latest-notices .told li:has-text('{text}')"
BOXES = "select number, may_leave from box"
COUNT = ".hdr .mail .cnt"


@pytest.fixture(scope="module")
def handed_in(platform: Platform) -> str:
    """The story's consignment, handed in."""
    return platform.hand_in("NOTICES-1")


def in_book(platform: Platform, query: str) -> list[tuple[Any, ...]]:
    """What the terminal's own book says."""
    state = platform.data / "counterparts" / "terminal" / "yard.db"
    with closing(sqlite3.connect(f"file:{state}?mode=ro", uri=True)) as yard:
        return yard.execute(query).fetchall()


@pytest.fixture(scope="module")
def told(platform: Platform, handed_in: str) -> str:
    """It, once all that comes by itself is told: both agencies inspect the one box, the other may leave."""
    secrets = demo_secrets(load({"data": platform.data, "demo": True}))
    importer = Program(Description(platform.url), secrets["importer_token"])

    def whole() -> bool:
        boxes = [f"{one['title']['zh']} {one['detail']['zh']}" for one in importer.pages("/notices")]
        inspected = any(ONE in said and "海关" in said and "检验检疫" in said for said in boxes)
        by_itself = ("检验检疫要求查验", f"综合放行：{TWO}")
        return inspected and all(any(words in said for said in boxes) for words in by_itself)

    programs.until(whole)
    programs.until(lambda: in_book(platform, BOXES) == [(TWO, 1)])
    return handed_in


def test_the_hall_tells_what_happens_while_it_happens(
    platform: Platform, sign_in: Callable[..., Any], picture: Callable[..., None], request: Any
) -> None:
    well_before_midnight()
    with sign_in("broker") as broker:
        broker.wait_for_selector("#latest-notices .empty")
        broker.wait_for_selector("#today dd:has-text('0 票')")
        assert broker.locator(COUNT).count() == 0
        request.getfixturevalue("handed_in")
        broker.wait_for_selector(NEWS.format(text=f"{ONE} 须查验"), timeout=SLOW)
        broker.wait_for_selector(NEWS.format(text=f"综合放行：{TWO}"), timeout=SLOW)
        broker.wait_for_selector("#latest-notices:has-text('检验检疫要求查验')", timeout=SLOW)
        # How many depends on what came in one batch: the two agencies' orders, or the one and then the other.
        # The header and the panel are two parts of the page: each learns by itself.
        until(broker, lambda: int(broker.inner_text(COUNT)) >= 3)
        until(broker, lambda: f"{broker.inner_text(COUNT)} 未读" in broker.inner_text("#latest-notices"))
        broker.wait_for_selector("#today dt:text-is('申报') + dd:has-text('1 票')")
        assert "0 票" in broker.inner_text("#today dt:text-is('放行') + dd"), (
            "one of its two boxes is to be inspected"
        )
        assert re.search(r"\d{2,} 框由系统填写", broker.inner_text("#today"))
        picture(broker, "notices-hall-desk")


def unread(page: Any) -> set[str]:
    """Which messages of the box nobody has read."""
    return set(page.locator(".told li.new").evaluate_all("(all) => all.map((one) => one.id)"))


def test_a_message_leads_to_its_page_and_is_read(
    told: str, sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("broker") as broker:
        broker.goto("/notices")
        picture(broker, "notices-box-desk")
        before = unread(broker)
        read = broker.locator(f".told li.new:has(a.head:has-text('综合放行：{TWO}'))").get_attribute("id")
        broker.click(f".told a.head:has-text('综合放行：{TWO}')")
        broker.wait_for_url(re.compile(f"/consignments/{told}$"))
        broker.wait_for_selector("#told:has-text('签发综合放行单')", timeout=SLOW)
        assert "果园港一期码头" in broker.inner_text("#told")
        for party, role in (("乙舟报关", "申报单位"), ("甲岚", "收发货人")):
            line = broker.inner_text(f"#told li:has-text('{party}')")
            assert (role in line, "未读" in line) == (True, True)
        broker.wait_for_selector("#told .st:has-text('对方已签收')", timeout=SLOW)
        picture(broker, "notices-consignment-desk")
        broker.goto("/notices")
        assert before - unread(broker) == {read}, "what was looked at, and nothing else"
        broker.click(f".told a.head:has-text('{ONE} 须查验')")
        broker.wait_for_url(re.compile("/inspections/[0-9a-f-]{36}$"))
        assert "开立查验单" in broker.text_content("#told"), "as the newest or, folded, as an earlier one"
        assert "乙舟报关" in broker.inner_text("#told")


def test_an_appointment_reaches_people_and_the_terminals_own_book(
    platform: Platform, told: str, sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("importer") as importer, sign_in("terminal") as terminal:
        terminal.goto("/notices")
        terminal.click(f".told a.head:has-text('{ONE} 须查验')")
        terminal.wait_for_url(re.compile("/inspections/"))
        appoint(terminal)
        importer.wait_for_selector(NEWS.format(text=f"{ONE} 查验已预约"), timeout=SLOW)
        assert "查验区 B-07" in importer.inner_text("#latest-notices")
        terminal.wait_for_selector("#told li:has-text('预约查验') .st:has-text('对方已签收')", timeout=SLOW)
        picture(terminal, "notices-inspection-desk")
    assert in_book(platform, "select subject, state, place from ordered") == [
        (ONE, "appointed", "查验区 B-07")
    ]
    assert in_book(platform, BOXES) == [(TWO, 1)]


def test_each_person_marks_what_they_have_read(
    told: str, sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("importer") as importer:
        importer.wait_for_selector("#latest-notices button:has-text('全部已读')")
        importer.goto("/notices?unread=1")
        before = int(importer.inner_text(".tabs .k"))
        importer.locator(".told button:has-text('标为已读')").first.click()
        importer.wait_for_selector(f".tabs .k:text-is('{before - 1}')")
        importer.click("button:has-text('全部已读')")
        importer.wait_for_selector(".empty")
        importer.goto("/notices")
        assert importer.locator(".told li").count() == before
        assert importer.locator(".told li.new").count() == 0
    with sign_in("broker") as broker:
        broker.goto(f"/consignments/{told}")
        broker.wait_for_selector("#told li:has-text('甲岚') .st:has-text('已读')")
        assert "未读" in broker.inner_text("#told li:has-text('乙舟报关')")
        broker.goto("/")
        broker.wait_for_selector(COUNT)
        broker.goto("/notices")
        marked = broker.locator(".told li.new").first.get_attribute("id")
        broker.focus(".told li.new button")
        broker.keyboard.press("Enter")
        there = "(id) => document.querySelector(`[id='${id}']:not(.new)`)?.contains(document.activeElement)"
        broker.wait_for_function(there, arg=marked)  # from where the next is a Tab away


def test_nobody_is_told_what_does_not_concern_them(told: str, sign_in: Callable[..., Any]) -> None:
    with sign_in("maritime") as maritime:
        maritime.goto("/notices")
        assert ONE not in maritime.inner_text("#notices")
        assert maritime.goto("/notices/1.1").status == 200, "what is not one's own leads back to the box"
        assert maritime.url.endswith("/notices")


def test_what_another_site_sends_is_not_followed(told: str, sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as broker:
        broker.goto("/notices")
        with broker.expect_navigation(url=re.compile("/notices$")):
            broker.evaluate("""() => {  // in one step: a refresh would put the page's own place back
              document.querySelectorAll("input[name=next]").forEach((one) => (one.value = "//evil.example/"));
              document.querySelector(".told button").click();
            }""")


@pytest.mark.parametrize("login", ["broker", "terminal", "forwarder"])
def test_in_english_on_a_phone(
    told: str, sign_in: Callable[..., Any], picture: Callable[..., None], login: str
) -> None:
    with sign_in(login, "en", "light", PHONE) as page:
        page.wait_for_selector("#latest-notices .panel")
        page.wait_for_selector("sw-live.mail[state=live]")
        picture(page, f"notices-hall-{login}-phone")
        page.goto("/notices")
        page.wait_for_selector(f".told li:has-text('{ONE} is to be inspected')")
        picture(page, f"notices-box-{login}-phone")


def test_in_the_dark(told: str, sign_in: Callable[..., Any], picture: Callable[..., None]) -> None:
    with sign_in("broker", "zh-hans", "dark") as page:
        page.wait_for_selector("#latest-notices .told")
        page.wait_for_selector(COUNT)
        picture(page, "notices-hall-dark")

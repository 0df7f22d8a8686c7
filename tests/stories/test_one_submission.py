"""A firm's system hands in once; the broker watches every agency's answer arrive."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import programs
from programs import Description, Program

from .conftest import Platform, at_desk_and_phone, in_both_languages
from .test_declaration import until

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
BILL, CONTAINER = "CQX2511070386", "CQXU2045171"


def test_receipts_arrive_without_reloading(
    platform: Platform, sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("broker") as page:
        page.wait_for_selector("sw-live[state=live]")
        picture(page, "hall-empty")
        page.evaluate("window.sameDocument = true")
        platform.hand_in("STORY-1")
        page.wait_for_selector("[data-row]", timeout=30_000)
        page.wait_for_selector("[data-row] .st.ok", timeout=30_000)
        assert page.evaluate("window.sameDocument")
        picture(page, "hall")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/consignments/*")
        page.wait_for_selector("h1 .st.ins", timeout=30_000)
        assert BILL in page.inner_text("h1")
        assert page.locator(".axis .ev").count() >= 3
        page.click("details.rc summary >> nth=0")
        picture(page, "consignment")
        page.goto(f"/search?q={BILL}")
        page.wait_for_url("**/consignments/*")
        # Customs gives it with its receipt, which is not the first that may order an inspection.
        until(page, lambda: bool(re.search(r"报关单\s*\d{18}", page.inner_text(".keys"))))


@pytest.fixture(scope="module")
def handed_in(platform: Platform) -> str:
    """The address of one consignment that is found by its container."""
    address = f"/consignments/{platform.hand_in('STORY-2')}"
    system = Program(Description(platform.url), platform.token)
    programs.until(lambda: system.get("/consignments", number=CONTAINER)["items"])
    return address


@in_both_languages
@pytest.mark.parametrize("theme", ["light", "dark"])
@at_desk_and_phone
def test_the_page_stands_in_both_languages_themes_and_widths(
    handed_in: str,
    sign_in: Callable[..., Any],
    picture: Callable[..., None],
    language: str,
    theme: str,
    size: tuple[int, int],
) -> None:
    with sign_in("broker", language, theme, size) as page:
        page.goto(handed_in)
        page.wait_for_selector("sw-live[state=live]")
        assert page.get_attribute("html", "lang") == ("en" if language == "en" else "zh-Hans")
        shown = page.inner_text("main")
        assert ("Timeline" in shown) is (language == "en")
        assert ("时间轴" in shown) is (language != "en")
        picture(page, f"consignment-{language}-{theme}-{size[0]}")


def test_slash_finds_by_container(handed_in: str, sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        page.keyboard.press("/")
        page.keyboard.type(CONTAINER.lower())
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: "/hall" not in address)
        assert BILL in page.inner_text("main")


def test_a_stranger_is_told_that_there_is_no_such_thing(
    platform: Platform, sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    bill = "CQX2512019901"
    another = {"ship_agent_code": "91500105MADEM0Y2X3", "ship_agent_name": "重庆乙舟报关有限公司"}
    told = platform.hand_in("ANOTHER-AGENT", bill_number=bill, voyage_number="2599E", **another)
    with sign_in("forwarder") as page:
        assert page.locator(f"a[href*='{told}']").count() == 0
        assert page.goto(f"/consignments/{told}").status == 404
        seen = page.inner_text("main")
        picture(page, "not-found")
        assert page.goto("/consignments/019a9d5e-7c10-7a4e-9c31-000000000000").status == 404
        assert page.inner_text("main") == seen
        page.goto(f"/search?q={bill}")
        assert page.locator("main a[href^='/consignments/']").count() == 0


def test_two_tabs_share_one_stream(handed_in: str, sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        page.wait_for_selector("sw-live[state=live]")
        second = page.context.new_page()
        streams: list[str] = []

        def shared(sent: Any) -> bool:
            return sent.url.endswith("/live") and "consignments" not in sent.url

        second.on("request", lambda sent: streams.append(sent.url) if shared(sent) else None)
        second.goto(handed_in)
        second.wait_for_selector("sw-live[state=live]")
        assert streams == []
        with second.expect_request(shared):
            page.close()
        second.wait_for_selector("sw-live[state=live]")
        assert len(streams) == 1


@at_desk_and_phone
def test_the_styleguide_renders_every_component(
    platform: Platform, browser: Any, picture: Callable[..., None], size: tuple[int, int]
) -> None:
    page = browser.new_page(base_url=platform.url, viewport={"width": size[0], "height": size[1]})
    page.goto("/styleguide")
    assert page.locator(".two > .half").count() == 2
    assert page.locator(".whole > .half").count() == 2 * page.locator(".whole").count() > 40
    for piece in (".dsp", ".cl", ".verd", ".rc", ".due-list", ".dock", ".goods-edit", ".told", ".pager"):
        assert page.locator(f".whole {piece}").first.is_visible(), piece
    picture(page, f"styleguide-{size[0]}")
    page.goto("/")
    picture(page, f"home-{size[0]}")
    page.close()


@at_desk_and_phone
def test_what_was_declared_is_read_box_by_box_and_used_again(
    handed_in: str, sign_in: Callable[..., Any], picture: Callable[..., None], size: tuple[int, int]
) -> None:
    with sign_in("broker", size=size) as page:
        page.goto(handed_in)
        page.click("a[href$='/declaration']")
        page.wait_for_url("**/declaration")
        assert BILL in page.inner_text(".declared")
        assert page.locator(".declared section.sec").count() > 3
        page.click("details.rc summary >> nth=0")
        picture(page, f"declared-{size[0]}")
        page.goto(handed_in)
        page.click("td.doc a >> nth=0")
        page.wait_for_url("**/documents/*")
        boxes = page.locator("table.boxes tbody tr")
        assert boxes.count() > 20
        assert boxes.filter(has_text=BILL).count() >= 1
        picture(page, f"boxes-{size[0]}")
        with page.expect_download() as kept:
            page.click("a[href$='/message']")
        assert BILL.encode() in Path(kept.value.path()).read_bytes()
        page.goto(f"{handed_in}/declaration")
        page.click("a[href*='new?of=']")
        page.wait_for_url("**/new?of=*")
        assert page.input_value("[data-field=bill_number]") == ""
        assert page.input_value("[data-field=consignee_name]")


def test_what_was_declared_is_printed_whole(
    handed_in: str, sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("broker", size=(794, 1123)) as page:  # A4 at 96 dots an inch
        page.goto(f"{handed_in}/declaration")
        page.evaluate("window.print = () => (window.printed = true)")
        page.click("[data-print]")
        assert page.evaluate("window.printed")
        page.emulate_media(media="print")
        cut = (
            "[...document.querySelectorAll('.declared .tw')].filter((e) => e.scrollWidth - e.clientWidth > 1)"
        )
        assert page.evaluate(f"{cut}.length") == 0
        folded = page.locator(".declared details .lv")
        assert folded.count() == 3
        assert all(one.bounding_box()["height"] > 100 for one in folded.all()), "paper cannot be opened"
        picture(page, "declared-printed")


def test_a_receiver_reads_its_own_document_and_not_the_declaration(
    handed_in: str, sign_in: Callable[..., Any]
) -> None:
    with sign_in("border") as page:
        page.goto(handed_in)
        page.click("td.doc a >> nth=0")
        page.wait_for_url("**/documents/*")
        assert BILL in page.inner_text("pre.raw")
        assert page.locator("table.boxes, a[href$='/declaration']").count() == 0
        answer = page.context.request.get(f"{handed_in}/declaration")
        assert answer.status == 404

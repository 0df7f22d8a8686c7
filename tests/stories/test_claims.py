"""Two consignments name one container as a full load: who decides sees whose it may be, and decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .acting import SLOW, refreshed
from .conftest import DESK, PHONE, Platform, in_both_languages
from .held import ROUND_TRIP
from .test_clearance import CUT

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
CHANGED = "document.querySelector('sw-live[data-inspection]').dispatchEvent(new CustomEvent('sw:change'))"
MINE, THEIRS, BOX = "CQX2512010001", "CQX2512010002", "CQXU3188623"


@pytest.fixture(scope="module")
def claimed(platform: Platform) -> tuple[str, str]:
    """Both consignments of one ship, handed in."""
    first = platform.hand_in("CLAIMS-1", bill_number=MINE, voyage_number="2601E")
    return first, platform.hand_in("CLAIMS-2", bill_number=THEIRS, voyage_number="2601E")


def claims(page: Any) -> Any:
    """The task about the container that both bills name."""
    page.goto("/tasks")
    row = page.locator(f"#tasks tr[data-row]:has(td.m > b:text-is('{BOX}'))")
    row.first.wait_for(timeout=SLOW)
    assert row.count() == 1, "one container, one matter"
    return row


def own(page: Any) -> Any:
    """A firm's own task about its bill's container."""
    page.goto("/tasks")
    row = page.locator(f"#tasks tr[data-row]:has-text('{BOX}'):has-text('“{MINE}”')")
    row.wait_for(timeout=SLOW)
    return row


def test_each_who_decides_sees_every_claim_and_no_other_reads_it(
    claimed: tuple[str, str], sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    for login in ("administrator", "customs"):
        for language, size in (("zh-hans", DESK), ("en", PHONE)):
            with sign_in(login, language, "light", size) as page:
                row = claims(page)
                said = row.locator(".claims").inner_text()
                assert MINE in said
                assert THEIRS in said
                assert ("整箱" if language == "zh-hans" else "Full load") in said
                assert row.locator("input[name=stands]").count() == 2
                assert row.locator("input[name=stands]:checked").count() == 0, "nothing is suggested"
                opens = row.locator(".claims a").count()
                assert opens == (2 if login == "customs" else 0), "the operator reads no consignment"
                picture(page, f"tasks-{login}-{language}-{size[0]}")
    with sign_in("broker") as page:
        row = own(page)
        assert row.locator(".claims, input[name=stands]").count() == 0
        picture(page, "tasks-broker-zh-hans-1440")
    with sign_in("quarantine") as page:
        page.goto("/tasks")
        assert BOX not in page.inner_text("#tasks")
        picture(page, "tasks-empty-zh-hans-1440")


@in_both_languages
def test_reasons_are_read_whole_at_a_desk(
    claimed: tuple[str, str], sign_in: Callable[..., Any], picture: Callable[..., None], language: str
) -> None:
    with sign_in("broker", language) as page:
        page.goto(f"/consignments/{claimed[0]}")
        page.wait_for_selector("#disposition .res .st", timeout=SLOW)
        page.evaluate(
            """() => {
              const said = document.createElement("span");
              said.className = "st hold i-s-hold";
              said.textContent = "claimed by another consignment, the operator decides whose ".repeat(3);
              document.querySelector("#disposition td.res").append(said);
            }"""
        )
        assert page.evaluate(CUT) == []
        for name in (".hdr .env", ".hdr .lang button"):
            assert page.locator(name).first.bounding_box()["height"] <= 32, name
        picture(page, f"consignment-claimed-{language}")


def test_customs_decides_and_the_claim_is_gone(
    claimed: tuple[str, str], sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("customs") as page:
        row = claims(page)
        tick = row.get_by_label(f"货物在箱内： {MINE}")
        tick.focus()
        page.evaluate("at => void (performance.now = () => at)", page.evaluate("performance.now()"))
        page.keyboard.down(
            "Space"
        )  # a press holds a refresh up for a while only, which a slow answer would outlast
        with page.expect_response(lambda answer: answer.url.endswith("/tasks")):
            page.evaluate(CHANGED)
        page.evaluate(ROUND_TRIP)
        page.keyboard.up("Space")
        page.evaluate("() => void delete performance.now")
        assert tick.is_checked(), "a press is not lost in a refresh"
        row.locator("input[name=reason]").fill("与舱单核对")
        page.keyboard.press("Enter")
        page.wait_for_timeout(500)
        assert page.url.endswith("/tasks"), "a decision is pressed, not typed"
        refreshed(page, "sw-live[data-inspection]")
        assert tick.is_checked(), "what was ticked stays while the page is refreshed"
        row.get_by_role("button", name="核定：勾选的在箱内").click()
        page.wait_for_selector(".banner.ok", timeout=SLOW)
        page.goto("/tasks")
        page.wait_for_selector("#tasks")
        assert BOX not in page.inner_text("#tasks")
    with sign_in("administrator") as page:
        page.goto("/tasks")
        assert BOX not in page.inner_text("#tasks"), "decided once, for everybody who may decide"
    with sign_in("broker") as page:
        page.goto(f"/consignments/{claimed[1]}")
        page.wait_for_selector("#disposition", timeout=SLOW)
        line = page.locator(f"#disposition tr:has-text('{BOX}')").last.inner_text()
        assert "已核定不属本票货物" in line
        assert "已撤销" not in line
        picture(page, "clearance-claim-ended-desk")

"""What does not go as planned: an appointment called off, a container called back after it has left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .acting import ONE, SLOW, TWO, appoint, at_gate, begin, hold, lift, make_ready, shows
from .conftest import PHONE, Platform, at_desk_and_phone, in_both_languages

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
STORY = "CQX2511070386"
WRONG_BOX, TOO_EARLY = "拖错了箱", "误点"
REASON = "场桥故障，当日无法移箱"


@pytest.fixture(scope="module")
def handed_in(platform: Platform) -> str:
    """The story's consignment, handed in."""
    return platform.hand_in("CALLED-OFF-1")


def test_who_made_an_appointment_calls_it_off_and_all_read_why(
    handed_in: str, sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("broker") as broker:
        broker.goto(f"/consignments/{handed_in}")
        shows(broker, ONE, "联合查验")
        link = broker.locator("#disposition tr", has_text=ONE).locator("a[href^='/inspections/']")
        order = link.get_attribute("href")
    with sign_in("terminal") as terminal, sign_in("customs", "en") as customs:
        terminal.goto(order)
        appoint(terminal)
        terminal.wait_for_selector("#do-call-off")
        customs.goto(order)
        customs.wait_for_selector("#do-start")
        assert customs.locator("#do-call-off").count() == 0, "only who made it takes it back"
        terminal.fill("#call-off-reason", REASON)
        terminal.keyboard.press("Enter")
        terminal.wait_for_selector(
            ".oh .st:has-text('已下达')"
        )  # the banner of the appointment may stand yet
        assert "未约" in terminal.inner_text(".facts")
        customs.wait_for_selector("#do-start", state="detached")
        assert REASON in customs.inner_text(".hist")
        picture(terminal, "called-off-desk")
    with sign_in("importer", "en", "light", PHONE) as importer:
        importer.goto("/notices")
        importer.wait_for_selector(f"text={REASON}", timeout=SLOW)
        picture(importer, "called-off-notices-phone")


@in_both_languages
@at_desk_and_phone
def test_who_pressed_by_mistake_takes_it_back_and_others_read_why(
    platform: Platform,
    sign_in: Callable[..., Any],
    picture: Callable[..., None],
    language: str,
    size: tuple[int, int],
) -> None:
    voyage = f"{language[:2].upper()}{size[0]}"
    handed = platform.hand_in(f"MISTAKE-{voyage}", bill_number=f"{STORY}-{voyage}", voyage_number=voyage)
    with sign_in("terminal", language, "light", size) as terminal, sign_in("customs", language) as customs:
        terminal.goto("/inspections")
        row = terminal.locator("[data-row]", has_text=f"{STORY}-{voyage}")
        row.locator(".seal").nth(1).wait_for(timeout=SLOW)
        order = row.locator("a[data-open]").get_attribute("href")
        make_ready(terminal, order)
        customs.goto(order)
        customs.wait_for_selector("#do-start")
        assert customs.locator("#do-not-ready").count() == 0, "only who said it takes it back"
        picture(terminal, f"mistake-ready-{language}-{size[0]}")
        terminal.fill("#not-ready-reason", WRONG_BOX)
        terminal.keyboard.press("Enter")
        terminal.wait_for_selector("#do-ready")
        customs.wait_for_selector(f".hist:has-text('{WRONG_BOX}')")
        make_ready(terminal, order)
        begin(customs, order)
        terminal.wait_for_selector("#do-not-ready", state="detached")
        picture(customs, f"mistake-started-{language}-{size[0]}")
        customs.fill("#not-started-reason", TOO_EARLY)
        customs.keyboard.press("Enter")
        customs.wait_for_selector("#do-start")
        terminal.wait_for_selector(f".hist:has-text('{TOO_EARLY}')")
        terminal.wait_for_selector("#do-not-ready")
        begin(customs, order)
        customs.locator("[data-line] input[value=normal]").first.check(force=True)
        customs.keyboard.press("F9")
        customs.wait_for_selector(".banner.ok")
        customs.wait_for_selector("#do-not-started", state="detached")
    assert handed


def test_what_left_is_called_back_until_all_have_released_it_again(
    handed_in: str, sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("broker") as broker, sign_in("border") as border, sign_in("gate") as gate:
        broker.goto(f"/consignments/{handed_in}")
        shows(broker, TWO, "综合放行")
        assert "放行" in at_gate(gate, TWO, "DM884121")
        gate.keyboard.press("F9")
        gate.wait_for_selector("#verdict[data-opened='1']")
        hold(border, handed_in, TWO, "待核对随车人员")
        shows(broker, TWO, "挂起")
        broker.wait_for_selector(f"#disposition tr:has-text('{TWO}') .res:has-text('已出闸，须召回')")
        broker.goto("/tasks")
        broker.wait_for_selector(f"#tasks [data-row] td.m:text-is('{TWO}')")
        picture(broker, "called-back-desk")
        lift(border)
        broker.goto(f"/consignments/{handed_in}")
        shows(broker, TWO, "综合放行")
        broker.goto("/tasks")
        broker.wait_for_selector("text=没有待核事项", timeout=SLOW)
        broker.goto("/notices")
        broker.wait_for_selector(f"text={TWO} 不再召回", timeout=SLOW)


def test_a_gate_speaks_both_languages_and_asks_who_can_compare(
    handed_in: str, sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("gate", "zh-hans", "light", PHONE) as gate:
        gate.goto("/gate?lane=3")
        picture(gate, "gate-language-phone")
        gate.click(".gh .lang button")
        gate.wait_for_selector("h1:text-is('Out lane 3')")
        assert "STOP" in at_gate(gate, "CQXU2045172", "X")
        gate.click(".gh .lang button")
        gate.wait_for_selector("h1:text-is('出闸 1 号道')")
    for login in ("customs", "forwarder"):
        with sign_in(login, "en", "light", PHONE) as looker:
            looker.goto("/gate")
            assert looker.locator("#do-check").count() == 0, "told no seal, it could only ever read 禁行"
            assert "No seal is told to you" in looker.inner_text(".scan")
            picture(looker, f"gate-looks-{login}-phone")

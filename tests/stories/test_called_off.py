"""What does not go as planned: an appointment called off, a container called back after it has left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .acting import ONE, SLOW, TWO, appoint, at_gate, hold, lift, shows
from .conftest import PHONE, Platform

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
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

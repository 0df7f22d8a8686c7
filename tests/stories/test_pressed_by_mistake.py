"""What yard and agency said too early they take back; on a platform of its own: its boxes come anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .acting import SLOW, begin, make_ready
from .conftest import Platform, at_desk_and_phone, in_both_languages

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
STORY = "CQX2511070386"
WRONG_BOX, TOO_EARLY = "拖错了箱", "误点"


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

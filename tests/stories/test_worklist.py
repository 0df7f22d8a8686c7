"""What a partner sends back stands in the hall: what to do, until when, and one way to the consignment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import DESK, PHONE, Platform

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
        page.locator("#worklist a[data-open]").first.click()
        page.wait_for_url("**/consignments/*")


def test_a_stranger_has_nothing_to_do(handed_in: int, sign_in: Callable[..., Any]) -> None:
    with sign_in("forwarder") as page:
        page.wait_for_selector("sw-live[state=live]")
        assert page.locator("#worklist").count() == 0

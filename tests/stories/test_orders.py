"""Many inspection orders: the list stays beside the order it is open on, and paper shows the order alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .acting import refreshed
from .conftest import Platform, in_both_languages

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
MANY = 30
SEEN = """(one) => {
  const [box, frame] = [one.getBoundingClientRect(), one.closest('.wl').getBoundingClientRect()];
  return box.top >= frame.top - 1 && box.bottom <= Math.min(frame.bottom, innerHeight) + 1;
}"""


@pytest.fixture(scope="module")
def orders(platform: Platform) -> list[str]:
    """Consignments of the story, each with an inspection of its own."""
    return [
        platform.hand_in(f"ORDERS-{n}", bill_number=f"CQX2511070386-{n:02}", voyage_number=f"6{n:02}E")
        for n in range(MANY)
    ]


@pytest.fixture
def last(orders: list[str], sign_in: Callable[..., Any]) -> str:
    """The address of the last order of the list, once all are there."""
    with sign_in("customs") as page:
        page.goto("/inspections")
        page.wait_for_function(f"document.querySelectorAll('[data-row]').length >= {MANY}", timeout=60_000)
        bills = page.locator("[data-row]").all_inner_texts()
        assert all("CQX2511070386-" in line for line in bills), "thirty orders are told apart by their bills"
        address = page.locator("a[data-open]").last.get_attribute("href")
    return str(address)


def test_the_list_scrolls_by_itself_and_shows_the_open_order(
    last: str, sign_in: Callable[..., Any], picture: Any
) -> None:
    with sign_in("terminal") as page:
        page.goto(last)
        page.wait_for_selector("sw-live[state=live]")
        assert page.evaluate("document.querySelector('.wl').scrollHeight > innerHeight")
        assert page.locator(".wl [aria-current]").evaluate(SEEN)
        place = page.evaluate("document.querySelector('.wl').scrollTop")
        refreshed(page, "sw-live[data-inspection]")
        assert page.evaluate("document.querySelector('.wl').scrollTop") == place, "a refresh leaves it there"
        picture(page, "orders-many")


@in_both_languages
def test_on_paper_stands_the_order_alone(
    last: str, sign_in: Callable[..., Any], picture: Any, language: str
) -> None:
    with sign_in("customs", language, "light", (794, 1123)) as page:
        page.goto(last)
        page.wait_for_selector("[data-print]")
        page.emulate_media(media="print")
        for gone in (".wl", ".hdr", ".side", "[data-print]", ".oh .at", "#told"):
            assert not page.locator(gone).first.is_visible(), gone
        for there in (".paper", ".cl", ".gr", ".facts"):
            assert page.locator(there).first.is_visible(), there
        picture(page, f"orders-paper-{language}")

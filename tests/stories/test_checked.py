"""A doubt that nothing else ends: who was asked says what was found, and nobody is asked any more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from programs import FIRM, FORWARDER, issued, until
from singlewindow.server import configuration

from .acting import SLOW
from .conftest import DESK, PHONE, Platform

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
BILL = "CQX2511070386-DB"
FOUND = "已电话核对，对方录错提运单号"


@pytest.fixture(scope="module")
def doubted(platform: Platform) -> str:
    """A bill that a second firm declares, too, of goods of its own."""
    platform.hand_in("DOUBT-1", bill_number=BILL, voyage_number="2601D")
    given = configuration.load({"data": platform.data, "demo": True}, {})
    token = issued(SimpleNamespace(configuration=given), FORWARDER, FIRM)  # type: ignore[arg-type]
    stranger = replace(platform, token=token)
    own = {"consignee_code": FORWARDER, "declarant_code": FORWARDER}
    until(lambda: _handed_in(stranger, bill_number=BILL, voyage_number="2601D", **own))
    return BILL


def _handed_in(firm: Platform, **values: Any) -> str:
    """Empty until the new token is known at the door."""
    try:
        return firm.hand_in("DOUBT-2", **values)
    except OSError:
        return ""


def test_the_operator_looks_into_it_and_it_is_off_the_list(
    doubted: str, sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("administrator", "en", "light", PHONE) as page:
        page.goto("/tasks")
        row = page.locator(f"#tasks tr[data-row]:has-text('Number declared twice'):has-text('{doubted}')")
        row.wait_for(timeout=SLOW)
        assert row.get_by_role("button", name="Checked").is_visible()
        picture(page, "tasks-doubt-en-phone")
    with sign_in("administrator", "zh-hans", "light", DESK) as page:
        page.goto("/tasks")
        row = page.locator(f"#tasks tr[data-row]:has-text('编号重复申报'):has-text('{doubted}')")
        row.wait_for(timeout=SLOW)
        picture(page, "tasks-doubt-desk")
        row.locator("input[name=reason]").fill(FOUND)
        row.locator("input[name=reason]").press("Enter")
        page.wait_for_timeout(300)
        assert "asked=" not in page.url, "a word that ends it is pressed, not typed"
        row.get_by_role("button", name="已核对").click()
        page.wait_for_selector(".banner.ok", timeout=SLOW)
        page.goto("/tasks")
        page.wait_for_selector("#tasks")
        assert row.count() == 0
        until(lambda: recorded(page))
        assert FOUND in page.inner_text("main")


def recorded(page: Any) -> bool:
    """Whether the journal tells of it: its page does not change by itself, and an entry is numbered later."""
    page.goto("/journal")
    return bool(page.locator("text=待核事项核对办结").count())

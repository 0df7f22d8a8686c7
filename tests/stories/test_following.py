"""Whose goods they are follows them: what is still to be attended, when and where, and what was released."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .acting import appoint
from .conftest import PHONE, Platform

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
JOINT = "#disposition tr:has-text('CQXU2045171') .res .st.tag:has-text('联合查验')"
PLACE = "查验区 B-07"


@pytest.fixture(scope="module")
def handed_in(platform: Platform) -> str:
    return platform.hand_in("FOLLOWING-1")


@pytest.fixture
def goods(handed_in: str, sign_in: Callable[..., Any]) -> str:
    """Their page, once two agencies want to inspect a container."""
    with sign_in("broker") as page:
        page.goto(f"/consignments/{handed_in}")
        page.wait_for_selector(JOINT, timeout=60_000)
    return f"/consignments/{handed_in}"


def test_an_importer_reads_what_is_still_to_be_attended_when_and_where(
    goods: str, sign_in: Callable[..., Any], picture: Any
) -> None:
    with sign_in("importer") as importer, sign_in("terminal") as terminal:
        importer.goto(goods)
        # Customs released the papers of the goods; one container is still to be inspected.
        importer.wait_for_selector(
            "#duties tr:not(.done):has-text('海关'):has-text('待查验')", timeout=30_000
        )
        order = importer.locator("#disposition a[href^='/inspections/']").first.get_attribute("href")
        assert "时间地点待约" in importer.inner_text("#disposition")
        terminal.goto(order)
        appoint(terminal, PLACE)
        terminal.wait_for_selector(".banner.ok")
        importer.wait_for_selector(f"#disposition .when:has-text('{PLACE}')", timeout=20_000)
        picture(importer, "following-importer")


def test_a_forwarder_follows_goods_it_was_sent_no_document_about(
    goods: str, sign_in: Callable[..., Any], picture: Any
) -> None:
    with sign_in("forwarder") as page:
        page.goto("/notices")
        page.locator("a.head", has_text="综合放行").first.click()
        page.wait_for_url(lambda address: address.endswith(goods))
        assert "CQX2511070386" in page.inner_text("h1")
        assert "综合放行" in page.inner_text("#disposition")
        assert "提运单 CQX2511070386" in page.inner_text("#disposition")
        for others in ("#duties", "#told", "[aria-labelledby=documents-title]", "text=申报内容", "text=乙舟"):
            assert page.locator(others).count() == 0, "papers that were not sent to it stay unseen"
        picture(page, "following-forwarder")
    with sign_in("forwarder", "en", "dark", PHONE) as page:
        page.goto(goods)
        picture(page, "following-forwarder-phone")


def test_who_is_not_told_finds_nothing(goods: str, sign_in: Callable[..., Any]) -> None:
    with sign_in("auditor") as page:
        assert page.goto(goods).status == 404

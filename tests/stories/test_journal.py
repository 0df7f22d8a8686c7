"""The journal's page: an auditor reads it without knowing how the platform calls things inside."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import PHONE, Platform

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
OURS = re.compile(
    r"\b(document|dossier|inspection|gate|api_token|coordination|process|exchange)\b|[0-9a-f]{8}-[0-9a-f]{4}"
)


@pytest.fixture(scope="module")
def handed_in(platform: Platform) -> str:
    return platform.hand_in("JOURNAL-1")


def rows(page: Any) -> str:
    return " ".join(page.locator("tr[data-row] td:nth-child(n+3):not(:last-child)").all_inner_texts())


@pytest.fixture
def ordered(handed_in: str, sign_in: Callable[..., Any]) -> str:
    """The consignment once its box is to be inspected: by then there is much to read about it."""
    with sign_in("broker") as page:
        page.goto(f"/consignments/{handed_in}")
        page.wait_for_selector("#disposition .res .st.tag:has-text('联合查验')", timeout=60_000)
    return handed_in


@pytest.mark.parametrize("login", ["auditor", "customs", "importer"])
def test_every_line_is_in_peoples_words(
    ordered: str, sign_in: Callable[..., Any], picture: Any, login: str
) -> None:
    with sign_in(login) as page:
        page.goto("/journal")
        read = rows(page)
        assert read
        assert not OURS.findall(read)
        if login != "auditor":
            assert page.locator("tr[data-row] a[href^='/consignments/']").count(), "a line leads to its goods"
        picture(page, f"journal-{login}")
        page.locator("[data-open]").first.click()
        page.wait_for_selector("pre.cli")


def test_one_consignment_and_one_day_are_found_by_their_links(
    ordered: str, sign_in: Callable[..., Any], picture: Any
) -> None:
    with sign_in("importer", "en", "dark", PHONE) as page:
        page.goto(f"/journal?about={ordered}")
        assert "CQX2511070386" in page.inner_text(".chip")
        everything = page.locator("tr[data-row]").count()
        page.locator("[data-open]").first.click()
        page.wait_for_selector("pre.cli")
        assert f"about={ordered}" in page.url, "the filter stays while entries are read"
        picture(page, "journal-entry-phone")
        tallest = "Math.max(...[...document.querySelectorAll('tr[data-row]')].map((row) => row.offsetHeight))"
        assert page.evaluate(tallest) < 160, "a line is a line on a phone as well"
        page.fill("#until", "2020-01-01")
        page.click(".until button")
        page.wait_for_selector(".empty")
        page.click(".empty a.btn")
        page.wait_for_selector("tr[data-row]")
        assert everything > 5

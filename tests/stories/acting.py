"""What people do on the pages of an inspection, as several stories tell it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

YARD = "查验区 B-07"


# The part that keeps itself up to date is drawn anew, and has settled.
_REFRESHED = """place => new Promise(done => {
    const live = document.querySelector(place);
    live.addEventListener("htmx:afterSettle", () => setTimeout(done), {once: true});
    live.dispatchEvent(new CustomEvent("sw:change"));
})"""


def refreshed(page: Any, place: str) -> None:
    """As if something had changed that the part of the page at ``place`` tells of."""
    page.evaluate(_REFRESHED, place)


def appoint(terminal: Any, place: str = YARD) -> None:
    """On an order's page the terminal says when and where."""
    terminal.fill("#when", f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%dT14:00}")
    terminal.fill("#place", place)
    terminal.click("#do-appoint")


def make_ready(terminal: Any, order: str, place: str = YARD) -> None:
    """An appointment is made, and what is to be inspected stands in the yard."""
    terminal.goto(order)
    appoint(terminal, place)
    terminal.wait_for_selector("#do-ready")
    terminal.click("#do-ready")
    terminal.wait_for_selector(".banner.ok")


def begin(officer: Any, order: str) -> None:
    """The agency starts, and may record."""
    officer.goto(order)
    officer.click("#do-start")
    officer.wait_for_selector("#do-record")

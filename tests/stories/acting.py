"""What people do on the pages of holds, inspections and the gate, as several stories tell it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from .test_declaration import until

YARD = "查验区 B-07"
ONE, TWO = "CQXU2045171", "CQXU3188623"  # the containers of the story's consignment
TRUCK = "渝D·3Q7F1"
BASIS = "《中华人民共和国出境入境边防检查条例》"
COMPOSITE = "#disposition tr:has-text('{number}') .res .st.tag:has-text('{word}')"
SLOW = 60_000

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
    officer.wait_for_load_state()  # its scripts hear keys


def shows(page: Any, number: str, word: str) -> None:
    """The composite of a container, which the page learns by itself."""
    page.wait_for_selector(COMPOSITE.format(number=number, word=word), timeout=SLOW)


def enter(page: Any) -> int:
    """Every line that is this agency's to enter, by keyboard; how many there were."""
    page.wait_for_load_state()
    lines = page.locator("[data-line]")
    for place in range(lines.count()):
        lines.nth(place).locator("input[type=radio]").first.focus()
        page.keyboard.press("1")
    return int(lines.count())


def at_gate(page: Any, number: str, seal: str, plate: str = TRUCK) -> str:
    """A truck before the barrier; the verdict as it stands on the page."""
    page.goto("/gate")
    page.fill("#plate", plate)
    page.fill("#container", number)
    page.fill("#seal", seal)
    page.keyboard.press("Enter")
    page.wait_for_selector("#verdict.ok, #verdict.deny")
    return str(page.inner_text("#verdict"))


def instructing(officer: Any, submission: str) -> None:
    """The screen for instructions on a consignment, once the worker has given that its dossier."""
    address = f"/instructions/new?about={submission}"
    until(officer, lambda: officer.context.request.get(address).ok, SLOW / 1000)
    officer.goto(address)


def hold(officer: Any, submission: str, number: str, why: str, basis: str = BASIS) -> None:
    """An agency holds a container of a consignment on its screen."""
    instructing(officer, submission)
    officer.select_option("#subject", label=f"箱 {number}")
    officer.select_option("#order", "3")
    officer.fill("#basis", basis)
    officer.fill("#text", why)
    officer.click("#do-issue")
    officer.wait_for_selector(".banner.ok")


def lift(officer: Any) -> None:
    """On the same page it takes that back."""
    officer.locator("form:has(.btn.bad) input.inp").fill("已核对")
    officer.locator(".btn.bad").click()
    officer.wait_for_selector(".banner.ok")

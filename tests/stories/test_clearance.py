"""Two agencies order an inspection of one container: inspected once, released once, out once, at the gate.

Customs and quarantine order it over their wires, as the rehearsal's script of the story's bill says;
border inspection, as an agency without a system would, gives and takes back a hold on its officer's screen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .acting import ONE, TRUCK, TWO, at_gate, begin, enter, hold, instructing, lift, make_ready, shows
from .conftest import PHONE, Platform
from .held import holding

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
SEAL, NEW_SEAL = "DM884120", "DM900001"
# An answer that a story holds back is waited for, however long the story takes.
PATIENT = "void (AbortSignal.timeout = () => new AbortController().signal)"
# The name in the header, and tables, that do not fit where they stand.
CUT = """
[...document.querySelectorAll(
    '.hdr .mark span, #disposition .tw, #duties .tw, [aria-labelledby=documents-title] .tw')]
  .filter(one => one.clientWidth && one.scrollWidth > one.clientWidth + 1
                 || one.closest('.hdr') && one.offsetHeight > 48)
  .map(one => one.innerText.slice(0, 60))"""


@pytest.fixture(scope="module")
def handed_in(platform: Platform) -> str:
    """The story's consignment, handed in."""
    return platform.hand_in("CLEARANCE-1")


@pytest.fixture
def released(handed_in: str, sign_in: Callable[..., Any]) -> None:
    """Its second container may leave."""
    with sign_in("broker") as page:
        page.goto(f"/consignments/{handed_in}")
        shows(page, TWO, "综合放行")


def test_an_officer_holds_a_container_on_a_screen_and_takes_it_back(
    handed_in: str, sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("broker") as broker, sign_in("border") as border:
        broker.goto(f"/consignments/{handed_in}")
        shows(broker, TWO, "综合放行")
        hold(border, handed_in, TWO, "待核对随车人员")
        shows(broker, TWO, "挂起")
        broker.wait_for_selector("#disposition:has-text('待核对随车人员')")
        lift(border)
        shows(broker, TWO, "综合放行")
        border.goto(f"/instructions/new?about={handed_in}")
        picture(border, "clearance-instructions-desk")


def test_a_page_marked_from_without_is_refreshed_within_its_policy(
    handed_in: str, sign_in: Callable[..., Any]
) -> None:
    """An extension, or the taking of a picture, leaves styles on fields; a refresh may not copy them."""
    with sign_in("border") as page:
        instructing(page, handed_in)
        page.wait_for_selector("sw-live[state=live]")
        page.evaluate("""() => {
          window.before = document.querySelector('#basis');
          window.before.style.setProperty('caret-color', 'transparent');
          window.before.closest('sw-live').dispatchEvent(new CustomEvent('sw:change'));
        }""")
        for _ in range(100):
            if page.evaluate("document.querySelector('#basis') !== window.before"):
                break
            page.wait_for_timeout(50)
        assert page.evaluate("document.querySelector('#basis') !== window.before"), "the page is refreshed"
        page.wait_for_timeout(200)


def test_inspected_once_released_once_and_out_once(
    handed_in: str, sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("broker") as broker, sign_in("customs") as customs, sign_in("quarantine") as quarantine:
        broker.goto(f"/consignments/{handed_in}")
        shows(broker, ONE, "联合查验")
        assert "不涉及" in broker.inner_text("#disposition")
        shows(broker, TWO, "综合放行")
        with sign_in("gate") as gate:
            assert "禁行" in at_gate(gate, ONE, SEAL)
            picture(gate, "clearance-gate-stop")

        joint = broker.locator("#disposition tr", has_text=ONE)
        order = joint.locator("a[href^='/inspections/']").get_attribute("href")
        with sign_in("terminal") as terminal:
            make_ready(terminal, order)
        begin(customs, order)

        quarantine.goto(order)
        quarantine.focus("#result-2-normal")
        quarantine.keyboard.press("1")
        quarantine.click("#conclude-normal")
        quarantine.wait_for_selector(".banner.deny")
        quarantine.wait_for_selector("#result-2-normal:checked")  # what was refused is still typed
        before = quarantine.locator("[data-line]").count()

        enter(customs)
        customs.fill("#note-1", "实点 28 件")
        customs.fill("#new-seal", NEW_SEAL)
        customs.click("#conclude-normal")
        customs.wait_for_selector(".banner.ok")

        # The shared item was entered by customs: read only here, at once, and not to be entered again.
        quarantine.wait_for_selector("text=实点 28 件")
        assert enter(quarantine) == before - 1
        quarantine.click("#conclude-normal")
        quarantine.wait_for_selector(".banner.ok")
        quarantine.goto(order)
        assert "没有未结的查验单" in quarantine.inner_text(".wl"), "an empty list says so"
        picture(quarantine, "clearance-order-desk")

        shows(broker, ONE, "综合放行")
        with sign_in("gate") as gate:
            assert "G-31" in at_gate(gate, ONE, SEAL), "the seal put on afterwards counts"
            assert "放行" in at_gate(gate, ONE, NEW_SEAL)
            gate.keyboard.press("F9")
            gate.wait_for_selector("#verdict[data-opened='1']")
            picture(gate, "clearance-gate-pass")
            assert "G-23" in at_gate(gate, ONE, NEW_SEAL), "nothing leaves twice"
        broker.goto(f"/consignments/{handed_in}")
        picture(broker, "clearance-matrix-desk")


def test_a_gate_without_an_answer_stops(handed_in: str, sign_in: Callable[..., Any]) -> None:
    with sign_in("gate") as gate:
        gate.route("**/gate/check", lambda route: route.abort())
        assert "禁行" in at_gate(gate, TWO, "DM884121")
        assert gate.is_disabled("#do-open")


def test_what_is_typed_while_the_gate_is_asked_was_not_checked(
    released: None, sign_in: Callable[..., Any]
) -> None:
    with sign_in("gate") as gate, holding(gate, "**/gate/check") as held:
        gate.evaluate(PATIENT)
        for name, value in (("plate", TRUCK), ("container", TWO), ("seal", "DM884121")):
            gate.fill(f"#{name}", value)
        gate.keyboard.press("Enter")
        held.ask(1)
        gate.fill("#seal", "DM88412")
        held.answer(1)
        gate.wait_for_selector("#verdict.none")
        assert gate.input_value("#seal") == "DM88412", "what was typed meanwhile stays"
        assert gate.is_disabled("#do-open")
        gate.keyboard.type("1")
        assert gate.input_value("#seal") == "DM884121", "and is typed on"
        gate.keyboard.press("Enter")
        held.ask(2)
        held.answer(2)
        gate.wait_for_selector("#verdict.ok")


def test_the_age_of_the_gates_data_is_that_of_the_youngest_answer(
    released: None, sign_in: Callable[..., Any]
) -> None:
    with sign_in("gate") as gate:
        gate.clock.install()
        gate.goto("/gate")
        gate.evaluate(PATIENT)
        with holding(gate, lambda address: address.endswith("/gate")) as held:
            gate.clock.run_for(12_000)  # while nothing stands before the barrier its age is renewed
            held.ask(1)
            for name, value in (("plate", TRUCK), ("container", TWO), ("seal", "DM884121")):
                gate.fill(f"#{name}", value)
            gate.keyboard.press("Enter")
            gate.wait_for_selector("#verdict.ok")
            gate.evaluate("document.querySelector('[data-age]').dataset.told = 'with the verdict'")
            held.answer(1)
        assert gate.locator("[data-age][data-told]").count() == 1


def test_a_verdict_does_not_outlive_what_it_rests_on(released: None, sign_in: Callable[..., Any]) -> None:
    with sign_in("gate") as gate:
        gate.clock.install()
        assert "放行" in at_gate(gate, TWO, "DM884121")
        gate.clock.run_for(70_000)
        assert "禁行" in gate.inner_text("#verdict")
        assert gate.is_disabled("#do-open")


@pytest.mark.parametrize("path", ["/gate", "/inspections", "/instructions/new"])
def test_who_has_no_right_finds_no_page(sign_in: Callable[..., Any], path: str) -> None:
    with sign_in("auditor") as page:
        assert page.goto(path).status == 404


@pytest.mark.parametrize("login", ["customs", "importer", "terminal"])
def test_on_a_phone_nothing_scrolls_sideways(
    handed_in: str, released: None, sign_in: Callable[..., Any], picture: Callable[..., None], login: str
) -> None:
    with sign_in(login, "en", "light", PHONE) as page:
        page.goto("/inspections")
        page.wait_for_selector("sw-live[state=live]")
        picture(page, f"clearance-list-{login}-phone")
        page.goto(f"/consignments/{handed_in}")
        page.wait_for_selector("#disposition")
        assert page.evaluate(CUT) == []
        picture(page, f"clearance-matrix-{login}-phone")


def test_a_gate_fits_a_phone(sign_in: Callable[..., Any], picture: Callable[..., None]) -> None:
    with sign_in("gate", "en", "light", PHONE) as page:
        assert "STOP" in at_gate(page, "CQXU2045172", "X")
        picture(page, "clearance-gate-phone")

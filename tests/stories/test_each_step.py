"""Each step of the story on the pages: both languages, desk and phone, processes killed on the way."""

from __future__ import annotations

import argparse
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from singlewindow.kernel.clock import local_day, now
from singlewindow.server import configuration
from singlewindow.server.commands import project

from .acting import ONE, SLOW, TWO, at_gate, enter, make_ready
from .conftest import DESK, PHONE, Platform, at_desk_and_phone, in_both_languages, well_before_midnight
from .test_declaration import CONTAINERS, GOODS, SAMPLES, SUMS, field, load

DID = {  # by the platform, on the axis between the partners' answers
    "zh-hans": ("开立查验单", "查验正常", "综合放行", "闸口放行"),
    "en": ("Inspection ordered", "Inspection normal", "Composite release", "Passed at the gate"),
}
pytestmark = [pytest.mark.story, pytest.mark.timeout(500)]
SEALS = {ONE: "DM990001", TWO: "DM884121"}
COMPOSITE = "#disposition tr:has-text('{number}') .res .st.tag.{kind}"
# One role of its own each time: which process is the role's is said once, when the platform starts.
KILLED = {
    ("zh-hans", DESK): "worker",
    ("zh-hans", PHONE): "component:customs",
    ("en", DESK): "web",
    ("en", PHONE): "counterpart:customs",
}
Shown = Callable[[Any, str], None]


def killed(platform: Platform, role: str) -> None:
    """The role's first process ends at once, in the middle of whatever it does."""
    said = (platform.data.parent / "output").read_text("utf-8")
    os.kill(int(re.findall(rf"^{role}: .*process (\d+)", said, re.M)[0]), signal.SIGKILL)


def welcomed(browser: Any, platform: Platform, language: str, size: tuple[int, int], shown: Shown) -> None:
    """The public page, before anybody signs in."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, base_url=platform.url, locale=language[:2]
    )
    context.add_cookies([{"name": "django_language", "value": language, "url": platform.url}])
    page = context.new_page()
    page.goto("/")
    assert page.locator("form.login").count() == 1
    shown(page, "1-home")
    context.close()


def done(page: Any, what: str, key: str) -> None:
    """By its button where there are no keys, a phone, and by its key at a desk."""
    if page.viewport_size["width"] == PHONE[0]:
        page.click(f"[data-do={what}]")
    else:
        page.keyboard.press(key)


def declared(page: Any, bill: str, voyage: str, shown: Shown, wound: Callable[[], None]) -> str:
    """Loaded, looked up, found wrong, mended, kept, handed in; the consignment's address."""
    load(page)
    assert page.locator(f"{GOODS} tbody tr[data-at]").count() == 3
    assert page.locator(f"{CONTAINERS} tbody tr").count() == 2
    page.fill(field("bill_number"), bill)
    page.fill(field("voyage_number"), voyage)
    page.fill(field("conveyance_name"), "")
    port = page.locator(field("transit_port"))
    port.click()
    port.fill("")
    page.keyboard.type("ys")
    page.wait_for_selector("[role=option]:has-text('CHN331')")
    shown(page, "2-look-up")
    page.keyboard.press("Enter")
    done(page, "check", "F8")
    page.wait_for_selector("#problems li")
    assert page.get_attribute(field("conveyance_name"), "aria-invalid") == "true"
    shown(page, "2-problems")
    page.fill(field("conveyance_name"), "DEMO YANGTZE 08")
    done(page, "check", "F8")
    page.wait_for_selector(f"{SUMS}.ok")
    done(page, "save", "Control+s")
    page.wait_for_url(re.compile(r"/declarations/[0-9a-f-]{36}$"))
    shown(page, "2-draft")
    done(page, "submit", "F9")
    page.wait_for_url("**/consignments/*")
    wound()
    return str(page.url)


def inspected(sign_in: Callable[..., Any], order: str, language: str, size: Any, shown: Shown) -> None:
    """Appointed and ready by the terminal; entered and concluded by both agencies."""
    with sign_in("terminal", language, "light", size) as terminal:
        make_ready(terminal, order)
        shown(terminal, "4-appointed")
    for agency in ("customs", "quarantine"):
        with sign_in(agency, language, "light", size) as officer:
            officer.goto(order)
            if agency == "customs":
                officer.click("#do-start")
                officer.wait_for_selector("#do-record")
                officer.fill("#new-seal", SEALS[ONE])
            enter(officer)
            shown(officer, f"4-{agency}")
            officer.click("#conclude-normal")
            officer.wait_for_selector(".banner.ok")


@at_desk_and_phone
@in_both_languages
def test_one_shipment_from_the_first_page_to_the_gate(
    platform: Platform,
    browser: Any,
    sign_in: Callable[..., Any],
    picture: Shown,
    language: str,
    size: tuple[int, int],
) -> None:
    mark = f"{language[0]}{size[0]}".upper()

    def shown(page: Any, step: str) -> None:
        assert page.get_attribute("html", "lang").lower().startswith(language[:2])
        picture(page, f"step-{step}-{language}-{size[0]}")

    def wounded() -> None:
        killed(platform, KILLED[language, size])

    welcomed(browser, platform, language, size, shown)
    well_before_midnight()
    with sign_in("broker", language, "light", size) as broker:
        declared(broker, f"CQX2511070386-{mark}", mark, shown, wounded)
        broker.wait_for_selector(COMPOSITE.format(number=ONE, kind="ins"), timeout=SLOW)
        broker.wait_for_selector(COMPOSITE.format(number=TWO, kind="ok"), timeout=SLOW)
        broker.wait_for_selector("details.rc >> nth=4", state="attached", timeout=SLOW)
        assert broker.locator("details.rc").count() == 5, "five receivers, each with its receipts"
        shown(broker, "3-receipts")
        matrix = broker.locator("#disposition tr", has_text=ONE)
        order = matrix.locator("a[href^='/inspections/']").get_attribute("href")
        with sign_in("gate", language, "light", size) as gate:
            at_gate(gate, ONE, SEALS[ONE])
            assert gate.locator("#verdict.deny").count() == 1
            shown(gate, "4-refused")
        inspected(sign_in, order, language, size, shown)
        broker.wait_for_selector(COMPOSITE.format(number=ONE, kind="ok"), timeout=SLOW)
        shown(broker, "4-released")
        with sign_in("gate", language, "light", size) as gate:
            at_gate(gate, ONE, SEALS[ONE])
            assert gate.locator("#verdict.ok").count() == 1
            gate.click("#do-open")
            gate.wait_for_selector("#verdict[data-opened='1']")
            shown(gate, "4-out")
        for did in DID[language]:
            broker.wait_for_selector(f".axis .ev b:text-is('{did}')", timeout=SLOW)
        broker.goto("/hall")
        took = {"zh-hans": "中位", "en": "median"}[language]
        broker.wait_for_selector(f"#today dd:has-text('{took}')")
        broker.goto("/notices")
        broker.wait_for_selector(".told li >> nth=3")
        shown(broker, "4-told")


@at_desk_and_phone
@in_both_languages
def test_another_vendors_message_fills_the_same_form(
    sign_in: Callable[..., Any], picture: Shown, tmp_path: Path, language: str, size: tuple[int, int]
) -> None:
    chosen = configuration.load({"data": tmp_path, "demo": False}, {})
    asked = argparse.Namespace(
        file=SAMPLES / "guoyuan_sea_import.json", on=local_day(now()), to="customs", document=None
    )
    message = tmp_path / "message.xml"
    message.write_text(project.run(asked, chosen).values["wire"], "utf-8")
    with sign_in("broker", language, "light", size) as page:
        load(page)
        typed = {
            path: page.input_value(field(path)) for path in ("bill_number", "gross_mass", "transit_port")
        }
        page.goto("/declarations/new")
        page.set_input_files("[data-file]", str(message))
        page.wait_for_selector(SUMS)
        assert {path: page.input_value(field(path)) for path in typed} == typed
        assert all(typed.values())
        assert page.locator(f"{GOODS} tbody tr[data-at]").count() == 3
        picture(page, f"step-5-read-{language}-{size[0]}")

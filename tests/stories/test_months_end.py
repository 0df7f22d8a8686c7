"""Month's end at a broker's desk: one was sent back, one is like another, and one is asked for by its box."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from singlewindow.kernel.clock import local_day, now
from singlewindow.kernel.codes.container import check_digit

from .acting import SLOW
from .conftest import PHONE, Platform, story
from .test_declaration import SUMS, field, until

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
MANY = 36
MONTH, SHIP = "2511M", "DEMO YANGTZE 12"
SENT_BACK, WHY = ("CQXRETURN2511M", "CQXRETURN2512M"), "提运单号与舱单不符"  # by the rehearsed customs
FOCUSED = "document.activeElement.dataset.field"
ROW = "document.activeElement.closest('[data-row]')?.id"
UNTOUCHED = "document.querySelector('sw-form').dirty = false"
ATTACHED = ("发票.pdf", "装箱单.pdf", "提运单.pdf", "合同.pdf")
IN_ORDER = [
    "entry_exit_date", "conveyance_name", "departure_date",
    *["containers.container_number"] * 2, *["attachments.attachment_name"] * len(ATTACHED),
]  # fmt: skip
# Nothing that was mended stands among the problems any more: they were looked for again.
SETTLED = "left => document.querySelectorAll('#problems li').length + left === 9"
Shown = Callable[[Any, str], None]


def box(number: int) -> str:
    """A container of this month's, with the digit that belongs to its number."""
    body = f"CQXU{700_000 + number}"
    return body + check_digit(body)


def shipment(bill: str, number: int, **values: Any) -> dict[str, Any]:
    """What was declared under a bill: the story's goods in boxes of its own."""
    boxes = [
        line | {"container_number": box(2 * number + at), "seal_number": f"DM{990_000 + 2 * number + at}"}
        for at, line in enumerate(story()["values"]["containers"])
    ]
    of_its_own = {"bill_number": bill, "bill_of_lading_number": bill, "voyage_number": MONTH}
    return of_its_own | {"containers": boxes} | values


@pytest.fixture(scope="module")
def month(platform: Platform) -> dict[str, str]:
    """Some dozens of declarations; which submission each bill is."""
    bills = [*(f"CQX{MONTH}{number:04}" for number in range(MANY)), *SENT_BACK]
    return {bill: platform.hand_in(bill, **shipment(bill, number)) for number, bill in enumerate(bills)}


def narrowed(page: Any, words: str) -> None:
    """The list of declarations by words, as they are typed."""
    page.goto("/declarations")
    page.fill("#list-words", words)
    page.keyboard.press("Enter")
    page.wait_for_url("**words=*")


def on_row(page: Any, row: str) -> None:
    """Down the list by J until one stands on the row."""
    for _ in range(60):
        page.keyboard.press("j")
        if page.evaluate(ROW) == row:
            return
    raise AssertionError(page.evaluate(ROW))


def lacking(boxes: list[str]) -> dict[str, list[str]]:
    """What a copy asks for anew, by field, as it is typed line by line."""
    day = local_day(now())
    return {
        "entry_exit_date": [f"{day - timedelta(1):%Y%m%d}"],
        "conveyance_name": [SHIP],
        "departure_date": [f"{day - timedelta(40):%Y%m%d}"],
        "containers.container_number": list(boxes),
        "attachments.attachment_name": list(ATTACHED),
    }


def opened_form(page: Any) -> None:
    page.wait_for_selector("sw-form:not([inert])")


def test_what_was_sent_back_is_found_read_corrected_and_off_the_list(
    month: dict[str, str], sign_in: Callable[..., Any], picture: Shown
) -> None:
    returned = SENT_BACK[0]
    with sign_in("broker") as page:
        narrowed(page, MONTH)
        page.wait_for_selector("#count-act b:text-is('1')", timeout=SLOW)
        picture(page, "month-list")
        page.focus("#count-act")
        page.keyboard.press("Enter")
        page.wait_for_url("**state=act*")
        on_row(page, f"row-{month[returned]}")
        picture(page, "month-to-act-on")
        page.keyboard.press("Enter")
        page.wait_for_url("**/consignments/*")
        assert WHY in page.inner_text("#duties")
        picture(page, "month-returned")
        page.focus("#do-mend")
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-returned] .box")
        opened_form(page)
        assert WHY in page.inner_text("[data-returned]")
        page.fill(field("bill_number"), f"CQX{MONTH}R1")
        page.fill(field("bill_of_lading_number"), f"CQX{MONTH}R1")
        page.keyboard.press("F9")
        page.wait_for_url(lambda address: "/consignments/" in address and month[returned] not in address)
        narrowed(page, f"{MONTH} RETURN")
        page.wait_for_selector(f"#row-{month[returned]} .st.off", timeout=SLOW)
        page.click("#count-act")
        page.wait_for_url("**state=act*")
        page.wait_for_selector(f"#row-{month[returned]}", state="detached")
        narrowed(page, f"{MONTH}R1")
        page.click("#count-act")
        page.wait_for_url("**state=act*")
        assert "没有相符的申报" in page.inner_text("main")
        picture(page, "month-none-so")
        page.click("text=不限状态")
        page.wait_for_url(lambda address: "state=" not in address and "words=" in address)
        assert page.locator("tr[id^=row-]").count() == 1


def filled(page: Any, told: dict[str, list[str]]) -> list[str]:
    """From problem to problem by F4, each field given what it lacks; the fields in their order."""
    walked = []
    for _ in range(page.locator("#problems li").count()):
        page.keyboard.press("F4")
        walked.append(page.evaluate(FOCUSED))
        page.keyboard.type(told[walked[-1]].pop(0))
        page.keyboard.press("Tab")
        page.wait_for_function(SETTLED, arg=len(walked))
    return walked


def test_another_like_it_is_copied_kept_found_again_mended_and_handed_in(
    month: dict[str, str], sign_in: Callable[..., Any], picture: Shown
) -> None:
    like, bill = f"CQX{MONTH}0007", f"CQX{MONTH}9001"
    with sign_in("broker") as page:
        narrowed(page, like)
        on_row(page, f"row-{month[like]}")
        page.keyboard.press("Enter")
        page.wait_for_selector("#do-copy")
        page.focus("#do-copy")
        page.keyboard.press("Enter")
        page.wait_for_url("**/declarations/new?of=*")
        opened_form(page)
        picture(page, "month-copied")
        page.fill(field("bill_number"), bill)
        page.fill(field("voyage_number"), "2512A")
        page.fill(field("delivery_number"), f"DO{MONTH}9001")
        page.keyboard.press("Control+s")
        page.wait_for_url(re.compile(r"/declarations/[0-9a-f-]{36}$"))
        draft = f"draft-{page.url.rpartition('/')[2]}"
        page.click(".side a[href='/declarations']")
        page.wait_for_url("**/declarations")
        on_row(page, draft)
        picture(page, "month-drafts")
        page.keyboard.press("Enter")
        opened_form(page)
        page.go_back()
        until(page, lambda: page.evaluate(ROW) == draft)
        page.keyboard.press("Enter")
        opened_form(page)
        assert page.input_value(field("bill_number")) == bill
        page.keyboard.press("F8")
        page.wait_for_selector("#problems li")
        picture(page, "month-problems")
        own = [box(900), box(901)]
        assert filled(page, lacking(own)) == IN_ORDER, "down the form, and none passed over"
        page.keyboard.press("F8")
        page.wait_for_selector(f"{SUMS}.ok")
        picture(page, "month-mended")
        page.keyboard.press("F9")
        page.wait_for_url("**/consignments/*")
        page.goto("/hall")
        page.wait_for_load_state()
        page.keyboard.press("/")
        page.keyboard.type(own[1].lower())
        page.keyboard.press("Enter")
        page.wait_for_url("**/consignments/*")
        assert bill in page.inner_text("h1")
        page.click("text=申报内容")
        page.wait_for_url("**/declaration")
        page.evaluate("() => { print = () => (document.title = 'printed'); }")
        page.click("[data-print]")
        assert page.title() == "printed"
        page.emulate_media(media="print")
        assert own[1] in page.inner_text("main")
        picture(page, "month-printed")


def test_on_a_phone_one_is_corrected_copied_and_found(
    month: dict[str, str], sign_in: Callable[..., Any], picture: Shown
) -> None:
    returned = SENT_BACK[1]
    with sign_in("broker", "en", size=PHONE) as page:
        narrowed(page, "RETURN2512M")
        page.wait_for_selector("#count-act b:text-is('1')", timeout=SLOW)
        picture(page, "month-phone-list")
        page.click(f"#row-{month[returned]} a.name")
        page.wait_for_url("**/consignments/*")
        assert WHY in page.inner_text("#duties")
        picture(page, "month-phone-returned")
        page.click("#do-mend")
        page.wait_for_selector("[data-returned] .box")
        opened_form(page)
        page.fill(field("bill_number"), f"CQX{MONTH}R2")
        page.fill(field("bill_of_lading_number"), f"CQX{MONTH}R2")
        page.click("[data-do=check]")
        page.wait_for_selector(f"{SUMS}.ok")
        picture(page, "month-phone-corrected")
        page.click("[data-do=submit]")
        page.wait_for_url(lambda address: "/consignments/" in address and month[returned] not in address)
        page.click("#do-copy")
        page.wait_for_url("**/declarations/new?of=*")
        opened_form(page)
        page.fill(field("bill_number"), f"CQX{MONTH}9002")
        page.click("[data-do=save]")
        page.wait_for_url(re.compile(r"/declarations/[0-9a-f-]{36}$"))
        picture(page, "month-phone-copied")
        page.click(".mob summary")
        page.click(".mob a[href='/declarations']")
        page.wait_for_url("**/declarations")
        picture(page, "month-phone-drafts")
        page.click(f".drafts a:has-text('CQX{MONTH}9002')")
        opened_form(page)
        page.click("[data-do=check]")
        page.wait_for_selector("#problems li")
        picture(page, "month-phone-problems")
        page.evaluate(UNTOUCHED)
        page.goto("/hall")
        page.click(".mob > a[href='/search']")
        page.fill("main input[name=q]", box(0))
        page.keyboard.press("Enter")
        page.wait_for_url("**/consignments/*")
        assert f"CQX{MONTH}0000" in page.inner_text("h1")
        picture(page, "month-phone-found")

"""Every key that ``keyboard.yaml`` promises is pressed once, and does what it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from singlewindow.hub.ui import keys

from .acting import ONE, SLOW, TWO, begin, make_ready, refreshed, shows
from .conftest import Platform
from .test_declaration import CONTAINERS, GOODS, SUMS, field, load, until

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
FOCUSED = "document.activeElement.dataset.field ?? document.activeElement.id"
BROWSERS = {
    "Esc": "Escape",
    "PgDn": "PageDown",
    "PgUp": "PageUp",
    "Ctrl S": "Control+s",
    "Ctrl '": "Control+'",
    "↑": "ArrowUp",
    "↓": "ArrowDown",
}
REFRESH_AND_PRESS = """key => new Promise(done => {
    const live = document.querySelector("sw-live[data-inspection]");
    const press = () => new KeyboardEvent("keydown", {key, bubbles: true});
    const pressed = () => document.activeElement.dispatchEvent(press());
    live.addEventListener("htmx:afterSwap", pressed, {once: true});
    live.addEventListener("htmx:afterSettle", () => setTimeout(done), {once: true});
    live.dispatchEvent(new CustomEvent("sw:change"));
})"""
PAGES, FORM, INSPECTION, SEVERAL, GATE = (place.name.en for place in keys.promised())
PRESSED: set[tuple[str, str]] = set()
TOLD: set[str] = set()  # places whose story has come to its end


@pytest.fixture(scope="module")
def handed_in(platform: Platform) -> str:
    return platform.hand_in("KEYS")


def press(page: Any, place: str, key: str) -> None:
    PRESSED.add((place, key))
    page.keyboard.press(BROWSERS.get(key, key.replace("Alt 1–9", "Alt+4").replace(" ", "+")))


def test_lists_are_walked_and_opened_and_all_keys_are_told(
    handed_in: str, sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("broker") as page:
        page.goto(f"/consignments/{handed_in}")
        for number, word in ((ONE, "联合查验"), (TWO, "综合放行")):  # no line comes or goes from now on
            shows(page, number, word)
        page.goto("/hall")
        page.wait_for_selector("[data-row]")
        for key in ("F1", "?"):
            press(page, PAGES, key)
            page.wait_for_selector("#keyboard[open]")
            page.keyboard.press("/")  # a dialogue keeps the keyboard to itself
            press(page, PAGES, "Esc")
            page.wait_for_selector("#keyboard", state="hidden")
        page.keyboard.press("F1")
        picture(page, "keyboard")
        page.keyboard.press("Escape")
        page.wait_for_selector("#keyboard", state="hidden")
        press(page, PAGES, "/")
        assert page.evaluate("document.activeElement.name") == "q"
        page.keyboard.press("j")
        assert page.input_value("[data-search]") == "j"
        press(page, PAGES, "Esc")
        assert page.evaluate("document.activeElement.tagName") == "BODY"
        press(page, PAGES, "J")
        first = page.evaluate("document.activeElement.href")
        assert first
        press(page, PAGES, "K")
        assert page.evaluate("document.activeElement.href") == first
        press(page, PAGES, "Enter")
        page.wait_for_url("**/consignments/*")
        page.goto("/journal")
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/journal/\d+"))
    TOLD.add(PAGES)


def test_a_form_is_filled_in_by_keyboard(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        load(page)
        page.focus(field("entry_office"))
        press(page, FORM, "Enter")
        assert page.evaluate(FOCUSED) == "handbook_number"
        press(page, FORM, "Shift Enter")
        assert page.evaluate(FOCUSED) == "entry_office"
        page.focus(field("loading_port"))
        press(page, FORM, "F2")
        page.wait_for_selector("dialog.codes[open]")
        press(page, FORM, "Esc")
        page.wait_for_selector("dialog.codes", state="hidden")
        page.fill(field("conveyance_name"), "")
        press(page, FORM, "F8")
        page.wait_for_selector("#problems li")
        press(page, FORM, "F4")
        assert page.evaluate(FOCUSED) == "conveyance_name"
        page.keyboard.type("DEMO YANGTZE 08")
        press(page, FORM, "Alt 1–9")
        press(page, FORM, "↓")
        press(page, FORM, "↑")
        page.keyboard.press("Enter")
        page.wait_for_selector(".editing")
        first = page.input_value(f".editing {field('goods.commodity_code')}")
        press(page, FORM, "PgDn")
        assert page.input_value(f".editing {field('goods.commodity_code')}") != first
        name = f".editing {field('goods.goods_name')}"
        second = page.input_value(name)
        page.focus(name)
        press(page, FORM, "Ctrl '")
        assert page.input_value(name) == page.evaluate(f"{VALUES}.goods[0].goods_name")
        page.click("[data-do=undo]")
        assert page.input_value(name) == second
        page.focus(name)
        press(page, FORM, "PgUp")
        assert page.input_value(f".editing {field('goods.commodity_code')}") == first
        press(page, FORM, "Alt Enter")
        assert page.evaluate(FOCUSED) == "goods.commodity_code"
        assert page.inner_text("[data-lines=goods] [data-count] >> nth=0") == "4"
        page.click("[data-lines=goods] [data-line-do=remove] >> nth=0")
        page.keyboard.press("Escape")
        page.keyboard.press("Alt+5")
        page.keyboard.press("Alt+Enter")
        assert page.locator("[data-lines=containers] tbody tr").count() == 3
        assert page.evaluate(FOCUSED) == "containers.container_number"
        page.keyboard.press("Alt+Enter")
        assert page.locator("[data-lines=containers] tbody tr").count() == 4, "from a line as from the first"
        for _ in range(2):
            page.focus("[data-lines=containers] tbody tr:last-child [data-line-do=remove-this]")
            page.keyboard.press("Enter")
        press(page, FORM, "Ctrl S")
        page.wait_for_url(re.compile(r"/declarations/[0-9a-f-]{36}$"))
        page.fill(field("bill_number"), "CQX2512190001")
        page.fill(field("voyage_number"), "2512E")  # the same boxes in the same call would be a second claim
        page.keyboard.press("F8")
        page.wait_for_selector(f"{SUMS}.ok")
        press(page, FORM, "F9")
        page.wait_for_url("**/consignments/*")
    TOLD.add(FORM)


def test_an_inspection_is_recorded_and_a_gate_worked_by_keyboard(
    handed_in: str, sign_in: Callable[..., Any]
) -> None:
    with sign_in("customs") as customs, sign_in("terminal") as terminal:
        customs.goto(f"/consignments/{handed_in}")
        link = "#disposition tr:has-text('CQXU2045171') a[href^='/inspections/']"
        shows(customs, ONE, "联合查验")
        shows(customs, TWO, "综合放行")  # or the gate, which is asked once, stops it
        order = customs.locator(link).get_attribute("href")
        make_ready(terminal, order)
        begin(customs, order)
        customs.locator("[data-line] input[type=radio]").first.focus()
        for key, result in (("1", "normal"), ("2", "abnormal"), ("3", "waived")):
            press(customs, INSPECTION, key)
            assert customs.is_checked(f"#result-1-{result}")
        customs.evaluate(REFRESH_AND_PRESS, "2")
        assert customs.is_checked("#result-1-abnormal"), (
            "a key pressed while the page settles is the younger one"
        )
        customs.keyboard.press("1")
        with customs.expect_navigation():  # the answer to what was done before stands there yet
            press(customs, INSPECTION, "F9")
        customs.wait_for_selector(".banner.ok")
    with sign_in("gate") as gate:
        assert gate.locator(".gh a[href='/accounts/me']").count() == 1, "their own password, without a menu"
        gate.fill("#plate", "渝D·3Q7F1")
        gate.fill("#container", "CQXU3188623")
        gate.fill("#seal", "DM884121")
        press(gate, GATE, "Enter")
        gate.wait_for_selector("#verdict.ok")
        gate.fill("#seal", "DM88412")  # 放行 was said of another seal than stands there now
        gate.wait_for_selector("#verdict.none")
        assert gate.is_disabled("#do-open")
        assert gate.locator(".idr .st:has-text('待核对')").count() == 4
        gate.fill("#seal", "DM884121")
        gate.keyboard.press("Enter")
        gate.wait_for_selector("#verdict.ok")
        press(gate, GATE, "F9")
        gate.wait_for_selector("#verdict[data-opened='1']")
        press(gate, GATE, "Esc")
        gate.wait_for_selector("#verdict.none")
        until(gate, lambda: gate.evaluate("document.activeElement.id") == "plate")
    TOLD.update((INSPECTION, GATE))


VALUES = "document.querySelector('sw-form').values"
PASTE = """text => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const event = new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true});
  return document.activeElement.dispatchEvent(event);
}"""
# Of a laptop's width: fields that are cut, and whether the editor reaches out of the frame of its table.
CUT = """(all) => all.filter((one) => one.offsetParent && one.scrollWidth > one.clientWidth)
  .map((one) => one.dataset.field)"""
COLUMNS = "(sheet) => getComputedStyle(sheet).gridTemplateColumns.split(' ').length"
INSIDE = """() => {
  const right = (at) => document.querySelector(at).getBoundingClientRect().right;
  return right(".goods-edit") <= right(".work > .form");
}"""
# As letters, spreadsheets and input methods write them, and what is meant; what may mean two things stays.
AS_WRITTEN = {
    "gross_mass": [
        ("１２，３４５．５", "12345.5"),
        ("1 234 567", "1234567"),
        ("1,5", "1,5"),
        ("12,345", "12345"),
    ],
    "entry_exit_date": [
        ("2026/1/8", "2026-01-08"),
        ("2026年11月8日", "2026-11-08"),
        ("2026.11.08 0:00", "2026-11-08"),
    ],
    "estimated_arrival": [("2026/1/8 9:05", "2026-01-08T09:05:00+08:00"), ("8/1/2026", "8/1/2026")],
    "bill_number": [("\u3000ＣＱＸ２５１１\u200b０７\t", "CQX251107")],
    "marks": [("（铜）\u200bＮ／\u3164Ｍ\u2800", "（铜）Ｎ／Ｍ")],
    "transit_port": [("洋山", "CHN331"), ("ＣＨＮ３３１", "CHN331")],
}


def test_what_is_typed_is_taken_as_it_is_meant(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        page.goto("/declarations/new")
        page.wait_for_selector("sw-form:not([inert])")
        for name, pairs in AS_WRITTEN.items():
            for typed, meant in pairs:
                page.fill(field(name), typed)
                page.keyboard.press("Tab")
                until(page, lambda name=name, meant=meant: page.evaluate(VALUES).get(name) == meant)
        for direction, needed in (("I", True), ("E", False)):
            page.select_option(field("trade_direction"), direction)
            assert (page.get_attribute(field("loading_port"), "aria-required") == "true") is needed
        office, code = field("inspection_office"), f".editing {field('goods.ciq_code')}"
        page.click(f"{GOODS} [data-line-do=add]")
        for typed, needed in (("101", True), ("", False)):
            page.fill(code, typed)
            assert (page.get_attribute(office, "aria-required") == "true") is needed
        page.fill(field("gross_mass"), "12345")
        page.focus(field("package_kind"))
        page.keyboard.press("Tab")
        page.keyboard.type("7")
        assert page.evaluate(VALUES)["gross_mass"] == "7", "what was chosen whole is typed over whole"
        page.evaluate("document.querySelector('sw-form').dirty = false")


def test_cells_of_a_spreadsheet_are_pasted_into_lines(
    sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("broker") as page:
        load(page)
        page.focus(f"{CONTAINERS} {field('containers.container_number')} >> nth=1")
        page.evaluate(PASTE, "CQXU3188623\t11\t\t2\t是\r\nCQXU2045171\t普通2*标准箱（L）\t\t1,3\t0\r\n\t\r\n")
        boxes = page.evaluate(VALUES)["containers"]
        assert [box["container_number"] for box in boxes[1:]] == ["CQXU3188623", "CQXU2045171"]
        assert [box["less_than_container_load"] for box in boxes[1:]] == ["1", "0"]
        until(page, lambda: page.evaluate(VALUES)["containers"][2]["container_type"] == "11")
        assert page.evaluate(FOCUSED) == "containers.container_number"
        page.click("[data-do=undo]")
        assert page.locator(f"{CONTAINERS} tbody tr").count() == 2
        page.click(f"{GOODS} tbody tr[data-at='0'] td >> nth=0")
        page.focus(f".editing {field('goods.quantity')}")
        page.evaluate(PASTE, "１２\r\n36\r\n1,200.5\r\n7\r\n")
        assert [line["quantity"] for line in page.evaluate(VALUES)["goods"]] == ["12", "36", "1200.5", "7"]
        assert page.evaluate(FOCUSED) == "goods.quantity"
        for width, columns in ((1280, 3), (1366, 4)):
            page.set_viewport_size({"width": width, "height": 800})
            picture(page, f"declaration-pasted-{width}")
            assert page.locator(".work .lv >> nth=0").evaluate(COLUMNS) == columns
            assert page.evaluate(INSIDE), "the editor keeps within the frame of its table"
            for kind in ("d", "an", "n", "time"):
                assert page.locator(f".lv [data-kind={kind}]").evaluate_all(CUT) == []
        page.evaluate(PASTE, "\n".join(["1"] * 51))
        assert "没有粘贴" in page.inner_text("[data-trouble]")
        assert len(page.evaluate(VALUES)["goods"]) == 4
        page.focus(f".editing {field('goods.goods_model')}")
        page.evaluate(PASTE, "two lines\nof one sentence")
        assert page.evaluate(VALUES)["goods"][0]["goods_model"].endswith("two lines of one sentence")
        page.fill(field("package_count"), "")
        page.evaluate(PASTE, "100\r\n200")
        assert page.evaluate(VALUES)["package_count"] == "100 200", "two numbers are never made one"
        page.evaluate("document.querySelector('sw-form').dirty = false")


def test_several_rows_are_chosen_and_released_by_keyboard(
    platform: Platform, sign_in: Callable[..., Any]
) -> None:
    with sign_in("administrator") as page:
        page.goto("/exchange/lanes/quarantine")
        page.fill("#reason", "检验检疫来函：系统维护")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("form[action$='/resume']")
    for bill in ("KEYS-1", "KEYS-2"):
        platform.hand_in(bill, bill_number=f"CQX2512{bill}", voyage_number=bill)
    with sign_in("quarantine") as page:
        page.goto("/instructions")
        page.wait_for_selector("[data-row]:has-text('KEYS-1')", timeout=SLOW)
        page.wait_for_selector("[data-row]:has-text('KEYS-2')", timeout=SLOW)
        count = page.locator(".picking [data-picked]")
        page.keyboard.press("j")
        for expected in ("1", "0"):
            press(page, SEVERAL, "Space")
            assert count.inner_text() == expected
        press(page, SEVERAL, "A")
        assert count.inner_text() == str(page.locator("[data-choose]").count())
        page.keyboard.press("a")
        assert count.inner_text() == "0"
        page.keyboard.press("F9")
        assert page.locator("#confirm[open]").count() == 0, "nothing is chosen"
        page.keyboard.press("Space")
        refreshed(page, "sw-live")
        assert page.evaluate("document.activeElement.closest('[data-row]') !== null")
        press(page, SEVERAL, "F9")
        page.wait_for_selector("#confirm[open]")
        page.keyboard.press("Escape")
        page.wait_for_selector("#confirm", state="hidden")
        page.keyboard.press("F9")
        page.keyboard.type("《进出口商品检验法》")
        page.keyboard.press("Tab")
        page.keyboard.type("a 资料齐全")  # a letter that is typed is no command
        page.keyboard.press("Enter")
        page.wait_for_selector("#became .banner.ok", timeout=SLOW)
    TOLD.add(SEVERAL)


def test_every_promised_key_was_pressed() -> None:
    if untold := [place.name.en for place in keys.promised() if place.name.en not in TOLD]:
        pytest.skip(f"its keys are pressed by a story that was not told to its end: {', '.join(untold)}")
    promised = {(place.name.en, name) for place in keys.promised() for key in place.keys for name in key.keys}
    assert promised == PRESSED


def test_an_open_menu_is_closed_by_escape_and_by_going_elsewhere(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        page.goto("/declarations/new")
        page.focus(".drop summary")
        page.keyboard.press("Enter")
        page.wait_for_selector(".drop[open]")
        page.keyboard.press("Tab")
        page.keyboard.press("Escape")
        assert page.locator(".drop[open]").count() == 0
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
        page.keyboard.press("Enter")
        page.wait_for_selector(".drop[open]")
        page.click("h1")
        assert page.locator(".drop[open]").count() == 0

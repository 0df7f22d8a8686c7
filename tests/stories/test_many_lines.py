"""A declaration of fifty lines: what is done to one line is drawn in that line, however many there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Platform, story
from .test_declaration import CONTAINERS, GOODS, SUMS, field, load, until

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
LINES = 50
VALUES = "document.querySelector('sw-form').values"
UNTOUCHED = "document.querySelector('sw-form').dirty = false"
FOCUSED = "document.activeElement.dataset.field"
MANY = """(n) => {
  const form = document.querySelector("sw-form");
  const first = form.values.goods[0];
  const goods = Array.from({ length: n }, (_, at) => ({ ...first, goods_name: `轴承 ${at + 1}` }));
  form.load({ values: { ...form.values, goods } });
}"""
# What a page makes anew has no mark; what it only moves keeps it.
TABLE = f"{GOODS} > .tw > table > tbody > tr"
MARK = f"""() => document.querySelectorAll("{TABLE}").forEach((one) => (one.dataset.stood = "1"))"""
ANEW = f"""() => document.querySelectorAll("{TABLE}:not([data-stood])").length"""
ROWS = f"{TABLE}[data-at]:not(.editing)"
SHOWN = "(rows) => rows.map((row) => `${row.cells[0].textContent} ${row.cells[2].textContent.trim()}`)"
BETWEEN = """() => {
  const editor = document.querySelector(".editing");
  return [editor.previousSibling.dataset.at, editor.nextSibling?.dataset.at ?? "", editor.dataset.at].join();
}"""


def many(page: Any) -> None:
    load(page)
    page.evaluate(MANY, LINES)
    page.click(f"{ROWS} >> nth=5")
    page.evaluate(MARK)


def test_a_step_moves_the_open_line_and_draws_no_other(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        many(page)
        for key, at in (("PageDown", 6), ("PageDown", 7), ("PageUp", 6)):
            page.keyboard.press(key)
            assert page.evaluate(BETWEEN) == f"{at},{at + 1},{at}"
            assert page.input_value(f".editing {field('goods.goods_name')}") == f"轴承 {at + 1}"
            assert page.evaluate(FOCUSED) == "goods.commodity_code"
            assert page.locator(f"{ROWS}.on").count() == 1
        for at in (40, 2):
            page.evaluate(f"document.querySelector('sw-form').goTo('goods[{at}].quantity')")
            assert page.evaluate(BETWEEN) == f"{at},{at + 1},{at}"
            assert page.evaluate(FOCUSED) == "goods.quantity"
        page.keyboard.press("Escape")
        assert page.get_attribute("tr:focus", "data-at") == "2"
        assert page.evaluate(ANEW) == 0
        page.evaluate(UNTOUCHED)


def test_lines_come_go_and_come_back_in_their_order(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        many(page)
        page.click(f"{GOODS} [data-line-do=remove]")
        page.click(f"{GOODS} [data-line-do=up]")
        assert page.evaluate(BETWEEN) == "4,5,4"
        names = [f"轴承 {n}" for n in (1, 2, 3, 4, 7, 5, *range(8, LINES + 1))]
        assert page.locator(ROWS).evaluate_all(SHOWN) == [f"{at} {name}" for at, name in enumerate(names, 1)]
        assert page.evaluate(ANEW) == 0
        page.click(f"{GOODS} [data-line-do=copy]")
        assert page.evaluate(BETWEEN) == f"{LINES - 1},,{LINES - 1}"
        assert page.input_value(f".editing {field('goods.goods_name')}") == "轴承 7"
        assert page.evaluate(ANEW) == 1
        assert page.is_disabled(f"{GOODS} [data-line-do=add]"), "no more than the definition allows"
        page.click("[data-do=undo]")  # of the removed line
        shown = page.locator(ROWS).evaluate_all(SHOWN)
        assert shown == [f"{n} 轴承 {n}" for n in range(1, LINES + 1)]
        assert page.evaluate(ANEW) <= 1
        page.evaluate(UNTOUCHED)


def test_behind_the_last_field_of_a_line_comes_the_next_line(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        load(page)
        page.click(f"{ROWS} >> nth=1")
        page.evaluate("document.querySelectorAll('.editing details').forEach((fold) => (fold.open = false))")
        last = page.locator(f".editing {field('goods.emergency_phone')}")
        last.focus()
        page.keyboard.press("Enter")
        assert page.get_attribute(".editing", "data-at") == "2"
        assert page.evaluate(FOCUSED) == "goods.commodity_code"
        page.keyboard.press("Shift+Enter")
        assert page.get_attribute(".editing", "data-at") == "1"
        assert page.evaluate("document.activeElement.closest('.editing') !== null")
        page.keyboard.press("PageDown")
        page.evaluate("document.querySelectorAll('.editing details').forEach((fold) => (fold.open = false))")
        last.focus()
        page.keyboard.press("Enter")
        assert page.evaluate(FOCUSED) == "containers.container_number", (
            "behind the last line the next section"
        )
        page.evaluate(UNTOUCHED)


def test_what_was_found_stands_by_its_lines_wherever_they_go(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        many(page)
        page.fill(f".editing {field('goods.quantity')}", "")
        page.keyboard.press("F8")
        verdict = f"{ROWS} [data-verdict]"
        until(page, lambda: "错误" in page.inner_text(f"{verdict} >> nth=5"))
        page.wait_for_selector(f".editing {field('goods.quantity')}[aria-invalid=true]")
        page.keyboard.press("PageDown")
        assert page.locator(f".editing {field('goods.quantity')}[aria-invalid]").count() == 0
        page.keyboard.press("PageUp")
        assert page.locator(f".editing {field('goods.quantity')}[aria-invalid=true]").count() == 1
        page.click(f"{GOODS} [data-line-do=up]")
        assert "错误" in page.inner_text(f"{verdict} >> nth=4")
        assert "错误" not in page.inner_text(f"{verdict} >> nth=5")
        page.keyboard.press("F4")
        assert page.evaluate(FOCUSED) == "goods.quantity"
        assert page.get_attribute(".editing", "data-at") == "4"
        page.keyboard.type("24000")
        page.keyboard.press("F8")
        page.wait_for_selector(f"{SUMS}.deny", state="detached")
        until(page, lambda: page.locator(f"{verdict} .deny").count() == 0)
        page.evaluate(UNTOUCHED)


def test_what_lines_come_to_stands_below_them(sign_in: Callable[..., Any]) -> None:
    total = f"{GOODS} [data-totals] [data-total={{}}]"
    with sign_in("broker") as page:
        load(page)
        assert page.inner_text(total.format("line_amount")) == "总价合计 150,000 EUR"
        net = total.format("line_net_mass")
        assert "与表头一致" in page.inner_text(f"{net} .ok")
        page.fill(field("net_mass"), "11608.5")
        assert "表头 11,608.5，相差 0.5" in page.inner_text(f"{net} .warn")
        page.click(f"{ROWS} >> nth=0")
        page.select_option(f".editing {field('goods.not_dangerous')}", "1")
        page.evaluate("document.querySelector('sw-form').goTo('goods[0].line_net_mass')")
        page.keyboard.type("0.1")
        assert page.inner_text(net).startswith("商品净重合计 5,848.1")
        page.keyboard.press("Control+a")
        page.keyboard.press("Delete")
        assert "3 项填了 2 项" in page.inner_text(net)
        page.fill(f".editing {field('goods.currency')}", "USD")
        assert page.inner_text(total.format("line_amount")) == "总价合计 92,400 USD + 57,600 EUR"
        page.evaluate(UNTOUCHED)


def test_a_draft_is_printed_whole(sign_in: Callable[..., Any], picture: Callable[..., None]) -> None:
    with sign_in("broker", size=(794, 1123)) as page:  # A4 at 96 dots an inch
        load(page)
        page.emulate_media(media="print")
        cut = "(all) => all.filter((one) => one.scrollWidth - one.clientWidth > 1).length"
        assert page.locator("[data-lines] .tw").evaluate_all(cut) == 0
        assert page.locator(f"{CONTAINERS} tbody input").evaluate_all(cut) == 0
        assert page.locator("[data-grid] > details .lv >> nth=0").bounding_box()["height"] > 100
        picture(page, "declaration-printed")
        page.evaluate(UNTOUCHED)


def test_a_copy_leaves_out_what_was_of_the_other_shipment(
    platform: Platform, sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    declared = story()["values"]
    of = platform.hand_in("COPIED")
    with sign_in("broker") as page:
        page.goto(f"/declarations/new?of={of}")
        page.wait_for_selector("sw-form:not([inert])")
        values = page.evaluate(VALUES)
        assert [line["goods_name"] for line in values["goods"]] == [
            line["goods_name"] for line in declared["goods"]
        ]
        assert [sorted(box) for box in values["containers"]] == [
            sorted(
                set(box)
                - {"container_number", "seal_number", "stowage_cell", "tare_mass", "container_gross_mass"}
            )
            for box in declared["containers"]
        ]
        assert not {"bill_number", "voyage_number", "conveyance_name", "entry_exit_date"} & set(values)
        said = page.inner_text("[data-left]")
        assert all(name in said for name in ("箱号", "封志", "航次"))
        picture(page, "declaration-copied")
        page.click("[data-do=undo]")
        assert not page.is_visible("[data-left]")
        assert page.input_value(field("bill_number")) == declared["bill_number"]
        assert page.input_value(f"{CONTAINERS} {field('containers.seal_number')} >> nth=0")
        page.click("[data-do=undo]")
        assert page.input_value(field("bill_number")) == ""
        assert page.is_visible("[data-left]")
        page.evaluate(UNTOUCHED)
    with sign_in("broker", "en") as page:
        page.goto(f"/declarations/new?of={of}")
        page.wait_for_selector("sw-form:not([inert])")
        assert page.inner_text("[data-left]").startswith("A copy.")
        page.set_viewport_size({"width": 390, "height": 844})
        picture(page, "declaration-copied-390")

"""Somebody types, presses or clicks while an answer is still on its way, or answers overtake each other."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from .acting import instructing, refreshed
from .conftest import Platform
from .held import ROUND_TRIP, holding
from .test_declaration import CONTAINERS, GOODS, SUMS, field, load, until

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
VALUES = "document.querySelector('sw-form').values"
UNTOUCHED = "document.querySelector('sw-form').dirty = false"
# Nothing is checked of its own accord, a moment after the last key.
ASKED_FOR = "document.querySelector('sw-form').later = () => {}"
CHECK, SAVE, CODES = "**/check", "**/save", "**/codes/**"

# Which of two presses of the button that makes a new account sends the form.
PRESSED_TWICE = """() => {
  const button = document.querySelector("form[action$='/accounts/people'] button[type=submit]");
  const sent = [];
  addEventListener("submit", (event) => sent.push(!event.defaultPrevented));
  button.click();
  button.click();
  return sent;
}"""


def swapped(page: Any, live: str) -> None:
    """Wait until the part that was marked with ``data-before`` has been drawn anew."""
    page.wait_for_selector(f"{live}:not(:has([data-before]))")


def test_a_code_is_chosen_from_what_was_typed_and_not_from_an_older_list(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        page.goto("/declarations/new")
        page.locator(field("transit_port")).click()
        page.keyboard.type("h")
        page.wait_for_selector("[role=option]")
        assert page.get_attribute("[role=option]", "data-code") != "DEU033"
        with holding(page, CODES) as held:
            page.keyboard.type("anb")
            page.keyboard.press("Enter")  # the list in sight is that of “h”
            assert page.evaluate("document.activeElement.dataset.field") == "loading_port"
            until(page, lambda: any("q=hanb" in one.request.url for one in held.waiting))
            held.let_go()  # it may be asked for twice: by the list and by the field that was left
            until(page, lambda: page.input_value(field("transit_port")) == "DEU033")
        page.evaluate(UNTOUCHED)


def test_whoever_walks_a_list_keeps_it(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        page.goto("/declarations/new")
        page.locator(field("transit_port")).click()
        page.keyboard.type("y")
        page.wait_for_selector("[role=option] >> nth=2")
        third = page.get_attribute("[role=option] >> nth=2", "data-code")
        with holding(page, CODES) as held:
            page.keyboard.type("s")
            held.ask(1)
            for key in ("ArrowDown", "ArrowDown"):
                page.keyboard.press(key)
            held.waiting[0].abort()  # nobody waits for it any more
            page.evaluate(ROUND_TRIP)
            page.keyboard.press("Enter")
        assert page.input_value(field("transit_port")) == third
        page.evaluate(UNTOUCHED)


def test_a_table_is_chosen_from_when_it_has_found_what_was_typed(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        page.goto("/declarations/new")
        page.focus(field("loading_port"))
        page.keyboard.press("F2")
        page.wait_for_selector("dialog[open] tbody tr >> nth=19")
        with holding(page, CODES) as held:
            page.keyboard.type("hanb")
            page.keyboard.press("Enter")
            # The first keys may have been asked for before anything was held.
            until(page, lambda: any("q=hanb" in one.request.url for one in held.waiting[1:]))
            assert page.input_value(field("loading_port")) == "", "the rows in sight are not what was typed"
            for number in (len(held.waiting), 1):
                held.answer(number)
        until(page, lambda: page.input_value(field("loading_port")) == "DEU033")
        page.evaluate(UNTOUCHED)


def test_a_table_never_offers_the_codes_of_another(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        page.goto("/declarations/new")
        with holding(page, CODES) as held:
            for number, name in enumerate(("transit_port", "transport_mode"), 1):
                page.focus(field(name))
                page.keyboard.press("F2")
                held.ask(number)
                if number == 1:
                    page.keyboard.press("Escape")
                    page.wait_for_selector("dialog.codes", state="hidden")
            held.answer(2)
            first = page.get_attribute("dialog[open] tbody tr", "data-code")
            held.answer(1)
        assert page.get_attribute("dialog[open] tbody tr", "data-code") == first
        page.keyboard.press("Enter")
        assert page.input_value(field("transport_mode")) == first
        page.evaluate(UNTOUCHED)


def test_a_table_is_turned_by_keyboard_from_its_rows_too(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        page.goto("/declarations/new")
        page.focus(field("loading_port"))
        page.keyboard.press("F2")
        page.wait_for_selector("dialog[open] tbody tr >> nth=19")
        page.keyboard.press("ArrowDown")
        for _ in range(2):
            page.keyboard.press("PageDown")
        page.wait_for_selector("dialog[open] [data-page]:has-text('3 ')")
        assert page.evaluate("document.activeElement.tagName") == "TR", "the keyboard stays in the table"
        page.focus("dialog[open] [data-close]")
        page.keyboard.press("Enter")
        page.wait_for_selector("dialog.codes", state="hidden")
        assert page.input_value(field("loading_port")) == "", "a button does what it says"


def test_of_two_checks_the_later_counts_whichever_answers_first(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        load(page)
        with holding(page, CHECK) as held:
            page.evaluate(ASKED_FOR)
            for number, name in enumerate(("", "DEMO YANGTZE 08"), 1):
                page.fill(field("conveyance_name"), name)
                page.keyboard.press("F8")
                held.ask(number)
            for number in (2, 1):
                held.answer(number)
                assert page.locator(f"{SUMS}.ok").count() == 1
                assert page.locator("#problems li").count() == 0
        page.evaluate(UNTOUCHED)


def test_what_is_typed_while_a_draft_is_saved_is_saved_by_the_next(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        load(page)
        with holding(page, SAVE) as held:
            page.keyboard.press("Control+s")
            held.ask(1)
            page.fill(field("marks"), "YOUNGER")
            page.keyboard.press("Control+s")
            held.answer(1)
            held.ask(2)
            said = page.inner_text("[data-saved]")
            assert said == page.evaluate("document.querySelector('sw-form').words.unsaved")
            held.answer(2)
        assert page.inner_text(".chip[data-version] b") == "2"
        page.reload()
        until(page, lambda: page.input_value(field("marks")) == "YOUNGER")


def test_of_two_samples_the_later_is_meant(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        page.goto("/declarations/new")
        with holding(page, "**/samples/**") as held:
            for number in (1, 2):
                page.click(".drop summary")
                page.click(f".pop.menu button >> nth={number - 1}")
                held.ask(number)
            held.answer(2)
            page.wait_for_selector("#problems li >> nth=20")
            held.answer(1)
        assert page.locator("#problems li").count() > 20
        assert page.locator(f"{SUMS}.ok").count() == 0
        page.evaluate(UNTOUCHED)


def test_what_was_found_goes_with_its_line_when_lines_change_places(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        load(page, at=1)
        page.wait_for_selector("#problems button[data-fill]:has-text('1133')")
        page.click(f"{GOODS} tbody tr[data-at='0'] td >> nth=0")
        third = page.evaluate(f"{VALUES}.goods[2].goods_name")
        with holding(page, CHECK) as held:
            page.evaluate("document.querySelector('.msg').dataset.before = '1'")
            page.fill(field("marks"), "TYPED")
            assert page.locator(".msg[data-before]").count() == 1, "a key draws nothing of it anew"
            page.keyboard.press("F8")
            held.ask(1)
            page.click(f"{GOODS} [data-line-do=remove]")
            held.answer(1)  # it speaks of lines that are not there any more
            page.click("#problems button[data-fill]:has-text('1133')")
        goods = page.evaluate(f"{VALUES}.goods")
        assert [line.get("un_number") for line in goods] == [None, "1133"]
        assert goods[1]["goods_name"] == third
        page.evaluate(UNTOUCHED)


def test_whoever_stands_on_what_was_found_keeps_it_when_more_is_found(sign_in: Callable[..., Any]) -> None:
    at = "document.activeElement.textContent + document.activeElement.closest('.msg, #problems').className"
    with sign_in("broker") as page:
        load(page, at=1)
        for button in ("#problems button[data-fill]", ".msg button"):
            first = page.inner_text("#problems")
            with page.expect_response(CHECK):
                page.fill(field("gross_mass"), "" if page.input_value(field("gross_mass")) else "1")
                page.focus(button)
                stood = page.evaluate(at)
            until(page, lambda first=first: page.inner_text("#problems") != first)
            assert page.evaluate(at) == stood
        page.evaluate(UNTOUCHED)


def test_a_double_click_does_what_a_click_does(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        load(page)
        page.dblclick(f"{CONTAINERS} [data-line-do=remove-this] >> nth=0")
        assert page.locator(f"{CONTAINERS} tbody tr").count() == 1
        page.dblclick(f"{GOODS} tbody tr[data-at='0'] td >> nth=0")
        assert page.locator(".editing").count() == 1
        page.dblclick(f"{GOODS} [data-line-do=remove]")
        assert page.locator(f"{GOODS} tbody tr[data-at]:not(.editing)").count() == 2
        page.evaluate(UNTOUCHED)


def test_what_one_press_replaces_or_removes_is_had_back_by_another(
    sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("broker") as page:
        load(page)
        assert not page.is_visible("[data-do=undo]"), "nothing was typed that it took the place of"
        page.fill(field("marks"), "TYPED BY HAND")
        page.click(".drop summary")
        page.click(".pop.menu button >> nth=1")
        page.wait_for_selector("#problems li >> nth=20")
        other = page.input_value(field("marks"))
        for stands in ("TYPED BY HAND", other, "TYPED BY HAND"):
            page.click("[data-do=undo]")
            assert page.input_value(field("marks")) == stands
        whole = page.evaluate(VALUES)
        page.click(f"{GOODS} tbody tr[data-at='0'] td >> nth=0")
        page.click(f"{GOODS} [data-line-do=remove]")
        page.click(f"{CONTAINERS} [data-line-do=remove-this] >> nth=1")
        assert "集装箱 2" in page.inner_text("[data-do=undo]")
        picture(page, "declaration-undo")
        page.click("[data-do=undo]")
        assert page.locator(f"{CONTAINERS} tbody tr").count() == 2
        assert len(page.evaluate(VALUES)["goods"]) == 2, "the last press alone"
        page.click(f"{GOODS} [data-line-do=add]")
        page.fill(f".editing {field('goods.goods_name')}", "四轴")
        page.click(f"{GOODS} [data-line-do=remove]")
        page.click("[data-do=undo]")
        assert page.evaluate(VALUES)["goods"][-1] == {"goods_name": "四轴"}
        assert page.evaluate(VALUES)["goods"][:2] == whole["goods"][1:]
        page.evaluate(UNTOUCHED)


def test_a_declaration_whose_answer_was_lost_is_handed_in_once(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        load(page)
        page.fill(field("bill_number"), "CQX2511070377")
        page.route("**/submit", lambda route: (route.fetch(), route.abort()))
        with holding(page, "**/save") as held:  # it is saved by itself too, at its own moment
            page.keyboard.press("F9")
            page.wait_for_selector("[data-trouble]:visible")
            assert "不会重复" in page.inner_text("[data-trouble]")
            page.keyboard.press("Control+s")
            held.ask(1)
            held.waiting[0].continue_()
            page.wait_for_url("**/consignments/*")
        page.goto("/declarations?q=CQX2511070377")
        assert page.locator("#list [data-row]").count() == 1
        assert "CQX2511070377" not in page.inner_text(".drafts")


def test_nothing_is_typed_into_a_form_that_is_not_ready(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page, holding(page, "**/form/values.js") as held:
        page.goto("/declarations/new", wait_until="commit")
        marks = page.locator(field("marks"))
        marks.wait_for()
        held.ask(1)
        marks.scroll_into_view_if_needed()
        box = marks.bounding_box()
        page.mouse.click(box["x"] + 5, box["y"] + 5)
        page.keyboard.type("TYPED EARLY")
        seen = marks.input_value()
        held.waiting[0].continue_()
        page.wait_for_load_state()
        until(page, lambda: bool(page.evaluate("document.querySelector('sw-form').values")))
        assert marks.input_value() == seen


def test_a_form_is_sent_once_however_often_it_is_pressed(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker-admin") as page:
        page.goto("/accounts")
        page.fill("#name", "新 申报员")
        page.fill("#new-login", "pressed.twice")
        page.check("input[name=roles][value=declarant]")
        assert page.evaluate(PRESSED_TWICE) == [True, False]
        page.wait_for_selector("#secret")


def test_a_press_is_not_lost_in_a_refresh(platform: Platform, sign_in: Callable[..., Any]) -> None:
    platform.hand_in("OVERTAKEN-1")
    with sign_in("broker") as page:
        link = page.locator("#list [data-row] a.name").first
        link.wait_for()
        page.wait_for_selector("sw-live[state=live]")
        with holding(page, re.compile("/hall$")) as held:
            page.evaluate("document.getElementById('list').dispatchEvent(new CustomEvent('sw:change'))")
            held.ask(1)
            answer = held.waiting[0].fetch()
            link.hover()
            page.mouse.down()
            held.fulfil(1, answer)
            page.mouse.up()
            page.wait_for_url("**/consignments/*")


def test_a_list_is_refreshed_though_changes_never_cease(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        page.wait_for_selector("sw-live[state=live]")
        page.evaluate("""() => {
          document.getElementById("list").firstElementChild.dataset.before = "1";
          const changes = new BroadcastChannel("sw-live");
          setInterval(() => changes.postMessage({ change: { many: true } }), 100);
        }""")
        swapped(page, "#list")


def test_a_refresh_leaves_the_cursor_within_a_text(platform: Platform, sign_in: Callable[..., Any]) -> None:
    about = platform.hand_in("OVERTAKEN-3", bill_number="CQX2511070398", voyage_number="2598E")
    with sign_in("border") as page:
        instructing(page, about)
        page.fill("#basis", "第七条")
        for typed in ("条例", "之"):
            page.keyboard.press("Home")
            refreshed(page, "sw-live[data-inspection]")
            page.keyboard.type(typed)
        assert page.input_value("#basis") == "之条例第七条"


def test_an_input_method_at_work_is_left_alone(platform: Platform, sign_in: Callable[..., Any]) -> None:
    about = platform.hand_in("OVERTAKEN-2", bill_number="CQX2511070399", voyage_number="2599E")
    with sign_in("border") as page:
        instructing(page, about)
        page.wait_for_selector("sw-live[state=live]")
        page.focus("#basis")
        method = page.context.new_cdp_session(page)
        method.send("Input.imeSetComposition", {"text": "yiju", "selectionStart": 4, "selectionEnd": 4})
        page.evaluate("document.getElementById('basis').closest('form').dataset.before = '1'")
        with page.expect_event("requestfinished", lambda done: "instructions/new" in done.url):
            page.evaluate(
                "document.querySelector('sw-live[data-inspection]')"
                ".dispatchEvent(new CustomEvent('sw:change'))"
            )
        page.evaluate(ROUND_TRIP)
        assert page.locator("form[data-before]").count() == 1
        method.send("Input.insertText", {"text": "依据"})
        swapped(page, "sw-live[data-inspection]")
        assert page.input_value("#basis") == "依据"
        assert page.evaluate("document.activeElement.id") == "basis"

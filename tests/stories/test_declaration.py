"""A broker fills in a declaration: looks codes up, mends what is wrong, keeps it, hands it in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from singlewindow.apps import declarations
from singlewindow.kernel.clock import local_day, now

from .conftest import PHONE, PRINCIPAL, Platform, at_desk_and_phone

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
BILL = "CQX2511070386"
SAMPLES = Path(declarations.__file__).parent / "samples"
GOODS, CONTAINERS = "[data-lines=goods]", "[data-lines=containers]"
SUMS = "[data-sums] .st"
# Fields that are described by what is not there, or by the same thing twice.
DANGLING = """[...document.querySelectorAll("[data-field][aria-describedby]")].filter((input) => {
  const ids = input.getAttribute("aria-describedby").split(" ");
  return new Set(ids).size < ids.length || ids.some((id) => !document.getElementById(id));
}).map((input) => input.dataset.field)"""


def field(path: str) -> str:
    return f'[data-field="{path}"]'


def until(page: Any, holds: Callable[[], bool], most_s: float = 10.0) -> None:
    """Look again until it holds; the page's policy lets nothing be evaluated from a text."""
    for _ in range(int(most_s / 0.05)):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never came to hold")


def load(page: Any, at: int = 0) -> None:
    """The demonstration's sample of that number, checked."""
    page.goto("/declarations/new")
    page.click(".drop summary")
    page.click(f".pop.menu button >> nth={at}")
    page.wait_for_selector(SUMS)


def test_a_broker_mends_keeps_and_hands_in(sign_in: Callable[..., Any], picture: Callable[..., None]) -> None:
    with sign_in("broker") as page:
        page.goto("/declarations")
        page.click("text=新建申报")
        began = local_day(now())
        load(page)
        until(page, lambda: "本平台 JSON" in page.inner_text("[data-saved]"))
        picture(page, "declaration-sample")
        days = {(day - timedelta(1)).isoformat() for day in (began, local_day(now()))}
        assert page.input_value(field("entry_exit_date")) in days, "a shipment of this week"
        assert page.locator(f"{GOODS} tbody tr[data-at]").count() == 3
        assert page.locator(f"{CONTAINERS} tbody tr").count() == 2
        assert page.inner_text(SUMS) == "没有问题，可以申报"
        page.fill(field("conveyance_name"), "")
        page.fill(f"{CONTAINERS} {field('containers.container_number')} >> nth=1", "CQXU3188627")
        page.keyboard.press("F9")
        page.wait_for_selector("#problems li >> nth=1")
        panel = page.inner_text("#problems")
        assert "运输工具" in panel
        assert "填入 CQXU3188623" in panel
        assert page.get_attribute(field("conveyance_name"), "aria-invalid") == "true"
        described = page.get_attribute(field("conveyance_name"), "aria-describedby")
        assert page.inner_text(f"#{described.split()[0]}").startswith("运输工具")
        assert "校验完成：2 项错误" in page.inner_text("[data-announce-here]")
        assert "已暂存" in page.inner_text("[data-saved]"), "what was refused is a draft"
        assert re.search("/declarations/[0-9a-f-]{36}$", page.url)
        picture(page, "declaration-problems")
        page.click("#problems button[data-fill]")
        page.fill(field("conveyance_name"), "DEMO YANGTZE 08")
        page.keyboard.press("F8")
        page.wait_for_selector(f"{SUMS}.ok")
        assert re.fullmatch(
            r"(\d+) / \1", page.inner_text(".count span >> nth=0").removeprefix("必填").strip()
        )
        page.keyboard.press("Control+s")
        until(page, lambda: "已暂存" in page.inner_text("[data-saved]"))
        draft = page.url
        page.goto("/declarations")
        assert BILL in page.inner_text(".drafts")
        picture(page, "declaration-drafts")
        page.goto(draft)
        until(page, lambda: page.input_value(field("bill_number")) == BILL)
        page.keyboard.press("F9")
        page.wait_for_url("**/consignments/*")
        page.wait_for_selector("h1 .st.ins", timeout=30_000)
        assert BILL in page.inner_text("h1")
        assert page.locator("details.rc").count() >= 1
        consignment = page.url
        page.goto(draft)
        assert page.url == consignment


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "4 个字母或数字"), ("en", "letters or digits")])
@at_desk_and_phone
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_problem_stands_in_the_panel_and_beside_its_field(
    sign_in: Callable[..., Any],
    picture: Callable[..., None],
    language: str,
    said: str,
    size: tuple[int, int],
    theme: str,
) -> None:
    with sign_in("broker", language, theme, size) as page:
        load(page, at=1)
        page.wait_for_selector("#problems li >> nth=20")
        panel = page.inner_text("#problems")
        assert ("must be filled in" in panel) is (language == "en")
        assert ("必须填写" in panel) is (language != "en")
        assert page.locator("[aria-invalid=true]").count() >= 12
        page.keyboard.press("F4")
        assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"
        page.click(f"{GOODS} tbody tr[data-at='2'] td >> nth=0")
        page.wait_for_selector(f".editing {field('goods.un_number')}[aria-invalid=true]")
        page.click(f".editing [data-cell]:has({field('goods.un_number')}) .msg button")
        assert page.input_value(f".editing {field('goods.un_number')}") == "1133"
        assert page.evaluate(DANGLING) == []
        picture(page, f"declaration-errors-{language}-{theme}-{size[0]}")


def test_codes_are_found_by_code_name_and_initials(
    sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("broker") as page:
        page.goto("/declarations/new")
        port = page.locator(field("transit_port"))
        port.click()
        for typed in ("ys", "yangshan", "洋山", "CHN33"):
            port.fill("")
            page.wait_for_selector("[role=option]", state="detached")
            page.keyboard.type(typed)
            page.wait_for_selector("[role=option]:first-child[data-code=CHN331]:has-text('洋山')")
        picture(page, "declaration-look-up")
        page.keyboard.press("Enter")
        until(page, lambda: port.input_value() == "CHN331")
        assert page.inner_text(f"sw-codelist:has({field('transit_port')}) .name") == "洋山"
        assert page.evaluate("document.activeElement.dataset.field") == "loading_port"
        page.keyboard.press("F2")
        page.wait_for_selector("dialog[open] tbody tr >> nth=19")
        page.keyboard.type("hanb")
        page.wait_for_selector("dialog[open] tr >> text=汉堡")
        page.keyboard.press("Enter")
        until(page, lambda: page.input_value(field("loading_port")) == "DEU033")
        assert page.evaluate("document.activeElement.dataset.field") == "loading_port"
        until(page, lambda: "录 1 次，填" in page.inner_text("[data-lineage]"))
        port.fill("chn331")
        page.keyboard.press("Tab")
        until(page, lambda: page.input_value(field("transit_port")) == "CHN331")
        port.fill("")
        page.keyboard.type("ys")
        page.keyboard.press("Enter")  # quicker than the list
        until(page, lambda: page.input_value(field("transit_port")) == "CHN331")
        assert page.evaluate("document.activeElement.dataset.field") == "loading_port"


def test_known_parties_need_not_be_typed(platform: Platform, sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        page.goto("/declarations/new")
        focused = "document.activeElement.dataset.field"
        until(page, lambda: page.evaluate(focused) == "trade_direction")
        own = page.input_value(field("declarant_code"))
        assert own == "91500105MADEM0Y2X3"
        assert page.input_value(field("declarant_name")) == "重庆乙舟报关代理有限公司"
        offered = page.evaluate(
            "[...document.querySelector('#known-parties').options].map((one) => one.value)"
        )
        assert offered[0] == own
        assert PRINCIPAL in offered
        page.fill(field("consignee_code"), PRINCIPAL)
        assert page.input_value(field("consignee_name")) == "重庆甲岚精密机械有限公司"
        assert page.evaluate("document.querySelector('sw-form').values.consignee_customs_code")
        page.fill(field("consignee_name"), "名称由人填写")
        page.fill(field("consignee_code"), own)
        assert page.input_value(field("consignee_name")) == "名称由人填写", "what was typed stays"
        page.evaluate("document.querySelector('sw-form').dirty = false")
    with sign_in("broker", size=PHONE) as page:
        page.goto("/declarations/new")
        page.wait_for_selector(field("declarant_code"))
        assert page.locator("#known-parties option").count() == len(offered)


def test_a_problem_of_a_whole_line_leads_into_the_line(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        load(page)
        page.fill(f"{CONTAINERS} {field('containers.goods_line_numbers')} >> nth=1", "1")
        page.keyboard.press("F8")
        line = page.locator("#problems li", has_text="未装入任何集装箱")
        line.locator("button").click()
        assert page.evaluate("document.activeElement.dataset.field") == "goods.commodity_code"
        assert page.get_attribute(".editing", "data-at") == "1"
        page.evaluate("document.querySelector('sw-form').dirty = false")


def test_the_whole_form_goes_by_keyboard(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        at = "document.activeElement.dataset.field ?? document.activeElement.tagName"
        page.goto("/declarations/new")
        until(page, lambda: page.evaluate(at) == "trade_direction")
        until(page, lambda: "录 1 次，填" in page.inner_text("[data-lineage]"))
        page.focus(".drop summary")
        for key in ("Enter", "Tab", "Enter"):
            page.keyboard.press(key)
        page.wait_for_selector(SUMS)
        until(page, lambda: page.evaluate(at) == "trade_direction")
        page.focus(field("entry_office"))
        page.keyboard.press("Enter")
        assert page.evaluate(at) == "handbook_number"  # what the system fills in is passed over
        page.keyboard.press("Shift+Enter")
        assert page.evaluate(at) == "entry_office"
        composing = "new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, isComposing: true})"
        page.evaluate(f"document.activeElement.dispatchEvent({composing})")
        assert page.evaluate(at) == "entry_office"
        page.keyboard.press("Alt+4")
        page.keyboard.press("Enter")
        page.wait_for_selector(".editing")
        assert page.evaluate(at) == "goods.commodity_code"
        page.keyboard.press("PageDown")
        assert page.input_value(f".editing {field('goods.commodity_code')}") == "8501520000"
        page.fill(f".editing {field('goods.quantity')}", "")
        page.keyboard.press("F8")
        page.wait_for_selector("#problems li")
        page.keyboard.press("F4")
        assert page.evaluate(at) == "goods.quantity"
        page.keyboard.type("36")
        page.keyboard.press("F8")
        page.wait_for_selector(f"{SUMS}.ok")
        page.keyboard.press("Alt+1")
        page.keyboard.press("Escape")
        assert page.locator(".editing").count() == 1, "another section's Esc closes nothing"
        page.focus(f".editing {field('goods.quantity')}")
        page.keyboard.press("Escape")
        assert page.locator(".editing").count() == 0
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        assert page.input_value(f".editing {field('goods.commodity_code')}") == "3506919090"
        numbers = page.locator(f"{CONTAINERS} {field('containers.goods_line_numbers')}")
        named = "(all) => all.map((one) => one.value)"
        assert numbers.evaluate_all(named) == ["1,3", "2"]
        for does, said in (("up", ["1,2", "3"]), ("remove", ["1", "2"])):
            page.focus(f"{GOODS} [data-line-do={does}]")
            page.keyboard.press("Enter")
            assert numbers.evaluate_all(named) == said, "boxes hold the same goods as before"
        for digit, first in (("5", "containers.container_number"), ("6", "attachments.attachment_kind")):
            page.keyboard.press(f"Alt+{digit}")
            assert page.evaluate(at) == first
        for left in (1, 0):
            page.focus(f"{CONTAINERS} [data-line-do=remove-this] >> nth=0")
            page.keyboard.press("Enter")
            assert page.locator(f"{CONTAINERS} tbody tr").count() == left
            assert page.evaluate("document.activeElement.dataset.lineDo") == (
                "remove-this" if left else "add"
            )
        page.evaluate("document.querySelector('sw-form').dirty = false")


def test_what_is_walked_to_is_never_hidden(sign_in: Callable[..., Any]) -> None:
    above = """() => {
      const { bottom, top } = document.activeElement.getBoundingClientRect();
      return top >= document.querySelector('.tb').getBoundingClientRect().bottom
        && bottom <= document.querySelector('.dock').getBoundingClientRect().top;
    }"""
    with sign_in("broker") as page:
        load(page, at=1)
        page.keyboard.press("Shift+F4")
        assert page.get_attribute("#problems li >> nth=-1", "class") == "on"
        names = page.locator("#problems button").all_text_contents()
        assert len(set(names)) > 20, "each says where it leads"
        page.keyboard.press("Alt+1")
        for key in ("Tab", "Shift+Tab"):
            for _ in range(40):
                page.keyboard.press(key)
                assert page.evaluate(above), page.evaluate("document.activeElement.outerHTML")
        whole = page.evaluate(
            "(at) => { const it = document.querySelector(at); return it.scrollWidth <= it.clientWidth; }",
            field("declarant_code"),
        )
        assert whole, "an identifier is never cut"
        page.evaluate("document.querySelector('sw-form').dirty = false")


def test_two_windows_never_overwrite_each_other(sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        load(page)
        page.keyboard.press("Control+s")
        page.wait_for_url(re.compile(r"/declarations/[0-9a-f-]{36}$"))
        other = page.context.new_page()
        other.goto(page.url)
        until(other, lambda: other.input_value(field("marks")) == "N/M")
        other.fill(field("marks"), "OTHER")
        other.keyboard.press("Control+s")
        until(other, lambda: other.inner_text(".chip[data-version] b") == "2")
        page.fill(field("marks"), "MINE")
        page.keyboard.press("Alt+6")
        page.keyboard.press("Control+s")
        page.wait_for_selector("[data-trouble]:visible")
        assert page.locator("[data-trouble]").bounding_box()["y"] > 0, "seen from the end of the form too"
        assert "第 2 版" in page.inner_text("[data-trouble]")
        first = page.url
        page.focus("[data-trouble] button")
        page.evaluate("document.querySelector('sw-form').save()")  # as it is of its own accord
        page.keyboard.press("Enter")
        until(page, lambda: page.url != first)
        until(page, lambda: page.evaluate("document.activeElement.dataset.field") == "trade_direction")
        assert page.input_value(field("marks")) == "MINE"
        other.reload()
        until(other, lambda: other.input_value(field("marks")) == "OTHER")


def test_pressing_submit_twice_takes_effect_once(sign_in: Callable[..., Any]) -> None:
    twice = """async () => {
      const form = document.querySelector('sw-form');
      const token = document.querySelector('[name=csrfmiddlewaretoken]').value;
      const headers = {'x-csrftoken': token, accept: 'application/json'};
      const body = JSON.stringify({version: 0, definition: '1', values: form.values});
      const send = () => fetch(`${form.getAttribute('base')}/submit`, {method: 'POST', headers, body})
        .then((answer) => answer.json());
      return Promise.all([send(), send()]);
    }"""
    with sign_in("broker") as page:
        load(page)
        first, second = page.evaluate(twice)
        assert first == second
        assert re.fullmatch(r"/consignments/[0-9a-f-]{36}", first["location"])
        page.evaluate("document.querySelector('sw-form').dirty = false")


def test_a_file_of_another_system_is_read_and_nothing_of_it_is_lost(
    sign_in: Callable[..., Any], tmp_path: Path
) -> None:
    content = json.loads((SAMPLES / "minimal.json").read_text("utf-8"))
    content["values"] |= {"package_count": "四十六", "of_our_own_system": "kept"}
    file = tmp_path / "ours.json"
    file.write_text(json.dumps(content), "utf-8")
    with sign_in("broker", "en") as page:
        page.goto("/declarations/new")
        page.set_input_files("[data-file]", str(file))
        page.wait_for_selector("#problems li")
        assert page.input_value(field("package_count")) == "四十六"
        assert "of_our_own_system" in page.inner_text("#problems")
        page.keyboard.press("Control+s")
        page.wait_for_url(re.compile(r"/declarations/[0-9a-f-]{36}$"))
        page.reload()
        kept = page.evaluate("document.querySelector('sw-form').values")
        assert kept == content["values"]
        page.set_input_files("[data-file]", {"name": "a.bin", "mimeType": "", "buffer": b"\x00nonsense"})
        page.wait_for_selector("[data-trouble]:visible")
        assert "Nothing is lost" in page.inner_text("[data-trouble]")
        assert page.evaluate("document.querySelector('sw-form').values") == content["values"]


def test_nobody_else_gets_the_form_or_the_draft(platform: Platform, sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        load(page)
        page.keyboard.press("Control+s")
        page.wait_for_url(re.compile(r"/declarations/[0-9a-f-]{36}$"))
        draft = page.url
    with sign_in("importer") as page:
        assert page.goto(draft).status == 404
        assert page.goto("/declarations/new").status == 404
        page.goto("/declarations")
        assert page.locator(".drafts").count() == 0


def test_an_ended_session_loses_nothing(platform: Platform, sign_in: Callable[..., Any]) -> None:
    with sign_in("broker") as page:
        load(page)
        page.keyboard.press("Control+s")
        page.wait_for_url(re.compile(r"/declarations/[0-9a-f-]{36}$"))
        assert "第 1 版草稿" in page.inner_text("[data-history]")
        page.context.clear_cookies(name="sw_session")
        page.fill(field("marks"), "KEPT HERE")
        page.keyboard.press("Control+s")
        page.wait_for_selector("[data-trouble]:visible")
        assert "登录已失效" in page.inner_text("[data-trouble]")
        with page.expect_popup() as opened:
            page.click("[data-trouble] a")
        again = opened.value
        again.fill("#login", "broker")
        again.fill("#password", platform.password)
        again.click("form.login button[type=submit]")
        again.wait_for_url("**/hall")
        page.keyboard.press("Control+s")
        until(page, lambda: "已暂存" in page.inner_text("[data-saved]"))
        assert page.input_value(field("marks")) == "KEPT HERE"
        assert not page.is_visible("[data-trouble]")

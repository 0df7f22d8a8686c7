"""A broker types a whole declaration and hands it in, and the hands never leave the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from singlewindow.kernel.clock import local_day, now

from .conftest import PRINCIPAL
from .test_declaration import SUMS, until

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
FOCUSED = "document.activeElement.dataset.field ?? document.activeElement.dataset.lineDo"
BILL, BOX, MISTYPED = "CQX2512KEYS01", "CQXU3188623", "CQXU3188627"
DAY = local_day(now()) - timedelta(1)
# Field by field as Enter comes by them, and what is typed there: of codes the initials of their names, or
# more where these are not enough. What stands there already, and what this shipment has not, is passed over.
HEADER = (
    ("trade_direction", "I"), ("declaration_office", "llctsg"), ("entry_office", "8010"),
    ("handbook_number", ""), ("contract_number", ""), ("entry_exit_date", f"{DAY:%Y%m%d}"),
    ("entry_type", "M"), ("licence_number", ""), ("supervision_mode", "ybmy"), ("levy_nature", "ybzs"),
    ("remarks", ""), ("consignee_code", PRINCIPAL), ("consignee_name", ""), ("overseas_consignor_code", ""),
    ("overseas_consignor_name", "Alpenwerk Demo GmbH"), ("end_user_code", PRINCIPAL), ("end_user_name", ""),
    ("declarant_code", ""), ("declarant_name", ""), ("transport_mode", "slys"), ("conveyance_name", ""),
    ("voyage_number", "2512K"), ("bill_number", BILL), ("departure_country", "dg"), ("transit_port", "ys"),
    ("loading_port", "hanb"), ("entry_port", "cqgyg"), ("trade_country", "dg"),
    ("goods_place", "果园港一期堆场"), ("trade_terms", "cif"), ("freight_mark", ""), ("freight_rate", ""),
    ("freight_currency", ""), ("insurance_mark", ""), ("insurance_rate", ""), ("insurance_currency", ""),
    ("other_mark", ""), ("other_rate", ""), ("other_currency", ""), ("package_count", "1"),
    ("package_kind", "zz"),
    ("gross_mass", "26.4"), ("net_mass", "24"), ("marks", "N/M"), ("paperless_tax", ""),
    ("self_assessment", ""), ("advance_declaration", ""), ("two_step_declaration", ""), ("periodic_duty", ""),
    ("guarantee_release", ""),
    ("special_relation", "0"), ("price_influence", "0"), ("royalties", "0"), ("formula_price", "0"),
    ("provisional_price", "0"),
)  # fmt: skip
LINE = (
    ("commodity_code", "8482102000"), ("ciq_code", ""), ("goods_name", "深沟球轴承"),
    ("goods_model", "0|3|钢制|内径25mm|无品牌"), ("quantity", "100"), ("quantity_unit", "tao"),
    ("unit_price", "3.85"), ("line_amount", "385"), ("currency", "oy"), ("first_quantity", "100"),
    ("first_unit", "006"), ("second_quantity", "24"), ("second_unit", "qk"), ("origin_country", "dg"),
    ("destination_country", "zg"), ("domestic_destination", "50129"), ("destination_division", ""),
    ("duty_mode", "zzzs"),
)  # fmt: skip
CONTAINER = (
    ("container_number", MISTYPED), ("container_type", "21"), ("container_size_type", "22G1"),
    ("goods_line_numbers", "1"), ("less_than_container_load", "0"), ("container_package_count", "1"),
    ("container_goods_mass", "24"), ("tare_mass", ""), ("container_gross_mass", ""),
    ("seal_number", "DM884199"),
)  # fmt: skip

PASSED_OVER = 20  # fields at most
ALONG = {"terminal_code": "CQGYT", "delivery_number": "DO2512KEYS01"}  # typed on the way over a section
MEANT = {
    "declaration_office": "8010", "entry_exit_date": f"{DAY:%Y-%m-%d}", "supervision_mode": "0110",
    "consignee_name": "重庆甲岚精密机械有限公司", "transport_mode": "2", "departure_country": "DEU",
    "transit_port": "CHN331", "loading_port": "DEU033", "entry_port": "500002", "trade_terms": "1",
    "package_kind": "22",
}  # fmt: skip


def walk(page: Any, fields: tuple[tuple[str, str], ...], within: str = "") -> None:
    """Type field by field, each left by Enter, which leads to the next one."""
    for name, typed in fields:
        until(page, lambda name=name: page.evaluate(FOCUSED) == f"{within}{name}")
        if typed:
            page.keyboard.type(typed)
        page.keyboard.press("Enter")


def go_on(page: Any, path: str) -> None:
    """Over what is left of a section to where the first line of the next one is made, and make it."""
    at_button = f"document.activeElement === document.querySelector('[data-lines={path}] [data-line-do=add]')"
    for _ in range(PASSED_OVER):
        if page.evaluate(at_button):
            break
        page.keyboard.type(ALONG.get(page.evaluate(FOCUSED), ""))
        page.keyboard.press("Enter")
    assert page.evaluate(at_button), page.evaluate(FOCUSED)
    page.keyboard.press("Enter")


def test_a_declaration_is_typed_whole_by_keyboard_alone(
    sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("broker") as page:
        page.goto("/declarations")
        for key in ("Tab", "Enter", "Tab", "Enter"):  # past the menu, to what makes a new one
            page.keyboard.press(key)
        page.wait_for_selector("sw-form:not([inert])")
        walk(page, HEADER)
        go_on(page, "goods")
        walk(page, LINE, "goods.")
        picture(page, "typed-whole-line")
        go_on(page, "containers")
        walk(page, CONTAINER, "containers.")
        page.keyboard.press("F9")
        page.wait_for_selector("#problems li >> nth=1")
        assert page.locator("#problems li").count() == 2, page.inner_text("#problems")
        picture(page, "typed-whole-problems")
        until(
            page, lambda: page.evaluate(FOCUSED) == "conveyance_name"
        )  # the first problem, where one is led
        page.keyboard.type("DEMO YANGTZE 08")
        page.keyboard.press("F4")
        assert page.evaluate(FOCUSED) == "containers.container_number"
        page.keyboard.type(BOX)
        page.keyboard.press("F8")
        page.wait_for_selector(f"{SUMS}.ok")
        values = page.evaluate("document.querySelector('sw-form').values")
        assert {name: values[name] for name in MEANT} == MEANT
        assert values["containers"][0]["container_number"] == BOX, "typed over whole"
        page.keyboard.press("F9")
        page.wait_for_url("**/consignments/*")
        assert BILL in page.inner_text("h1")

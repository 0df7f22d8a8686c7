"""Half a screen wide and less, in the language that needs more room: no line is cut off at its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .acting import TWO, shows
from .conftest import Platform

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
WIDTHS = (960, 768)
LONG = "某某新区高端装备与智能制造精密轴承传动系统研究开发进出口股份有限公司国际物流分拨中心第一分公司"
# Lists, the matrix and duties that are wider than their frame, and headings that stand over one another.
CUT = """
[...document.querySelectorAll(".tw:has(> :is(.wk, .dsp, .due-list, .gr)), .dsp thead th")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.innerText.slice(0, 60))"""


def test_no_line_of_a_list_or_of_the_matrix_is_cut_off(
    platform: Platform, sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    about = platform.hand_in("NARROW")
    with sign_in("broker", "en") as page:
        page.goto(f"/consignments/{about}")
        shows(page, TWO, "Released")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            for path in ("/hall", "/declarations", "/consignments", f"/consignments/{about}", "/inspections"):
                page.goto(path)
                assert page.evaluate(CUT) == [], f"{path} at {width}"
                picture(page, f"narrow-{width}{path.replace('/', '-')[:14]}")


def test_a_firm_of_a_long_name_leaves_room_for_the_rest(
    sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("broker-admin", "zh-hans", "light", (960, 900)) as page:
        page.goto("/accounts")
        page.evaluate(
            "name => document.querySelectorAll('.bar h1, .hdr .me > span')"
            ".forEach((one) => (one.textContent = name))",
            LONG,
        )
        assert page.locator(".hdr .find input").bounding_box()["width"] > 90
        picture(page, "narrow-long-name")

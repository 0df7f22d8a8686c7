"""A box that is called back: its page goes on saying that it had left; an agency lets another stay out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from programs import until
from singlewindow.server import configuration

from .acting import SLOW, TWO, at_gate, hold, shows
from .conftest import PHONE, Platform, at_desk_and_phone, in_both_languages

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
LET_GO = "已在目的地核验，准予提离 checked where it is"
EVENT = ".axis .ev:has-text('{number}') b:text-is('{word}')"
NARROW = {"zh-hans": (1000, 800), "en": (1200, 800)}  # where the axis does not fit
# As of a box that had left without a release and that all have released since.
RECALL = """insert into task (kind, dossier, about, version, text_zh, text_en, made_at, viewers)
select 'recall', dossiers[1], number, 99, number || ' 已出闸，请召回', number || ' has left: call it back',
       now(), viewers
  from gate_pass where number = %s and %s = any (dossiers) returning id"""
# Columns that stand partly under the label of the axis.
CUT = """() => {
  const edge = document.querySelector(".axis .lane").getBoundingClientRect().right;
  return [...document.querySelectorAll(".axis .ax")].map((each) => each.getBoundingClientRect())
    .filter((each) => each.left < edge - 1 && each.right > edge + 1).length;
}"""
HIDDEN = """() => {
  const shown = document.querySelector(".tw:has(> .axis)");
  return shown.scrollWidth - shown.clientWidth;
}"""


def called_back(platform: Platform, submission: str) -> list[Any]:
    """The task of a box of this consignment, once it has its pass."""
    given = configuration.load({"data": platform.data, "demo": True}, {})
    with psycopg.connect(given.dsn("postgres"), autocommit=True) as connection:
        connection.execute("set search_path = sw")
        return connection.execute(RECALL, [TWO, submission]).fetchall()


@pytest.fixture(scope="module")
def returned(platform: Platform) -> str:
    """A consignment whose boxes the terminal brings back once they are called back."""
    return platform.hand_in("RECALLED-1", bill_number="CQX2511070399-BACK")


def test_a_box_that_came_back_stays_one_that_had_left(
    returned: str, sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("broker") as broker, sign_in("border") as border, sign_in("gate") as gate:
        broker.goto(f"/consignments/{returned}")
        shows(broker, TWO, "综合放行")
        at_gate(gate, TWO, "DM884121")
        gate.keyboard.press("F9")
        gate.wait_for_selector("#verdict[data-opened='1']")
        broker.wait_for_selector(EVENT.format(number=TWO, word="闸口放行"), timeout=SLOW)
        hold(border, returned, TWO, "待核对随车人员")
        broker.wait_for_selector(EVENT.format(number=TWO, word="返场"), timeout=SLOW)
        assert broker.locator(EVENT.format(number=TWO, word="闸口放行")).count() == 1, "it had left"
        picture(broker, "recalled-returned-desk")
    with sign_in("broker", size=PHONE) as phone:
        phone.goto(f"/consignments/{returned}")
        assert phone.locator(EVENT.format(number=TWO, word="返场")).is_visible()
        picture(phone, "recalled-returned-phone")


@in_both_languages
def test_an_axis_that_does_not_fit_shows_whole_events(
    returned: str, sign_in: Callable[..., Any], picture: Callable[..., None], language: str
) -> None:
    with sign_in("broker", language, size=NARROW[language]) as broker:
        broker.goto(f"/consignments/{returned}")
        broker.wait_for_selector(".axis .ax.now")
        until(lambda: broker.evaluate(HIDDEN) > 0)  # it has events enough
        assert broker.evaluate(CUT) == 0
        picture(broker, f"recalled-axis-{language}")


@at_desk_and_phone
@in_both_languages
def test_an_agency_calls_off_a_recall_that_nobody_bars_and_says_why(
    platform: Platform,
    sign_in: Callable[..., Any],
    picture: Callable[..., None],
    language: str,
    size: tuple[int, int],
) -> None:
    submission = platform.hand_in(
        f"RECALLED-{language}-{size[0]}",
        bill_number=f"CQX25110704{len(language):02}{size[0] % 100:02}",
        voyage_number=f"25{len(language):02}{size[0] % 100:02}E",
    )
    asked: list[Any] = []
    until(lambda: asked.extend(called_back(platform, submission)) or asked)
    ((task,),) = asked
    with sign_in("broker", language, "light", size) as broker:
        broker.goto("/tasks")
        broker.wait_for_selector(f"#task-{task}:has-text('{TWO}')")
        assert broker.locator(f"#check-{task}").count() == 0, (
            "it is not for whose goods they are to let it go"
        )
    with sign_in("customs", language, "light", size) as customs:
        customs.goto("/tasks")
        customs.wait_for_selector(f"#check-{task}")
        picture(customs, f"recalled-call-off-{language}-{size[0]}")
        customs.fill(f"#found-{task}", LET_GO)
        customs.locator(f"#check-{task} button:not([hidden])").click()
        customs.wait_for_selector(".banner.ok", timeout=SLOW)
        customs.goto("/tasks")
        customs.wait_for_selector("#tasks")
        assert customs.locator(f"#check-{task}").count() == 0
    with sign_in("broker", language, "light", size) as broker:
        broker.goto("/notices")
        broker.wait_for_selector(f".told li:has-text('{LET_GO}')", timeout=SLOW)
        broker.goto("/tasks")
        broker.wait_for_selector("#tasks")
        assert broker.locator(f"#task-{task}").count() == 0

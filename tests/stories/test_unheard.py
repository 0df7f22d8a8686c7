"""What customs has for us cannot be fetched, and nothing else fails: the operator and the gate read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

import running
from singlewindow.hub.exchange import operating
from singlewindow.kernel.clock import now
from singlewindow.kernel.messages import Actor
from singlewindow.rehearsal.sftp import FOLDERS, root
from singlewindow.server.endpoints import state_of

from .conftest import Platform, at_desk_and_phone, in_both_languages, of_its_own

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]

WHY = "SFTPNoSuchFile"
FAILS = "select from lane where partner = 'customs' and fetch_failures > 0"
LONG_AGO = """update lane set unfetched_since = now() - interval '2 h' where partner = 'customs'
  returning unfetched_since"""


@pytest.fixture(scope="module")
def started() -> Iterator[running.Platform]:
    """A platform of this story's own, where the folder of customs' answers is gone, for two hours by now."""
    with of_its_own() as up:
        inbox = root(state_of(up.configuration, "customs")) / FOLDERS[1]
        inbox.rename(inbox.with_name("elsewhere"))
        up.wait_for(lambda: bool(up.ask(FAILS)), "customs' answers are fetched still")
        up.ask(LONG_AGO)
        yield up


@pytest.fixture(scope="module")
def platform(started: running.Platform) -> Platform:
    """The same, as the other fixtures know it."""
    return Platform.of(started)


@in_both_languages
@at_desk_and_phone
def test_the_operator_reads_who_is_not_heard_since_when_and_why(
    sign_in: Callable[..., Any], picture: Callable[..., None], language: str, size: tuple[int, int]
) -> None:
    with sign_in("administrator", language, "light", size) as page:
        page.goto("/exchange")
        word = "Not heard" if language == "en" else "收不到回执"
        assert page.locator("#lane-customs .st").first.inner_text() == word
        assert "cut-off" in page.locator("#lane-customs").get_attribute("class")
        told = page.locator(".banner.deny").inner_text()
        assert WHY in told
        assert ("gates open" if language == "en" else "仍凭此前的放行开闸") in told
        picture(page, f"unheard-exchange-{language}-{size[0]}")
        page.click(".banner.deny a")
        assert WHY in page.locator("dl.kv").inner_text()
        picture(page, f"unheard-lane-{language}-{size[0]}")


@in_both_languages
@at_desk_and_phone
def test_the_gate_reads_whose_orders_do_not_get_here(
    sign_in: Callable[..., Any], picture: Callable[..., None], language: str, size: tuple[int, int]
) -> None:
    with sign_in("gate", language, "light", size) as page:
        page.goto("/gate")
        told = page.locator(".scan .banner.warn").inner_text()
        assert ("from Customs" if language == "en" else "收不到海关的指令") in told
        assert WHY not in told, "the wire's own words are the operator's"
        button, below = (page.locator(one).bounding_box() for one in ("#do-check", ".gl"))
        assert button["y"] + button["height"] <= below["y"], "the button is seen whole"
        picture(page, f"unheard-gate-{language}-{size[0]}")


@pytest.fixture(scope="module")
def disconnected(started: running.Platform) -> Iterator[None]:
    """The operator has said so on the machine, of customs; and takes it back behind the story."""
    told = {"partner": "customs", "reason": "海关来函 131 号 · their letter 131", "at": now()}
    with psycopg.connect(started.configuration.dsn("sw_engine")) as connection:
        with connection.cursor() as cursor:
            assert operating.disconnect(Actor("system", "lanes", "值班 On duty"), cursor, **told)
        connection.commit()
        yield
        with connection.cursor() as cursor:
            assert operating.connect(Actor("system", "lanes", "值班 On duty"), cursor, **told)


@in_both_languages
@at_desk_and_phone
@pytest.mark.usefixtures("disconnected")
def test_who_was_disconnected_reads_so_for_the_operator_and_at_the_gate(
    sign_in: Callable[..., Any], picture: Callable[..., None], language: str, size: tuple[int, int]
) -> None:
    english = language == "en"
    with sign_in("administrator", language, "light", size) as page:
        page.goto("/exchange")
        word = "Disconnected" if english else "已停止对接"
        assert page.locator("#lane-customs .st").first.inner_text() == word
        assert page.locator(".banner.deny").count() == 0
        assert "131" in page.locator(".banner").first.inner_text()
        picture(page, f"disconnected-exchange-{language}-{size[0]}")
        page.goto("/exchange/lanes/customs")
        assert page.locator("main form button.btn").count() == 0, "only the machine connects it again"
        assert "singlewindow lanes connect customs" in page.locator("main").inner_text()
        picture(page, f"disconnected-lane-{language}-{size[0]}")
    with sign_in("gate", language, "light", size) as page:
        page.goto("/gate")
        told = page.locator(".scan .banner.warn").inner_text()
        assert ("is disconnected" if english else "停止与海关对接") in told
        picture(page, f"disconnected-gate-{language}-{size[0]}")
    with sign_in("broker", language, "light", size) as page:
        page.goto("/hall")
        assert ("Turn to it directly" if english else "请直接向其办理") in page.locator("main").inner_text()
        picture(page, f"disconnected-hall-{language}-{size[0]}")

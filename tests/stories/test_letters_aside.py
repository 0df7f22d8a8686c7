"""A dead letter is laid aside: a notice may go out after all, a document goes back to its declarant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import running
from programs import until

from .acting import SLOW
from .conftest import Platform, at_desk_and_phone, in_both_languages, of_its_own

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
ASIDE = "a.crumb[href='/exchange/letters']"  # the way from one that is laid aside
WHY = "检验检疫已电话获知 told by telephone: <b>done</b>"
UNWRITTEN = """with told as (select gen_random_uuid() as id, array[p.id] as viewers from party p
   where p.partner = 'quarantine'), made as (
  insert into message (submission_id, id, document_id, version, partner, kind, definition_version, message_id,
    reference, digest, payload, created_at, viewers)
  select id, id, id, 1, 'quarantine', 'joint_inspection_notice', '1', id, 'W1', sha256(''), '', now(), viewers
    from told)
insert into outbox (submission_id, message, partner, order_key, state, ready_at, problem, viewers)
select id, id, 'quarantine', 'notices', 1, now(), 'U+FFFE', viewers from told returning seq"""


@pytest.fixture(scope="module")
def started() -> Iterator[running.Platform]:
    """A platform of this story's own."""
    with of_its_own() as up:
        yield up


@pytest.fixture(scope="module")
def platform(started: running.Platform) -> Platform:
    """The same, as the other fixtures know it."""
    return Platform.of(started)


@at_desk_and_phone
@in_both_languages
def test_a_notice_that_cannot_be_written_is_laid_aside_and_found_again(
    started: running.Platform,
    sign_in: Callable[..., Any],
    picture: Callable[..., None],
    language: str,
    size: tuple[int, int],
) -> None:
    ((seq,),) = started.ask(UNWRITTEN)
    with sign_in("administrator", language, "light", size) as page:
        page.goto(f"/exchange/letters/{seq}")
        said = page.locator("section", has=page.locator("#aside-title")).inner_text()
        assert ("tell them otherwise first" if language == "en" else "请先另行告知") in said
        picture(page, f"exchange-letter-{language}-{size[0]}")
        page.evaluate("document.getElementById('reason').required = false")
        page.click("form[action$='/lay-aside'] button")
        page.wait_for_selector("#reason-problems")
        page.fill("#reason", WHY)
        page.click("form[action$='/lay-aside'] button")
        page.wait_for_selector(ASIDE)
        page.wait_for_load_state()
        assert page.locator("#aside-title").count() == 0
        assert WHY in page.locator("main").inner_text()
        page.goto("/exchange")
        page.click("a[href='/exchange/letters']")
        page.wait_for_url("**/exchange/letters")
        row = page.locator(f"#letter-{seq}")
        assert "told by telephone" in row.inner_text()
        picture(page, f"exchange-letters-aside-{language}-{size[0]}")
        row.locator("a").click()
        page.click("form[action$='/replay'] button")
        page.wait_for_url("**/exchange?again=1")
    assert started.ask("select state from outbox where seq = %s", seq) == [(1,)], "to be written anew"
    started.ask("delete from outbox where seq = %s returning seq", seq)


PAUSE = """update lane set paused_at = now(), paused_by = 'x', paused_for = 'y'
 where partner = 'border' returning 1"""
RESUME = """update lane set paused_at = null, paused_by = null, paused_for = null
 where partner = 'border' returning 1"""
KILL = """update outbox set state = 1, attempts = 6, problem = 'refused'
 where partner = 'border' and submission_id = %s returning seq"""
NEVER = "边检系统不收此报文 border inspection take no such message"


def test_a_document_that_its_agency_never_gets_is_given_back_to_its_declarant(
    started: running.Platform,
    platform: Platform,
    sign_in: Callable[..., Any],
    picture: Callable[..., None],
) -> None:
    started.ask(PAUSE)
    submission = platform.hand_in("ASIDE-1")
    found: list[Any] = []
    until(lambda: found.extend(started.ask(KILL, submission)) or found)
    started.ask(RESUME)
    ((seq,),) = found
    with sign_in("administrator", "en") as page:
        page.goto(f"/exchange/letters/{seq}")
        assert "never again" in page.locator("section", has=page.locator("#aside-title")).inner_text()
        picture(page, "exchange-letter-document")
        page.fill("#reason", NEVER)
        page.click("form[action$='/lay-aside'] button")
        page.wait_for_selector(ASIDE)
        page.wait_for_load_state()
        assert page.locator("#aside-title, form[action$='/replay']").count() == 0, "it is over"
    with sign_in("broker") as broker:
        broker.goto(f"/consignments/{submission}")
        broker.wait_for_selector("tr:has-text('边检') .st:has-text('未能送达')")
        broker.wait_for_selector(f"text={NEVER}", timeout=SLOW)
        broker.wait_for_selector("#do-mend")
        assert "请改单重新申报" in broker.inner_text("main")
        picture(broker, "consignment-undelivered-desk")

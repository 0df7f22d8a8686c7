"""A partner stops answering, another refuses messages: the operator sees why and sends again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import zstandard

import running
from singlewindow.hub.exchange import services
from singlewindow.kernel.messages import Actor

from .conftest import Platform, at_desk_and_phone, in_both_languages, of_its_own

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]

WIRE = "connect 127.0.0.1:30467: ConnectionRefusedError: [Errno 111] Connect call failed"
REFUSED = "the partner refuses these bytes: GrossWet is not a number"
FAR = timedelta(hours=2)  # nothing of the story is tried again while it is told
MESSAGE = """insert into sw.message (submission_id, id, document_id, version, partner, kind,
  definition_version, message_id, reference, digest, payload, created_at, viewers)
  select %s, %s, %s, 1, partner, %s, '1', %s, 'W1', %s, %s, %s, array[id] from sw.party where partner = %s"""
OUTBOX = """insert into sw.outbox (submission_id, message, partner, order_key, state, ready_at, attempts,
  problem, viewers) select %s, %s, partner, %s, %s, %s, %s, %s, array[id] from sw.party where partner = %s"""
UNNUMBERED = """select from journal_entry e where e.verb in ('message.replayed', 'answer.replayed')
  and not exists (select from journal_position p where p.entry_id = e.id)"""
LANE = """update sw.lane set breaker = 'open', failures = 6, problem = %s, since = %s, probe_at = %s
  where partner = 'maritime'"""


@pytest.fixture(scope="module")
def started() -> Iterator[running.Platform]:
    """A platform of this story's own: what it does to the lanes is nobody else's."""
    with of_its_own() as up:
        trouble(up)
        yield up


@pytest.fixture(scope="module")
def platform(started: running.Platform) -> Platform:
    """The same, as the other fixtures know it."""
    return Platform.of(started)


def trouble(up: running.Platform) -> None:
    """Maritime does not answer and three messages wait; customs refused three for two reasons."""
    now = datetime.now(UTC)
    with psycopg.connect(up.configuration.dsn("postgres"), autocommit=True) as connection:
        for _ in range(3):
            _put(connection, "maritime", "dangerous_goods_declaration", 0, WIRE, now)
        for problem in (REFUSED, REFUSED, "the partner refuses these bytes: too large"):
            _put(connection, "customs", "customs_declaration", 1, problem, now)
        connection.execute(LANE, [WIRE, now - timedelta(minutes=13), now + FAR])
        for back in range(1, 15):
            at = now - timedelta(minutes=back)
            connection.execute("select sw.lane_counted('border', %s, %s, 0, %s)", [at, 40 * back, 30])


def _put(connection: Any, partner: str, kind: str, state: int, problem: str, now: datetime) -> None:
    submission, message, payload = uuid4(), uuid4(), f"<{kind}><GrossWet>x</GrossWet></{kind}>".encode()
    digest, name = hashlib.sha256(payload).digest(), f"SW-{str(message)[:13]}"
    facts = [
        submission,
        message,
        uuid4(),
        kind,
        name,
        digest,
        zstandard.compress(payload),
        now - FAR,
        partner,
    ]
    connection.execute("set search_path = sw")
    connection.execute(MESSAGE, facts)
    connection.execute(OUTBOX, [submission, message, name, state, now + FAR, 5, problem, partner])


@in_both_languages
@at_desk_and_phone
def test_the_operator_sees_each_lane_what_waits_and_why(
    sign_in: Callable[..., Any], picture: Callable[..., None], language: str, size: tuple[int, int]
) -> None:
    with sign_in("administrator", language, "light", size) as page:
        page.goto("/exchange")
        lane = page.locator("#lane-maritime")
        assert lane.locator(".st").first.inner_text() == ("No answer" if language == "en" else "对端不应答")
        assert "cut-off" in lane.get_attribute("class")
        assert page.locator("#lane-border .st").first.inner_text() == (
            "Running" if language == "en" else "正常"
        )
        assert page.locator(".way tbody tr").count() == 3
        assert WIRE in page.locator(".way .why").first.inner_text()
        assert page.locator(".piles > li").count() == 2
        picture(page, f"exchange-{language}-{size[0]}")


def test_what_is_on_the_page_follows_what_happens(sign_in: Callable[..., Any]) -> None:
    with sign_in("administrator") as page:
        page.goto("/exchange")
        shown = page.locator(".xh time").inner_text()
        page.wait_for_function(
            "was => document.querySelector('.xh time').textContent !== was", arg=shown, timeout=15_000
        )
        assert page.locator("#lane-customs").count() == 1


@in_both_languages
def test_an_agency_sees_its_own_lane_and_no_wires_words(
    sign_in: Callable[..., Any], picture: Callable[..., None], language: str
) -> None:
    with sign_in("customs-link", language) as page:
        page.goto("/exchange")
        assert page.locator(".lanes tbody tr").count() == 1
        assert page.locator("#lane-customs").count() == 1
        said = page.locator("main").inner_text()
        assert "GrossWet" not in said
        assert "Errno" not in said
        picture(page, f"exchange-agency-{language}")


@pytest.mark.parametrize("login", ["broker", "importer-admin", "forwarder", "terminal"])
def test_nobody_else_finds_such_a_page(sign_in: Callable[..., Any], login: str) -> None:
    with sign_in(login) as page:
        assert page.goto("/exchange").status == 404
        page.goto("/")
        assert page.locator(".side a[href='/exchange']").count() == 0


def test_a_dead_letter_is_opened_on_record_and_sent_again(
    started: running.Platform, sign_in: Callable[..., Any], picture: Callable[..., None]
) -> None:
    with sign_in("administrator") as page:
        page.goto("/exchange")
        pile = page.locator(".piles > li", has_text="too large")
        pile.locator("summary").click()
        pile.locator("details a").first.click()
        page.wait_for_url(re.compile(r"/exchange/letters/\d+$"))
        page.click("button:has-text('看原文')")
        assert "<GrossWet>x</GrossWet>" in page.locator("pre.raw").inner_text()
        picture(page, "exchange-letter")
        page.click("main button:has-text('重发')")
        page.wait_for_url("**/exchange?again=1")
        page.locator(".piles > li", has_text="GrossWet").locator("button").click()
        page.wait_for_url("**/exchange?again=2")
    told = dict(
        started.ask("select verb, count(*) from journal_entry where actor_kind = 'person' group by verb")
    )
    assert (told["message.opened"], told["message.replayed"]) == (1, 3)


@contextmanager
def colleague(up: running.Platform) -> Iterator[psycopg.Cursor[Any]]:
    """Somebody else's acts, while a page is open that does not know of them yet."""
    with psycopg.connect(up.configuration.dsn("sw_engine")) as connection, connection.cursor() as cursor:
        yield cursor


@at_desk_and_phone
@in_both_languages
def test_what_a_colleague_settled_meanwhile_says_so_and_leads_to_its_record(
    started: running.Platform,
    sign_in: Callable[..., Any],
    picture: Callable[..., None],
    language: str,
    size: tuple[int, int],
) -> None:
    now, other = datetime.now(UTC), Actor("person", "0", "海关 接口员 02")
    answer = unread(started)
    started.ask("update inbox set attempts = 1 where id = %s returning id", answer)
    with psycopg.connect(started.configuration.dsn("postgres"), autocommit=True) as connection:
        _put(connection, "customs", "customs_declaration", 1, "the partner refuses: settled meanwhile", now)
    ((seq,),) = started.ask("select max(seq) from outbox")
    with sign_in("customs-link", language, "light", size) as page:
        page.goto("/exchange")
        for place in (f"/exchange/answers/{answer}", f"/exchange/letters/{seq}"):
            page.wait_for_selector(f"a[href='{place}']", state="attached")
        with colleague(started) as cursor:
            services.replay(other, cursor, seqs=[seq], at=now)
            services.apply_again(other, cursor, answers=[answer], at=now)
        started.ask("delete from outbox where seq = %s returning seq", seq)
        started.ask("update inbox set state = 2 where id = %s returning id", answer)
        started.wait_for(lambda: not started.ask(UNNUMBERED), "the journal gives what was done no number")
        page.goto(f"/exchange/answers/{answer}")  # the list itself may know by now
        said = page.locator("main").inner_text()
        assert "海关 接口员 02" in said
        assert ("nothing is left to do" if language == "en" else "无须再办") in said
        picture(page, f"exchange-answer-settled-{language}-{size[0]}")
        page.click("main footer a[href^='/journal']")
        page.wait_for_url("**/journal?until=*")
        assert ("Answer applied again" if language == "en" else "重新处理回执") in page.inner_text("main")
        page.goto(f"/exchange/letters/{seq}")
        said = page.locator("main").inner_text()
        assert "海关 接口员 02" in said
        assert ("has taken it" if language == "en" else "已收下") in said
        picture(page, f"exchange-letter-settled-{language}-{size[0]}")
        page.click("main footer a[href^='/journal/']")
        page.wait_for_url(re.compile(r"/journal/\d+$"))
        assert ("Dead letter sent again" if language == "en" else "重发死信") in page.inner_text("main")
    with sign_in("quarantine", language) as page:
        for path in (f"/exchange/answers/{answer}", f"/exchange/letters/{seq}"):
            assert page.goto(path).status == 404


def unread(up: running.Platform) -> int:
    """Customs answered something that was too large to read."""
    ((id_,),) = up.ask(
        "insert into inbox (partner, source, digest, raw, receipts, problem, state, received_at) values"
        " ('customs', 'receipts@3', %s, %s, %s, 'receipts@3: 过大 · too large', 1, now()) returning id",
        hashlib.sha256(uuid4().bytes).digest(), zstandard.compress(b"<beginning"), zstandard.compress(b"[]"),
    )  # fmt: skip
    return int(id_)


@pytest.mark.parametrize("login", ["administrator", "customs-link"])
@in_both_languages
def test_an_answer_nobody_could_read_is_laid_aside_by_keyboard_for_a_reason(
    started: running.Platform,
    sign_in: Callable[..., Any],
    picture: Callable[..., None],
    login: str,
    language: str,
) -> None:
    answer = unread(started)
    with sign_in(login, language) as page:
        page.goto("/exchange")
        waiting = page.locator("section", has=page.locator("#unread-title"))
        assert ("No gate lets" if language == "en" else "闸口不放行") in waiting.inner_text()
        waiting.locator(f"a[href='/exchange/answers/{answer}']").click()
        page.wait_for_url(f"**/exchange/answers/{answer}")
        said = page.locator("section", has=page.locator("#aside-title")).inner_text()
        assert ("you answer for that" if language == "en" else "由您承担") in said
        picture(page, f"exchange-answer-{login}-{language}")
        page.evaluate("document.getElementById('reason').required = false")
        page.press("#reason", "Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("#reason-problems")
        page.focus("#reason")
        page.keyboard.type("海关来电 they rang: <b>no order</b>")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("#up-title")
        page.wait_for_load_state()
        assert "<b>no order</b>" in page.locator("main").inner_text()
        picture(page, f"exchange-aside-{login}-{language}")
        page.goto("/exchange")
        assert page.locator("#unread-title").count() == 0
    assert started.ask("select state from inbox where id = %s", answer) == [(3,)]


@at_desk_and_phone
@in_both_languages
def test_what_is_laid_aside_is_listed_and_taken_up_again(
    started: running.Platform,
    sign_in: Callable[..., Any],
    picture: Callable[..., None],
    language: str,
    size: tuple[int, int],
) -> None:
    answer = unread(started)
    with sign_in("customs-link", language, "light", size) as page:
        page.goto(f"/exchange/answers/{answer}")
        page.fill("#reason", "海关来电：无布控 They rang: no order")
        page.click("form[action$='/lay-aside'] button")
        page.wait_for_selector("#up-title")
        page.goto("/exchange")
        page.click("a[href='/exchange/answers']")
        page.wait_for_url("**/exchange/answers")
        row = page.locator(f"#answer-{answer}")
        assert "海关 接口员 01" in row.inner_text()
        assert "They rang" in row.inner_text()
        picture(page, f"exchange-asides-{language}-{size[0]}")
        row.locator("a").click()
        page.wait_for_url(f"**/exchange/answers/{answer}")
        said = page.locator("section", has=page.locator("#up-title")).inner_text()
        assert ("is out" if language == "en" else "不因此追回") in said
        picture(page, f"exchange-take-up-{language}-{size[0]}")
        page.fill("#reason", "海关另函：有布控 There is an order after all")
        page.click("form[action$='/take-up'] button")
        page.wait_for_selector("#aside-title")
    assert started.ask("select state from inbox where id = %s", answer) == [(1,)]
    started.ask("update inbox set state = 2 where id = %s returning id", answer)


@pytest.mark.parametrize("login", ["auditor", "customs"])
def test_who_only_looks_is_told_who_may_and_has_no_button(
    started: running.Platform, sign_in: Callable[..., Any], login: str
) -> None:
    answer = unread(started)
    with sign_in(login) as page:
        page.goto(f"/exchange/answers/{answer}")
        assert "由本机关接口管理员或平台运行人员搁置" in page.locator("main").inner_text()
        assert page.locator("#reason").count() == 0
    started.ask("update inbox set state = 2 where id = %s returning id", answer)

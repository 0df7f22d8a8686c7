"""As everybody, every link and form: nothing leads nowhere, every field has a name, all can be read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from lxml import html

from . import pages
from .acting import TWO, hold
from .conftest import DESK, PHONE, Platform

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]
ROLES = (
    *("broker", "importer", "forwarder", "customs", "quarantine", "border", "maritime"),
    *("terminal", "gate", "auditor", "administrator", "customs-link"),
    *("broker-admin", "importer-admin", "customs-admin", "terminal-admin"),
)
# What would end the person who asks, or what others of these tests stand on.
ENDING = re.compile(r"/sign-out|/language|/accounts/me/|/(deactivate|password|end|revoke|discard)$")
ANSWERED = {200, 204, 409, 422}
EACH = 2  # pages of one kind that are looked at
MOST = 45  # pages a role, unless it has more kinds of them
FAR = 120  # pages: with more kinds than that nobody would wait for the answer
OTHERS = 8  # declarations beside the scripted one
BETWEEN = (1180, 1024, 900, 760)  # half a wide screen, and what is carried in a cab: px


@pytest.fixture(scope="module")
def scripted(platform: Platform, browser: Any) -> str:
    """The story's consignment, once its box is to be inspected."""
    scripted = platform.hand_in("PAGES")
    for n in range(OTHERS):
        platform.hand_in(f"PAGES-{n}", bill_number=f"CQX25121{n:04}", voyage_number=f"26{n:02}E")
    return scripted


@pytest.fixture
def settled(scripted: str, sign_in: Callable[..., Any]) -> str:
    """Its address, when both agencies have ordered their inspection."""
    with sign_in("broker") as page:
        page.goto(f"/consignments/{scripted}")
        page.wait_for_selector("#disposition .res .st.tag:has-text('联合查验')", timeout=60_000)
    return f"/consignments/{scripted}"


def visit(page: Any, base: str, start: list[str]) -> Iterator[tuple[str, Any]]:
    """Every kind of page that links lead to, a few of each, parsed; any answer but 200 is a fault."""
    waiting, seen, visits, number = list(start), dict.fromkeys(start, "the start"), Counter[str](), 0
    while address := chosen(waiting, visits, number):
        waiting.remove(address)
        visits.update(pages.kinds(address))
        number += 1
        answer = page.context.request.get(address)
        assert answer.status == 200, f"{address}: {answer.status}, linked by {seen[address]}"
        if "html" not in answer.headers.get("content-type", ""):
            continue
        found = html.document_fromstring(answer.text())
        yield address, found
        for link in pages.links(found, base + "/"):
            if link not in seen:
                seen[link] = address
                waiting.append(link)
    found_kinds = {kind: address for address in seen for kind in pages.kinds(address)}
    assert found_kinds.keys() - visits.keys() == set(), "nobody looked at these"


def chosen(waiting: list[str], visits: Counter[str], number: int) -> str | None:
    """The next page: of a kind nobody looked at yet; with none left, another of a kind, up to the bound."""
    for most, bound in ((0, FAR), (EACH - 1, MOST)):
        for address in waiting if number < bound else ():
            if any(visits[kind] <= most for kind in pages.kinds(address)):
                return address
    return None


@pytest.mark.parametrize("login", ROLES)
def test_nothing_leads_nowhere_and_every_field_has_a_name(
    settled: str, platform: Platform, sign_in: Callable[..., Any], login: str
) -> None:
    faults: dict[str, list[str]] = {}
    posts: dict[str, str] = {}
    with sign_in(login) as page:
        for address, found in visit(page, platform.url, [platform.url + "/", platform.url + "/styleguide"]):
            # The styleguide's buttons are specimens.
            wrong = pages.unnamed(found) + ([] if "styleguide" in address else pages.dead_ends(found))
            if found.get("lang"):  # a part of a page has no heading, and names what stands around it
                wrong += pages.out_of_order(found)
            if wrong:
                faults.setdefault(pages.shape(address), wrong)
            for method, target in pages.forms(found, address):
                posts.setdefault(pages.shape(target), f"{method} {target}")
        for form in posts.values():
            method, _, target = form.partition(" ")
            # Without its token nothing is done; a path that does not exist would be 404 before that.
            answer = page.context.request.fetch(target, method=method.upper())
            if answer.status not in ((403,) if method == "post" else (200,)):
                faults.setdefault(target, []).append(f"{method} answers {answer.status}")
    assert not faults


@pytest.mark.parametrize("login", ROLES)
def test_every_form_is_answered_as_it_stands(
    settled: str, platform: Platform, sign_in: Callable[..., Any], login: str
) -> None:
    """No form is offered to who may not send it: sent untouched, it is done or says what is wrong.

    On the way, in English, the platform's own words are English.
    """
    sent: set[tuple[str, ...]] = set()
    refused: list[str] = []
    foreign: dict[str, list[str]] = {}
    with sign_in(login, "en") as page:
        for address, found in visit(page, platform.url, [platform.url + "/"]):
            if words := pages.foreign(found):
                foreign.setdefault(pages.shape(address), words)
            for method, target, fields in pages.as_they_stand(found, address):
                kind = (method, pages.shape(target), *sorted(fields))
                if kind in sent or "styleguide" in address or ENDING.search(target):
                    continue
                sent.add(kind)
                given = {"params": fields} if method == "get" else {"form": fields}
                answer = page.context.request.fetch(target, method=method.upper(), **given)
                if answer.status not in ANSWERED:
                    refused.append(f"{method} {target}, offered by {address}: {answer.status}")
    assert sent
    assert not refused
    assert not foreign


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("login", "size"), [("broker", DESK), ("customs", PHONE)], ids=["desk", "phone"])
def test_text_can_be_read_and_focus_be_seen(
    settled: str, sign_in: Callable[..., Any], theme: str, login: str, size: tuple[int, int]
) -> None:
    faint: dict[str, list[str]] = {}
    paths = ["/hall", settled, "/inspections", "/journal", "/styleguide"]
    with sign_in(login, "zh-hans", theme, size) as page:
        paths += ["/declarations/new"] if login == "broker" else [f"/instructions/new?about={settled[14:]}"]
        for path in paths:
            page.goto(path)
            page.wait_for_timeout(300)
            if found := page.evaluate(pages.FAINT):
                faint[path] = found
        page.goto(settled)
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        seen = page.evaluate("(({outlineStyle, outlineWidth}) => [outlineStyle, outlineWidth])"
                             "(getComputedStyle(document.activeElement))")  # fmt: skip
        assert seen[0] != "none"
        assert seen[1] != "0px"
    assert not faint


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_gates_screen_can_be_read(settled: str, sign_in: Callable[..., Any], theme: str) -> None:
    with sign_in("gate", "zh-hans", theme) as page:
        page.fill("#plate", "渝D·3Q7F1")
        page.fill("#container", "CQXU2045172")
        page.fill("#seal", "DM884120")
        page.keyboard.press("Enter")
        page.wait_for_selector("#verdict.deny")
        assert page.evaluate(pages.FAINT) == []
        assert page.inner_text("#verdict .do")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("login", ["broker", "customs", "gate"])
def test_no_page_is_wider_than_half_a_screen_or_a_tablet(
    settled: str, sign_in: Callable[..., Any], login: str, language: str
) -> None:
    paths = ["/gate", "/standards", "/notices"]
    if login != "gate":
        paths += ["/hall", "/declarations", settled, "/inspections", "/journal", "/accounts/me"]
    paths += {"broker": ["/declarations/new"], "customs": ["/exchange", "/tasks"]}.get(login, [])
    wide = []
    with sign_in(login, language) as page:
        for path in paths:
            page.goto(path)
            for width in BETWEEN:
                page.set_viewport_size({"width": width, "height": 800})
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    wide.append(f"{path} at {width}")
    assert not wide


def test_a_later_submission_hears_what_becomes_of_its_dossier(
    settled: str, platform: Platform, sign_in: Callable[..., Any]
) -> None:
    later = platform.hand_in("PAGES-AGAIN")
    box = "#disposition tr:has-text('CQXU3188623') .res .st.tag"
    with sign_in("broker") as broker, sign_in("customs") as customs, sign_in("border") as border:
        for page in (broker, customs):
            page.goto(f"/consignments/{later}")
            page.wait_for_selector("sw-live[state=live]")
            page.wait_for_selector(box, timeout=60_000)
            page.evaluate("window.sameDocument = true")
        hold(border, settled.rpartition("/")[2], TWO, "待核对")
        for page in (broker, customs):
            page.wait_for_selector(f"{box}:has-text('挂起')", timeout=20_000)
            assert page.evaluate("window.sameDocument")
            assert "商品 2" in page.inner_text("#disposition"), (
                "an officer reads the goods of its own document"
            )

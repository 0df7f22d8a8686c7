"""The browser of the timeline's bench behaves as the page's script: it settles, and reads what is shown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest
from bench.bed import browser
from bench.bed.browser import Page, Settling

CONSIGNMENT = "01890000-0000-7000-8000-00000000000a"
DOSSIER = "01890000-0000-7000-8000-00000000000b"
WAIT = Settling(quiet_s=0.4, most_s=2.0)


def page_of(*answers: int) -> str:
    """A consignment's page with so many receipts of each document."""
    lists = "".join(
        f"<details id='receipts-d{n}'><summary>回执</summary><ol>{ANSWER * many or NONE}</ol></details>"
        for n, many in enumerate(answers)
    )
    about, part = f"{CONSIGNMENT} {DOSSIER}", f"/consignments/{CONSIGNMENT}/live"
    return (
        "<sw-live about='notices' hx-get='/notices/count'></sw-live>"
        f"<sw-live about='{about}' hx-get='{part}'>{lists}</sw-live>"
    )


ANSWER = "<li><b>网关回执</b><time datetime='2026-11-22T00:00:00+00:00'>00:00</time></li>"
NONE = "<li><p>尚无回执</p></li>"


def opened(*answers: int) -> Page:
    return Page(CONSIGNMENT, page_of(*answers), at=10.0)


@pytest.mark.parametrize(
    ("first", "last", "due"), [(5.0, 5.0, 5.4), (5.0, 6.0, 6.4), (5.0, 6.9, 7.0), (5.0, 9.0, 7.0)]
)
def test_it_asks_when_all_is_quiet_and_at_the_latest_after_the_bound(
    first: float, last: float, due: float
) -> None:
    assert WAIT.asks_at(first, last) == pytest.approx(due)


def test_how_long_it_waits_is_what_the_script_says() -> None:
    said = browser.SCRIPT.read_text("utf-8")
    found = browser.settling()
    assert f"SETTLE_MS = {round(1000 * found.quiet_s)};" in said
    assert 0 < found.quiet_s < found.most_s


def test_a_page_counts_the_receipts_of_each_document_and_not_that_there_are_none() -> None:
    assert browser.counted(page_of(2, 0, 1)) == {"d0": 2, "d1": 0, "d2": 1}
    assert opened(2, 0, 1).receipts == 3


def test_a_page_is_about_its_consignment_and_dossiers_and_hears_of_no_other() -> None:
    page = opened(0)
    assert page.address == f"/consignments/{CONSIGNMENT}/live"
    page.tell(frozenset({"another", "notices"}), 11.0)
    assert (page.events, page.wanted.is_set()) == ([], False)
    page.tell(frozenset({DOSSIER}), 12.0)
    page.tell(frozenset({browser.EVERYTHING}), 13.0)
    assert page.events == [12.0, 13.0]
    assert (page.first, page.last) == (12.0, 13.0)
    assert (page.heard_after(12.5), page.heard_after(13.5)) == (13.0, None)


def test_when_a_receipt_was_shown_is_when_the_page_first_counted_it() -> None:
    page = opened(0)
    page.shown += [(11.0, {"d0": 1}), (12.0, {"d0": 2}), (13.0, {"d0": 2})]
    assert [page.shown_at("d0", count) for count in (1, 2)] == [11.0, 12.0]
    with pytest.raises(LookupError, match="3 receipts of document d0"):
        page.shown_at("d0", 3)


def test_a_stream_is_read_event_by_event() -> None:
    async def lines() -> AsyncIterator[str]:
        for line in (
            *("retry: 3000", ": open", "", "event: change", f'data: ["{CONSIGNMENT}","b"]', ""),
            *(": still here", "", "data: [1]", "", "event: change", 'data: {"many":true}', ""),
        ):
            yield line

    async def read() -> list[frozenset[str]]:
        return [each async for each in browser.changes(lines())]

    assert asyncio.run(read()) == [frozenset({CONSIGNMENT, "b"}), frozenset({browser.EVERYTHING})]


class Clock:
    """Time that goes by only in sleep; what is to happen at some moment happens then."""

    def __init__(self) -> None:
        self.at = 0.0
        self.then: list[tuple[float, Page]] = []

    def time(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        until = self.at + max(0.0, seconds)
        for at, page in [each for each in self.then if each[0] <= until]:
            page.tell(frozenset({CONSIGNMENT}), at)
            self.then.remove((at, page))
        self.at = until


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(browser, "time", SimpleNamespace(time=made.time))
    monkeypatch.setattr(
        browser, "asyncio", SimpleNamespace(sleep=made.sleep, Event=asyncio.Event, timeout=asyncio.timeout)
    )
    return made


def test_told_again_while_it_settles_a_page_waits_on_but_not_beyond_the_bound(clock: Clock) -> None:
    page = opened(0)
    clock.then = [(at / 10, page) for at in range(3, 50, 3)]  # never quiet
    page.ask(0.0)
    asyncio.run(page.due(WAIT))
    assert clock.at == pytest.approx(WAIT.most_s)
    assert not page.wanted.is_set()


def test_told_once_it_asks_when_that_has_settled(clock: Clock) -> None:
    page = opened(0)
    page.ask(0.0)
    asyncio.run(page.due(WAIT))
    assert clock.at == pytest.approx(WAIT.quiet_s)


class Shows:
    """A browser whose page shows one receipt more each time."""

    def __init__(self, clock: Clock, page: Page) -> None:
        self.clock, self.page, self.asked = clock, page, list[float]()

    async def refresh(self, page: Page) -> None:
        self.asked.append(self.clock.at)
        page.shown.append((self.clock.at, {"d0": page.receipts + 1}))
        page.tell(frozenset({CONSIGNMENT}), self.clock.at)


def test_a_page_follows_the_stream_until_all_is_shown(clock: Clock) -> None:
    page = opened(0)
    shows = Shows(clock, page)
    asyncio.run(browser.told(shows, page, 3))  # type: ignore[arg-type]
    quiet = browser.settling().quiet_s
    assert shows.asked == pytest.approx([quiet, 2 * quiet, 3 * quiet])


def test_the_twin_asks_by_the_clock_until_all_is_shown(clock: Clock) -> None:
    page = opened(0)
    shows = Shows(clock, page)
    asyncio.run(browser.polled(shows, page, 3, every_s=2.0, first_s=0.5))  # type: ignore[arg-type]
    assert shows.asked == pytest.approx([0.5, 2.5, 4.5])

"""A browser with consignments open, as ``sw-live.js`` makes one behave: one stream, and pages that ask anew.

A page that is told of a change asks for its moving part once nothing more was told for a while, at the
latest so long after the first telling; both times are the script's own. Instants are wall-clock seconds.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

import httpx
from lxml import html
from msgspec import Struct

from singlewindow.server.rooms import PACKAGE

SCRIPT = PACKAGE / "hub/ui/static/ui/sw-live.js"
PART = "//sw-live[contains(@hx-get, '/consignments/')]"
RECEIPTS = "//details[starts-with(@id, 'receipts-')]"
EVERYTHING = "*"


class Settling(Struct, frozen=True):
    """Seconds: after the last telling, and after the first at the latest."""

    quiet_s: float
    most_s: float

    def asks_at(self, first: float, last: float) -> float:
        """When a page asks that was told first and last at these instants."""
        return min(last + self.quiet_s, first + self.most_s)


@cache
def settling() -> Settling:
    """As the script has it."""
    said = SCRIPT.read_text(encoding="utf-8")
    found = {
        name: int(value.replace("_", "")) for name, value in re.findall(r"const (\w+) = ([\d_]+);", said)
    }
    return Settling(found["SETTLE_MS"] / 1000, found["SETTLE_MOST_MS"] / 1000)


def counted(page: str) -> dict[str, int]:
    """Document -> how many receipts the page shows of it."""
    return {
        each.get("id").removeprefix("receipts-"): len(each.xpath(".//ol/li[.//time]"))
        for each in html.fromstring(page).xpath(RECEIPTS)
    }


async def changes(lines: AsyncIterable[str]) -> AsyncIterator[frozenset[str]]:
    """What each ``change`` of a stream of events names; ``*`` is everything."""
    event = ""
    async for line in lines:
        name, _, value = line.partition(": ")
        if name == "event":
            event = value
        elif name == "data" and event == "change":
            told = json.loads(value)
            yield frozenset(told) if isinstance(told, list) else frozenset([EVERYTHING])
        elif not line:
            event = ""


class Page:
    """One consignment's page: what it is about, when it was told of changes, and what it came to show."""

    def __init__(self, id_: str, first: str, at: float) -> None:
        (part,) = html.fromstring(first).xpath(PART)
        self.id, self.address = id_, part.get("hx-get")
        self.about = frozenset(part.get("about").split())
        self.events: list[float] = []
        self.shown = [(at, counted(first))]
        self.first = self.last = 0.0
        self.wanted = asyncio.Event()

    def tell(self, names: frozenset[str], at: float) -> None:
        """Of a change; of what it is not about it takes no notice."""
        if EVERYTHING in names or not self.about.isdisjoint(names):
            self.events.append(at)
            self.ask(at)

    def ask(self, at: float) -> None:
        """Have it ask anew, soon."""
        self.last = at
        if not self.wanted.is_set():
            self.first = at
        self.wanted.set()

    async def due(self, wait: Settling) -> None:
        """Until it is to ask."""
        await self.wanted.wait()
        last = self.last
        await asyncio.sleep(wait.asks_at(self.first, last) - time.time())
        if self.last > last:  # told again meanwhile
            await self.due(wait)
        self.wanted.clear()

    @property
    def receipts(self) -> int:
        """How many it shows."""
        return sum(self.shown[-1][1].values())

    def shown_at(self, document: str, count: int) -> float:
        """When it first showed so many receipts of a document; raises LookupError where it never did."""
        for at, found in self.shown:
            if found.get(document, 0) >= count:
                return at
        raise LookupError(f"{count} receipts of document {document} were never shown")

    def heard_after(self, at: float) -> float | None:
        """The first event since, if there was one."""
        return next((event for event in self.events if event >= at), None)


class Browser:
    """One session of somebody signed in; its pages share one stream."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.pages: dict[str, Page] = {}
        self.listening = asyncio.Event()

    async def listen(self) -> None:
        """Read the stream until cancelled; raises RuntimeError where it is refused or ends."""
        async with self.client.stream("GET", "/live", timeout=None) as answer:
            if answer.status_code != 200:
                raise RuntimeError(f"the stream was refused: {answer.status_code}")
            self.listening.set()
            async for names in changes(answer.aiter_lines()):
                at = time.time()
                for page in self.pages.values():
                    page.tell(names, at)
        raise RuntimeError("the stream ended")

    @asynccontextmanager
    async def streaming(self) -> AsyncIterator[None]:
        """The stream is open meanwhile; raises what ended it, if it ended before."""
        stream = asyncio.create_task(self.listen())
        opening = asyncio.create_task(self.listening.wait())
        try:
            await asyncio.wait({stream, opening}, return_when=asyncio.FIRST_COMPLETED)
            yield
            if stream.done():
                stream.result()
        finally:
            stream.cancel()
            opening.cancel()
            await asyncio.gather(stream, opening, return_exceptions=True)

    async def open(self, id_: str) -> Page:
        """A consignment's page; from now on it hears of changes."""
        answer = await self.got(f"/consignments/{id_}")
        page = self.pages[id_] = Page(id_, answer.text, time.time())
        return page

    async def refresh(self, page: Page) -> None:
        """Ask for its moving part; the page shows it when it has come."""
        answer = await self.got(page.address)
        at = time.time()
        page.shown.append((at, counted(answer.text)))

    async def got(self, address: str) -> httpx.Response:
        """A page, or RuntimeError."""
        answer = await self.client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.url}: {answer.status_code}")
        return answer


async def told(browser: Browser, page: Page, receipts: int) -> None:
    """Follow the stream until the page shows so many; it asks first when it finds the stream live."""
    page.ask(time.time())
    while page.receipts < receipts:
        await page.due(settling())
        await browser.refresh(page)


async def polled(browser: Browser, page: Page, receipts: int, every_s: float, first_s: float) -> None:
    """The naive way: ask by the clock."""
    await asyncio.sleep(first_s)
    while True:
        await browser.refresh(page)
        if page.receipts >= receipts:
            return
        await asyncio.sleep(every_s)

"""The promise of the timeline: within 2 s of its commit a receipt is on the page of who waits for it (p99).

A broker's browser has consignments open while their receipts come in, as people do who have just submitted;
it behaves as the page's own script does (``bed/browser.py``): one stream of events, and the moving part of
the page asked for once what it was told has settled. Once with nothing else to do, often for so long that the
journal is looked through least often, and once beside a load of the same party's, for whose changes the
stream is busy too; the slower of both is held against the promise.
A receipt counts from its commit to the answer that shows it; the event alone is told beside it.

The naive twin asks for the same part of the same page every two seconds, as seldom as the promise lets it,
each page from a moment of its own. The limit is PostgreSQL's NOTIFY alone, from being said to being read,
on the same server. Run: ``python bench/timeline.py [--quick] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]

import httpx  # noqa: E402
import msgspec  # noqa: E402
import psycopg  # noqa: E402
from bed.bodies import Bodies  # noqa: E402
from bed.browser import Browser, Page, polled, told  # noqa: E402
from bed.generator import Load  # noqa: E402
from bed.installation import Platform, data_folder, platform  # noqa: E402
from bed.outcome import NotTrueError, percentile  # noqa: E402
from bed.processes import group_cpu_s  # noqa: E402
from bed.promises import keep, verdict  # noqa: E402
from bed.recipients import recipients  # noqa: E402
from bed.rest import at_rest, loaded  # noqa: E402
from pages import signed_in  # noqa: E402
from whole_path import generated  # noqa: E402

SEED = 20261122
EVERY_S = 2.0  # how often the twin asks
QUIET_S, BUSY_S = (0.5, 4.0), (0.2, 0.8)  # from one consignment to the next: with long idle times, or without
SIDE_RATE = 50.0  # declarations a second beside them
SIDE_FIRST, SIDE_LEAD_S = 100_000, 2.0  # far from the numbers of those looked at; for it to be under way
BOUND_S, STRAGGLE_S = 60.0, 2.0
NOTIFIED = 300
PAYLOAD = '{"position":1,"submissions":[["00000000-0000-7000-8000-000000000000",[1,2,3,4,5]]]}'
# A receipt and its journal entry are of one transaction; that of the entry's number is what is announced.
COMMITTED = """
select r.submission_id::text, r.document_id::text,
       extract(epoch from pg_xact_commit_timestamp(r.xmin))::float8,
       (select extract(epoch from max(pg_xact_commit_timestamp(p.xmin)))::float8
          from sw.journal_entry e join sw.journal_position p on p.entry_id = e.id
         where e.submission_id = r.submission_id and e.subject_id = r.document_id
           and e.verb = 'receipt.received'
           and pg_xact_commit_timestamp(e.xmin) = pg_xact_commit_timestamp(r.xmin))
  from sw.receipt r where r.submission_id = any (%s::uuid[]) order by 3
"""
Row = tuple[str, str, float, float | None]


class Way(NamedTuple):
    """How a page learns of what is new, and whether its browser has a stream."""

    follow: Callable[[Browser, Page], Awaitable[None]]
    streams: bool


class Seen(msgspec.Struct):
    """One way, once: seconds from commits to the page and to the event, p50 and p99; CPU µs a consignment."""

    consignments: int
    receipts: int
    shown: list[float]
    read: list[float]
    cpu: dict[str, int]


def delays(pages: Mapping[str, Page], rows: Iterable[Row]) -> tuple[list[float], list[float]]:
    """Seconds from each receipt's commit until its page showed it, and until the event was read.

    A receipt that was there when the page was opened was not waited for, and counts nowhere.
    Raises LookupError where one was never shown.
    """
    shown, read, so_far = [], [], dict[str, int]()
    for submission, document, committed, announced in rows:
        so_far[document] = so_far.get(document, 0) + 1
        page = pages[submission]
        at = page.shown_at(document, so_far[document])
        if at == page.shown[0][0]:
            continue
        shown.append(at - committed)
        heard = page.heard_after(announced) if announced else None
        read += [heard - committed] if heard else []
    return shown, read


def middle_and_worst(values: list[float]) -> list[float]:
    """p50 and p99; nothing of nothing."""
    return [statistics.median(values), percentile(values, 0.99)] if values else []


class Watching:
    """A platform, and the people who look at it."""

    def __init__(self, running: Platform) -> None:
        self.running = running
        self.numbers, self.body = count(), Bodies().body
        self.cookies = signed_in(running).cookies
        self.side = SIDE_FIRST

    def seen(self, consignments: int, way: Way, rate: float = 0.0) -> Seen:
        """So many consignments opened one after the other, each until all its receipts are on its page."""
        groups = self.running.groups()
        before, own = group_cpu_s(groups), time.process_time()
        pages = asyncio.run(self.beside(consignments, way, rate))
        own, after = time.process_time() - own, group_cpu_s(groups)
        used = {name: after[name] - before[name] for name in after} | {"generator": own}
        at_rest(self.running)
        with self.running.connect() as connection:
            rows = connection.execute(COMMITTED, [list(pages)]).fetchall()
        shown, read = delays(pages, rows)
        return Seen(
            consignments=consignments,
            receipts=len(shown),
            shown=middle_and_worst(shown),
            read=middle_and_worst(read),
            # Beside a load it would be the load's.
            cpu={} if rate else {name: round(1e6 * each / consignments) for name, each in used.items()},
        )

    async def beside(self, consignments: int, way: Way, rate: float) -> dict[str, Page]:
        """The same beside a load of so many declarations a second, if any."""
        if not rate:
            return await self.opened(consignments, way, QUIET_S)
        seconds = 2 * SIDE_LEAD_S + consignments * sum(BUSY_S) / 2
        most = int(seconds * rate)
        running = self.running
        load = Load(
            running.configuration.port, running.token, self.side, most, seconds, connections=0, rate=rate
        )
        self.side += most
        sending = asyncio.create_task(asyncio.to_thread(generated, load))
        await asyncio.sleep(SIDE_LEAD_S)
        pages = await self.opened(consignments, way, BUSY_S)
        if refused := (await sending).refused:
            raise NotTrueError(f"refused: {refused[:3]}")
        return pages

    async def opened(self, consignments: int, way: Way, between_s: tuple[float, float]) -> dict[str, Page]:
        """Each submitted, opened and followed, every way at the same intervals; the pages by submission."""
        chance = random.Random(SEED)
        bound_s = BOUND_S + consignments * between_s[1]
        async with self.browsing(way.streams) as browser, asyncio.timeout(bound_s):
            async with asyncio.TaskGroup() as watching:
                for _ in range(consignments):
                    page = await browser.open(await self.submitted(browser.client))
                    watching.create_task(way.follow(browser, page))
                    await asyncio.sleep(chance.uniform(*between_s))
            await asyncio.sleep(STRAGGLE_S)  # events of what a page already shows are still to be read
            return browser.pages

    @asynccontextmanager
    async def browsing(self, streams: bool) -> AsyncIterator[Browser]:
        """A browser, with its stream open if it is to have one."""
        url = self.running.configuration.url
        async with httpx.AsyncClient(base_url=url, cookies=self.cookies, timeout=30) as client:
            browser = Browser(client)
            if not streams:
                yield browser
                return
            async with browser.streaming():
                yield browser

    async def submitted(self, client: httpx.AsyncClient) -> str:
        """The id of the next declaration of the broker's own system."""
        number = next(self.numbers)
        head = {
            "authorization": f"Bearer {self.running.token}",
            "idempotency-key": f"timeline-{number}",
            "content-type": "application/json",
        }
        answer = await client.post("/api/v1/submissions", content=self.body(number), headers=head)
        if answer.status_code != 202:
            raise NotTrueError(f"refused: {answer.status_code} {answer.text[:500]}")
        return answer.json()["submission_id"]


def streamed() -> Way:
    """As the product's page does."""
    return Way(lambda browser, page: told(browser, page, 2 * len(recipients())), streams=True)


def asked(chance: random.Random) -> Way:
    """As the twin's does."""
    wanted = 2 * len(recipients())
    follow = lambda browser, page: polled(browser, page, wanted, EVERY_S, chance.uniform(0, EVERY_S))  # noqa: E731
    return Way(follow, streams=False)


def notified(dsn: str, times: int) -> list[float]:
    """Seconds from saying NOTIFY to reading it, of one connection to another."""
    taken = []
    with psycopg.connect(dsn, autocommit=True) as said, psycopg.connect(dsn, autocommit=True) as heard:
        heard.execute("listen bench")
        for _ in range(times):
            started = time.perf_counter()
            said.execute("select pg_notify('bench', %s)", [PAYLOAD])
            if not list(heard.notifies(timeout=BOUND_S, stop_after=1)):
                raise NotTrueError(f"a notification was not heard within {BOUND_S:g} s")
            taken.append(time.perf_counter() - started)
    return taken


def bench(consignments: int, seconds: float) -> dict[str, Any]:
    """Every way, in one run on one installation that has stored something."""
    with data_folder() as folder, platform(folder) as running:
        loaded(running, seconds, 32, first=2 * SIDE_FIRST)
        watching = Watching(running)
        by_clock = asked(random.Random(SEED))
        watching.seen(2, streamed())
        return {
            "quiet": watching.seen(consignments, streamed()),
            "busy": watching.seen(consignments, streamed(), SIDE_RATE),
            "naive_quiet": watching.seen(consignments, by_clock),
            "naive_busy": watching.seen(consignments, by_clock, SIDE_RATE),
            "limit": middle_and_worst(notified(running.configuration.dsn("postgres"), NOTIFIED)),
        }


def said(name: str, seen: Seen) -> str:
    """One way's line."""
    read = "   event p50 {:.3f} s, p99 {:.3f} s".format(*seen.read) if seen.read else ""
    used = "".join(f"   {who} {spent:,}" for who, spent in seen.cpu.items())
    cpu = f"\n    CPU µs a consignment:{used}" if used else ""
    (median, worst), counted = seen.shown, f"{seen.receipts} receipts of {seen.consignments}"
    return f"  {name:11} p50 {median:.3f} s, p99 {worst:.3f} s{read}   ({counted}){cpu}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few consignments")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found = bench(*((8, 1.0) if given.quick else (40, 5.0)))
    slower = max(("quiet", "busy"), key=lambda name: found[name].shown[1])
    ours, naive, limit = found[slower], found[f"naive_{slower}"], found["limit"]
    median, worst = ours.shown
    measure = {"receipt_on_timeline_p99": worst}
    print(
        f"timeline: p99 {worst:.2f} s from a receipt's commit to the page that shows it, p50 {median:.2f} s"
        f" ({naive.shown[1] / worst:.1f} x naive, {limit[1] / worst:.4f} of limit, {1e3 * limit[1]:.1f} ms;"
        f" {slower}, of quiet and {SIDE_RATE:g}/s beside) {verdict(**measure)}"
    )
    for name in ("quiet", "busy", "naive_quiet", "naive_busy"):
        print(said(name, found[name]))
    more = {"seed": SEED, "side_rate": SIDE_RATE, "naive_asks_every_s": EVERY_S}
    keep(given.json, "timeline", measure, **more, **msgspec.to_builtins(found))


if __name__ == "__main__":
    main()

"""The promises of pages: form, list and consignment are answered within 100 ms (p95), whatever is stored,
and a code's suggestions within 50 ms, in a list of 14,000 that was imported as official tables are.

A broker who has submitted thousands of declarations looks at them among as many of others: at consignments
in the middle of their work, with orders, receipts of every agency and one of two containers released
(``bed/mid_work.py``; that each page shows all of it is looked at first), and at those that are done. The
naive twin asks a query a row, and of a code LIKE over the list; the limit is a signed-in request that shows
nothing. One visitor at a time, over a kept connection.
Run: ``python bench/pages.py [--quick] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]

import httpx  # noqa: E402
import msgspec  # noqa: E402
from bed import mid_work  # noqa: E402
from bed.installation import SETTINGS, SOURCE, Platform, data_folder, platform, stop  # noqa: E402
from bed.multiplied import multiply  # noqa: E402
from bed.naive_pages import OFFICIAL, Given  # noqa: E402
from bed.outcome import awaited, one, percentile  # noqa: E402
from bed.processes import group_cpu_s, spent  # noqa: E402
from bed.promises import keep, verdict  # noqa: E402
from bed.rest import at_rest, loaded  # noqa: E402
from bed.scratch import wait_for  # noqa: E402
from codes import ROWS, official, strokes  # noqa: E402

from singlewindow.rehearsal.ports import free_port  # noqa: E402
from singlewindow.server import loaders  # noqa: E402

WARM = 20
SEED = 20261121
STRANGER = 999_999
NOTHING = "/language/zh-hans"  # session, rights and transaction, and nothing to show
PAGES = ("form", "list", "consignment", "released")
SUGGESTION = "suggestion"
ASKED = (*PAGES, SUGGESTION)
UNDER_WAY = 40  # consignments that are mid-work
ALIKE = SETTINGS.replace('"prompt"', '"even"')  # counterparts answer as in the demonstration, and at once


class Times(msgspec.Struct):
    """Milliseconds of one page, and its CPU µs at the platform and PostgreSQL."""

    p50: float
    p95: float
    cpu: dict[str, int]


def measured(client: httpx.Client, paths: Iterator[str], count: int, groups: Any) -> Times:
    """Ask so many times, one after the other; every answer must be a good one."""
    for path, _ in zip(paths, range(WARM), strict=False):
        good(client.get(path))
    before, taken = group_cpu_s(groups), []
    for path, _ in zip(paths, range(count), strict=False):
        started = time.perf_counter()
        answer = client.get(path)
        taken.append(1e3 * (time.perf_counter() - started))
        good(answer)
    after = group_cpu_s(groups)
    cpu = {name: round(1e6 * (after[name] - before[name]) / count) for name in after}
    return Times(statistics.median(taken), percentile(taken, 0.95), cpu)


def good(answer: httpx.Response) -> None:
    """A page, not a refusal, or where the language was changed, the way back."""
    if answer.status_code not in (200, 302) or answer.headers.get("location", "").startswith("/sign-in"):
        raise RuntimeError(f"{answer.url}: {answer.status_code}")


def signed_in(running: Platform, login: str = "broker") -> httpx.Client:
    """A browser's session of one of the demonstration's people."""
    client = httpx.Client(base_url=running.configuration.url, timeout=30, headers={"accept": "text/html"})
    client.get("/sign-in")
    form = {
        "login": login,
        "password": loaders.demo_secrets(running.configuration)["password"],
        "csrfmiddlewaretoken": client.cookies["csrftoken"],
    }
    answer = client.post("/sign-in", data=form, headers={"referer": f"{client.base_url}/sign-in"})
    if answer.status_code != 302:
        raise RuntimeError(f"cannot sign in: {answer.status_code}")
    return client


def filled(running: Platform, wanted: int) -> list[str]:
    """Have so many declarations submitted, and as many of strangers beside them; the broker's own ids."""
    stored = 0
    while stored < wanted:
        stored += loaded(running, 5.0 if wanted > 500 else 1.0, 32, first=10 * stored)
    with running.connect() as connection:
        mine = [row[0] for row in connection.execute("select id::text from sw.submission").fetchall()]
        multiply(running, 1, [STRANGER])
        connection.execute("vacuum analyze")
    at_rest(running)
    return mine


def typed(running: Platform, client: httpx.Client, chance: random.Random) -> list[str]:
    """What people type to find a code of a long list, once the list was imported and every worker has it."""
    listing = official(ROWS, chance)
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["code", "zh", "en"])
        table.writerows([each.code, each.name.zh, each.name.en] for each in listing.codes)
        file.flush()
        words = ["codes", "import", OFFICIAL, file.name, "--new", "表", "Table"]
        command = [sys.executable, "-m", "singlewindow.server", *words, "--data", str(running.folder)]
        environment = os.environ | {"PYTHONPATH": str(SOURCE)}
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    asked = [f"/codes/{OFFICIAL}?q={listing.codes[-1].code}"] * WARM
    awaited(lambda: sum(client.get(path).status_code != 200 for path in asked), "answers without the list")
    return strokes(listing, chance)


@contextmanager
def twin(running: Platform) -> Iterator[tuple[httpx.Client, int]]:
    """The naive twin, over the same data base and for the same broker."""
    with running.connect() as connection:
        viewer = one(connection, "select party from sw.submission limit 1")
    given = Given(free_port(), running.configuration.dsn("sw_web"), viewer)
    process = subprocess.Popen([sys.executable, "-m", "bed.naive_pages"], stdin=subprocess.PIPE, cwd=HERE)
    try:
        assert process.stdin
        process.stdin.write(msgspec.json.encode(given))
        process.stdin.close()
        wait_for(given.port, process)
        yield httpx.Client(base_url=f"http://127.0.0.1:{given.port}", timeout=60), process.pid
    finally:
        stop(process)


def bench(wanted: int, count: int, under_way: int) -> dict[str, Any]:
    """Everything, in one run on one installation."""
    chance = random.Random(SEED)
    with data_folder() as folder, platform(folder, ALIKE) as running:
        mine, working = filled(running, wanted), mid_work.submitted(running, under_way)
        client, groups = signed_in(running), running.groups()
        shown = mid_work.shown(client, working)
        keys = typed(running, client, random.Random(SEED))
        own: dict[str, Callable[[], str]] = {
            "form": lambda: "/declarations/new",
            "list": lambda: "/declarations",
            "consignment": lambda: f"/consignments/{chance.choice(working)}",
            "released": lambda: f"/consignments/{chance.choice(mine)}",
            SUGGESTION: lambda: f"/codes/{OFFICIAL}?q={quote(chance.choice(keys))}",
        }
        bare: dict[str, Callable[[], str]] = {
            "form": lambda: "/form",
            "list": lambda: "/list",
            "consignment": lambda: f"/consignment/{chance.choice(working)}",
            "released": lambda: f"/consignment/{chance.choice(mine)}",
            SUGGESTION: lambda: f"/suggestion/{quote(chance.choice(keys), safe='')}",
        }
        ours = {name: measured(client, repeated(own[name]), count, groups) for name in ASKED}
        limit = measured(client, repeated(lambda: NOTHING), count, groups)
        with twin(running) as (plain, pid):
            theirs = {"twin": [pid], "postgres": [running.postmaster]}
            slow = {
                name: measured(plain, repeated(bare[name]), max(20, count // 5), theirs) for name in ASKED
            }
    stored = len(mine) + len(working)
    return {"stored": stored, "shown": shown, "ours": ours, "naive": slow, "limit": limit}


def repeated(path: Callable[[], str]) -> Iterator[str]:
    """A path after the other, without end."""
    while True:
        yield path()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few declarations, few requests")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found = bench(*((200, 40, 4) if given.quick else (5_000, 200, UNDER_WAY)))
    ours, naive, limit = found["ours"], found["naive"], found["limit"]
    slowest = max(PAGES, key=lambda name: ours[name].p95)
    worst, hint = ours[slowest], ours[SUGGESTION]
    print(
        f"pages: p95 {worst.p95:.1f} ms ({naive[slowest].p95 / worst.p95:.1f} x naive, "
        f"{limit.p95 / worst.p95:.2f} of limit; {found['stored']:,} declarations of the party beside others) "
        f"{verdict(page_p95=worst.p95)}"
    )
    print(
        f"suggestions: p95 {hint.p95:.1f} ms ({naive[SUGGESTION].p95 / hint.p95:.1f} x naive, "
        f"{limit.p95 / hint.p95:.2f} of limit; in a list of {ROWS:,}) {verdict(suggestion_p95=hint.p95)}"
    )
    for name, one_ in [*ours.items(), ("nothing", limit)]:
        times = f"p50 {one_.p50:6.1f} ms   p95 {one_.p95:6.1f} ms"
        beside = (
            f"   naive p50 {naive[name].p50:.1f} ms, {sum(naive[name].cpu.values()):,}"
            if name in naive
            else ""
        )
        print(f"  {name:12} {times}   CPU µs: {spent(one_.cpu)}{beside}")
    what = ", ".join(f"{name} {many}" for name, many in msgspec.to_builtins(found["shown"]).items())
    print(f"  on the consignment's page: {what}")
    promised = {"page_p95": worst.p95, "suggestion_p95": hint.p95}
    keep(given.json, "pages", promised, seed=SEED, **msgspec.to_builtins(found))


if __name__ == "__main__":
    main()

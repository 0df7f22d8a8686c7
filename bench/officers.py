"""The promises of an officer's work-list: answered within 100 ms (p95), a page of it released in one step.

One agency's lane rests, so that consignments wait for its word on a screen, behind thousands it has released
already. Its officer looks at what waits, releases as much as one step takes, and again, until nothing waits
(then the list looks furthest for what is not there). A step counts from the press until the page says of each
what became of it, all committed; beside it, how long a single instruction waits that another agency's officer
gives in that moment. The twin is the same officer releasing one after the other on the instruction's page,
each as soon as the one before has taken effect; there is no limit: the least a release costs is a release.
Run: ``python bench/officers.py [--quick] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]

import httpx  # noqa: E402
import msgspec  # noqa: E402
from bed.bodies import Bodies  # noqa: E402
from bed.installation import SETTINGS, Platform, data_folder, platform  # noqa: E402
from bed.outcome import NotTrueError, awaited, one  # noqa: E402
from bed.processes import group_cpu_s, spent  # noqa: E402
from bed.promises import keep, verdict  # noqa: E402
from bed.rest import loaded  # noqa: E402
from lxml import html  # noqa: E402
from pages import good, measured, repeated, signed_in  # noqa: E402

from singlewindow.hub.exchange import operating  # noqa: E402
from singlewindow.kernel.clock import now  # noqa: E402
from singlewindow.kernel.messages import Actor, Order  # noqa: E402
from singlewindow.server.configuration import ENGINE  # noqa: E402

AGENCY, OTHER = "quarantine", "customs"
LIST = "/instructions"
OPERATOR = Actor("system", "bench", "bench")
FULL, QUICK = (5_000, 4, 200), (200, 1, 20)  # released before, steps, looks at a page
ASIDE = 1_000_000  # numbers of what waits, beside those of the load
SINGLES = 10  # released one after the other
ROWS = 50  # of a page
PRESS_S, LOOK_S = 60.0, 0.05
SAID = {"basis": "进出口商品检验法", "text": "资料齐全，准予放行"}
# Consignments that only the one agency has to release, all else done.
READY = """
select count(*) from (
  select dossier from sw.disposition
   where subject_kind = 'container' group by dossier having bool_and(missing = array[%s])) d
"""
IDLE = "select count(*) from sw.inbox where state <> 2"
COMMITTED = """
select extract(epoch from pg_xact_commit_timestamp(xmin))::float8 from sw.coordination_request
 where id = %s and applied_at is not null
"""


class Step(msgspec.Struct):
    """So many released in one step: until the page told of all; another's instruction beside it."""

    released: int
    told_s: float
    beside_s: float
    cpu: dict[str, int]  # µs each


def waiting(running: Platform, count: int) -> None:
    """Have so many consignments wait for the agency's word, whose lane rests from now on."""
    with running.connect(ENGINE) as connection, connection.transaction(), connection.cursor() as cursor:
        operating.pause(OPERATOR, cursor, partner=AGENCY, reason="benchmark", at=now())
    body = Bodies().body
    head = {"authorization": f"Bearer {running.token}", "content-type": "application/json"}
    with httpx.Client(base_url=running.configuration.url, headers=head, timeout=30) as client:
        for number in range(ASIDE, ASIDE + count):
            key = {"idempotency-key": f"officers-{number}"}
            answer = client.post("/api/v1/submissions", content=body(number), headers=key)
            if answer.status_code != 202:
                raise NotTrueError(f"refused: {answer.status_code} {answer.text[:500]}")
    with running.connect() as connection:
        awaited(lambda: count - one(connection, READY, AGENCY), "consignments that others are to release")
        awaited(lambda: one(connection, IDLE), "answers to be applied")


class Officer:
    """Somebody of an agency at a browser."""

    def __init__(self, running: Platform, login: str) -> None:
        self.running, self.client = running, signed_in(running, login)

    def post(self, path: str, form: Mapping[str, Any]) -> str:
        """Where the answer leads."""
        given = {**form, **SAID, "csrfmiddlewaretoken": self.client.cookies["csrftoken"]}
        answer = self.client.post(path, data=given, headers={"referer": f"{self.client.base_url}{path}"})
        if answer.status_code != 302:
            raise NotTrueError(f"{path}: {answer.status_code}")
        return str(answer.headers["location"])

    def rows(self) -> dict[str, str]:
        """What the list offers to choose, and the submission that each is opened by."""
        tree = html.fromstring(self.client.get(LIST).text)
        return {
            row.xpath(".//input[@data-choose]/@value")[0]: row.xpath(".//a[@data-open]/@href")[0][-36:]
            for row in tree.xpath("//tr[@data-row][.//input[@data-choose]]")
        }

    def release(self, chosen: list[str]) -> str:
        """In one step; the page that tells what becomes of it."""
        return self.post(f"{LIST}/release", {"chosen": chosen})

    def told(self, path: str, count: int) -> None:
        """Follow the page until it tells that all are released; raises NotTrueError where one is not."""
        deadline = time.monotonic() + PRESS_S
        while True:
            page = html.fromstring(self.client.get(path).text)
            under_way = page.xpath(
                "//*[@id='became']//*[contains(@class, 'banner') and contains(@class, 'run')]"
            )
            if not under_way:
                break
            if time.monotonic() > deadline:
                raise NotTrueError(f"not told within {PRESS_S:g} s")
            time.sleep(LOOK_S)
        done = len(page.xpath("//*[@id='became']//tbody/tr[.//*[contains(@class, 'ok')]]"))
        if done != count:
            raise NotTrueError(f"{done} of {count} released")

    def instruct(self, chosen: str, about: str) -> str:
        """Release one thing on the instruction's page, whatever was read of it; the request's id."""
        thing = chosen.rpartition("|")[0]
        given = {"about": about, "subject": thing, "order": str(int(Order.RELEASE))}
        return self.post(f"{LIST}/issue", given).rpartition("asked=")[2]


def committed(running: Platform, request: str) -> float:
    """The second since 1970 at which a request had taken effect."""
    with running.connect() as connection:
        awaited(lambda: int(connection.execute(COMMITTED, [request]).fetchone() is None), "requests", LOOK_S)
        return float(one(connection, COMMITTED, request))


def step(running: Platform, officer: Officer, other: Officer) -> Step:
    """Release a page's rows in one step, while another agency's officer gives one instruction."""
    rows = officer.rows()
    chosen, about = next(iter(rows.items()))
    groups = running.groups()
    before, started = group_cpu_s(groups), time.time()
    path = officer.release(list(rows))
    pressed = time.time()
    single = other.instruct(chosen, about)
    officer.told(path, len(rows))
    told = time.time() - started
    after = group_cpu_s(groups)
    used = {name: round(1e6 * (after[name] - before[name]) / len(rows)) for name in after}
    return Step(len(rows), told, committed(running, single) - pressed, used)


def singles(running: Platform, officer: Officer) -> float:
    """Seconds each of releasing one after the other on the instruction's page, each told before the next."""
    rows = list(officer.rows().items())[:SINGLES]
    started = time.time()
    for chosen, about in rows:
        committed(running, officer.instruct(chosen, about))
        good(officer.client.get(f"{LIST}/new?about={about}"))
    return (time.time() - started) / len(rows)


def bench(stored: int, steps: int, count: int) -> dict[str, Any]:
    """Everything, in one run on one installation."""
    with data_folder() as folder, platform(folder, SETTINGS) as running:
        done = 0
        while done < stored:
            done += loaded(running, 5.0 if stored > 500 else 1.0, 32, first=done)
        waiting(running, ROWS * steps + SINGLES)
        officer, other, groups = Officer(running, AGENCY), Officer(running, OTHER), running.groups()
        listed = measured(officer.client, repeated(lambda: LIST), count, groups)
        taken = [step(running, officer, other) for _ in range(steps)]
        each = singles(running, officer)
        if officer.rows():
            raise NotTrueError("something still waits")
        ended = measured(officer.client, repeated(lambda: LIST), count, groups)
    return {"released_before": done, "listed": listed, "ended": ended, "steps": taken, "single_s": each}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few consignments, one step")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found = bench(*(QUICK if given.quick else FULL))
    listed, ended, steps = found["listed"], found["ended"], found["steps"]
    told = statistics.median(each.told_s for each in steps)
    beside = statistics.median(each.beside_s for each in steps)
    rate = steps[0].released / told
    promised = {
        "officer_list_p95": max(listed.p95, ended.p95),
        "released_together": told,
        "beside_a_step": beside,
    }
    print(
        f"officers: {steps[0].released} released in one step and told of in {told:.2f} s"
        f" ({rate * found['single_s']:.1f} x one by one); another's instruction meanwhile {beside:.2f} s;"
        f" list p95 {listed.p95:.1f} ms, with nothing left {ended.p95:.1f} ms"
        f" ({found['released_before']:,} released before) {verdict(**promised)}"
    )
    for name, times in (("waiting", listed), ("nothing", ended)):
        print(f"  {name:9} p50 {times.p50:6.1f} ms   p95 {times.p95:6.1f} ms   CPU µs: {spent(times.cpu)}")
    for taken in steps:
        told_of = f"{taken.released} in {taken.told_s:.2f} s, beside {taken.beside_s:.2f} s"
        print(f"  {told_of}   CPU µs each: {spent(taken.cpu)}")
    keep(given.json, "officers", promised, **msgspec.to_builtins(found))


if __name__ == "__main__":
    main()

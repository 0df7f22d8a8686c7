"""The promise of lanes apart: a partner that accepts and never answers takes nobody else's speed.

One installation under full load, in turn: every partner answers; one takes all it is sent and answers none
of it, from the first declaration on, so its component waits, tries again and opens its breaker while the
load lasts; that partner's lane rests, which tries nothing and is the limit. The rate is that of
declarations to which all others have given both receipts, committed, draining included.

What the silent partner must release too is released only afterwards. That work is saved meanwhile, so the
rate beside a silent partner is held against both: the full one, and that beside a resting lane. Then the
partner answers again, and every declaration must be released. There is no twin: that of the whole path has
a thread a partner, and one that spoke with partners in turn would deliver nothing to anybody.
Run: ``python bench/silent.py [--quick] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]

from bed.generator import Sent  # noqa: E402
from bed.installation import Platform, data_folder, platform  # noqa: E402
from bed.outcome import NotTrueError, awaited, finished, one, settled  # noqa: E402
from bed.promises import keep, verdict  # noqa: E402
from bed.recipients import recipients  # noqa: E402
from bed.rest import at_rest  # noqa: E402
from whole_path import Candidate, Measure, spent, truth  # noqa: E402

from singlewindow.hub.exchange import operating  # noqa: E402
from singlewindow.kernel.clock import now  # noqa: E402
from singlewindow.kernel.messages import Actor  # noqa: E402
from singlewindow.server import configuration, endpoints  # noqa: E402
from singlewindow.server.commands import up  # noqa: E402
from singlewindow.server.configuration import ENGINE  # noqa: E402

SILENT = "quarantine"
WAIT_S = 0.5  # for a connection, and again for an answer; as shipped 5 and 30, too long for a bench
FULL, QUICK = (5, 8.0, 256), (1, 3.0, 64)  # runs each way, seconds of load, declarations in flight
OPERATOR = Actor("system", "bench", "bench")
EARLIEST = str(UUID(int=0))
OWED = """
select 2 * (select count(*) from sw.message m
             where m.submission_id >= %s and m.submission_id <> m.document_id and m.partner = any (%s))
         - (select count(*) from sw.receipt r
             where r.submission_id >= %s and r.submission_id <> r.document_id and r.partner = any (%s))
"""
LANES = """
select l.partner, l.breaker, (select count(*) from sw.outbox o where o.partner = l.partner)
  from sw.lane l where l.partner = any (%s)
"""
TRY_NOW = "update sw.lane set probe_at = now() where partner = %s and breaker <> 'closed' returning partner"
ALL_DUE = "update sw.outbox set ready_at = now() where partner = %s and ready_at > now()"
UNRELEASED = """
select count(*) from sw.submission s
 where not exists (select from sw.dossier_document d join sw.release r on r.dossier = d.dossier
                    where d.submission_id = s.id)
"""


def others() -> list[str]:
    """Every recipient that goes on answering."""
    return [name for name in recipients() if name != SILENT]


def others_done(connection: Any, sent: Sent, _: int) -> dict[str, float]:
    """Both receipts of all others, of everything acknowledged, applied and committed by the worker."""
    oldest = min(sent.due)
    awaited(lambda: one(connection, OWED, oldest, others(), oldest, others()), "receipts of other partners")
    return dict(finished(connection, sent, others()))


@contextmanager
def installed() -> Iterator[Platform]:
    """The platform in a folder of its own, with a component that soon gives up waiting for an answer."""
    with data_folder() as folder:
        chosen = configuration.load({"data": folder}, {})
        up.folder(chosen)
        endpoints.rehearse(chosen)
        with endpoints.file_of(chosen, SILENT).open("a", encoding="utf-8") as endpoint:
            endpoint.write(f"connect_timeout_s = {WAIT_S}\nread_timeout_s = {WAIT_S}\n")
        with platform(folder) as running:
            yield running


@contextmanager
def answering(running: Platform) -> Iterator[None]:
    """As every day; nobody failed to answer meanwhile."""
    yield
    if any(breaker != "closed" for breaker, _ in lanes(running).values()):
        raise NotTrueError(f"a partner did not answer: {lanes(running)}")


@contextmanager
def silent(running: Platform) -> Iterator[None]:
    """One accepts and never answers; at the end its breaker is open and its messages wait, no others."""
    fault = endpoints.state_of(running.configuration, SILENT) / "fault"
    fault.write_text("silent", encoding="utf-8")
    yield
    awaited(lambda: int(lanes(running)[SILENT][0] != "open"), "breakers that are to open")
    waits_alone(running)
    fault.unlink()
    with running.connect() as connection:
        awaited(lambda: len(connection.execute(TRY_NOW, [SILENT]).fetchall()), "partners away")
        connection.execute(ALL_DUE, [SILENT])


@contextmanager
def resting(running: Platform) -> Iterator[None]:
    """One lane rests on the operator's word: nothing of it is tried."""
    minded(running, operating.pause)
    yield
    waits_alone(running)
    minded(running, operating.resume)


def minded(running: Platform, verb: Callable[..., bool]) -> None:
    """Tell the lane to rest or to go on, as ``singlewindow lanes`` does."""
    with running.connect(ENGINE) as connection, connection.transaction(), connection.cursor() as cursor:
        if not verb(OPERATOR, cursor, partner=SILENT, reason="benchmark", at=now()):
            raise NotTrueError(f"the lane is not one to {verb.__name__}: {lanes(running)}")


def lanes(running: Platform) -> dict[str, tuple[str, int]]:
    """Each recipient's breaker, and how many messages wait in its lane."""
    with running.connect() as connection:
        rows = connection.execute(LANES, [list(recipients())]).fetchall()
    return {partner: (breaker, waiting) for partner, breaker, waiting in rows}


def waits_alone(running: Platform) -> None:
    """In the one lane something waits, in no other anything; raises NotTrueError."""
    found = lanes(running)
    if not found[SILENT][1] or any(found[other] != ("closed", 0) for other in others()):
        raise NotTrueError(f"lanes are not apart: {found}")


WAYS: Mapping[str, Callable[[Platform], AbstractContextManager[None]]] = {
    "answering": answering,
    "silent": silent,
    "resting": resting,
}


def in_turn(run: int) -> list[str]:
    """The ways of one run; each comes first, second and last equally often."""
    names = list(WAYS)
    return names[run % len(names) :] + names[: run % len(names)]


def share(found: Mapping[str, list[Measure]], way: str) -> list[float]:
    """The rate beside a silent partner, in percent of the rate another way, run by run."""
    pairs = zip(found["silent"], found[way], strict=True)
    return [100 * beside.rate / other.rate for beside, other in pairs]


def middle(measured: list[Measure]) -> Measure:
    """The one with the median rate."""
    return sorted(measured, key=lambda each: each.rate)[len(measured) // 2]


def nothing_lost(running: Platform) -> str:
    """Everything was sent, answered and released after all, and the journal verifies."""
    with running.connect() as connection:
        settled(connection, EARLIEST)
        awaited(lambda: one(connection, UNRELEASED), "declarations without release")
    return truth(running)


def measured(runs: int, seconds: float, connections: int) -> tuple[dict[str, list[Measure]], str]:
    """Each way in turn, so many times, the platform at rest between; and what is true afterwards."""
    found: dict[str, list[Measure]] = {name: [] for name in WAYS}
    with installed() as running:
        candidate = Candidate(running, others_done)
        candidate.measure(1.0, 8)
        at_rest(running)
        for run in range(runs):
            for name in in_turn(run):
                with WAYS[name](running):
                    found[name].append(candidate.measure(seconds, connections))
                at_rest(running)
        return found, nothing_lost(running)


def said(values: list[float]) -> str:
    """A median and between what it lies."""
    return f"{statistics.median(values):.1f} % ({min(values):.1f} to {max(values):.1f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short run each way")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found, checked = measured(*(QUICK if given.quick else FULL))
    full, limit = share(found, "answering"), share(found, "resting")
    values = {
        "rate_beside_a_silent_partner": statistics.median(full),
        "rate_beside_a_silent_partner_of_limit": statistics.median(limit),
    }
    print(
        f"silent partner: {', '.join(others())} at {said(full)} of their rate while {SILENT} accepts and"
        f" never answers, {said(limit)} of that while its lane rests; {len(full)} runs {verdict(**values)}"
    )
    for name, measures in found.items():
        print(f"  {name:9} {middle(measures).rate:7.1f}/s")
        print(spent(name, middle(measures)))
    print(f"  {checked}")
    more = {
        "silent": SILENT, "others": others(),
        "rates": {name: [each.rate for each in measures] for name, measures in found.items()},
        "cpu_us": {name: middle(measures).cpu for name, measures in found.items()},
        "percent_of_answering": full, "percent_of_resting": limit, "truth": checked,
    }  # fmt: skip
    keep(given.json, "silent", values, **more)


if __name__ == "__main__":
    main()

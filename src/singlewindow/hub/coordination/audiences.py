"""Who reads what of an inspection order: of what several consignments share, each what came with their own.

That a shared container is inspected, by whom, when, where and how it ends concerns everybody with goods
in it. What an agency asks for, finds and argues there is told to those who take part and to those whose goods
its instruction came with: in rows with viewers of their own, and in the journal in entries of their own, one
for each circle of readers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from msgspec import Struct
from psycopg import AsyncCursor

from singlewindow.hub.coordination.cases import NOBODYS, Case, Offices
from singlewindow.hub.coordination.orders import Inspection, Need, Result, named
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.statements import statements_beside

ITEMISED = "inspection.itemised"
ARGUED = ("again", "second")  # why another inspection is wanted, and its number: for those who take part
_ask = asking(statements_beside(__file__, "sql/inspecting.sql"))
_FOUND = ("item", "result", "note", "agency")

Readers = tuple[int, ...]


class Audience(Struct, frozen=True):
    """Party numbers: of the order, of those who take part, and of each need by its instruction's name."""

    everybody: Readers
    taking_part: Readers
    needs: Mapping[str, Readers]
    shared: bool
    fresh: Readers = ()  # who reads a shared order from now on: their goods came into it since

    def of_items(self, order: Inspection) -> dict[str, Readers]:
        """Who reads of each item: whoever reads that it is asked for."""
        found: dict[str, set[int]] = {}
        for need in order.needs():
            for item in need.items:
                found.setdefault(item, set()).update(self.needs[need.name])
        return {item: _sorted(readers) for item, readers in found.items()}

    def of_all(self, needs: Iterable[Need]) -> Readers:
        """Who reads any of these needs."""
        return _sorted(*(self.needs[need.name] for need in needs))


async def of(
    cursor: AsyncCursor[Any], order: Inspection, cases: Sequence[Case], offices: Offices
) -> Audience:
    """The readers of an order that concerns these filled cases; who reads a shared one goes on to."""
    taking_part = offices.parties([part.agency for part in order.parts])
    everybody = taking_part.union(*(case.concerned(offices) for case in cases))
    names = [need.name for need in order.needs()]
    if order.dossier != NOBODYS:
        readers = _sorted(everybody)
        return Audience(readers, readers, dict.fromkeys(names, readers), shared=False)
    taking_part |= {operator for case in cases for operator in case.operators}
    known = {name: set(viewers) for name, viewers in await _ask(cursor, "readers", id=order.id)}
    heard = {name: set(viewers) for name, viewers in await _ask(cursor, "heard", *named(names))}
    needs = {name: _sorted(taking_part, heard.get(name, ()), known.get(name, ())) for name in names}
    before = known.get("", set())
    everybody |= before
    fresh = _sorted(everybody - before) if before else ()
    return Audience(_sorted(everybody), _sorted(taking_part), needs, shared=True, fresh=fresh)


def _sorted(*several: Iterable[int]) -> Readers:
    return tuple(sorted(set(chain.from_iterable(several))))


def itemised(
    before: Inspection | None, after: Inspection, audience: Audience, said: Mapping[str, Any]
) -> list[tuple[Readers, dict[str, Any]]]:
    """What a step set in a shared order, for each circle of readers: what is asked for and found, and of
    what was ``said`` with it what not everybody is told."""
    told: defaultdict[Readers, dict[str, Any]] = defaultdict(dict)
    known = {need.name for need in before.needs()} if before else set()
    for need in after.needs():
        if need.name not in known and need.items:
            told[audience.needs[need.name]].setdefault("asks", []).extend(need.items)
    of_items = audience.of_items(after)
    for one in found(before, after):
        readers = of_items.get(one["item"], audience.taking_part)
        told[readers].setdefault("found", []).append(one)
    if before is None and after.reason:
        told[audience.of_all(after.needs())]["reason"] = after.reason
    if argued := {name: said[name] for name in ARGUED if name in said}:
        told[audience.taking_part].update(argued)
    return [(readers, _about(after) | content) for readers, content in told.items()]


def _about(order: Inspection) -> dict[str, Any]:
    return {"number": order.number, "name": order.name, "subject": order.subject.kind}


def found(before: Inspection | None, after: Inspection) -> list[dict[str, str]]:
    """Findings as they were entered by this step, for rows are corrected in place."""
    known: tuple[Result, ...] = before.results if before else ()
    return [{name: getattr(one, name) for name in _FOUND} for one in after.results if one not in known]

"""A container that several consignments name: who counts, who waits, and what a person must decide.

Which claims count depends on when their documents were handed in, never on the order of joining.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncCursor

from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.codes.calls import box_number
from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Text

TWICE, WAITS = "container_claimed_twice", "container_claim_waits"
WHOSE = "container_claims"  # of who decides: one a container, however many claim it
NOBODYS = UUID(int=0)

_SQL = statements_beside(__file__, "sql/claiming.sql")
_ask = asking(_SQL)
_JSON = msgspec.json.Encoder()

Named = tuple[str, UUID, bool]  # container within its call, dossier, less than container load


@cache
def _facts() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = parse_yaml(files(__package__).joinpath("facts.yaml").read_text("utf-8"))
    return loaded


def most() -> int:
    """How many consignments of one container count; those beyond wait for a person."""
    return int(_facts()["consignments_in_a_container"]["value"])


def back_after() -> int:
    """Days within which no box comes in again on another ship."""
    return int(_facts()["container_back_after"]["value"])


def settled_by() -> tuple[list[str], list[str]]:
    """Who may settle claims on a container: kinds of parties, and agencies by partner."""
    said = _facts()["settled_by"]
    return list(said["kinds"]), list(said["partners"])


async def claimed(cursor: AsyncCursor[Any], named: Sequence[Named], at: datetime) -> None:
    """Weigh claims that came anew beside others, and ask the people concerned; under the joining lock."""
    if not named:
        return
    keys, dossiers, lots = (list(column) for column in zip(*named, strict=True))
    fresh: dict[str, Any] = {"keys": keys, "dossiers": dossiers, "lots": lots, "most": most()}
    await cursor.execute(_SQL["tally"], fresh)
    waiting, contesting = await _ask(cursor, "wait", **fresh), await _ask(cursor, "contest", **fresh)
    await _ask_people(cursor, waiting, contesting, at)


async def reclaimed(cursor: AsyncCursor[Any], keys: Collection[str], at: datetime) -> None:
    """Weigh claims anew after documents were corrected: who asked whose it is may need nobody any more."""
    if not keys:
        return
    again = {"keys": sorted(keys), "at": at, "twice": TWICE, "waits": WAITS, "whose": WHOSE}
    await cursor.execute(_SQL["recount"], again)
    contesting = await _ask(cursor, "contest", keys=sorted(keys), dossiers=[NOBODYS] * len(keys))
    await _ask_people(cursor, [], contesting, at)


async def _ask_people(
    cursor: AsyncCursor[Any],
    waiting: list[tuple[Any, ...]],
    contesting: list[tuple[Any, ...]],
    at: datetime,
) -> None:
    tasks = [*_tasks(WAITS, _waits, waiting, at), *_tasks(TWICE, _twice, contesting, at)]
    if not tasks:
        return
    kinds, partners = settled_by()
    deciders = [row[0] for row in await _ask(cursor, "deciders", kinds, partners)]
    keys = sorted({row[4] for row in (*waiting, *contesting)})
    tasks += [_whose(key, deciders, at) for key in keys]
    await cursor.execute(_SQL["ask_people"], [_JSON.encode(tasks).decode()])


def _tasks(
    kind: str, words: Callable[[str, str], Text], rows: list[tuple[Any, ...]], at: datetime
) -> Iterable[dict[str, Any]]:
    for dossier, number, name, viewers, _ in rows:
        text = words(number, name)
        yield {
            "kind": kind,
            "dossier": dossier,
            "about": number,
            "zh": text.zh,
            "en": text.en,
            "at": at,
            "viewers": viewers,
        }


def _whose(key: str, deciders: Sequence[int], at: datetime) -> dict[str, Any]:
    """What is asked of who decides, once for all who claim a container."""
    number = box_number(key)
    return {
        "kind": WHOSE,
        "dossier": NOBODYS,
        "about": key,
        "zh": f"集装箱 {number} 由多票货物申报，彼此矛盾或晚于核定，请勾选货物确在箱内的各票",
        "en": f"Container {number} is named by several consignments that contradict each other, or came "
        "after a decision: tick those whose goods are in it",
        "at": at,
        "viewers": deciders,
    }


def _twice(number: str, name: str) -> Text:
    return Text(
        f"“{name}”的集装箱 {number} 同时出现在另一票货物中，其中有整箱申报，请核对箱号或改为拼箱",
        f"Container {number} of “{name}” stands in another consignment too, and not all declare a shared "
        "load: check the number, or whether it is a shared load",
    )


def _waits(number: str, name: str) -> Text:
    return Text(
        f"“{name}”的集装箱 {number} 已由其他货物申报，本票暂不计入该箱，待运行中心或海关核定",
        f"Container {number} of “{name}” has been declared by others already: this consignment does not "
        "count for it until the operations centre or customs decides",
    )

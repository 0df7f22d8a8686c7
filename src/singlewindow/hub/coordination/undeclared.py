"""What an agency names and no document of the goods does: a task, which ends by itself once one does."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncCursor

from singlewindow.hub.coordination import facts, wording
from singlewindow.hub.coordination.speaking import Spoken
from singlewindow.hub.coordination.telling import task_ended
from singlewindow.hub.journal.append import append
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.columns import uuids
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.codes.calls import folded
from singlewindow.kernel.messages import Instruction, Order

UNDECLARED = "unknown_subject"  # the kind of such a task
DECLARED, SAID_ANEW = "declared", "said_anew"  # why it is over

Name = tuple[str, str, str, int]  # an instruction: agency, channel, id, version
Line = tuple[str, str, str]  # what is said anew: agency, channel, id

_SQL = statements_beside(__file__, "sql/undeclared.sql")
_ask = asking(_SQL)
_JSON = msgspec.json.Encoder()


async def asked(
    cursor: AsyncCursor[Any], doubtful: Sequence[Spoken], viewers: Mapping[UUID, tuple[int, ...]]
) -> None:
    """Tasks about what was named, for ``viewers`` of the consignment; beyond the bound one for all the rest.

    The orders themselves are all kept, and bar as they say: only the asking is bounded.
    """
    if doubtful:
        tasks = _JSON.encode([task(one, viewers[one.dossier]) for one in doubtful]).decode()
        most = facts.undeclared_most()
        await cursor.execute(_SQL["ask"], {"kind": UNDECLARED, "tasks": tasks, "most": most})


def task(one: Spoken, viewers: tuple[int, ...]) -> dict[str, Any]:
    """What is asked of whoever could answer it; ``more`` in place of it where too much was asked already."""
    said = one.instruction
    who = wording.agencies([said.agency])
    most = facts.undeclared_most()
    zh, en = (
        ("已按整票执行", "applied to all of it")
        if said.order is not Order.RELEASE
        else ("未放行任何货物", "it frees none of it")
    )
    return {
        "dossier": one.dossier,
        "agency": said.agency,
        "about": _about(said, said.version),
        "zh": f"{who.zh}的指令指向 {one.unknown}，本票货物中没有，{zh}，请核对",
        "en": f"{who.en} names {one.unknown}, which is not in this consignment: {en}",
        "more_zh": f"{who.zh}的指令指向本票货物中没有的对象超过 {most} 个，其余不再逐个列出，指令照常执行；"
        "请与该机关核对指令来源",
        "more_en": f"{who.en} names more than {most} things that are not in this consignment. The others are"
        " not listed one by one, their orders count: check with the agency where they come from",
        "at": one.received_at,
        "viewers": viewers,
    }


def newest(doubtful: Sequence[Spoken], names: Collection[Name]) -> list[Spoken]:
    """Those that are the last word of their line: what comes late asks nothing either. Pure."""
    last: dict[Line, int] = {}
    for agency, channel, id_, version in names:
        last[agency, channel, id_] = max(version, last.get((agency, channel, id_), version))
    return [one for one in doubtful if one.instruction.version == last[_line(one)]]


async def said_anew(cursor: AsyncCursor[Any], fresh: Sequence[Spoken], known: Collection[Name]) -> None:
    """What an agency said anew, or took back, asks nothing of what it had said before."""
    earlier: dict[Line, list[int]] = {}
    for agency, channel, id_, version in known:
        earlier.setdefault((agency, channel, id_), []).append(version)
    asked = [
        (one.received_at, one.dossier, _about(one.instruction, version))
        for one in fresh
        for version in earlier.get(_line(one), ())
        if version < one.instruction.version
    ]
    if asked:
        over = await _ask(cursor, "said_anew", UNDECLARED, *map(list, zip(*asked, strict=True)))
        await append(cursor, [task_ended(UNDECLARED, SAID_ANEW, *row) for row in over])


async def declared(cursor: AsyncCursor[Any], dossiers: Collection[UUID], at: datetime) -> None:
    """Documents were added to these dossiers: a container that one of them names is no doubt any more."""
    named = await _ask(cursor, "named", kind=UNDECLARED, dossiers=uuids(dossiers)) if dossiers else []
    if named:
        where, abouts, keys = map(list, zip(*named, strict=True))
        asked = {"dossiers": where, "abouts": abouts, "numbers": [folded(key) for key in keys]}
        over = await _ask(cursor, "declared", at=at, kind=UNDECLARED, **asked)
        await append(cursor, [task_ended(UNDECLARED, DECLARED, *row) for row in over])


def _line(one: Spoken) -> Line:
    return one.instruction.agency, one.channel, one.instruction.id


def _about(said: Instruction, version: int) -> str:
    """What such a task is about: the instruction that names it."""
    return f"{said.agency} {said.id} v{version}"

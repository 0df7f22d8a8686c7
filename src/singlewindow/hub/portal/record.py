"""The journal as its page shows it: entries under the checkpoints that cover them, one entry's proof."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from django.db import connection
from msgspec import Struct
from psycopg import AsyncConnection

from singlewindow.hub.journal import proof
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.portal import names, recorded
from singlewindow.hub.portal.recorded import About
from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Text

HERE = Path(__file__).parent
PAGE = 40
FIRST_CHECKPOINTS = 200
END = 2**62
SHOWN_PATH = 6  # hashes of a proof that the page prints; the command line gives all
_SQL = statements_beside(__file__, "record.sql")


class Checkpoint(Struct, frozen=True):
    """A signed root over the first ``size`` entries."""

    size: int
    root: bytes
    at: Any
    key_id: str
    signature: bytes

    @property
    def root_hex(self) -> str:
        return bytes(self.root).hex()


class Line(Struct, frozen=True):
    """One entry as a row."""

    id: int
    position: int
    at: Any
    verb: Text
    detail: Text
    actor: Text
    seal: str
    about: About
    subject_id: UUID
    submission: UUID | None
    content: str
    leaf: str
    title: str
    opens: bool  # whether the viewer may open the consignment it belongs to


class Shown(Struct, frozen=True):
    """A page of the journal: rows, each either a checkpoint or an entry; where the next page begins."""

    rows: tuple[Line | Checkpoint, ...]
    following: int | None


class Proof(Struct, frozen=True):
    """Why an entry stands in the record: the path to the root of the first checkpoint that covers it."""

    checkpoint: Checkpoint
    path: tuple[str, ...]
    holds: bool

    @property
    def more(self) -> int:
        """Hashes of the path that the page does not print."""
        return max(0, len(self.path) - SHOWN_PATH)


def page(before: int | None, about: UUID | None, until: datetime | None = None) -> Shown:
    """The newest entries below a position and before an instant that may be seen, newest first."""
    start = END if before is None else before
    if until is not None:
        start = min(start, _ask("size_at", at=until)[0][0] or END)
    rows = _ask("entries", before=start, about=about, until=until, most=PAGE + 1)
    lines = [_line(row) for row in rows[:PAGE]]
    following = lines[-1].position if len(rows) > PAGE else None
    if not lines:
        return Shown((), None)
    found = _ask("checkpoints", least=lines[-1].position, most=FIRST_CHECKPOINTS)
    return Shown(tuple(between(lines, [Checkpoint(*row) for row in found])), following)


def newest() -> Checkpoint | None:
    """The last checkpoint that was signed."""
    found = _ask("newest")
    return Checkpoint(*found[0]) if found else None


def between(lines: Sequence[Line], checkpoints: Sequence[Checkpoint]) -> Iterable[Line | Checkpoint]:
    """Each checkpoint above the newest entry it covers and no later one does; both newest first."""
    covering = sorted(checkpoints, key=lambda c: c.size)
    last: Checkpoint | None = None
    for line in lines:
        over = next((c for c in covering if c.size > line.position), None)
        if over is not None and over != last:
            yield over
            last = over
        yield line


def entry(position: int) -> Line | None:
    """One entry, if it may be seen."""
    rows = _ask("entry", position=position)
    return _line(rows[0]) if rows else None


def proof_of(line: Line) -> Proof | None:
    """The entry's inclusion proof, recomputed now; None until a checkpoint covers it."""
    found = _ask("covering", position=line.position)
    if not found:
        return None
    dsn = connection.get_connection_params()
    made = async_to_sync(_inclusion)(dsn, line.id)
    if made is None:
        return None
    return Proof(Checkpoint(*found[0]), tuple(each.hex() for each in made.path), made.holds())


async def _inclusion(parameters: dict[str, Any], entry_id: int) -> proof.Inclusion | None:
    wanted = {"dbname", "user", "password", "host", "port"}
    given = {name: value for name, value in parameters.items() if name in wanted}
    async with await AsyncConnection.connect(**given, autocommit=True) as asking:
        return await proof.inclusion(asking, entry_id)


@cache
def verbs() -> dict[str, Text]:
    """The words of every verb."""
    raw = parse_yaml((HERE / "verbs.yaml").read_text("utf-8"))
    return {verb: Text(words["zh"], words["en"]) for verb, words in raw.items()}


def _line(row: Sequence[Any]) -> Line:
    (
        id_,
        position,
        at,
        verb,
        kind,
        actor_id,
        actor_name,
        subject_kind,
        subject_id,
        submission,
        content,
        leaf,
        title,
        opens,
    ) = row
    said = {} if content is None else json.loads(bytes(content))
    return Line(
        id=id_,
        position=position,
        at=at,
        verb=verbs().get(verb, Text(verb, verb)),
        detail=recorded.detail(verb, subject_kind, actor_id, said),
        actor=recorded.actor(kind, actor_id, actor_name),
        seal=names.partner(actor_id).seal if kind == "component" else "",
        about=recorded.about(subject_kind, said),
        subject_id=subject_id,
        submission=submission,
        content="" if content is None else json.dumps(said, ensure_ascii=False, indent=1),
        leaf=bytes(leaf).hex(),
        title=title or "",
        opens=opens,
    )


def _ask(name: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[name], values)
        return list(cursor.fetchall())

"""What waits for a person, as the viewer may read it: the tasks, whom they concern, claims to be settled.

The data base answers on the request's connection under row-level security: each party its own tasks, who
decides those that are asked of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from singlewindow.hub.coordination import facts
from singlewindow.hub.dossier.claiming import WHOSE, settled_by
from singlewindow.hub.identity.asking import Row, asking
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.codes.calls import box_number
from singlewindow.kernel.messages import Text

RECALL = "recall"

_ask = asking(statements_beside(__file__, "sql/tasks.sql"))


def listed(most: int, after: tuple[datetime, UUID] | None = None) -> list[Row]:
    """Open tasks, the longest wait first, at most ``most`` after one that was made then and has this id."""
    at, id_ = after or (None, None)
    return _ask("open", after_at=at, after_id=id_, one=None, most=most)


def one(task: UUID) -> Row | None:
    """An open task; None where the viewer sees no such task."""
    return next(iter(_ask("open", after_at=None, after_id=None, one=task, most=1)), None)


def named(row: Row) -> str:
    """What a task is about; a container by its number, not as of its call."""
    about: str = row["about"]
    return box_number(about) if row["kind"] == WHOSE else about


def firms(rows: Sequence[Row]) -> dict[int, Text]:
    """Names of the parties to the goods that tasks concern, as far as one question answers."""
    found = _ask("firms", tasks=[row["id"] for row in rows]) if rows else []
    return {row["id"]: Text(row["name_zh"], row["name_en"]) for row in found}


def settles(party: int) -> bool:
    """Whether a party is one of those that say whose a container is."""
    kinds, partners = settled_by()
    return bool(_ask("settler", party=party, kinds=kinds, partners=partners)[0]["settles"])


def checks(party: int) -> frozenset[str]:
    """The kinds of tasks that a party's word ends, of those that it is given."""
    rows = _ask("kind", party=party)
    own = rows[0]["kind"] if rows else ""
    return frozenset(kind for kind, parties in facts.checked_by().items() if own in parties)


def container(task: UUID) -> str:
    """The container that a task asks of, within its call; nothing where the viewer sees no such task."""
    return next((str(row["about"]) for row in _ask("asked", id=task, kind=WHOSE)), "")


def claims(rows: Sequence[Row]) -> dict[UUID, list[Row]]:
    """By task, every consignment that names its container, the earliest first; nothing for a firm."""
    about = [row["id"] for row in rows if row["kind"] == WHOSE]
    found: dict[UUID, list[Row]] = {}
    for row in _ask("claims", tasks=about) if about else []:
        found.setdefault(row["task"], []).append(row)
    return found


def opened(dossiers: Iterable[UUID]) -> dict[UUID, UUID]:
    """By dossier one submission that the viewer may open, if there is one."""
    asked = list(dossiers)
    found = _ask("submissions", dossiers=asked) if asked else []
    return {row["dossier"]: row["submission_id"] for row in found}

"""Taking the content out of entries, as the law may ask, without breaking what proves them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg import AsyncCursor

from singlewindow.hub.journal.append import append
from singlewindow.hub.journal.entry import entry
from singlewindow.kernel.messages import Actor

ERASED = "entry.erased"
MOST = 1_000  # entries at once
_ERASE = (Path(__file__).parent / "sql" / "erase.sql").read_text(encoding="utf-8")


async def erase(
    actor: Actor, cursor: AsyncCursor[Any], *, positions: Sequence[int], reason: str, at: datetime
) -> list[int]:
    """Erase content and salt of these entries, on record for whoever read them; which had any.

    Left as they are: entries that a subscriber has not read yet, and those that tell of an erasure.
    """
    if len(positions) > MOST:
        raise ValueError(f"at most {MOST} entries are erased at once, not {len(positions)}")
    await cursor.execute(_ERASE, {"positions": list(positions), "verb": ERASED})
    rows = await cursor.fetchall()
    told = [
        entry(
            at=at,
            actor=actor,
            verb=ERASED,
            subject_kind=kind,
            subject_id=subject,
            submission_id=submission,
            content={"position": position, "verb": verb, "reason": reason},
            viewers=viewers,
        )
        for position, verb, kind, subject, submission, viewers in rows
    ]
    await append(cursor, told)
    return sorted(row[0] for row in rows)

"""核对办结: a person has looked into a task that nothing else ends, and says what was found."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import AsyncCursor

from singlewindow.hub.coordination import facts
from singlewindow.hub.coordination.asked import Asked, must_be_reasoned
from singlewindow.hub.coordination.declined import Declined
from singlewindow.hub.journal.append import append
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.entry import entry
from singlewindow.hub.journal.statements import statements_beside

_ask = asking(statements_beside(__file__, "sql/checking.sql"))


class Checked(Struct, frozen=True):
    """Arguments of ``check_task``."""

    task: UUID
    reason: str


async def checked(cursor: AsyncCursor[Any], asked: Asked) -> None:
    """End one of the own party's tasks; all who had it read why. Raises ``Declined``."""
    given: Checked = asked.read(Checked)
    must_be_reasoned(given.reason)
    party = asked.actor.party
    parties = sorted(asked.offices.succeeded(party))
    rows = await _ask(cursor, "task", task=given.task, party=party, parties=parties)
    if not rows:
        raise Declined("task.unknown", "没有这件待核事项，或已办结", "there is no such task, or it is done")
    ((kind, dossier, name, zh, en, viewers, own),) = rows
    if own not in facts.checked_by().get(kind, ()):
        raise Declined("task.not_yours", "此事项不由本单位办结", "it is not for your party to end this task")
    await _ask(cursor, "done", asked.at, asked.actor.name, given.task)
    said = {"name": name, "task": kind, "text_zh": zh, "text_en": en, "reason": given.reason.strip()}
    told = entry(
        at=asked.at,
        actor=asked.actor,
        verb="task.checked",
        subject_kind="dossier",
        subject_id=dossier,
        submission_id=dossier,
        content=said,
        viewers=viewers,
    )
    await append(cursor, [told])

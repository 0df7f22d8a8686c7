"""核对办结: a person has looked into a task that nothing else ends, and says what was found or why."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import AsyncCursor

from singlewindow.hub.coordination import facts
from singlewindow.hub.coordination.asked import Asked, must_be_reasoned
from singlewindow.hub.coordination.declined import Declined
from singlewindow.hub.coordination.tasks import RECALL
from singlewindow.hub.journal.append import append
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.entry import entry
from singlewindow.hub.journal.statements import statements_beside

CALLED_OFF = "called_off"  # why a recall is over: an agency says so

_ask = asking(statements_beside(__file__, "sql/checking.sql"))


class Checked(Struct, frozen=True):
    """Arguments of ``check_task``."""

    task: UUID
    reason: str


class Waiting(Struct, frozen=True):
    """A task that somebody would end; ``asked``: the kind of that party, ``barred``: a release is missing."""

    kind: str
    dossier: UUID
    name: str
    about: str
    zh: str
    en: str
    viewers: list[int]
    asked: str
    barred: bool


async def checked(cursor: AsyncCursor[Any], asked: Asked) -> None:
    """End one of the own party's tasks; all who had it read why. Raises ``Declined``."""
    given: Checked = asked.read(Checked)
    must_be_reasoned(given.reason)
    party = asked.actor.party
    parties = sorted(asked.offices.succeeded(party))
    rows = await _ask(cursor, "task", task=given.task, party=party, parties=parties)
    if not rows:
        raise Declined("task.unknown", "没有这件待核事项，或已办结", "there is no such task, or it is done")
    found = Waiting(*rows[0])
    if found.asked not in facts.checked_by().get(found.kind, ()):
        raise Declined("task.not_yours", "此事项不由本单位办结", "it is not for your party to end this task")
    if found.barred:
        raise Declined(
            "task.still_barred",
            "此箱尚未获各家放行：各家放行或撤回指令后，召回自行终止",
            "not everybody has released this container: the recall ends by itself when they do",
        )
    await _ask(cursor, "done", asked.at, asked.actor.name, given.task)
    reason = given.reason.strip()
    verb, said = _called_off(found, asked) if found.kind == RECALL else _looked_into(found)
    told = entry(
        at=asked.at,
        actor=asked.actor,
        verb=verb,
        subject_kind="dossier",
        subject_id=found.dossier,
        submission_id=found.dossier,
        content=said | {"name": found.name, "reason": reason},
        viewers=found.viewers,
    )
    await append(cursor, [told])


def _looked_into(found: Waiting) -> tuple[str, dict[str, Any]]:
    return "task.checked", {"task": found.kind, "text_zh": found.zh, "text_en": found.en}


def _called_off(found: Waiting, asked: Asked) -> tuple[str, dict[str, Any]]:
    """What is out and nobody bars may stay out: whoever was asked to call it back reads that."""
    told = [partner for partner, office in asked.offices.by_partner.items() if office.id in found.viewers]
    return "recall.ended", {"number": found.about, "why": CALLED_OFF, "agencies": sorted(told)}

"""Journal entries of coordination: what changed, for those whom it concerns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from singlewindow.hub.coordination.cases import NOBODYS, Case
from singlewindow.hub.journal.entry import Entry, entry
from singlewindow.kernel.messages import Actor

PLATFORM = Actor("system", "coordination", "综合处置 Coordination")
NOTHING: Mapping[str, Any] = {}  # said besides


def told(
    verb: str,
    kind: str,
    subject: UUID,
    content: dict[str, Any],
    *,
    case: Case | None,
    viewers: Sequence[int],
    at: datetime,
    actor: Actor = PLATFORM,
) -> Entry:
    """One entry; it belongs to the submission that opened the dossier."""
    submission = case.id if case is not None and case.id != NOBODYS else None
    return entry(
        at=at,
        actor=actor,
        verb=verb,
        subject_kind=kind,
        subject_id=subject,
        submission_id=submission,
        content=content,
        viewers=viewers,
    )


def task_ended(
    task: str,
    why: str,
    at: datetime,
    dossier: UUID,
    name: str,
    number: str,
    zh: str,
    en: str,
    viewers: Sequence[int],
) -> Entry:
    """That what a person was asked is over and why, for all who had it; ``number`` is the container's."""
    return entry(
        at=at,
        actor=PLATFORM,
        verb="task.ended",
        subject_kind="dossier",
        subject_id=dossier,
        submission_id=dossier,
        content={"name": name, "number": number, "task": task, "text_zh": zh, "text_en": en, "why": why},
        viewers=viewers,
    )

"""Lists and contents of submissions for programs, on the request's connection, under row-level security."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import zstandard

from singlewindow.hub.documents.decoding import MOST_BYTES
from singlewindow.hub.identity.asking import Row, asking
from singlewindow.hub.process import overall
from singlewindow.kernel.messages import Outcome
from singlewindow.kernel.queries import named_queries

_ask = asking(named_queries(files(__package__).joinpath("sql/api.sql").read_text(encoding="utf-8")))
MOST_PAYLOAD = 4 * MOST_BYTES  # a partner's format may be wordier than ours


@cache
def states(partner: str | None) -> dict[str, int]:
    """What states are called: of the whole for who declared, of the own document for a receiver."""
    if partner:
        return {each.name.lower(): int(each) for each in Outcome}
    return {phase.id: phase.number for phase in overall.shipped().values()}


def state_name(number: int, partner: str | None) -> str:
    """A state's name; what nobody has answered yet is ``submitted``."""
    return next((name for name, known in states(partner).items() if known == number), "submitted")


def own_partner(party: int) -> str | None:
    """The component's name of an agency or operator; None for firms."""
    rows = _ask("own_partner", id=party)
    return rows[0]["partner"] if rows else None


def listed(partner: str | None, **asked: Any) -> list[Row]:
    """Submissions as their declarant sees them, or as the partner does that was sent a document."""
    return _ask("addressed", partner=partner, **asked) if partner else _ask("declared", **asked)


def document(submission: UUID, id_: UUID) -> Row | None:
    """One receiver's document with the message that carried it."""
    rows = _ask("document", submission=submission, document=id_)
    return rows[0] if rows else None


def receivers(submission: UUID) -> list[str]:
    """Who was sent a document made from the declaration, as far as the viewer may know."""
    return [row["partner"] for row in _ask("receivers", submission=submission)]


def payload(row: Row) -> bytes:
    """The exact bytes that went to the receiver."""
    return zstandard.decompress(bytes(row["payload"]), max_output_size=MOST_PAYLOAD)

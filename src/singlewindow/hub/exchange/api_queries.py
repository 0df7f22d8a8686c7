"""Lists and contents of submissions for programs, on the request's connection, under row-level security."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import zstandard
from msgspec import Struct

from singlewindow.hub.documents.decoding import MOST_BYTES
from singlewindow.hub.documents.stretches import stretch
from singlewindow.hub.identity.asking import Row, asking, patterns
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.process import overall
from singlewindow.kernel.messages import Outcome

_ask = asking(statements_beside(__file__, "sql/api.sql"))
LOOK = 10_000  # submissions that one page is looked for in; where that is not all, it is gone on from there
Place = tuple[datetime, UUID]
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


class Asked(Struct, frozen=True):
    """Which submissions: ``numbers`` are whole, all else narrows what a walk comes by."""

    since: datetime
    until: datetime
    oldest: bool
    numbers: tuple[str, ...]
    words: str
    most: int
    place: Place | None = None
    fits: Mapping[str, Any] = {}  # kind, state, bill, container


def listed(partner: str | None, asked: Asked) -> tuple[list[Row], Place | None]:
    """Submissions as their declarant sees them, or as the partner does that was sent a document.

    At most ``most``, and, where more may be found further on, the place at which looking ended.
    """
    sent = "_of_sent" if partner else ""
    given = {"partner": partner, "number": None} | _given(asked)
    rows = _ask(("numbered" if asked.numbers else "walked") + sent, "firms", "listed", **given, **asked.fits)
    if partner and asked.numbers and not rows[0]["looked"]:
        given["number"] = asked.numbers[0] if not (asked.fits["bill"] or asked.fits["container"]) else None
        rows = _ask("walked" + sent, "firms", "listed", **given, **asked.fits)
    found = [row for row in rows if row["submission_id"]]
    looked, *last = (rows[0][name] for name in ("looked", "last_at", "last_id"))
    return found, (last[0], last[1]) if looked >= LOOK else None


def _given(asked: Asked) -> dict[str, Any]:
    words = {"numbers": list(asked.numbers), "patterns": patterns(asked.words)}
    bounds = {"look": LOOK, "most": asked.most}
    return stretch(asked.since, asked.until, asked.place, oldest=asked.oldest) | words | bounds


def document(submission: UUID, id_: UUID) -> Row | None:
    """One receiver's document with the message that carried it."""
    rows = _ask("document", submission=submission, document=id_)
    return rows[0] if rows else None


def receivers(submission: UUID) -> list[tuple[str, str]]:
    """Who was sent which kind of document in a submission, as far as the viewer may know."""
    return [(row["partner"], row["kind"]) for row in _ask("receivers", submission=submission)]


def payload(row: Row) -> bytes:
    """The exact bytes that went to the receiver."""
    return zstandard.decompress(bytes(row["payload"]), max_output_size=MOST_PAYLOAD)

"""What browsers' connections are told when entries got their positions: ``NOTIFY journal``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

CHANNEL = "journal"
MOST_BYTES = 7_900  # PostgreSQL refuses a payload of 8,000
MOST_SUBMISSIONS = 200  # more never fit


def announcement(position: int, touched: Iterable[tuple[UUID, Sequence[int]]] | None) -> str:
    """The payload: the last position, and the submissions touched with all who may see them.

    More than fit, or None, become ``"many"``: whoever listens then looks for itself.
    """
    if touched is None:
        return _many(position)
    viewers: dict[UUID, set[int]] = {}
    for submission, readers in touched:
        viewers.setdefault(submission, set()).update(readers)
        if len(viewers) > MOST_SUBMISSIONS:
            return _many(position)
    submissions = [(submission, sorted(readers)) for submission, readers in viewers.items()]
    payload = msgspec.json.encode({"position": position, "submissions": submissions})
    return payload.decode() if len(payload) <= MOST_BYTES else _many(position)


def _many(position: int) -> str:
    return msgspec.json.encode({"position": position, "many": True}).decode()

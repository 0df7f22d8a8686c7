"""When a lane's next batch is taken: as soon as it is full, if that is soon, else after a moment."""

from __future__ import annotations

PATIENCE = 3  # times the moment a batch may gather, if it is full by then
SOONER = 0.8  # a full batch may have left some behind: the next is taken this much earlier


def pause_s(taken: int, most: int, gather_s: float, filled_s: float, spent_s: float) -> float:
    """How long to pause after a batch of ``taken`` messages, at most ``most``.

    It came together in ``filled_s`` seconds, which tells how soon another will be full; ``spent_s`` of
    these have passed since it was taken.
    """
    longest = PATIENCE * gather_s
    if taken >= most:
        return max(SOONER * min(filled_s, longest) - spent_s, 0.0)
    full_s = filled_s * most / max(taken, 1)
    return max(full_s - spent_s, 0.0) if full_s <= longest else gather_s

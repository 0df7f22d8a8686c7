"""When a lane's next batch is taken: as soon as it is full, if that is soon, else after a moment.

And when a partner is asked again that had nothing.
"""

from __future__ import annotations

PATIENCE = 3  # times the moment a batch may gather, if it is full by then
SOONER = 0.8  # a full batch may have left some behind: the next is taken this much earlier

SHARE = 0.1  # of the time in which a partner was sent nothing, and had nothing, a look is put off …
SELDOM_S = 1.0  # … but so long at most


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


def look_s(fetch_s: float, quiet_s: float, spent_s: float) -> float:
    """How long to wait until a partner is asked again, the last look having taken ``spent_s``.

    Who has been quiet for long may be so for longer: what comes is seen a tenth of that time later. A look
    that lasts until there is something (HTTP) is not put off; one that has to be repeated (a folder) costs
    both sides five times what all else of an idle lane does.
    """
    return max(fetch_s, min(SHARE * quiet_s, SELDOM_S) - spent_s)

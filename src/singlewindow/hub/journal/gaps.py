"""Ids that were handed out and not yet seen: a late commit fills its gap, a rolled-back one never does."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

# How long an unfilled gap is looked at even when nobody seems able to fill it.
REST = timedelta(seconds=10)
# Locks of a prepared transaction lose the name they had; while there is one, no gap is given up.
_PREPARED = "-1/"


class Gap(NamedTuple):
    """Ids from ``first`` to ``last``, and the transactions that may still bring one of them."""

    first: int
    last: int
    since: datetime
    writers: list[str]


def between(high: int, ids: Iterable[int]) -> list[tuple[int, int]]:
    """The ranges missing between ``high`` and ascending ids above it."""
    missing = []
    for each in ids:
        if each > high + 1:
            missing.append((high + 1, each - 1))
        high = each
    return missing


def fill(gaps: Sequence[Gap], ids: Iterable[int]) -> tuple[list[Gap], list[Gap]]:
    """The gaps that late ids fell into, and what is left of those. Both sequences ascend."""
    firsts = [gap.first for gap in gaps]
    arrived: dict[int, list[int]] = {}
    for each in ids:
        arrived.setdefault(bisect_right(firsts, each) - 1, []).append(each)
    left: list[Gap] = []
    for place, late in arrived.items():
        gap = gaps[place]
        holes = between(gap.first - 1, [*late, gap.last + 1])
        left.extend(gap._replace(first=first, last=last) for first, last in holes)
    return [gaps[place] for place in arrived], left


def given_up(gaps: Iterable[Gap], writers: Collection[str], now: datetime) -> list[Gap]:
    """Gaps nobody can fill any more.

    ``writers`` are the transactions with a lock to write entries, read *before* the entries: whoever
    owned an id and is not among them had committed by then, visibly, or had rolled back.
    """
    if any(writer.startswith(_PREPARED) for writer in writers):
        return []
    open_ = set(writers)
    return [gap for gap in gaps if now - gap.since >= REST and open_.isdisjoint(gap.writers)]

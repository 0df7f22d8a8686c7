"""Tests in another order, which a seed draws: each brings about by itself what it needs."""

from __future__ import annotations

from random import Random

import pytest

from by_platform import kept_together


def shuffled(items: list[pytest.Item], seed: int) -> list[pytest.Item]:
    """Files, and the tests of each, as the seed draws them, whichever are chosen.

    What shares a platform stays whole; stories of the browser are told as they stand, at the end.
    """

    def place(item: pytest.Item) -> list[float]:
        if item.get_closest_marker("story"):
            return [1.0]
        names = kept_together(item.nodeid), item.nodeid.partition("::")[0], item.nodeid
        return [Random(f"{seed} {name}").random() for name in names]

    return sorted(items, key=place)

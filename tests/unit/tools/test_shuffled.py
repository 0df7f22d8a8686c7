"""Another order of the tests: files and platforms stay whole, a seed draws it again, stories stay as told."""

from __future__ import annotations

from itertools import groupby
from types import SimpleNamespace
from typing import Any

from by_platform import TOGETHER, kept_together
from shuffled import shuffled

NAMES = [
    f"{folder}test_{file}.py::test_{one}"
    for folder in ("tests/unit/", *TOGETHER)
    for file in "abc"
    for one in "abcd"
]
STORIES = [f"tests/stories/test_a.py::test_{one}" for one in "abcd"]


def order(names: list[str], seed: int) -> list[str]:
    """Names of tests as they are run."""
    items: list[Any] = [
        SimpleNamespace(nodeid=name, get_closest_marker=lambda _, name=name: name in STORIES)
        for name in names
    ]
    return [item.nodeid for item in shuffled(items, seed)]


def test_files_and_what_shares_a_platform_stay_whole() -> None:
    for seed in range(20):
        drawn = order(NAMES, seed)
        assert sorted(drawn) == sorted(NAMES)
        for of in (kept_together, lambda name: name.partition("::")[0]):
            found = [key for key, _ in groupby(drawn, of)]
            assert len(found) == len(set(found))


def test_files_and_their_tests_change_places() -> None:
    drawn = [order(NAMES, seed) for seed in range(20)]
    assert len({one[0].partition("::")[0] for one in drawn}) > 1
    assert {one.index("tests/unit/test_a.py::test_a") < one.index("tests/unit/test_a.py::test_b")
            for one in drawn} == {True, False}  # fmt: skip


def test_a_seed_draws_the_same_order_whichever_are_chosen() -> None:
    whole = order(NAMES, 7)
    assert order(NAMES[::-1], 7) == whole
    assert order(NAMES[1::2], 7) == [name for name in whole if name in NAMES[1::2]]


def test_stories_are_told_as_they_stand_at_the_end() -> None:
    assert order(STORIES + NAMES, 7) == order(NAMES, 7) + STORIES

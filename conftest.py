"""What every test of the checkout shares: examples that can be repeated, and how two run at a time."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")

MOST_AT_ONCE = 2  # each has a PostgreSQL and for long a platform of its own, and waits more than it computes


def pytest_addoption(parser: pytest.Parser) -> None:
    what = (
        "in an order that SEED draws: no test may count on those before it (stories are told as they stand)"
    )
    parser.addoption("--shuffle", type=int, metavar="SEED", help=what)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The same in every worker, since the seed is."""
    if (seed := config.getoption("shuffle")) is not None:
        from shuffled import shuffled

        items[:] = shuffled(items, seed)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """With which order it failed, where nobody sees the command."""
    if (seed := config.getoption("shuffle")) is not None:
        terminalreporter.line(f"--shuffle {seed}")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """``-n auto``: two where there are two cores; one on a server that is given, whose roles are shared."""
    given = os.environ.get("SINGLEWINDOW_TEST_DATABASE_URL")
    return 1 if given else min(MOST_AT_ONCE, len(os.sched_getaffinity(0)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """In the order of collection: what starts platforms first, the many short ones last, to even out."""
    from by_platform import ByPlatform

    config.option.loadscopereorder = False
    return ByPlatform(config, log)

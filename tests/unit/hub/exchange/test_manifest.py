"""A manifest is read strictly; how many messages go together is bounded by what partners read."""

from __future__ import annotations

from pathlib import Path

import pytest

from singlewindow.hub.exchange.connector import read_manifest
from singlewindow.server import rooms

SHIPPED = sorted(rooms.PACKAGE.glob("connectors/*/connector.toml"))
BATCH = "batch = 100"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
@pytest.mark.parametrize("batch", [1, 2, 100])
def test_a_batch_is_as_large_as_the_manifest_says(path: Path, batch: int) -> None:
    text = path.read_text("utf-8")
    assert BATCH in text
    assert read_manifest(text.replace(BATCH, f"batch = {batch}")).transport.batch == batch


@pytest.mark.parametrize("batch", [-1, 0, 101, 10_000])
def test_a_batch_of_nothing_or_of_more_than_a_hundred_is_refused(batch: int) -> None:
    text = SHIPPED[0].read_text("utf-8").replace(BATCH, f"batch = {batch}")
    with pytest.raises(ValueError, match=r"^transport\.batch must be from 1 to 100$"):
        read_manifest(text)


def test_a_batch_that_is_no_whole_number_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Expected `int`, got `float`"):
        read_manifest(SHIPPED[0].read_text("utf-8").replace(BATCH, "batch = 1.5"))

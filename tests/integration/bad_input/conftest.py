"""One running platform for the whole table, and what must be true around each row of it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from integration.bad_input.door import ONE_MORE, Door
from running import resident_bytes, running

WAITS = {
    "singlewindow.hub.exchange.doors.http:READ_S": 1.0,
    "singlewindow.hub.exchange.doors.body:IDLE_S": 1.0,
    "singlewindow.server.bounded:BODY_SECONDS": 1.0,
    "singlewindow.server.turns:WAIT_S": 60.0,
}
MOST_GROWTH = 64 * 1024 * 1024
WARM = 20


@pytest.fixture(scope="package")
def door() -> Iterator[Door]:
    """A platform whose web process may not grow by more than 64 MB over everything sent to it."""
    with running(WAITS) as platform:
        web, opened = platform.role("web"), Door(platform)
        for number in range(WARM):
            answer = opened.post(opened.fresh(), {"idempotency-key": f"warm-{number}"})
            assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        before = resident_bytes(web)
        yield opened
        assert platform.role("web") == web, "the web process did not survive"
        grown = resident_bytes(web) - before
        print(f"the web process held {before >> 20} MB, and {grown >> 20} MB more after the bad inputs")
        assert grown < MOST_GROWTH


@pytest.fixture
def untouched(door: Door) -> Iterator[Door]:
    """Nothing half-done stays in the database, and the next good submission works at once."""
    before = door.written()
    yield door
    assert door.written() == before
    assert door.post(door.fresh()).status_code == httpx.codes.ACCEPTED
    assert tuple(now - then for now, then in zip(door.written(), before, strict=True)) == ONE_MORE

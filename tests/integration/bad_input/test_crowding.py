"""A firm's program that asks too much at once waits for itself, is told so, and keeps nobody else waiting."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

import httpx
import psycopg
import pytest

from integration.bad_input.door import Door, said
from integration.bad_input.test_pages import page
from singlewindow.server.configuration import OWNER
from singlewindow.server.turns import MOST_WAITING_OF_ONE, OF_ONE

pytestmark = pytest.mark.database
DRAFTS = "/api/v1/drafts?document=goods_declaration"
TOO_MANY = 7
SLOW_S = 50.0  # after which nobody need wait for the machine


@contextmanager
def drafts_that_nobody_can_read(door: Door) -> Iterator[None]:
    """Whoever asks for drafts waits until this ends."""
    with psycopg.connect(door.platform.configuration.dsn(OWNER)) as connection:
        connection.execute("lock table sw.draft in access exclusive mode")
        yield
        connection.rollback()


async def test_others_are_answered_while_one_waits_for_itself(door: Door) -> None:
    asked = OF_ONE + MOST_WAITING_OF_ONE + TOO_MANY
    limits = httpx.Limits(max_connections=asked + 5)
    async with httpx.AsyncClient(
        base_url=door.platform.url, timeout=SLOW_S, trust_env=False, limits=limits
    ) as client:
        with drafts_that_nobody_can_read(door):
            asks = [asyncio.create_task(client.get(DRAFTS, headers=door.authorization)) for _ in range(asked)]
            async with asyncio.timeout(SLOW_S):
                refused = [await one for one in islice(asyncio.as_completed(asks), TOO_MANY)]
            assert not [one for one in asks if one.done() and one.result().status_code != 429]
            page(await client.get("/sign-in", headers={"accept": "text/html"}), 200)
            handed_in = {"content": door.fresh(), "headers": door.authorization}
            assert (await client.post("/api/v1/submissions", **handed_in)).status_code == 202
        answers = await asyncio.gather(*asks)
    assert Counter(one.status_code for one in answers) == {200: asked - TOO_MANY, 429: TOO_MANY}
    for answer in refused:
        [problem] = said(answer)
        assert problem["code"] == "request.too_much_at_once"
        assert answer.headers["retry-after"] == "2"

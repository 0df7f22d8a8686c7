"""What a stream tells whom, how much it keeps, and whom it turns away."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from singlewindow.hub.notice.live import MANY, Bounds, Client, Live, Notice, _read
from singlewindow.kernel.messages import Viewer

ONE, TWO = "019a9d5e-7c10-7a4e-9c31-000000000001", "019a9d5e-7c10-7a4e-9c31-000000000002"


def test_a_client_hears_of_what_its_parties_may_see() -> None:
    client = Client((7,), most=10)
    client.tell(Notice(1, [(ONE, [7, 8]), (TWO, [9])]))
    assert msgspec.json.decode(client.take()) == [ONE]


def test_a_client_is_not_woken_by_what_it_may_not_see() -> None:
    client = Client((7,), most=10)
    client.tell(Notice(1, [(TWO, [9])]))
    assert not client.news.is_set()


def test_changes_of_one_submission_go_out_once() -> None:
    client = Client((7,), most=10)
    for position in range(5):
        client.tell(Notice(position, [(ONE, [7])]))
    assert msgspec.json.decode(client.take()) == [ONE]


@pytest.mark.parametrize(("changes", "many"), [(10, False), (11, True)])
def test_more_than_the_bound_becomes_many(changes: int, many: bool) -> None:
    client = Client((7,), most=10)
    for number in range(changes):
        client.tell(Notice(number, [(f"{number}", [7])]))
    assert len(client.pending) <= 10
    assert (client.take() == MANY) is many


def test_what_was_taken_is_forgotten() -> None:
    client = Client((7,), most=1)
    client.tell(Notice(many=True))
    assert client.take() == MANY
    client.tell(Notice(1, [(ONE, [7])]))
    assert msgspec.json.decode(client.take()) == [ONE]


@pytest.mark.parametrize("payload", ["", "{", "[]", '{"submissions": 3}'])
def test_an_unreadable_notice_means_that_anything_may_have_changed(payload: str) -> None:
    assert _read(payload).many


async def answer(live: Live, method: str = "GET") -> int:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    await live({"type": "http", "method": method, "path": "/live", "headers": []}, receive, send)
    return int(sent[0]["status"])


async def nobody(_: Any) -> Viewer | None:
    return None


async def of_no_party(_: Any) -> Viewer | None:
    return Viewer(())


@pytest.mark.parametrize("authenticate", [nobody, of_no_party])
async def test_who_is_not_signed_in_gets_no_stream(authenticate: Any) -> None:
    assert await answer(Live("", authenticate)) == 401


async def test_only_get_is_answered() -> None:
    assert await answer(Live("", nobody), "POST") == 405


async def test_streams_are_bounded() -> None:
    live = Live("", nobody, Bounds(clients=1))
    live.clients.add(Client((1,), 1))
    assert await answer(live) == 503


async def test_one_person_takes_no_place_of_others() -> None:
    who = {"person": 5}

    async def somebody(_: Any) -> Viewer | None:
        return Viewer((7,), person=who["person"])

    live = Live("", somebody, Bounds(each=2))
    live.clients |= {Client((7,), 10, person=5), Client((7,), 10, person=5)}
    live._ensure_listener = lambda: None  # type: ignore[method-assign]
    assert await answer(live) == 503
    who["person"] = 6
    assert await answer(live) == 200


def test_only_whose_rights_changed_is_doubted() -> None:
    mine, others = Client((7,), 10, person=5), Client((7,), 10, person=6)
    for client in (mine, others):
        client.tell(_read('{"again": [5]}'))
    assert (mine.doubted, mine.news.is_set(), others.doubted, others.news.is_set()) == (
        True,
        True,
        False,
        False,
    )


def test_a_doubt_outlasts_what_is_told_meanwhile() -> None:
    client = Client((7,), 10, person=5)
    client.tell(Notice(1, [(ONE, [7])]))
    client.tell(Notice(again=[5]))
    client.take()
    assert client.news.is_set()

"""A system follows what concerns its party through the journal: broken off anywhere, it misses nothing."""

from __future__ import annotations

import random

import pytest

from programs import World, declared, until

pytestmark = pytest.mark.database


def followed(world: World, chance: random.Random, place: int, most: int) -> list[int]:
    """Positions as a program takes them that stops now and then, remembering nothing but the last one."""
    taken: list[int] = []
    while len(taken) < most:
        asked = {"sort": "oldest", "beyond": place, "limit": chance.randrange(1, 8)}
        page = world.broker.get("/journal/entries", **asked)
        if page["next"] and chance.random() < 0.5:  # or goes on by the cursor
            page["items"] += world.broker.get("/journal/entries", **asked, after=page["next"])["items"]
        taken += [entry["position"] for entry in page["items"]]
        place = max([place, *taken])
    return taken


def test_whoever_asks_beyond_the_last_misses_nothing_and_gets_nothing_twice(
    world: World, submission: str
) -> None:
    until(lambda: len(world.broker.get("/journal/entries", limit=20)["items"]) == 20)
    newest = [entry["position"] for entry in world.broker.pages("/journal/entries", limit=200)]
    whole = newest[::-1]
    assert followed(world, random.Random(7), -1, 10)[:10] == whole[:10]
    seen = followed(world, random.Random(8), whole[0], len(whole) - 1)
    assert seen[: len(whole) - 1] == whole[1:]
    assert seen == sorted(set(seen))
    declared(world, "CQX2511070386-FOLLOW", "follow-1")
    later = until(lambda: world.broker.get("/journal/entries", sort="oldest", beyond=seen[-1])["items"])
    assert min(entry["position"] for entry in later) > seen[-1]


def test_newest_first_ends_at_the_last_that_was_dealt_with(world: World, submission: str) -> None:
    until(lambda: len(world.broker.get("/journal/entries", limit=10)["items"]) == 10)
    whole = [entry["position"] for entry in world.broker.pages("/journal/entries", limit=200)]
    place = whole[len(whole) // 2]
    found = [entry["position"] for entry in world.broker.pages("/journal/entries", limit=3, beyond=place)]
    assert found[-1] > place
    assert set(whole[: len(whole) // 2]) <= set(found)


def test_head_is_answered_as_get_without_the_body(world: World, submission: str) -> None:
    path = f"/submissions/{submission}/content"
    head, got = (world.broker.ask(method, path) for method in ("HEAD", "GET"))
    assert (head.status, head.body) == (200, b"")
    assert head.headers["ETag"] == got.headers["ETag"]
    assert world.broker.ask("HEAD", "/checks").status == 405
    assert world.nobody.ask("HEAD", path).status == 401


def test_what_if_match_requires_is_refused_as_a_problem(world: World) -> None:
    refused = world.broker.ask("GET", "/me", headers={"If-Match": '"another"'})
    assert (refused.status, refused.json["problems"][0]["code"]) == (412, "request.precondition")


@pytest.mark.parametrize(
    ("liked", "title"),
    [
        ("EN", "en"),
        ("fr, en;q=0.5", "en"),
        ("zh;q=0.1, en-US", "en"),
        ("en;q=0.1, zh-CN", "zh"),
        ("fr", "zh"),
    ],
)
def test_every_door_speaks_the_language_that_is_liked(world: World, liked: str, title: str) -> None:
    said = {"Accept-Language": liked}
    titles = {
        world.broker.ask("POST", path, b"{", headers=said).json["title"]
        for path in ("/submissions", "/checks")
    }
    assert titles == {"the body cannot be read" if title == "en" else "正文无法读取"}

"""Cursors of others, of another list, cut short, forged: one's own lines or a problem, whoever asks."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from programs import BILL, World, until
from singlewindow.server.loaders import demo_secrets
from strangers import Account, signed_in

pytestmark = [pytest.mark.database, pytest.mark.timeout(300)]
MOMENT, ID, BOX = "2026-11-23T00:00:00+00:00", "01930000-0000-7000-8000-0000000000ee", "CQXU3188623"
# Lists with who finds something in them, and what a place in each is made of.
LISTS: dict[str, tuple[str, list[Any]]] = {
    "/submissions": ("broker", [MOMENT, ID]),
    "/submissions?sort=oldest": ("broker", [MOMENT, ID]),
    "/consignments": ("broker", [ID]),
    "/consignments/{submission}/instructions": ("broker", [MOMENT, "customs", "outcome", "x", 1]),
    "/drafts?document=goods_declaration": ("broker", [MOMENT, ID]),
    "/duties": ("broker", [MOMENT, MOMENT, ID, ID, 1, "correct"]),
    "/notices": ("broker", [9, 1]),
    "/tasks": ("broker", [MOMENT, ID]),
    "/journal/entries": ("broker", [9]),
    "/journal/entries?sort=oldest": ("broker", [9]),
    "/journal/checkpoints": ("broker", [9]),
    "/parties": ("importer", [1]),
    "/mandates": ("importer", [1]),
    "/inspections": ("customs", [ID]),
    "/gate/passages": ("terminal", [MOMENT, ID]),
    f"/gate/containers/{BOX}": ("terminal", [False, MOMENT, ID]),
}
# Of these others' cursors are copied: there are surely two lines in them.
SURE = ("/submissions", "/submissions?sort=oldest", "/consignments", "/tasks", "/notices", "/journal/entries")
UNKEPT = ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999-23:59", 2**31, "\x00")  # by no data base
# What stands in a forged place in the stead of each of its parts.
STRANGE = (
    *(None, True, -1, 2**62, 2**63, 2**70, 1.5, "", "\ud800", "x" * 40, [], {}),
    *("0001-01-01T00:00:00", ID, *UNKEPT),
)
WHOLE = (None, [], {}, "x", 1, [[[[]]]], [MOMENT] * 9, [ID, MOMENT])
# Pages with their cursors, and who opens them; a cursor that nobody gave begins a page anew.
PAGES = {
    "/tasks?after=": ("broker", [MOMENT, ID]),
    "/hall?due=": ("broker", [MOMENT, MOMENT, ID, ID, 1, "correct"]),
    "/declarations?place=": ("broker", None),
    "/notices?before=": ("broker", None),
    "/journal?before=": ("broker", None),
    "/consignments?place=": ("broker", None),
    "/consignments/entrusted?place=": ("forwarder", None),
    "/inspections?page=": ("customs", None),
    "/exchange/letters?before=": ("administrator", None),
    "/exchange/answers?before=": ("administrator", None),
}
TYPED = (
    *("%00", "-1", "9" * 18, "9" * 40, f"{2**63}.{2**31}", f"{10**17}.{10**17}", "W10", "%ED%A0%80"),
    *("ffffffff-ffff-ffff-ffff-ffffffffffff", f"0001-01-01T00:00:00%2B23:59~{ID}"),
)


def cursor(parts: Any) -> str:
    """A place, as the platform writes one."""
    return urlsafe_b64encode(json.dumps(parts).encode()).rstrip(b"=").decode()


def forged(parts: list[Any], strange: tuple[Any, ...] = STRANGE) -> Iterator[str]:
    """A place with each of its parts another, the whole another, and what is no place at all."""
    yield from (cursor([*parts[:n], one, *parts[n + 1 :]]) for n in range(len(parts)) for one in strange)
    yield from map(cursor, WHOLE)
    yield from (cursor(parts)[:cut] for cut in (1, 5, -1))


def address(path: str, **query: Any) -> str:
    """A list with more to its query."""
    return f"{path}{'&' if '?' in path else '?'}{urlencode(query)}"


def lines(page: Any) -> set[str]:
    """What makes each line of a list that line, whatever happens to it meanwhile."""
    names = ("submission_id", "document_id", "id", "version", "code", "position", "size", "at", "issued_at")
    return {"|".join(str(line.get(name)) for name in names) for line in page["items"]}


def test_a_forged_place_is_refused_or_shows_ones_own(unnoted: World, submission: str) -> None:
    until(lambda: unnoted.broker.ask("GET", f"/consignments/{submission}").status == 200)
    for template, (name, parts) in LISTS.items():
        program, path = getattr(unnoted, name), template.replace("{submission}", submission)
        pages = []
        for after in forged(parts):
            answer = program.ask("GET", address(path, after=after, limit=200))
            assert answer.status in (200, 422), (path, after)
            refused = answer.status == 422
            assert not refused or answer.json["problems"][0]["code"] == "after.unreadable", (path, after)
            pages += [] if refused else [answer.json]
        route, _, query = path.partition("?")
        own = lines({"items": program.pages(route, limit=200, **dict(parse_qsl(query)))})
        assert set().union(*map(lines, pages)) <= own, path


def test_others_places_lead_nobody_to_others_lines(
    unnoted: World, submission: str, contested: tuple[str, ...], outside: list[Account]
) -> None:
    until(lambda: all(unnoted.broker.ask("GET", address(path, limit=1)).json["next"] for path in SURE))
    given = [unnoted.broker.ask("GET", address(path, limit=1)).json["next"] for path in SURE]
    for account in (one for one in outside if one.by_token):
        for template in LISTS:
            path = f"/api/v1{template.replace('{submission}', submission)}"
            first = account.ask("GET", address(path, limit=200))
            for after in given if first.status_code == 200 else ():
                answer = account.ask("GET", address(path, limit=200, after=after))
                assert answer.status_code in (200, 422), (account.name, path, after)
                told = lines(answer.json()) if answer.status_code == 200 else set()
                assert told <= lines(first.json()), (account.name, path, after)


def test_a_forged_place_in_an_address_begins_a_page_anew(
    unnoted: World, submission: str, outside: list[Account]
) -> None:
    password = demo_secrets(unnoted.platform.configuration)["password"]
    newest = unnoted.broker.get("/notices")["items"][0]["position"]
    with ExitStack() as opened:
        people = {name: signed_in(unnoted.platform, name, password) for name, _ in PAGES.values()}
        for client in people.values():
            opened.callback(client.close)
        for page, (name, parts) in PAGES.items():
            for place in (*TYPED, *(forged(parts, UNKEPT) if parts else ())):
                assert people[name].get(page + place).status_code == 200, (page, place)
            for account in (one for one in outside if not one.by_token):
                for place in (f"{newest + 1}", f"{newest + 1}.1", cursor([MOMENT, ID])):
                    answer = account.ask("GET", page + place)
                    assert answer.status_code in (200, 302, 404), (account.name, page, place)
                    assert BILL not in answer.text, (account.name, page, place)

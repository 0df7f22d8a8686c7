"""Every route as everybody it is not for, with what belongs to others: as if it were not there, nothing done.

Routes are taken from the tables of paths and of the API, so that a new one is walked by itself; a new kind of
thing in a path needs its line in ``OTHERS``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

import plain_django  # noqa: F401 - before what needs it
from programs import World, until
from running import Platform
from singlewindow.server.loaders import demo_secrets
from singlewindow.server.urls import urlpatterns
from strangers import Account, signed_in
from unit.server.test_pages_permissions import pages

pytestmark = [pytest.mark.database, pytest.mark.timeout(300)]
NEVER, FAR = "01930000-0000-7000-8000-0000000000ee", "900000000"
DRAFT = "01930000-0000-7000-8000-0000000000dd"
LONG = 5  # characters of an id that a page tells by no chance
BLANK = re.compile(r"<(?:\w+:)?(\w+)>|\{(\w+)\}")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What everybody who may ask at all is told: facts, samples, languages.
EVERYBODYS = {"code", "key_id", "kind", "list_id", "name", "tag", "version"}
TOLD_OF_GOODS = """select min(p.position) from journal_position p join journal_entry e on e.id = p.entry_id
  where e.submission_id is not null"""
# By the blank of a path, with the step before it where that decides: one of others', and one that never was.
OTHERS = {
    "draft_id": ("select id from draft where id = '" + DRAFT + "'", NEVER),
    "submission": ("select min(id::text) from submission", NEVER),
    "document": ("select id from document where partner = 'border' order by submission_id limit 1", NEVER),
    "announcement": ("select id from announcement where withdrawn_for = 'stranger'", NEVER),
    "task": ("select id from task limit 1", NEVER),
    "order": ("select id from inspection_order limit 1", NEVER),
    "partner": ("select 'customs'", "nowhere"),
    "seq": ("select seq from outbox where order_key = 'stranger'", FAR),
    "answers/number": ("select max(id) from inbox", FAR),
    "position": (TOLD_OF_GOODS, FAR),
    "person": ("select id from person where login = 'broker'", FAR),
    "token": ("select min(id) from api_token where name = '乙舟报关系统'", FAR),
    "mandate": ("select min(id) from mandate", FAR),
    "place": ("select position || '.' || party from notice limit 1", FAR + ".1"),
    "containers/number": ("select number from gate_pass limit 1", "CSQU3054383"),
    "releases/number": ("select number from release limit 1", "FX299912310000099"),
    "instruction_id": ("select id from instruction where channel = 'instruction' limit 1", "nothing:there"),
    "request_id": ("select id from coordination_request limit 1", NEVER),
}
ALIKE = {
    "answer_id": "answers/number",
    "consignment_id": "submission",
    "document_id": "document",
    "inspection_id": "order",
    "submission_id": "submission",
    "task_id": "task",
}
# What answers alike to what is there and what is not, without a 404: nothing is asked of the thing, or the
# way leads back to a page, which then says nothing of it.
EVEN = re.compile(
    r"/declarations/<uuid:draft_id>/check|/notices/<str:place>|/api/v1/gate/containers/\{number\}"
    r"|/exchange/(lanes|letters|answers)/<[a-z:]+>/(pause|resume|probe|lay-aside|replay|replay-alike|take-up|apply)"
)
# What people's and programs' requests carry beside the path: enough to be understood.
FIELDS = {
    "reason": "因故 · for a reason", "when": "2027-01-04T10:00", "place": "B-07", "conclusion": "normal",
    "roles": "declarant", "card": "DEM0000000099", "seal": "DM990001",
}  # fmt: skip
SHEET = {"version": 1, "definition": "2026.1", "values": {"bill_number": "STRANGER"}}
ON_SHEETS = re.compile(r"/declarations/.*/(check|save|submit)$")
# Tokens of forms, moments and fresh ids differ between two answers that say the same.
PASSING = re.compile(rf"\b[A-Za-z0-9]{{64}}\b|\d\d:\d\d(?::\d\d)?(?:\.\d+)?|{UUID.pattern}")
DEAD = """with told as (select gen_random_uuid() as id, array[p.id] as viewers from party p
   where p.partner = 'border'), made as (
  insert into message (submission_id, id, document_id, version, partner, kind, definition_version, message_id,
    reference, digest, payload, created_at, viewers)
  select id, id, id, 1, 'border', 'release_notice', '1', id, 'W9', sha256(''), '', now(), viewers from told)
insert into outbox (submission_id, message, partner, order_key, state, ready_at, problem, viewers)
select id, id, 'border', 'stranger', 1, now(), 'U+FFFE', viewers from told returning seq"""
WITHDRAWN = """insert into announcement (id, kind, title_zh, title_en, text_zh, text_en, shown_from, party,
  published_by, published_at, withdrawn_at, withdrawn_by, withdrawn_for)
select gen_random_uuid(), 'service', 'T', 'T', 'T', 'T', now(), id, 'P', now(), now(), 'P', 'stranger'
  from party where kind = 'platform' returning id"""
# Of the platform's own things, those that one party alone has.
OWN = re.compile(r"draft_id|person(?=>)|token(?=>)|mandate(?=>)")
# Specimens and examples name the demonstration's firms to everybody.
SPECIMENS = {"/styleguide", "/api/v1/openapi.json"}
TITLES = (
    "select value from document_key where kind = 'bill' limit 1",
    "select number from inspection_order limit 1",
    "select number from release limit 1",
)
# Everything that somebody does has an entry with their party, or is a row of their own.
DONE = """select 'journal', verb from journal_entry where actor_party = any (%(parties)s)
  union all select 'request', verb from coordination_request where actor_party = any (%(parties)s)
  union all select 'submission', id::text from submission where party = any (%(parties)s)
  union all select 'draft', id::text from draft where party = any (%(parties)s)"""
KEPT = """select 'person', id, password_hash, active::text from person where login not like 'stranger-%'
  union all select 'member', person_id, roles::text, card || coalesce(ended_at::text, '') from membership
  union all select 'token', id, name, coalesce(revoked_at::text, '') from api_token
  union all select 'mandate', id, coalesce(accepted_at::text, ''), coalesce(revoked_at::text, '') from mandate
  union all select 'draft', version, id::text, coalesce(submission_id::text, '') from draft
  order by 1, 2, 3, 4"""


@dataclass(frozen=True)
class Asked:
    """A request twice over: for what belongs to others, and for what never was."""

    method: str
    route: str
    theirs: str
    nobodys: str
    body: Any = None


@pytest.fixture(scope="module")
def routes(world: World, submission: str, contested: tuple[str, ...]) -> Iterator[list[Asked]]:
    """All requests that name a thing, once there is one of each kind."""
    platform = world.platform
    draft = {"document": "goods_declaration", "version": 0, "values": {"bill_number": "SECRET-DRAFT"}}
    assert world.broker.ask("PUT", f"/drafts/{DRAFT}", draft).status == 200
    until(lambda: platform.ask("select from release where dossier = %s", submission))
    # It ends in two weeks yet, so that the request stays one and changes nothing.
    renewal = f"/consignments/{submission}/releases/renewal"
    assert world.broker.ask("POST", renewal, None, "stranger-walk").status == 202
    platform.ask(DEAD)
    platform.ask(WITHDRAWN)
    until(lambda: all(platform.ask(query) not in ([], [(None,)]) for query, _ in OTHERS.values()))
    values = {name: (str(platform.ask(query)[0][0]), never) for name, (query, never) in OTHERS.items()}
    yield [*of_pages(values), *of_api(world.description.document, values)]
    platform.ask("delete from outbox where order_key = 'stranger' returning 1")
    platform.ask("delete from announcement where withdrawn_for = 'stranger' returning 1")
    assert world.broker.ask("DELETE", f"/drafts/{DRAFT}").status == 204


@pytest.fixture(scope="module")
def inside(world: World) -> Iterator[dict[str, Account]]:
    """Everybody of the demonstration, in the browser."""
    platform = world.platform
    password = demo_secrets(platform.configuration)["password"]
    rows = platform.ask("select login, party_id from person p join membership m on m.person_id = p.id")
    with ExitStack() as opened:
        accounts = {}
        for login, party in rows:
            if not login.startswith("stranger-"):
                accounts[login] = Account(login, party, signed_in(platform, login, password))
                opened.callback(accounts[login].client.close)
        yield accounts


def of_pages(values: dict[str, tuple[str, str]]) -> Iterator[Asked]:
    for route, _ in pages(urlpatterns):
        if filled := blanks(route, values):
            for method in ("GET", "POST"):
                yield Asked(method, route, *filled, SHEET if ON_SHEETS.search(route) else None)


def of_api(document: dict[str, Any], values: dict[str, tuple[str, str]]) -> Iterator[Asked]:
    for route, operations in document["paths"].items():
        for method, operation in operations.items():
            offered = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            body = next((one["value"] for one in offered.get("examples", {}).values()), None)
            if filled := blanks(route, values):
                yield Asked(method.upper(), route, *filled, body)


def blanks(route: str, values: dict[str, tuple[str, str]]) -> tuple[str, str] | None:
    """The path twice over; None where it names nothing of anybody's."""
    theirs = nobodys = route
    for found in BLANK.finditer(route):
        name, before = found[1] or found[2], route[: found.start()].rstrip("/").rpartition("/")[2]
        if name not in EVERYBODYS:
            key = f"{before}/{name}" if f"{before}/{name}" in values else ALIKE.get(name, name)
            theirs, nobodys = (
                path.replace(found[0], value)
                for path, value in zip((theirs, nobodys), values[key], strict=True)
            )
    return None if theirs == nobodys else (BLANK.sub("x", theirs), BLANK.sub("x", nobodys))


def differences(account: Account, asked: Asked) -> list[str]:
    """What somebody learns from asking for what is others'."""
    told = []
    for path in (asked.theirs, asked.nobodys):
        answer = account.ask(asked.method, path, FIELDS, asked.body)
        parts = {part for part in path.split("/") if part not in asked.route.split("/")}
        led = "/".join(
            "…" if part in parts else part for part in answer.headers.get("location", "").split("/")
        )
        said = led + answer.text.replace(path, "…")
        for part in sorted(part for part in parts if len(part) > LONG):
            said = said.replace(part, "…")
        said = PASSING.sub("…", said)
        told.append((answer.status_code, said, answer.headers.get("content-type")))
    who = f"{account.name}: {asked.method} {asked.theirs}"
    if told[0] != told[1]:
        first = next(
            (n for n, pair in enumerate(zip(told[0][1], told[1][1], strict=False)) if pair[0] != pair[1]), 0
        )
        said = " / ".join(text[max(first - 40, 0) : first + 80] for _, text, _ in told)
        return [f"{who}: {told[0][0]}, but {told[1][0]} for what never was: {said}"]
    even = told[0][0] in (404, 405) or EVEN.fullmatch(asked.route)
    return [] if even else [f"{who}: {told[0][0]} {told[0][1][:200]}"]


def walked(accounts: list[Account], routes: list[Asked]) -> list[str]:
    return [
        found
        for account in accounts
        for asked in routes
        if asked.route.startswith("/api/") == account.by_token
        for found in differences(account, asked)
    ]


def test_to_a_stranger_of_any_kind_what_is_others_is_not_there(
    world: World, routes: list[Asked], outside: list[Account]
) -> None:
    before = world.platform.ask(KEPT)
    assert walked(outside, routes) == []
    assert world.platform.ask(KEPT) == before
    assert done_by(world.platform, outside) == []


def done_by(platform: Platform, accounts: list[Account]) -> list[Any]:
    with_names = DONE.replace("%(parties)s", "%s")
    parties = [account.party for account in accounts]
    return platform.ask(with_names, parties, parties, parties, parties)


def test_no_list_search_or_figure_tells_a_stranger_anything(
    world: World, routes: list[Asked], submission: str, outside: list[Account]
) -> None:
    bill, order, release = (str(world.platform.ask(query)[0][0]) for query in TITLES)
    named = {each.theirs.rstrip("/").rpartition("/")[2] for each in routes}
    secret = {one for one in named if UUID.fullmatch(one)} | {
        submission,
        order,
        release,
        "乙舟",
        "甲岚",
        "SECRET",
    }
    filters = {
        "/search": f"?q={bill[:8]}",
        "/api/v1/submissions": f"?bill={bill}",
        "/api/v1/journal/entries": "",
    }
    filters |= {
        "/declarations": f"?q={bill}",
        "/instructions/new": f"?about={submission}",
        "/gate": "?number=CQXU",
    }
    told = []
    for account in outside:
        for route in lists(world.description.document, by_token=account.by_token):
            for path in {route, route + filters.get(route, "")}:
                text = account.ask("GET", path).text.replace(filters.get(route, "?")[1:], "")
                told += [f"{account.name}: {path}: {one}" for one in secret if one in text]
    assert told == []


def lists(document: dict[str, Any], *, by_token: bool) -> list[str]:
    """What is asked without naming a thing."""
    if by_token:
        found = [path for path, operations in document["paths"].items() if "get" in operations]
    else:
        found = [route for route, _ in pages(urlpatterns)]
    return [path for path in found if not BLANK.search(path) and path not in SPECIMENS]


def test_what_is_one_partys_own_is_nobody_elses(
    world: World, routes: list[Asked], inside: dict[str, Account]
) -> None:
    """Drafts, people, tokens, mandates: those of the broker's firm, as everybody of every other party."""
    before, own = world.platform.ask(KEPT), inside["broker"].party
    mine = [each for each in routes if OWN.search(each.route) and not each.route.startswith("/api/")]
    assert {blank for each in mine for blank in OWN.findall(each.route)} == {
        "draft_id",
        "person",
        "token",
        "mandate",
    }
    others = [one for one in inside.values() if one.party != own]
    told = [
        found
        for account in others
        for asked in mine
        if not ("mandate" in asked.route and account.name.startswith("importer"))  # its principal
        for found in differences(account, asked)
    ]
    assert told == []
    assert world.platform.ask(KEPT) == before


def test_the_walk_finds_a_leak_where_there_is_one(
    world: World, routes: list[Asked], outside: list[Account]
) -> None:
    of_drafts = [each for each in routes if "draft_id" in each.route and each.method == "GET"]
    with psycopg.connect(world.platform.configuration.dsn("postgres"), autocommit=True) as connection:
        connection.execute("create policy leak on sw.draft for select to sw_web using (true)")
        try:
            found = walked([each for each in outside if "firm" in each.name], of_drafts)
        finally:
            connection.execute("drop policy leak on sw.draft")
    assert {one.partition(":")[0] for one in found} == {"stranger-firm", "token-firm"}
    assert all(DRAFT in one for one in found)

"""What a request names beside its path, in its body, its form or its query: others' things are not there.

Each row is asked twice over, for what belongs to others and for what never was; both are told the same. A new
member of a body, field of a form or parameter of a query needs its row, or its place among the words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from types import MappingProxyType
from typing import Any, NamedTuple

import httpx
import psycopg
import pytest

from programs import Json, World, until
from running import Platform, declaration
from singlewindow.server import rooms
from singlewindow.server.loaders import demo_secrets
from strangers import KINDS, Account, signed_in, with_token

pytestmark = [pytest.mark.database, pytest.mark.timeout(300)]
NEVER, FAR = "01930000-0000-7000-8000-0000000000ef", 900_000_000
LONG = 3  # characters of a value that a page tells by no chance
OWN = "01930000-0000-7000-8000-0000000000d0"  # a draft of a stranger's that none of this begins
BOX, LOCKED, GATE = "CSQU3054383", "NONE0001", "stranger-9"
WHY: Json = {"reason": "因故 · for a reason"}
HOLD: Json = {"order": "hold", "subject": {"kind": "container", "number": BOX}, "text": "因故 · for a reason"}
SEEN: Json = {"plate": "渝A12345", "container": BOX, "seal": LOCKED}
PASSED: Json = SEEN | {"gate": GATE}
SHEET: Json = {"document": "goods_declaration", "version": 0, "values": {}}
ON_SCREEN: Json = WHY | {"order": "3", "subject": f"{NEVER}|container|{BOX}", "about": "@submission"}
# What belongs to others, as rows call it.
THINGS = {
    "submission": "select '{submission}'",
    "other": "select '{other}'",
    "subject": "select '{other}|container|" + BOX + "'",
    "row": "select '{other}|container|" + BOX + "|0-0'",
    "box": "select number from gate_pass limit 1",
    "seal": "select seals[1] from gate_pass where cardinality(seals) > 0 limit 1",
    "notice": "select max(position) from notice where submission_id = '{submission}'",
    "place": "select max(position) || '.' || min(party) from notice where submission_id = '{submission}'",
    "task": "select id from task where kind = 'container_claims' and state = 'open' limit 1",
    "bill": "select value from document_key where kind = 'bill' and submission_id = '{submission}' limit 1",
    "declaration": "select value from document_key where kind = 'declaration' limit 1",
    "unified": "select value from document_key where kind = 'unified' limit 1",
    "instruction": "select id from instruction where channel = 'instruction' and agency = 'customs' limit 1",
    "request": "select id from coordination_request limit 1",
    "party": "select code from party where kind = 'firm' limit 1",
    "person": "select id from person where login = 'broker'",
}


class Row(NamedTuple):
    """Who asks where, with what else, naming which of ``THINGS``, or what ``never`` was."""

    by: str
    place: str
    thing: str
    never: Any
    status: int
    rest: Mapping[str, Any] = MappingProxyType({})


AGENCY, FIRM, YARD = "token-agency", "token-firm", "token-operator"
SETTLED = "/tasks/@task/settlement"
BODIES = {
    "PUT /drafts/{draft_id} mends": Row(FIRM, f"/drafts/{OWN}", "submission", NEVER, 404, SHEET),
    "POST /instructions consignment": Row(AGENCY, "/instructions", "submission", NEVER, 404, HOLD),
    "POST /instructions subject.number": Row(
        AGENCY, "/instructions", "box", BOX, 404, HOLD | {"consignment": NEVER}
    ),
    "POST /notices/read positions[]": Row(FIRM, "/notices/read", "notice", FAR, 200),
    "POST /notices/read up_to": Row(FIRM, "/notices/read", "notice", FAR, 200),
    "POST /tasks/{task_id}/settlement stands[]": Row("of-customs", SETTLED, "submission", NEVER, 202, WHY),
    "POST /tasks/{task_id}/settlement ends[]": Row(
        "of-customs", SETTLED, "submission", NEVER, 202, WHY | {"stands": ["@other"]}
    ),
    "POST /gate/checks container": Row(YARD, "/gate/checks", "box", BOX, 200, SEEN),
    "POST /gate/checks seal": Row(YARD, "/gate/checks", "seal", LOCKED, 200, SEEN | {"container": "@box"}),
    "POST /gate/passages container": Row(YARD, "/gate/passages", "box", BOX, 200, PASSED),
    "POST /gate/passages seal": Row(
        YARD, "/gate/passages", "seal", LOCKED, 200, PASSED | {"container": "@box"}
    ),
}
# Members that are people's words, numbers of versions or choices: they name nothing of anybody's.
WORDS = {
    *("DraftGiven.document", "DraftGiven.definition_version", "DraftGiven.version", "DraftGiven.values"),
    *("VersionGiven.version", "ReasonGiven.reason", "SettlementGiven.reason"),
    *("AppointmentGiven.when", "AppointmentGiven.place", "ResultsGiven.seal", "ResultsGiven.conclusion"),
    *("ResultsGiven.results[].item", "ResultsGiven.results[].result", "ResultsGiven.results[].note"),
    *("InstructionGiven.order", "InstructionGiven.subject.kind", "InstructionGiven.method"),
    *("InstructionGiven.items[]", "InstructionGiven.basis", "InstructionGiven.text"),
    *("LookGiven.plate", "LookGiven.gate", "PassageGiven.plate", "PassageGiven.gate"),
}
QUERIES = {
    "/journal/entries about": Row(FIRM, "/journal/entries?about=", "submission", NEVER, 200),
    "/journal/entries beyond": Row(FIRM, "/journal/entries?beyond=", "notice", FAR, 200),
    "/inspections consignment": Row(AGENCY, "/inspections?consignment=", "submission", NEVER, 200),
    "/consignments number": Row(FIRM, "/consignments?number=", "bill", "NOBODYS", 200),
    "/consignments/entrusted number": Row(FIRM, "/consignments/entrusted?number=", "bill", "NOBODYS", 200),
    "/gate/passages container": Row(YARD, "/gate/passages?container=", "box", BOX, 200),
    "/submissions bill": Row(FIRM, "/submissions?bill=", "bill", "NOBODYS", 200),
    "/submissions container": Row(FIRM, "/submissions?container=", "box", BOX, 200),
    "/submissions number": Row(FIRM, "/submissions?number=", "bill", "NOBODYS", 200),
    "/submissions part": Row(FIRM, "/submissions?part=", "bill", "NOBODYS", 200),
}
CHOICES = {
    *("aside", "dead", "document", "in_force", "limit", "new", "old", "on", "open", "partner", "q", "since"),
    *("code_list", "sort", "state", "unread", "until", "verb", "version"),
    "after",  # cursors: test_strangers_turn_pages
}
OFFICER, TRADER, CUSTOMS = "stranger-agency", "stranger-firm", "customs"
FORMS = {
    "about": Row(OFFICER, "/instructions/issue", "submission", NEVER, 404, ON_SCREEN),
    "subject": Row(CUSTOMS, "/instructions/issue", "subject", f"{NEVER}|container|{BOX}", 404, ON_SCREEN),
    "chosen": Row(OFFICER, "/instructions/release", "row", f"{NEVER}|container|{BOX}|0-0", 404, ON_SCREEN),
    "instruction": Row(
        "quarantine", "/instructions/withdraw", "instruction", "nothing:there", 302, ON_SCREEN
    ),
    "dossier": Row("broker", "/consignments/@submission/renew-release", "other", NEVER, 404),
    "stands": Row(CUSTOMS, "/tasks/@task/settle", "submission", NEVER, 302, WHY),
    "shown": Row(CUSTOMS, "/tasks/@task/settle", "submission", NEVER, 302, WHY | {"stands": "@other"}),
    "place": Row(TRADER, "/notices/read", "place", f"{FAR}.1", 302),
    "up_to": Row(TRADER, "/notices/read", "notice", FAR, 302),
}
# Who guesses a login, a firm's code or a card is told that it is somebody's: docs/operate/security says why.
TOLD = {"login", "agent", "card"}
TYPED = TOLD | {
    *("after", "again", "all", "basis", "conclusion", "days", "items", "lane", "language", "list", "method"),
    *("name", "new", "next", "old", "on", "order", "password", "q", "reason", "scope", "seal", "seen"),
    *("seen-place", "seen-when", "since", "sort", "state", "text", "until", "username", "valid_from"),
    *("valid_to", "when", "words", "code", "number", "kind", "title_zh", "title_en", "text_zh", "text_en"),
    *("shown_from", "shown_until", "stops_at", "resumes_at"),
}
ADDRESSES = (
    Row(TRADER, "/declarations/new?mends=", "submission", NEVER, 404),
    Row(TRADER, "/declarations/new?of=", "submission", NEVER, 404),
    Row(OFFICER, "/instructions/new?about=", "submission", NEVER, 404),
    Row(CUSTOMS, "/instructions?together=", "request", NEVER, 200),
    Row(TRADER, "/journal?about=", "submission", NEVER, 200),
    Row(TRADER, "/tasks?asked=", "request", NEVER, 200),
    Row(TRADER, "/accounts?person=", "person", FAR, 404),
    Row(TRADER, "/parties?code=", "party", "91500112MADEM0Q9XC", 404),
    Row(TRADER, "/search?q=", "bill", "NOBODYS", 200),
    Row(TRADER, "/consignments?q=", "bill", "NOBODYS", 200),
    Row(TRADER, "/declarations?q=", "bill", "NOBODYS", 200),
)
# Elements of a declaration that name somebody, a card or a paper of others.
DECLARED = (
    ("bill_number", "bill", "NOBODYS-BILL"),
    ("related_declaration_number", "declaration", "801020269999999999"),
    ("unified_number", "unified", "I20269999999999999"),
    ("consignee_code", "91500112MADEM0A1XL", "91500112MADEM0Q9XC"),
    ("end_user_code", "91500112MADEM0A1XL", "91500112MADEM0Q9XC"),
    ("declarant_code", "91500105MADEM0Y2X3", "91500112MADEM0Q9XC"),
    ("ship_agent_code", "91500112MADEM0B3XC", "91500112MADEM0Q9XC"),
)
NAMED = re.compile(r'<(?:input|select|textarea|button)\b[^>]*?\bname="([\w-]+)"')
# Tokens of forms, moments and fresh ids differ between two answers that say the same.
PASSING = re.compile(
    r"\b[A-Za-z0-9]{64}\b|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+\d\d:\d\d)|\d\d:\d\d(?::\d\d)?(?:\.\d+)?"
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)
# What all this would have changed, were anything there for who asks.
KEPT = """select 'instruction', id, "order"::text, withdrawn::text from instruction where text like '因故%'
  union all select 'draft', id::text, '', '' from draft where mends is not null and id = '{own}'
  union all select 'pass', key, coalesce(used_at::text, ''), gate from gate_pass
  union all select 'read', party::text, position::text, person::text from notice_read
  union all select 'reader', party::text, up_to::text, person::text from notice_reader
  union all select 'claim', key, counting::text, contested::text from claimed_container
  union all select 'task', id::text, kind, state from task where kind = 'container_claims'
  order by 1, 2, 3, 4""".replace("{own}", OWN)
OUTCOME = "select problems::text from coordination_request where id = %s and applied_at is not null"


@pytest.fixture(scope="module")
def things(world: World, submission: str, contested: tuple[str, ...]) -> dict[str, Any]:
    """One of each kind that belongs to others."""
    known = {"{submission}": submission, "{other}": contested[0]}
    until(lambda: there(world.platform.ask("select from release where dossier = %s", submission)))
    # It ends in two weeks yet, so that the request stays one and changes nothing.
    renewal = f"/consignments/{submission}/releases/renewal"
    assert world.broker.ask("POST", renewal, None, "stranger-names").status == 202
    queries = {name: filled(query, known) for name, query in THINGS.items()}
    until(lambda: all(there(world.platform.ask(query)) for query in queries.values()))
    made = {name: world.platform.ask(query)[0][0] for name, query in queries.items()}
    return {name: one if isinstance(one, int) else str(one) for name, one in made.items()}


def there(rows: list[Any]) -> bool:
    return rows not in ([], [(None,)])


def filled(text: str, known: dict[str, str]) -> str:
    for blank, value in known.items():
        text = text.replace(blank, value)
    return text


@pytest.fixture(scope="module")
def askers(world: World, outside: list[Account]) -> Iterator[dict[str, Account]]:
    """The strangers, and of the platform's own who ask for what is not theirs to name."""
    password = demo_secrets(world.platform.configuration)["password"]
    with ExitStack() as opened:
        known = {account.name: account for account in outside}
        for login in ("broker", "customs", "quarantine"):
            known[login] = Account(login, 0, signed_in(world.platform, login, password))
            opened.callback(known[login].client.close)
        known["of-customs"] = Account("of-customs", 0, with_token(world.platform, world.customs.token))
        opened.callback(known["of-customs"].client.close)
        yield known


def members(document: Json) -> Iterator[tuple[str, str]]:
    """Every member of every body, with its operation and with its schema; declarations are told of below."""
    schemas = document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            offered = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            name = offered.get("schema", {}).get("$ref", "").rpartition("/")[2]
            for member in leaves(schemas[name], schemas) if name else ():
                yield f"{method.upper()} {path.removeprefix('/api/v1')} {member[1:]}", f"{name}{member}"


def leaves(schema: Json, schemas: Json) -> Iterator[str]:
    """What may stand in a body, as ``.subject.number`` or ``.positions[]``."""
    schema = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    for one in schema.get("anyOf", [schema]):
        if one.get("type") == "array":
            yield from (f"[]{rest}" for rest in leaves(one["items"], schemas))
        elif "properties" in one:
            yield from (
                f".{name}{rest}" for name, of in one["properties"].items() for rest in leaves(of, schemas)
            )
        elif one.get("type") != "null":
            yield ""


def test_every_member_of_a_body_names_a_thing_or_is_a_word(world: World) -> None:
    found = dict(members(world.description.document))
    words = {schema for operation, schema in found.items() if operation not in BODIES}
    assert BODIES.keys() <= found.keys()
    assert words == WORDS


def test_every_parameter_of_a_query_names_a_thing_or_is_a_choice(world: World) -> None:
    found = {
        f"{path.removeprefix('/api/v1')} {one['name']}"
        for path, operations in world.description.document["paths"].items()
        for operation in operations.values()
        for one in operation.get("parameters", [])
        if one["in"] == "query"
    }
    assert {each for each in found if each.rpartition(" ")[2] not in CHOICES} == QUERIES.keys()


def test_every_field_of_a_form_names_a_thing_or_is_typed() -> None:
    pages = rooms.PACKAGE.rglob("*.html")
    assert {name for page in pages for name in NAMED.findall(page.read_text("utf-8"))} == FORMS.keys() | TYPED


def body(rest: Mapping[str, Any], member: str, value: Any, things: dict[str, Any]) -> Json:
    """The rest of a request, with a value under ``subject.number`` or in ``positions[]``."""
    made: Json = json.loads(re.sub(r"@(\w+)", lambda found: str(things[found[1]]), json.dumps(dict(rest))))
    *outer, last = member.split(".")
    within = made
    for name in outer:
        within = within[name]
    within[last.removesuffix("[]")] = [value] if last.endswith("[]") else value
    return made


def told(platform: Platform, answer: httpx.Response, value: Any) -> tuple[Any, ...]:
    """What somebody learns: the answer but for what they named, and what became of a request."""
    place = answer.headers.get("location", "")
    asked = re.search(r"[0-9a-f-]{36}$", answer.json()["location"] if answer.status_code == 202 else place)
    became = asked and until(lambda: platform.ask(OUTCOME, asked[0]))
    text = answer.text.replace(f"person={value}", "…")
    said = (
        f"{part}".replace(str(value), "…") if len(str(value)) > LONG else part
        for part in (text, place, became)
    )
    return answer.status_code, *(PASSING.sub("…", f"{each}") for each in said)


def differing(
    platform: Platform,
    account: Account,
    row: Row,
    asks: list[tuple[str, str, Any, Json | None]],
    by_json: bool,
) -> list[str]:
    """What an account learns by asking for what is others' beside what never was."""
    answers = []
    for method, path, value, given in asks:
        answer = account.ask(method, path, *(({}, given) if by_json else (given or {}, None)))
        answers.append(told(platform, answer, value))
    theirs, nobodys = answers
    if theirs != nobodys or theirs[0] != row.status:
        return [f"{account.name}: {asks[0][:2]}: {theirs}, but {nobodys} for what never was"]
    return []


def test_what_a_query_names_of_others_is_not_there(
    world: World, things: dict[str, Any], askers: dict[str, Account]
) -> None:
    rows = [(f"/api/v1{row.place}", row) for row in QUERIES.values()]
    rows += [(row.place, row) for row in ADDRESSES]
    found = []
    for path, row in rows:
        asks = [("GET", f"{path}{value}", value, None) for value in (things[row.thing], row.never)]
        found += differing(world.platform, askers[row.by], row, asks, by_json=False)
    assert found == []


def learned(
    world: World, things: dict[str, Any], askers: dict[str, Account], keys: Iterable[str]
) -> list[str]:
    """What bodies tell that name what is others'."""
    found = []
    for key, row in ((key, BODIES[key]) for key in keys):
        method, _, member = key.split(" ")
        path = "/api/v1" + filled(row.place, {"@task": things["task"]})
        values = things[row.thing], row.never
        asks = [(method, path, value, body(row.rest, member, value, things)) for value in values]
        found += differing(world.platform, askers[row.by], row, asks, by_json=True)
    return found


def test_what_a_body_names_of_others_is_not_there(
    world: World, things: dict[str, Any], askers: dict[str, Account]
) -> None:
    before = world.platform.ask(KEPT)
    assert learned(world, things, askers, BODIES) == []
    assert world.platform.ask(KEPT) == before
    assert GATE not in {move["gate"] for move in world.terminal.pages("/gate/passages")}
    # What a stranger asked at a gate is on its own record, which the next test may read.
    assert world.platform.ask("delete from gate_event where gate = %s returning id", GATE)


def test_a_leak_through_a_body_is_found(
    world: World, things: dict[str, Any], askers: dict[str, Account]
) -> None:
    with psycopg.connect(world.platform.configuration.dsn("postgres"), autocommit=True) as connection:
        connection.execute("create policy leak on sw.gate_pass for select to sw_web using (true)")
        try:
            found = learned(world, things, askers, ["POST /gate/checks container"])
        finally:
            connection.execute("drop policy leak on sw.gate_pass")
    assert len(found) == 1


def test_what_a_form_names_of_others_is_not_there(
    world: World, things: dict[str, Any], askers: dict[str, Account]
) -> None:
    before, found = world.platform.ask(KEPT), []
    for name, row in FORMS.items():
        path = filled(row.place, {"@task": things["task"], "@submission": things["submission"]})
        values = things[row.thing], row.never
        asks = [("POST", path, value, body(row.rest, name, value, things)) for value in values]
        found += differing(world.platform, askers[row.by], row, asks, by_json=False)
    assert found == []
    assert world.platform.ask(KEPT) == before


def test_what_a_declaration_names_of_others_is_not_there(
    world: World, things: dict[str, Any], askers: dict[str, Account]
) -> None:
    firm = askers[FIRM]
    own = {"consignee_code": KINDS["firm"], "declarant_code": KINDS["firm"]}
    found = []
    for element, theirs, nobodys in DECLARED:
        values = things.get(theirs, theirs), nobodys
        told = []
        for value in values:
            answer = firm.ask("POST", "/api/v1/checks", json=declaration(**own | {element: value}))
            told.append((answer.status_code, PASSING.sub("…", answer.text.replace(value, "…"))))
        found += [] if told[0] == told[1] else [(element, *told)]
    assert found == []

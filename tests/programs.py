"""The systems of firms, agencies, terminals: ask with a token, hold each answer to its description."""

from __future__ import annotations

import hashlib
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urlencode

import jsonschema_rs
import psycopg

from recording import Exchange, Record
from running import Platform, body_of, declaration
from singlewindow.hub.identity.tokens import new_token

PLATFORM, FORWARDER = "12500000MADEM0P1X2", "91500112MADEM0B3XC"
BROKER, IMPORTER, TERMINAL = "91500105MADEM0Y2X3", "91500112MADEM0A1XL", "91500112MADEM0T1XF"
BILL = "CQX2511070386-API"
INSPECTED, FREE = "CQXU2045171", "CQXU3188623"
SEALS = {INSPECTED: "DM990001", FREE: "DM884121"}
SEEING = ("consignments.read", "instructions.read", "journal.read", "notices.read")
FIRM = (
    *SEEING,
    "declarations.read",
    "declarations.submit",
    "declarations.write",
    "identity.read",
    "releases.renew",
    "standards.read",
    "tasks.check",
    "tasks.read",
)
OFFICE = (
    *SEEING,
    "declarations.read",
    "gate.read",
    "inspections.plan",
    "inspections.report",
    "instructions.give",
    "tasks.check",
    "tasks.read",
    "claims.settle",
)
AGENCY = (*OFFICE, "standards.read")
YARD = (*SEEING, "gate.operate", "gate.read", "inspections.plan")
# Headers that a program acts on; others are for browsers and the line.
TELLING = frozenset(
    (
        "accept-encoding",
        "allow",
        "etag",
        "idempotency-replayed",
        "location",
        "retry-after",
        "www-authenticate",
    )
)
OTHERWISE = (405, 412, 414, 431)  # what ``default`` says of every operation
WAIT_S = 80.0  # a checkpoint may be a minute away
LOOK_S = 0.2
Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Asked:
    """One request; ``named`` is what it is called by where it is shown as an example."""

    method: str
    path: str
    query: Mapping[str, Any]
    headers: Mapping[str, str]
    body: Any
    named: str


@dataclass
class Description:
    """The OpenAPI document that the platform itself hands out; a record of what was seen, if one is kept."""

    url: str
    record: Record | None = None

    @cached_property
    def document(self) -> Json:
        with urllib.request.urlopen(f"{self.url}/api/v1/openapi.json", timeout=20) as answer:
            made: Json = json.load(answer)
        return made

    @cached_property
    def paths(self) -> list[tuple[re.Pattern[str], str]]:
        """Templates as patterns, those with the fewest blanks first."""
        found = sorted(self.document["paths"], key=lambda path: path.count("{"))
        return [(re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), path) for path in found]

    def operation(self, method: str, path: str) -> tuple[Json, dict[str, str]] | None:
        """What the document says of this request, and what stands in the blanks of the path."""
        for pattern, template in self.paths:
            operations: Json = self.document["paths"][template]
            if (found := pattern.fullmatch(path)) and method.lower() in operations:
                return operations[method.lower()], found.groupdict()
        return None

    def component(self, given: Json | None) -> Json | None:
        """An answer that stands in its place, or among those that many operations give."""
        name = (given or {}).get("$ref", "").rpartition("/")[2]
        return self.document["components"]["responses"][name] if name else given

    def hold(self, asked: Asked, answer: Answer) -> None:
        """An answer must be one that the document names, and fit its schema."""
        known = self.operation(asked.method, f"/api/v1{asked.path}")
        if known is None:
            return
        operation, blanks = known
        otherwise = operation["responses"]["default"] if answer.status in OTHERWISE else None
        given = operation["responses"].get(str(answer.status), otherwise)
        said = self.component(given)
        assert said is not None, (asked.method, asked.path, answer.status, answer.body[:500])
        told = {name.lower() for name in answer.headers} & TELLING
        named = {name.lower() for name in said.get("headers", {})}
        assert told <= named, (asked.path, answer.status, told - named)
        media = answer.headers.get("Content-Type", "").partition(";")[0] if answer.body else ""
        if offered := said.get("content", {}):
            assert media in offered, (asked.path, media)
            if "json" in media:
                assert not self.faults(offered[media]["schema"], answer.json), (
                    asked.path,
                    answer.body[:2000],
                )
        seen = (asked.query, asked.headers, asked.body, answer.status, media, answer.body, asked.named)
        if self.record is not None:
            self.record.note(Exchange(operation, {n: unquote(v) for n, v in blanks.items()}, *seen))

    def faults(self, schema: Json, value: Any) -> list[str]:
        """Where a value does not fit."""
        whole = {**schema, "components": self.document["components"]}
        validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        return [str(error) for error in validator.iter_errors(value)]


@dataclass
class Program:
    """One system with one token."""

    description: Description
    token: str = ""
    language: str = "en"

    def get(self, path: str, **query: Any) -> Any:
        """The answer to a question that must have one."""
        answer = self.ask("GET", path, **query)
        assert answer.status == 200, (path, answer.status, answer.body[:2000])
        return answer.json

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        key: str = "",
        headers: Mapping[str, str] = {},
        named: str = "",
        **query: Any,
    ) -> Answer:
        """One request; whatever is answered fits the description."""
        told = {"Accept": "application/json", "Accept-Language": self.language, **headers}
        told |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        told |= {"Idempotency-Key": key} if key else {}
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        address = f"{self.description.url}/api/v1{path}" + (f"?{urlencode(query)}" if query else "")
        request = urllib.request.Request(address, data, told, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as found:
                answer = Answer(found.status, found.headers, found.read())
        except urllib.error.HTTPError as error:
            answer = Answer(error.code, error.headers, error.read())
        self.description.hold(Asked(method, path, query, told, body, named), answer)
        return answer

    def act(self, path: str, body: Any = None, key: str = "") -> Json:
        """Ask for something to be done and wait until it is; what became of it."""
        answer = self.ask("POST", path, body, key or digest(path, body))
        assert answer.status == 202, (path, answer.status, answer.body[:2000])
        place = answer.json["location"].removeprefix("/api/v1")
        return until(lambda: standing if (standing := self.get(place))["standing"] != "waiting" else None)  # type: ignore[no-any-return]

    def pages(self, path: str, **query: Any) -> list[Any]:
        """Every page of a list, followed to its end."""
        found, after = [], ""
        while True:
            page = self.get(path, **query, **({"after": after} if after else {}))
            assert len(page["items"]) <= query.get("limit", 50)
            found += page["items"]
            after = page["next"]
            if not after:
                return found


def until(look: Callable[[], Any]) -> Any:
    """What is seen at last, within a bound."""
    deadline = time.monotonic() + WAIT_S
    while not (seen := look()):
        assert time.monotonic() < deadline, f"not within {WAIT_S} s"
        time.sleep(LOOK_S)
    return seen


def digest(path: str, body: Any) -> str:
    """A key for what is asked once."""
    return hashlib.sha256(f"{path}{json.dumps(body)}".encode()).hexdigest()[:40]


def issued(platform: Platform, party: str, scopes: Sequence[str]) -> str:
    """A token of its own for a party, by its code, as its administrator would issue it."""
    token = new_token()
    statement = """insert into sw.api_token (hash, party_id, name, scopes)
      select %s, id, name_en || ' system', %s from sw.party where code = %s returning 1"""
    with psycopg.connect(platform.configuration.dsn("sw_engine"), autocommit=True) as connection:
        values = [hashlib.sha256(token.encode()).digest(), list(scopes), party]
        assert connection.execute(statement, values).fetchall() == [(1,)]
    return token


@dataclass
class World:
    """A running platform and the systems that talk to it; ``bare`` is known and may nothing."""

    platform: Platform
    description: Description
    broker: Program
    importer: Program
    customs: Program
    quarantine: Program
    terminal: Program
    nobody: Program
    bare: Program


def world_of(platform: Platform) -> World:
    """Everybody's system; tokens are known to the platform within its poll."""
    described = Description(platform.url, Record())
    holders = (
        (BROKER, FIRM),
        (IMPORTER, FIRM),
        ("customs", AGENCY),
        ("quarantine", AGENCY),
        (TERMINAL, YARD),
    )
    systems = [Program(described, issued(platform, party, scopes)) for party, scopes in holders]
    bare = Program(described, issued(platform, "border", ()))
    until(lambda: bare.ask("GET", "/me").status == 200)
    return World(platform, described, *systems, Program(described), bare)


def unnoted_of(world: World) -> World:
    """The same systems, of whose questions no examples are taken."""
    description = Description(world.description.url)
    systems = {name: one for name, one in vars(world).items() if isinstance(one, Program)}
    quiet = {name: Program(description, one.token) for name, one in systems.items()}
    return replace(world, description=description, **quiet)


def declared(world: World, bill: str = BILL, key: str = "api-1", box: str = FREE) -> str:
    """The story's declaration under a bill and call of its own, its second box of that number, handed in."""
    document = declaration(bill_number=bill, voyage_number=bill[-4:])
    body = body_of(document).replace(FREE.encode(), box.encode())
    answer = world.broker.ask("POST", "/submissions", body, key)
    assert answer.status == 202, answer.body
    return str(answer.json["submission_id"])


def contested_of(world: World, mark: str) -> tuple[str, ...]:
    """Two declarations of one call that both name the same containers as full loads, handed in."""
    found = []
    for number in (1, 2):
        document = declaration(bill_number=f"CQX2511070386-{mark}{number}", voyage_number=f"CLAIM{mark}")
        answer = world.broker.ask("POST", "/submissions", body_of(document), f"claim-{mark}-{number}")
        assert answer.status == 202, answer.body
        found.append(str(answer.json["submission_id"]))
    return tuple(found)


def ordered(world: World, consignment: str) -> Any:
    """The joint inspection of its box, once both agencies want it."""
    found = world.customs.get("/inspections", open="true", limit=200)["items"]
    ours = [each for each in found if each["name"] == INSPECTED and each["consignment"] == consignment]
    whole = world.customs.get(f"/inspections/{ours[0]['id']}") if ours else None
    return whole if whole and len(whole["parts"]) == 2 else None


def begun(world: World, place: str, appointment: dict[str, str]) -> None:
    """The terminal appoints it and brings the box, customs begin."""
    steps = (world.terminal, "appointment", appointment), (world.terminal, "arrival", None)
    for program, step, body in (*steps, (world.customs, "beginning", None)):
        assert program.act(f"{place}/{step}", body)["standing"] == "done"


def reported(world: World, order: Any, after_customs: Callable[[Program, str], None] | None = None) -> None:
    """Each agency enters what is its own or nobody's yet, and concludes; so does the inspection."""
    place, recorded = f"/inspections/{order['id']}", set[str]()
    for program, agency in ((world.customs, "customs"), (world.quarantine, "quarantine")):
        items = next(part["items"] for part in order["parts"] if part["agency"] == agency)
        results = [{"item": item, "result": "normal"} for item in items if item not in recorded]
        recorded |= set(items)
        given = {"results": results, "conclusion": "normal", "seal": SEALS[INSPECTED]}
        assert program.act(f"{place}/results", given)["standing"] == "done"
        if agency == "customs" and after_customs:
            after_customs(program, place)
    until(lambda: world.customs.get(place)["conclusion"] == "normal")


def in_force(world: World, consignment: str, container: str) -> str:
    """The same box comes with other calls too, whose fate chance decides: the release of this one."""
    ours = {one["number"] for one in world.customs.get(f"/consignments/{consignment}")["releases"]}
    passes = world.terminal.get(f"/gate/containers/{container}")["items"]
    unused = [one for one in passes if not one["revoked_at"] and not one["used_at"]]
    return next((number for one in unused for number in one["releases"] if number in ours), "")


def released(world: World, consignment: str) -> Any:
    """It, once a release of it is in force."""
    whole = world.importer.get(f"/consignments/{consignment}")
    return whole if [each for each in whole["releases"] if not each["revoked_at"]] else None


def begun_anew(world: World, place: str) -> None:
    """What was said by mistake is taken back by who said it, the last first, and said again."""
    steps = (world.customs, "beginning", "误点，查验尚未开始"), (world.terminal, "arrival", "拖错了箱")
    for program, step, reason in steps:
        assert program.act(f"{place}/{step}/withdrawal", {"reason": reason})["standing"] == "done"
    for program, step, _ in reversed(steps):
        assert program.act(f"{place}/{step}", key=f"{step} again")["standing"] == "done"


def think_again(program: Program, place: str) -> None:
    """Take the agency's conclusion back and conclude anew: its results are still there."""
    found = program.get(place)["results"]
    assert program.act(f"{place}/conclusion/withdrawal")["standing"] == "done"
    order = program.get(place)
    assert (order["state"], order["results"]) == ("results", found)
    assert {part["conclusion"] for part in order["parts"] if part["agency"] == "customs"} == {""}
    assert program.act(f"{place}/results", {"conclusion": "normal"})["standing"] == "done"


def turned_away(world: World, seen: dict[str, str]) -> list[str]:
    """The gates on record of three looks at a truck that may not leave, two of which name the gate."""
    for gate in ({}, {"gate": "3"}, {"gate": "3"}):
        assert not world.terminal.ask("POST", "/gate/checks", seen | gate).json["passed"]
    found = world.terminal.pages("/gate/passages", container=seen["container"])
    return [move["gate"] for move in found if move["plate"] == seen["plate"] and not move["passed"]]

"""The whole story by programs alone: every step through the API, every answer held to its description."""

from __future__ import annotations

from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
import pytest

from programs import (
    BILL,
    BROKER,
    FIRM,
    FREE,
    IMPORTER,
    INSPECTED,
    SEALS,
    Program,
    World,
    begun,
    begun_anew,
    declared,
    in_force,
    ordered,
    released,
    reported,
    think_again,
    turned_away,
    until,
)
from running import body_of, declaration
from singlewindow.hub.coordination.release import verified
from singlewindow.hub.journal.entry import commit
from singlewindow.hub.journal.entry import leaf_of as journal_leaf
from singlewindow.kernel.clock import now
from singlewindow.kernel.crypto.merkle import verify_inclusion
from singlewindow.kernel.crypto.signing import VerifyingKey

pytestmark = pytest.mark.database


def test_a_system_learns_who_it_is_and_what_it_may(world: World) -> None:
    me = world.broker.get("/me")
    assert me["party"]["code"] == BROKER
    assert me["scopes"] == sorted(FIRM)
    assert world.nobody.ask("GET", "/me").status == 401
    codes = {party["code"] for party in world.broker.pages("/parties", limit=2)}
    assert {BROKER, IMPORTER, "customs"} <= codes
    (mandate, *_) = world.broker.pages("/mandates", limit=1)
    assert mandate["scope"] == "goods_declaration"


def test_codes_are_found_by_code_name_and_initials_on_a_day(world: World) -> None:
    lists = world.broker.get("/code-lists")["items"]
    countries = next(each for each in lists if each["id"] == "countries")
    everything = world.broker.pages("/code-lists/countries", limit=100)
    assert len(everything) == countries["codes"]
    assert len({code["code"] for code in everything}) == len(everything)
    by_initials = world.broker.get("/code-lists/countries", q="zg", limit=5)["items"]
    assert "中国" in {code["name"]["zh"] for code in by_initials}
    china = next(code for code in by_initials if code["name"]["zh"] == "中国")
    found = world.broker.get(f"/code-lists/countries/{china['code']}", on="2026-11-21")
    assert found["standing"] == "current"
    day = {"on": "2026-11-21"}
    assert {each["id"] for each in world.broker.get("/code-lists", **day)["items"]} == {
        e["id"] for e in lists
    }
    assert china in world.broker.get("/code-lists/countries", q=china["code"], **day)["items"]
    assert world.broker.ask("GET", "/code-lists/countries/NOWHERE").status == 404
    assert world.broker.ask("GET", "/code-lists/none").status == 404


def test_definitions_and_their_schemas(world: World) -> None:
    definitions = world.broker.get("/definitions")["items"]
    kinds = {each["id"] for each in definitions}
    assert "goods_declaration" in kinds
    for one in definitions:
        asked = {"version": one["version"]}
        assert world.broker.get(f"/definitions/{one['id']}", **asked)["version"] == one["version"]
        schema = world.broker.get(f"/definitions/{one['id']}/schema", on="2026-11-21", **asked)
        assert schema["$schema"].endswith("2020-12/schema")
    whole = world.broker.get("/definitions/goods_declaration")
    assert whole["reference"] == "bill_number"
    schema = world.broker.get("/definitions/goods_declaration/schema")
    assert world.description.faults(schema, declaration()["values"]) == []


def test_a_check_says_what_the_door_says_and_keeps_nothing(world: World) -> None:
    good, wrong = declaration(bill_number="CHECKED-1"), declaration(bill_number="", gross_mass="heavy")
    found = world.broker.ask("POST", "/checks", good).json
    assert found["fit"]
    assert {each["receiver"] for each in found["receivers"]} >= {"customs", "terminal"}
    refused = world.broker.ask("POST", "/checks", body_of(wrong)).json
    door = world.broker.ask("POST", "/submissions", body_of(wrong), "never")
    assert not refused["fit"]
    assert door.status == 422
    assert refused["problems"] == door.json["problems"]
    assert world.broker.ask("POST", "/checks", b"{").status == 400
    assert world.broker.get("/submissions", bill="CHECKED-1")["items"] == []


def test_a_submission_is_followed_to_each_box(world: World, submission: str) -> None:
    def answered() -> Any:
        found = world.broker.get(f"/submissions/{submission}")
        sent = [each for each in found["documents"] if each["receiver"]]
        done = [each for each in sent if any(r["stage"] == "business" for r in each["receipts"])]
        return found if len(sent) == len(done) > 1 else None

    found = until(answered)
    content = world.broker.get(f"/submissions/{submission}/content")
    assert content["values"]["bill_number"] == BILL
    customs = next(each for each in found["documents"] if each["receiver"] == "customs")
    place = f"/submissions/{submission}/documents/{customs['document_id']}"
    whole = world.broker.get(place)
    assert len(whole["boxes"]) == customs["boxes"]
    clerk = {box["box"]: (box["value"], box["how"]) for box in whole["boxes"]}
    assert clerk["CopName"] == ("重庆乙舟报关代理有限公司", "system")
    copied = [box for box in whole["boxes"] if box["how"] == "copy" and box["entry"] == "bill_number"]
    assert copied
    assert {box["value"] for box in copied} == {BILL}
    wire = world.broker.ask("GET", f"{place}/message").body
    assert sha256(wire).hexdigest() == whole["digest"]
    assert world.customs.ask("GET", f"{place}/message").body == wire
    assert world.customs.ask("GET", f"/submissions/{submission}/content").status == 404
    assert world.broker.get("/duties")["number"] >= 0


def test_lists_are_filtered_and_each_sees_its_own(world: World, submission: str) -> None:
    for query in ({"bill": BILL}, {"container": FREE}, {"number": BILL}, {"document": "goods_declaration"}):
        ids = [each["submission_id"] for each in world.broker.pages("/submissions", limit=1, **query)]
        assert submission in ids, query
        assert len(set(ids)) == len(ids)
    sent = world.customs.pages("/submissions", bill=BILL)
    assert [each["receiver"] for each in sent] == ["customs"]
    today = f"{now() + timedelta(hours=8):%Y-%m-%d}"
    assert world.broker.get("/submissions", since=today, until=today, bill=BILL)["items"]
    assert world.broker.get("/submissions", until="2001-01-01")["items"] == []
    for part in (BILL[3:9], f"{FREE[4:]} {BILL[-4:].lower()}"):
        assert submission in [each["submission_id"] for each in world.broker.pages("/submissions", part=part)]
    assert world.broker.get("/submissions", part="nobody's") == {"items": [], "next": None}
    newest = [each["submission_id"] for each in world.broker.pages("/submissions", limit=1)]
    oldest = [each["submission_id"] for each in world.broker.pages("/submissions", limit=1, sort="oldest")]
    assert oldest == newest[::-1]
    state = world.broker.get("/submissions", bill=BILL)["items"][0]["state"]
    alike = world.broker.get("/submissions", state=state, bill=BILL)["items"]
    assert [each["submission_id"] for each in alike] in ([submission], [])  # it may go on meanwhile
    wrong = world.broker.ask("GET", "/submissions", state="asleep")
    assert wrong.status == 422
    assert "released" in wrong.json["problems"][0]["text"]["en"]


def test_one_inspection_one_release_one_way_out(world: World, submission: str) -> None:
    order = until(lambda: ordered(world, submission))
    place = f"/inspections/{order['id']}"
    assert turned_away(world, read(INSPECTED)) == ["3"]
    when = (now() + timedelta(hours=2)).isoformat()
    appointment = {"when": when, "place": "果园港 查验区 B-07"}
    assert world.terminal.act(f"{place}/appointment", appointment)["standing"] == "done"
    called_off = world.terminal.act(f"{place}/appointment/cancellation", {"reason": "场桥故障，当日无法移箱"})
    assert called_off["standing"] == "done"
    begun(world, place, appointment | {"place": "果园港 查验区 B-08"})
    begun_anew(world, place)
    reported(world, order, think_again)
    late = world.customs.act(f"{place}/conclusion/withdrawal", key="once more")
    assert (late["standing"], late["problems"][0]["code"]) == ("declined", "inspection.state")
    early = world.importer.act(f"/consignments/{submission}/releases/renewal")
    assert (early["standing"], early["problems"][0]["code"]) == ("declined", "release.not_ending")
    number = until(lambda: in_force(world, submission, INSPECTED))
    passage = read(INSPECTED) | {"gate": "3"}
    first = until(lambda: passed(world, passage))
    again = world.terminal.ask("POST", "/gate/passages", passage, "another")
    assert not again.json["passed"]
    assert number in first["releases"]
    moves = world.terminal.pages("/gate/passages", container=INSPECTED, limit=1)
    assert [move["passed"] for move in moves][:2] == [False, True]
    assert_verifiable(world, number)


def read(container: str) -> dict[str, str]:
    return {"plate": "渝A88888", "container": container, "seal": SEALS[container]}


def passed(world: World, passage: dict[str, str]) -> Any:
    """A gate trusts nothing older than its bound, so it may ask for a moment's patience: under a new key."""
    key = f"gate-{now().timestamp()}"
    answer = world.terminal.ask("POST", "/gate/passages", passage, key)
    repeated = world.terminal.ask("POST", "/gate/passages", passage, key)
    assert repeated.body == answer.body
    assert repeated.headers["Idempotency-Replayed"] == "true"
    return answer.json if answer.json["passed"] else None


def assert_verifiable(world: World, number: str) -> None:
    """Whoever has the release and the public key needs nobody else."""
    found = world.importer.get(f"/releases/{number}")
    (key,) = [one for one in world.importer.get("/keys")["items"] if one["key_id"] == found["key_id"]]
    content, signature = b64decode(found["statement"]), b64decode(found["signature"])
    statement = verified(content, signature, VerifyingKey.from_pem(key["pem"].encode()))
    assert statement is not None
    assert statement.number == number
    assert world.importer.ask("GET", f"/releases/{number}/statement").body == content
    assert world.importer.ask("GET", f"/releases/{number}/signature").body == signature
    assert world.importer.ask("GET", f"/keys/{key['key_id']}").body.decode() == key["pem"]


def test_an_agency_gives_and_takes_back_an_order(world: World) -> None:
    other = declared(world, "CQX2511070386-ORD", "api-2")
    until(lambda: world.customs.ask("GET", f"/consignments/{other}").status == 200)
    order = {
        "consignment": other,
        "order": "hold",
        "subject": {"kind": "container", "number": FREE},
        "basis": "海关法",
        "text": "单证待核 documents to be checked",
    }
    assert world.customs.act("/instructions", order)["standing"] == "done"

    def standing() -> list[Any]:
        found = world.customs.pages(f"/consignments/{other}/instructions", limit=1)
        return [one for one in found if one["channel"] == "screen"]

    (given,) = until(standing)
    assert (given["order"], given["withdrawn"]) == ("hold", False)
    whole = world.broker.get(f"/consignments/{other}")
    held = next(line for line in whole["matrix"] if line["number"] == FREE)
    assert held["disposition"] == "held"
    assert "customs" in held["agencies"]
    place = f"/instructions/{given['id']}/withdrawal"
    assert world.quarantine.ask("POST", place, {"reason": "not ours"}, "q-1").status == 404
    unfit = ({}, {"reason": " \n"}, {"reason": "x" * 501})
    assert [world.customs.ask("POST", place, one, "unfit").status for one in unfit] == [422] * 3
    assert world.customs.act(place, {"reason": "单证齐全"})["standing"] == "done"
    until(lambda: [one for one in standing() if one["withdrawn"]])
    asked_for_nothing = order | {"subject": {"kind": "container", "number": "CSQU3054383"}}
    declined = world.customs.act("/instructions", asked_for_nothing)
    assert declined["standing"] == "declined"
    assert declined["problems"][0]["text"]["en"]


def test_the_same_key_is_done_once_and_other_content_conflicts(world: World, submission: str) -> None:
    order = {"consignment": submission, "order": "release", "subject": {"kind": "container", "number": FREE}}
    first = world.customs.ask("POST", "/instructions", order, "once")
    again = world.customs.ask("POST", "/instructions", order, "once")
    assert (first.status, again.status) == (202, 202)
    assert again.body == first.body
    other = world.customs.ask("POST", "/instructions", order | {"text": "else"}, "once")
    assert other.status == 409
    assert world.quarantine.ask("POST", "/instructions", order, "once").json["id"] != first.json["id"]
    without = world.customs.ask("POST", "/instructions", order | {"order": "wave", "colour": "red"})
    assert without.status == 422
    problems = {problem["field"]: problem for problem in without.json["problems"]}
    assert set(problems) == {"Idempotency-Key", "order", "colour"}
    assert all(problem["text"]["zh"] and problem["text"]["en"] for problem in problems.values())
    assert world.customs.ask("POST", "/instructions", b"{", "torn").status == 400
    assert world.customs.ask("POST", "/instructions", order | {"order": "wave"}, "free").status == 422
    assert world.customs.ask("POST", "/instructions", order, "free").status == 202


def test_late_agencies_recognise_or_ask_again(world: World) -> None:
    other = declared(world, "CQX2511070386-LATE", "api-late")
    order = until(lambda: ordered(world, other))
    when = (now() + timedelta(hours=2)).isoformat()
    begun(world, f"/inspections/{order['id']}", {"when": when, "place": "果园港 查验区 B-09"})
    reported(world, order)
    # It leaves, or a truck with the same box of another call would be let out.
    until(lambda: passed(world, read(INSPECTED) | {"gate": "3", "plate": "渝A99999"}))
    found = world.customs.pages("/inspections", consignment=other, limit=1)
    alike = world.customs.get("/inspections", consignment=other, state=found[0]["state"])["items"]
    assert found[0]["id"] in [each["id"] for each in alike]
    place = f"/inspections/{found[0]['id']}"
    assert world.quarantine.act(f"{place}/recognition")["standing"] in ("done", "declined")
    repeated = world.quarantine.act(f"{place}/repetition", {"reason": "封志可疑 the seal looks wrong"})
    assert repeated["standing"] in ("done", "declined")
    assert world.terminal.ask("POST", f"{place}/recognition", None, "t-1").status == 404


def test_the_journal_is_proved_to_a_stranger(world: World, submission: str) -> None:
    entries = world.broker.pages("/journal/entries", about=submission, limit=7)
    positions = [entry["position"] for entry in entries]
    assert positions == sorted(positions, reverse=True)
    assert len(set(positions)) == len(positions)
    assert entries[-1]["verb"] == "submission.accepted"
    (accepted,) = world.broker.get("/journal/entries", about=submission, verb="submission.accepted")["items"]
    assert accepted == entries[-1]
    # What the demonstration began with: a checkpoint covers it within a minute of the start.
    oldest = world.broker.pages("/journal/entries", limit=200)[-1]
    first = oldest["position"]
    assert world.broker.get(f"/journal/entries/{first}")["leaf"] == oldest["leaf"]
    assert leaf_of(oldest) == oldest["leaf"]
    proof = until(lambda: proved(world, first))
    checkpoint = proof["checkpoint"]
    path = [bytes.fromhex(each) for each in proof["path"]]
    root = bytes.fromhex(checkpoint["root"])
    assert verify_inclusion(bytes.fromhex(proof["leaf"]), first, checkpoint["size"], path, root)
    key = VerifyingKey.from_pem(world.broker.get("/keys")["items"][0]["pem"].encode())
    assert key.verify(b64decode(checkpoint["signature"]), checkpoint["note"].encode())
    sizes = [each["size"] for each in world.broker.pages("/journal/checkpoints", limit=2)]
    assert checkpoint["size"] in sizes
    assert world.broker.get("/journal/consistency", old=sizes[-1], new=sizes[0])["path"] is not None
    assert world.bare.ask("GET", "/journal/entries").status == 404


def proved(world: World, position: int) -> Any:
    answer = world.broker.ask("GET", f"/journal/entries/{position}/proof")
    return answer.json if answer.status == 200 else None


def leaf_of(entry: dict[str, Any]) -> str:
    """The leaf as an auditor recomputes it, from nothing but the answer."""
    content = canonical(entry["content"])
    at = datetime.fromisoformat(entry["at"])
    ids = [UUID(entry[name]) if entry[name] else None for name in ("subject_id", "submission_id")]
    names = ("verb", "actor_kind", "actor_id", "actor_name", "actor_party", "subject_kind")
    commitment = commit(bytes.fromhex(entry["salt"]), content)
    return journal_leaf(at, *(entry[name] for name in names), *ids, entry["viewers"], commitment).hex()


def canonical(content: Any) -> bytes:
    return msgspec.json.encode(content, order="deterministic")


def test_no_right_and_no_such_thing_are_one_answer(world: World, submission: str) -> None:
    nowhere = world.broker.ask("GET", "/submissions/01930000-0000-7000-8000-000000000000")
    for answer in (
        world.bare.ask("GET", f"/submissions/{submission}"),
        world.terminal.ask("GET", "/mandates"),
        world.broker.ask("GET", "/gate/passages"),
        world.broker.ask("POST", "/instructions", {}, "k"),
        world.broker.ask("GET", "/nothing/at/all"),
        world.terminal.ask("POST", f"/inspections/{submission}/arrival", None, "k"),
    ):
        assert answer.status == 404
        assert answer.body == nowhere.body


def test_faults_around_a_route_are_problems_too(world: World) -> None:
    wrong = world.broker.ask("DELETE", "/submissions")
    assert wrong.status == 405
    assert wrong.headers["Content-Type"] == "application/problem+json"
    assert "GET" in wrong.headers["Allow"]
    strange = world.broker.ask("GET", "/submissions", containr=FREE, bil=BILL)
    assert [each["field"] for each in strange.json["problems"]] == ["bil", "containr"]
    assert world.broker.ask("GET", "/submissions", limit=0).status == 422
    assert world.broker.ask("GET", "/submissions", limit=201).status == 422
    for after in ("AAAA", "WzFd", "!", "x" * 300):
        assert world.broker.ask("GET", "/submissions", after=after).status == 422
    chinese = Program(world.description, world.broker.token, "zh-CN").ask("GET", "/submissions/nothing")
    assert chinese.json["title"] == "没有此项，或无权查看"


def test_what_has_not_changed_is_not_sent_twice(world: World) -> None:
    first = world.broker.ask("GET", "/definitions/goods_declaration")
    again = world.broker.ask(
        "GET", "/definitions/goods_declaration", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status, again.body) == (304, b"")
    assert "private" in first.headers["Cache-Control"]


def test_consignments_are_walked_page_by_page(world: World, submission: str) -> None:
    found = [each["id"] for each in world.broker.pages("/consignments", limit=1)]
    assert submission in found
    assert len(set(found)) == len(found)
    assert submission in [each["id"] for each in world.broker.get("/consignments", number=FREE)["items"]]
    whole = until(lambda: released(world, submission))
    assert {each["track"] for each in whole["events"]} == {"documents", "logistics"}
    seen = {each["receiver"] for each in world.quarantine.get(f"/consignments/{submission}")["documents"]}
    assert seen == {"quarantine"}


def test_what_of_a_box_each_program_is_told_is_what_its_own_document_says(
    world: World, submission: str
) -> None:
    told: dict[str, tuple[bool, bool]] = {}
    for name, program in (("firm", world.broker), ("customs", world.customs), ("terminal", world.terminal)):
        objects = program.get(f"/consignments/{submission}")["objects"]
        boxes = [one for one in objects if one["kind"] == "container"]
        told[name] = any(box["seal"] for box in boxes), any(box["lines"] for box in boxes)
    assert told == {"firm": (True, True), "customs": (False, True), "terminal": (True, False)}


def test_one_key_asked_by_many_at_once_is_done_once(world: World, submission: str) -> None:
    passage = {"gate": "7", "plate": "渝B00001", "container": FREE, "seal": "wrong"}
    with ThreadPoolExecutor(8) as pool:
        asked = [
            pool.submit(world.terminal.ask, "POST", "/gate/passages", passage, "together") for _ in range(16)
        ]
        answers = [each.result() for each in asked]
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    moves = [move for move in world.terminal.pages("/gate/passages") if move["plate"] == "渝B00001"]
    assert len(moves) == 1

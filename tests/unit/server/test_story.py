"""Each step of the story can fail: where one thing is not as it should be, that step is named and ends it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from singlewindow.kernel.messages import Problem, Text
from singlewindow.kernel.problem_details import problem_values
from singlewindow.server import configuration, keys
from singlewindow.server.commands import demo
from singlewindow.server.refusal import Refusal
from singlewindow.server.reply import Reply
from singlewindow.server.story import playing
from singlewindow.server.story.judging import FREE, INSPECTED
from singlewindow.server.story.systems import Account, Systems
from story_platform import ORDER, Pretended

Spoil = Callable[[Account, str, Any], Any]


def played(monkeypatch: pytest.MonkeyPatch, folder: Path, spoil: Spoil) -> Reply:
    monkeypatch.setattr(playing, "STEP_S", 0.0)
    monkeypatch.setattr(playing, "LOOK_S", 0.0)
    monkeypatch.setattr(demo, "Systems", lambda *_: Pretended(spoil))
    monkeypatch.setattr(demo, "_verified", lambda _: "verified")
    return demo.run(
        argparse.Namespace(json=True, url=None, port=None),
        configuration.load({"data": folder, "demo": True}, {}),
    )


def of(path: str, change: Callable[[Any], Any]) -> Spoil:
    """One thing is wrong in every answer under a path, whoever asks."""
    return lambda _, asked, answer: change(answer) if asked.startswith(path) else None


def order(change: Callable[[Any], Any]) -> Spoil:
    return of(f"/inspections/{ORDER}", lambda answer: change(answer) if "parts" in answer else None)


def consignment(change: Callable[[Any], Any]) -> Spoil:
    return of("/consignments/", lambda answer: change(answer) if "passes" in answer else None)


def journal(change: Callable[[Any], Any]) -> Spoil:
    return of("/journal/entries", lambda answer: change(answer["items"]))


def receipt_missing(answer: Any) -> None:
    for one in answer.get("documents", ()):
        if one["receiver"] == "maritime":
            one["receipts"].pop()


def documents_alike(answer: Any) -> None:
    for one in answer.get("documents", ()):
        one["document"] = "one for all"


def union_lost(answer: Any) -> None:
    answer["parts"][1]["items"] = answer["parts"][0]["items"]


def list_lost(entries: Any) -> None:
    for one in entries:
        if "items" in one["content"]:
            one["content"]["items"].remove("pallets")


def listed_twice(entries: Any) -> None:
    for one in entries:
        if "items" in one["content"]:
            one["content"]["items"].append("count")


def nothing_wanted(account: Account, path: str, answer: Any) -> None:
    if account is Account.QUARANTINE and path.endswith("/instructions"):
        answer["items"].clear()


def other_box_wanted(account: Account, path: str, answer: Any) -> None:
    if account is Account.QUARANTINE and path.endswith("/instructions"):
        answer["items"][0]["subject_key"] = f"{FREE}@call"


def second_order(account: Account, path: str, answer: Any) -> None:
    if path == "/inspections":
        answer["items"].append({"id": "order-2", "name": INSPECTED, "state": "collecting"})


def nobody_told(account: Account, path: str, answer: Any) -> None:
    if account is Account.FORWARDER and path == "/notices":
        answer["items"].clear()


def told_as_another(account: Account, path: str, answer: Any) -> None:
    if account is Account.IMPORTER and path == "/notices":
        answer["items"][0]["role"] = "declarant"


def held(number: str) -> Callable[[Any], None]:
    def change(answer: Any) -> None:
        answer["passes"] = [one for one in answer["passes"] if one["number"] != number]

    return change


def out_early(answer: Any) -> None:
    answer["passes"].append({"number": INSPECTED, "state": "in_force", "releases": ["FX9"]})


def by_hand(answer: Any) -> None:
    for line in answer["matrix"]:
        line["cells"][0]["channel"] = "screen"


def no_right(account: Account, path: str, answer: Any) -> httpx.Response | None:
    return httpx.Response(404, json={"status": 404}) if path.endswith("/results") else None


def declined(answer: Any) -> None:
    answer |= {"standing": "declined", "problems": [{"text": {"zh": "不可", "en": "cannot be"}}]}


def result_lost(answer: Any) -> None:
    if answer["conclusion"]:
        answer["results"].pop()


def abnormal(answer: Any) -> None:
    if answer["conclusion"]:
        answer["conclusion"] = "abnormal"


def passes(answer: Any) -> None:
    answer["passed"] = True


def stale(answer: Any) -> None:
    answer |= {"passed": False, "reasons": [{"code": "G-40", "text": {"zh": "过时", "en": "out of date"}}]}


def on_another_release(answer: Any) -> None:
    answer["releases"] = ["FX9"]


def twice(account: Account, path: str, answer: Any) -> None:
    if path == "/gate/passages" and not answer["passed"]:
        answer["passed"] = True


def nobody_exists(entries: Any) -> None:
    entries[-1] |= {"actor_kind": "person", "actor_name": "story:customs"}


def unnamed(entries: Any) -> None:
    entries[:] = [one for one in entries if one["actor_name"] != f"{Account.QUARANTINE} system"]


def gate_unnamed(entries: Any) -> None:
    entries[:] = [one for one in entries if one["actor_name"] != f"{Account.GATE} system"]


def new_receipt(of_message: bool) -> Spoil:
    """The second time, one receipt is another."""
    seen: list[str] = []

    def spoil(account: Account, path: str, answer: Any) -> None:
        if path != "/submissions":
            return
        if answer["submission_id"] in seen and (answer["submission_id"] == "submission-1") == of_message:
            answer["received_at"] = "later"
        seen.append(answer["submission_id"])

    return spoil


def other_system(change: Callable[[Any], Any], receiver: str = "customs") -> Spoil:
    place = f"/submissions/submission-1/documents/{receiver}"
    return lambda _, asked, answer: change(answer) if asked == place else None


def other_value(answer: Any) -> None:
    answer["boxes"][0]["value"] = "another bill"


def box_lost(answer: Any) -> None:
    del answer["boxes"][0]


def box_more(answer: Any) -> None:
    answer["boxes"].append({"box": "Colour", "value": "red", "entry": None})


def other_bytes(account: Account, path: str, answer: Any) -> bytes | None:
    if path != "/submissions/submission-1/documents/customs/message":
        return None
    return b"<Data>PGE+PC9hPg==</Data>"


def nobody_there(account: Account, path: str, answer: Any) -> None:
    if path == "/submissions/submission-1":
        answer["documents"] = [one for one in answer["documents"] if one["receiver"] != "border"]


def refused(account: Account, path: str, answer: Any) -> httpx.Response | None:
    text = Text("无此箱号", "no such container")
    problems = problem_values([Problem("container", text, "containers[0]", "X")])
    return httpx.Response(422, json={"problems": problems}) if path == "/submissions" else None


ANSWERS = "Five receivers answer, each its own document"
ORDERED = "Customs, inspection and quarantine: one joint order"
TOLD = "Importer, forwarder, broker and terminal are told"
FREED = "The box nobody wants is released by itself"
REFUSES = "The gate refuses the box not released"
BEGUN = "Appointment, ready, under way"
RECORDS = "Each records; one consolidated result"
RELEASED = "The inspected box is released"
ONCE = "The gate lets it out once, never twice"
NAMES = "The journal names who did each step"
AGAIN = "Submitted again: the original receipt"
THERE = "Another system's DecMessage: the same documents"
THERE_AGAIN = "Its message again: the original receipt"
FAULTS: tuple[tuple[str, Spoil, str], ...] = (
    ("One entry, submitted", refused, "no such container"),
    (ANSWERS, of("/submissions/", receipt_missing), "missing maritime"),
    (ANSWERS, of("/submissions/", documents_alike), "1, not 5"),
    (ORDERED, order(union_lost), "not the union: pallets"),
    (ORDERED, journal(list_lost), "not the union: pallets"),
    (ORDERED, journal(listed_twice), "4, not 3"),
    (ORDERED, nothing_wanted, "missing quarantine"),
    (ORDERED, other_box_wanted, "missing quarantine"),
    (ORDERED, second_order, "2 张查验单"),
    (TOLD, nobody_told, "missing forwarder"),
    (TOLD, told_as_another, "missing importer"),
    (FREED, consignment(held(FREE)), f"{FREE}: 未放行"),
    (FREED, consignment(out_early), "released before it was inspected"),
    (FREED, consignment(by_hand), "not by itself: customs"),
    (REFUSES, of("/gate/checks", passes), INSPECTED),
    (REFUSES, of("/gate/checks", stale), "out of date"),
    (BEGUN, of("/requests/", declined), "cannot be"),
    (BEGUN, order(lambda answer: answer.update(state="issued")), "issued, not in_progress"),
    (RECORDS, no_right, "404"),
    (RECORDS, order(result_lost), "pallets"),
    (RECORDS, order(abnormal), "abnormal, not normal"),
    (RELEASED, consignment(held(INSPECTED)), f"{INSPECTED}: 未放行"),
    (ONCE, of("/gate/passages", stale), "out of date"),
    (ONCE, of("/gate/passages", on_another_release), "FX9, not FX1"),
    (ONCE, twice, INSPECTED),
    (NAMES, journal(nobody_exists), "no account of the demonstration: story:customs"),
    (NAMES, journal(unnamed), f"missing {Account.QUARANTINE} system"),
    (NAMES, journal(gate_unnamed), f"missing {Account.GATE} system"),
    (AGAIN, new_receipt(of_message=False), "later, not at-submission-0"),
    (THERE, other_system(other_value), "customs/Bill"),
    (THERE, other_system(box_lost, "terminal"), "terminal/Bill"),
    (THERE, other_system(box_more, "border"), "border/Colour"),
    (THERE, other_bytes, "the messages to customs differ"),
    (THERE, nobody_there, "missing border"),
    (THERE_AGAIN, new_receipt(of_message=True), "later, not at-submission-1"),
)


def test_it_happens_where_all_is_as_it_should_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    whole = played(monkeypatch, tmp_path, lambda *_: None)
    assert whole.code == 0, whole.values["steps"][-1]
    steps = {step["en"] for step in whole.values["steps"]}
    assert {step for step, _, _ in FAULTS} == steps - {"The journal verifies"}


@pytest.mark.parametrize(("step", "spoil", "said"), FAULTS)
def test_the_step_that_did_not_happen_is_named_and_ends_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, step: str, spoil: Spoil, said: str
) -> None:
    broken = played(monkeypatch, tmp_path, spoil)
    assert broken.code == 1
    *before, last = broken.values["steps"]
    assert (last["en"], last["happened"]) == (step, False), last
    assert said in last["seen"]
    assert all(one["happened"] for one in before)


def test_a_token_that_was_never_made_is_said_to_be_missing(tmp_path: Path) -> None:
    chosen = configuration.load({"data": tmp_path, "demo": True}, {})
    keys.write_privately(chosen.demonstration_file, b'token = "sw_none"\n')
    with pytest.raises(Refusal, match="no demonstration's token gate_token"):
        Systems(chosen, httpx.Client()).ask(Account.GATE, "GET", "/me")


def test_each_account_asks_with_its_own_token(tmp_path: Path) -> None:
    chosen = configuration.load({"data": tmp_path, "demo": True}, {})
    made = "".join(f'{account} = "sw_{account.name}"\n' for account in Account)
    keys.write_privately(chosen.demonstration_file, made.encode())
    seen: list[tuple[str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append((str(request.url), request.headers["authorization"]))
        return httpx.Response(200, json={})

    systems = Systems(chosen, httpx.Client(transport=httpx.MockTransport(answer)))
    for account in Account:
        systems.ask(account, "GET", "/me")
    assert seen == [(f"{chosen.url}/api/v1/me", f"Bearer sw_{account.name}") for account in Account]

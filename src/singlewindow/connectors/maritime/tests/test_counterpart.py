"""Maritime safety rehearsed: our transport and codec on one side, the counterpart's process on the other."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from opposite import answers_to, at_desk, killed_again_and_again, over_files
from singlewindow.connectors.maritime import codec
from singlewindow.connectors.maritime.counterpart import QUICK
from singlewindow.connectors.maritime.tests.example import (
    AT,
    declared,
    file_of,
    message_id,
    reference,
)
from singlewindow.kernel.messages import Order, Outcome, Stage
from singlewindow.rehearsal.script import MIXED, PROMPT, Case, Script, Step

PROMPTLY = ["7", *(step.code for step in Script(profile=PROMPT).decide("", QUICK).steps)]


async def test_a_batch_of_a_hundred_is_answered_in_batches(tmp_path: Path) -> None:
    async with over_files("maritime", tmp_path, Script(profile=PROMPT)) as desk:
        await desk.send("b-1", file_of(*(declared(number) for number in range(100))))
        receipts = await desk.read_until(lambda found: len(found) >= 100 * len(PROMPTLY))
    assert Counter(receipt.code for receipt in receipts) == dict.fromkeys(PROMPTLY, 100)
    assert {one.about for one in receipts if one.code == "7"} == {reference(n) for n in range(100)}
    assert {one.about for one in receipts if one.code == "10"} == {message_id(n) for n in range(100)}
    assert len({one.id for one in receipts}) == 100 * len(PROMPTLY)
    assert desk.files <= 2 * len(PROMPTLY)


async def test_the_script_speaks(tmp_path: Path) -> None:
    steps = (Step("10", 200, "准予卸载"), Step("01", twice=True), Step("20", 100, "抽中现场检查"))
    cases = (Case("W*1", steps=steps), Case("W*2", failed="x"), Case("W*3", steps=(Step("50", 0, "无资质"),)))
    async with over_files("maritime", tmp_path, Script(cases=cases)) as desk:
        await desk.send("b", file_of(declared(1), declared(2), declared(3)))
        receipts = await desk.read_until(lambda found: len(found) >= 8)
    by = {n: [r for r in receipts if r.about in (message_id(n), reference(n))] for n in (1, 2, 3)}
    assert [r.code for r in by[1]] == ["7", "01", "01", "20", "10"]
    assert by[1][1].id == by[1][2].id
    (inspect,), (release,) = by[1][3].instructions, by[1][4].instructions
    assert (inspect.order, release.order) == (Order.INSPECT, Order.RELEASE)
    assert inspect.subject.id == release.subject.id == "CQXU2045171"
    assert inspect.version < release.version
    assert [(r.stage, r.outcome, r.problems[0].code) for r in by[2]] == [
        (Stage.TECHNICAL, Outcome.REFUSED, "maritime.syntax.18")
    ]
    assert (by[3][1].outcome, by[3][1].text) == (Outcome.REFUSED, "无资质")


@pytest.mark.parametrize(
    ("line", "changes", "box"),
    [
        ({"ProperShippingName": ""}, {}, "DangerousGoods[0].ProperShippingName"),
        ({"DGClass": ""}, {}, "DangerousGoods[0].DGClass"),
        ({"FlashPoint": ""}, {}, "DangerousGoods[0].FlashPoint"),
        ({"EmergencyPhone": ""}, {}, "DangerousGoods[0].EmergencyPhone"),
        ({"UNNumber": "113"}, {}, "DangerousGoods[0].UNNumber"),
        (None, {"VoyageNumber": ""}, "VesselName"),
        (None, {"IMONumber": "9999992"}, "IMONumber"),
    ],
)
def test_what_a_declaration_lacks_is_asked_for(
    tmp_path: Path, line: dict[str, Any] | None, changes: dict[str, Any], box: str
) -> None:
    technical, business = answers_to(
        at_desk("maritime", tmp_path), codec.decode, file_of(declared(1, line, **changes))
    )
    assert (technical.code, business.code, business.outcome) == ("7", "40", Outcome.RETURNED)
    assert [problem.field for problem in business.problems] == [box]


def test_each_lacking_line_is_named(tmp_path: Path) -> None:
    bare = {"UNNumber": "1263", "DGClass": "3"}
    both = file_of(declared(1, DangerousGoods=[{"Item": "1", **bare}, {"Item": "2", **bare}]))
    _, business = answers_to(at_desk("maritime", tmp_path), codec.decode, both)
    assert Counter(problem.field.partition(".")[0] for problem in business.problems) == {
        "DangerousGoods[0]": 3,
        "DangerousGoods[1]": 3,
    }


def test_names_with_service_characters_pass_both_readers(tmp_path: Path) -> None:
    name = "A'B+C:D?E*F 演示"
    _, business = answers_to(
        at_desk("maritime", tmp_path),
        codec.decode,
        file_of(declared(1, VesselName=name, IMONumber="", Containers=[])),
    )
    assert business.instructions[0].subject.id == "2/A'B+C:D?E*F演示/2511E"


def test_wrong_counts_and_doubles_are_rejected_one_by_one(tmp_path: Path) -> None:
    short = declared(2).replace(b"UNT+40", b"UNT+39")
    answers = answers_to(
        at_desk("maritime", tmp_path), codec.decode, file_of(declared(1), short, declared(1), declared(3))
    )
    said = [(one.about, one.code, one.text[-8:]) for one in answers if one.stage is Stage.TECHNICAL]
    assert Counter((about, code) for about, code, _ in said) == {
        (reference(1), "7"): 1,
        (reference(1), "4"): 1,
        (reference(2), "4"): 1,
        (reference(3), "7"): 1,
    }
    fields = {one.about: one.problems[0].field for one in answers if one.code == "4"}
    assert fields == {reference(1): "segment[1]", reference(2): "segment[40]"}


@pytest.mark.parametrize(
    "change", [(b"UNZ+1", b"UNZ+2"), (b"UNZ+1+", b"UNZ+1+X"), (b"UNT+", b"UNS+"), (b"UNZ", b"")]
)
def test_an_interchange_it_cannot_read_is_answered_and_kept_aside(
    tmp_path: Path, change: tuple[bytes, bytes]
) -> None:
    node = at_desk("maritime", tmp_path)
    (receipt,) = answers_to(node, codec.decode, file_of(declared(1)).replace(*change))
    assert (receipt.outcome, receipt.about) == (Outcome.REFUSED, "0000000000ABCD")
    assert [path.name for path in node.failed.iterdir()] == ["in"]
    assert node.ledger.received == 0


def test_bytes_that_are_nothing_are_answered_too(tmp_path: Path) -> None:
    (receipt,) = answers_to(at_desk("maritime", tmp_path), codec.decode, b"\xff\xfe")
    assert receipt.problems[0].code == "maritime.syntax.21"


def test_a_known_message_gets_its_first_answer_again_and_no_second_effect(tmp_path: Path) -> None:
    node = at_desk("maritime", tmp_path)
    first = answers_to(node, codec.decode, file_of(declared(1)))
    again = answers_to(node, codec.decode, codec.pack([declared(1)], "another", AT))
    assert [r.code for r in first] == PROMPTLY
    assert [(r.code, r.id) for r in again] == [("7", first[0].id)]
    assert node.ledger.received == 1


async def test_killed_again_and_again_it_loses_nothing_and_does_nothing_twice(tmp_path: Path) -> None:
    await killed_again_and_again(
        "maritime", tmp_path, lambda those: file_of(*map(declared, those)), due_answers
    )


def due_answers(script: Script, numbers: range) -> set[tuple[str, str]]:
    assert script.profile == MIXED
    due: set[tuple[str, str]] = set()
    for number in numbers:
        case = script.decide(reference(number), QUICK)
        due.add((reference(number), "4" if case.failed else "7"))
        due |= {(message_id(number), step.code) for step in case.steps}
    return due

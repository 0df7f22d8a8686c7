"""Customs rehearsed: our transport and codec on one side, the counterpart's process on the other."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from opposite import answers_to, at_desk, killed_again_and_again, over_files
from singlewindow.connectors.customs import codec
from singlewindow.connectors.customs.counterpart import FULL, QUICK
from singlewindow.kernel.messages import Document, Envelope, Outcome, Stage
from singlewindow.rehearsal import file_agency
from singlewindow.rehearsal.script import MIXED, PROMPT, Case, Script, Step

FOLDER = Path(__file__).parents[1]
AT = datetime(2026, 11, 21, tzinfo=UTC)
SAMPLE = msgspec.json.decode((FOLDER / "samples" / "document.json").read_bytes(), type=Document)
PROMPTLY = ["0", *(step.code for step in Script(profile=PROMPT).decide("", QUICK).steps)]


def message(number: int, **changes: Any) -> bytes:
    envelope = Envelope(f"m-{number}", "DXPESW0000000001", "DXPEDCDEC0000001", AT, f"S{number:018d}")
    return codec.encode(msgspec.structs.replace(SAMPLE, values=SAMPLE.values | changes), envelope)


def file_of(numbers: range) -> bytes:
    return codec.pack([message(number) for number in numbers], "b", AT)


async def test_a_batch_of_a_hundred_is_answered_in_batches(tmp_path: Path) -> None:
    async with over_files("customs", tmp_path, Script(profile=PROMPT)) as desk:
        await desk.send("b-1.xml", file_of(range(100)))
        receipts = await desk.read_until(lambda found: len(found) >= 100 * len(PROMPTLY))
    assert Counter(receipt.code for receipt in receipts) == dict.fromkeys(PROMPTLY, 100)
    assert {receipt.about for receipt in receipts} == {f"S{n:018d}" for n in range(100)}
    assert len({receipt.id for receipt in receipts}) == 100 * len(PROMPTLY)
    assert len({receipt.facts["unified_number"] for receipt in receipts}) == 100
    assert desk.files <= 2 * len(PROMPTLY)


async def test_a_message_in_a_file_of_its_own_is_answered_in_files_of_their_own(tmp_path: Path) -> None:
    async with over_files("customs", tmp_path, Script(profile=PROMPT)) as desk:
        await desk.send("one.xml", message(1))
        receipts = await desk.read_until(lambda found: len(found) >= len(PROMPTLY))
    assert [r.code for r in receipts] == PROMPTLY
    assert (receipts[0].stage, receipts[0].outcome) == (Stage.TECHNICAL, Outcome.ACCEPTED)
    assert (receipts[-1].stage, receipts[-1].outcome) == (Stage.BUSINESS, Outcome.RELEASED)
    assert desk.files == len(PROMPTLY)


async def test_the_script_speaks(tmp_path: Path) -> None:
    steps = (
        Step("P", 200),
        Step("L", twice=True),
        Step("C", 100, "抽中查验"),
    )
    failed, returned = Case("S*2", failed="表体为空"), Case("S*3", steps=(Step("Z", 0, "件数与舱单不符"),))
    script = Script(cases=(Case("S*1", steps=steps), failed, returned))
    async with over_files("customs", tmp_path, script) as desk:
        await desk.send("b.xml", file_of(range(1, 4)))
        receipts = await desk.read_until(lambda found: len(found) >= 8)
    by = {n: [r for r in receipts if r.about.endswith(str(n))] for n in (1, 2, 3)}
    assert [r.code for r in by[1]] == ["0", "L", "L", "C", "P"]
    assert by[1][1].id == by[1][2].id
    assert [(r.outcome, r.text) for r in by[2]] == [(Outcome.REFUSED, "表体为空")]
    assert (by[3][1].outcome, by[3][1].text) == (Outcome.RETURNED, "件数与舱单不符")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"CustomMaster": ""}, "CustomMaster"),
        ({"IEFlag": "X"}, "IEFlag"),
        ({"DecLists": []}, "实为 0 项"),
        ({"DecLists": [{"GNo": str(n)} for n in range(1, 52)]}, "实为 51 项"),
        ({"DecLists": [{"GNo": "1"}, {"GNo": "3"}]}, "GNo"),
        ({"NetWt": "9999"}, "NetWt"),
    ],
)
def test_the_node_checks_for_itself(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    node = at_desk("customs", tmp_path)
    (receipt,) = answers_to(node, codec.decode, message(1, **changes))
    assert receipt.outcome is Outcome.REFUSED
    assert said in receipt.text


async def test_a_file_is_taken_when_it_comes_not_when_it_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_agency, "LOOK_S", 3_600.0)
    async with over_files("customs", tmp_path, Script(profile=PROMPT)) as desk:
        for number in (1, 2):
            await desk.send(f"{number}.xml", message(number))
            receipts = await desk.read_until(lambda found, n=number: len(found) >= n * len(PROMPTLY))
    assert [r.code for r in receipts] == 2 * PROMPTLY


def test_a_known_message_gets_its_first_answer_again_and_no_second_effect(tmp_path: Path) -> None:
    node = at_desk("customs", tmp_path)
    first = answers_to(node, codec.decode, message(1))
    again = answers_to(node, codec.decode, message(1))
    assert [r.code for r in first] == PROMPTLY
    assert [(r.code, r.id) for r in again] == [("0", first[0].id)]
    assert node.ledger.received == 1


def test_what_it_cannot_read_is_answered_and_kept_aside(tmp_path: Path) -> None:
    node = at_desk("customs", tmp_path)
    (receipt,) = answers_to(node, codec.decode, b"<DxpMsg><Data>no")
    assert receipt.outcome is Outcome.REFUSED
    assert [path.name for path in node.failed.iterdir()] == ["in"]
    (spoilt,) = answers_to(node, codec.decode, message(7).replace(b"<Data>", b"<Data>*"))
    assert spoilt.about == "S000000000000000007"


async def test_killed_again_and_again_it_loses_nothing_and_does_nothing_twice(tmp_path: Path) -> None:
    receipts = await killed_again_and_again("customs", tmp_path, file_of, due_answers)
    taken, refused = ([r for r in receipts if r.code == code] for code in ("0", "1"))
    assert len({r.about for r in taken + refused}) == 120
    assert len({r.facts["unified_number"] for r in taken}) == len({r.about for r in taken})


def due_answers(script: Script, numbers: range) -> set[tuple[str, str]]:
    assert script.profile == MIXED
    due: set[tuple[str, str]] = set()
    for number in numbers:
        reference = f"S{number:018d}"
        case = script.decide(reference, FULL)
        technical = "1" if case.failed else "0"
        due |= {(reference, code) for code in (technical, *(step.code for step in case.steps))}
    return due

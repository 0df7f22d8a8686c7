"""Scripts decide the same for the same seed and reference, by case first and by chance after."""

from __future__ import annotations

from collections import Counter

import pytest

from singlewindow.rehearsal.script import EVEN, PROMPT, Case, Codes, Script, Step

CODES = Codes(received=("L",), inspected=("C",), released=("P", "R"), refused=("E",))
LATE = Step("E", 1500, "件数不符", {"ENTRY_ID": "0123"}, twice=True)
CASES = (Case("BILL-0?", steps=(Step("L"), LATE)), Case("BAD*", failed="no goods"))


def test_a_fitting_case_goes_before_chance() -> None:
    script = Script(7, CASES)
    assert script.decide("BILL-01", CODES).steps == (Step("L"), LATE)
    assert script.decide("BAD9", CODES).failed == "no goods"
    assert script.decide("OTHER", CODES).reference == "OTHER"


def test_the_first_fitting_case_counts() -> None:
    script = Script(0, [Case("A*", failed="first"), Case("AB", failed="second")])
    assert script.decide("AB", CODES).failed == "first"


def test_chance_depends_on_seed_and_reference_only() -> None:
    seed = 20261121
    print("seed", seed)
    names = [f"B{n}" for n in range(300)]
    one = {name: Script(seed).decide(name, CODES) for name in names}
    other = {name: Script(seed).decide(name, CODES) for name in reversed(names)}
    assert one == other
    assert one != {name: Script(seed + 1).decide(name, CODES) for name in names}


def test_chance_takes_every_turn() -> None:
    seed = 20261121
    print("seed", seed)
    turns = Counter(turn(Script(seed).decide(f"B{n}", CODES)) for n in range(1_000))
    others = {"prompt", "late", "inspected", "refused", "twice", "out of order"}
    assert set(turns) == others | {"refused technically"}
    assert min(turns.values()) > 15
    assert turns["refused technically"] < min(turns[other] for other in others)


@pytest.mark.parametrize("profile", [EVEN, PROMPT])
def test_only_chance_refuses_technically(profile: str) -> None:
    script = Script(20261121, profile=profile)
    assert not any(script.decide(f"B{n}", CODES).failed for n in range(1_000))


def test_the_prompt_profile_releases_at_once_without_faults() -> None:
    script = Script(1, profile=PROMPT)
    assert script.decide("any", CODES).steps == (Step("P"), Step("R"))


def test_the_even_profile_leaves_nothing_to_chance_and_written_cases_their_word() -> None:
    written = Case("RETURNED*", steps=(Step("E", reason="goods"),))
    script = Script(1, [written], EVEN)
    expected = tuple(Step(code) for code in CODES.received + CODES.released)
    assert all(script.decide(f"B{n}", CODES).steps == expected for n in range(50))
    assert script.decide("RETURNED1", CODES) is written


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(ValueError, match="profile"):
        Script(profile="promt")


def turn(case: Case) -> str:
    if case.failed:
        return "refused with steps" if case.steps else "refused technically"
    steps = {step.code: step for step in case.steps}
    if any(step.twice for step in case.steps):
        return "twice"
    if "E" in steps:
        return "refused" if steps["E"].reason else "refused without a reason"
    if "C" in steps:
        return "inspected"
    if steps["L"].after_ms > steps["P"].after_ms:
        return "out of order"
    return "late" if steps["P"].after_ms else "prompt"

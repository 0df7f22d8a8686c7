"""Promises are judged as they are written: a bound is held or not, an aim reached or not."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from bench import run
from bench.bed.promises import Promise, judged, keep, promises, tally, verdict

ROOT = Path(__file__).parents[3]
NAME = {"zh": "吞吐", "en": "rate"}


def promise(**bounds: float) -> Promise:
    return Promise("rate", "whole_path", NAME, "/s", **bounds)


@pytest.mark.parametrize(
    ("bounds", "value", "held", "reached"),
    [
        ({"at_least": 600, "aim": 1000}, 599.9, False, False),
        ({"at_least": 600, "aim": 1000}, 600, True, False),
        ({"at_least": 600, "aim": 1000}, 1000, True, True),
        ({"at_most": 100, "aim": 50}, 100.1, False, False),
        ({"at_most": 100, "aim": 50}, 100, True, False),
        ({"at_most": 100, "aim": 50}, 50, True, True),
        ({"at_most": 15}, -3, True, None),
        ({"at_most": 0}, 0.1, False, None),
        ({"at_most": 0}, float("nan"), False, None),
        ({"at_least": 600, "aim": 1000}, None, None, None),
    ],
)
def test_a_value_is_held_against_bound_and_aim(
    bounds: dict[str, float], value: float | None, held: bool | None, reached: bool | None
) -> None:
    row = promise(**bounds).row(value)
    assert (row["held"], row["reached"], row["value"]) == (held, reached, value)
    assert {name: row[name] for name in bounds} == bounds
    assert "at_least" not in row or "at_most" not in row


@pytest.mark.parametrize(
    "bounds", [{}, {"at_least": 1, "at_most": 2}, {"at_least": 600, "aim": 599}, {"at_most": 15, "aim": 16}]
)
def test_a_promise_has_one_bound_and_no_aim_short_of_it(bounds: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="promise rate"):
        promise(**bounds)


def test_a_line_ends_with_its_verdict() -> None:
    assert promise(at_least=600, aim=1000).words(634.2) == "≥ 600/s held, aim 1,000/s not reached"
    assert promise(at_most=15).words(15.1) == "≤ 15/s NOT HELD"
    assert verdict(page_p95=30.0) == "[≤ 100 ms held, aim 50 ms reached]"
    said = verdict(whole_path_rate=500, whole_path_times_naive=12)
    assert said == "[≥ 600/s NOT HELD, aim 1,000/s not reached; ≥ 10 x naive held]"


def test_what_a_file_did_not_measure_is_neither_held_nor_broken() -> None:
    rows = judged("start", {"next_start": 16})
    assert [(row["promise"], row["held"]) for row in rows] == [("bare_machine", None), ("next_start", False)]
    assert tally(rows) == "0 promises held; NOT HELD: next_start; not measured: bare_machine"
    with pytest.raises(KeyError):
        judged("start", {"memory": 1})
    assert judged("a file without a promise", {}) == []


def test_every_promise_is_measured_by_a_file_that_judges_it() -> None:
    assert {one.file for one in promises()} <= run.promises().keys()
    assert len({one.id for one in promises()}) == len(promises())
    for one in promises():
        tree = ast.parse((ROOT / "bench" / f"{one.file}.py").read_text("utf-8"))
        words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        named = {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword)}
        assert one.id in words | named, one.id
        assert one.file in words, "it keeps its rows"


def test_what_was_measured_is_kept_with_its_verdict_where_somebody_asks_for_it(tmp_path: Path) -> None:
    kept = tmp_path / "bench" / "memory.json"
    keep(None, "memory", {"memory": 0.7})
    assert list(tmp_path.iterdir()) == []
    keep(kept, "memory", {"memory": 0.7}, seed=7)
    content = json.loads(kept.read_text("utf-8"))
    assert (content["promise"], content["seed"]) == ("memory", 7)
    assert content["promises"] == judged("memory", {"memory": 0.7})


@pytest.mark.parametrize("name", run.promises())
def test_every_file_promises_something_keeps_it_and_is_in_the_readme(name: str) -> None:
    assert name in {one.file for one in promises()}
    assert "--json" in run.options(run.promises()[name])
    readme = (ROOT / "bench" / "README.md").read_text("utf-8")
    assert f"| `{name}.py` |" in readme or (name.endswith("_codec") and "| `*_codec.py` |" in readme)


def test_a_promise_that_is_not_held_stands_in_the_result_and_fails_no_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slow: dict[str, Any] = {"exit_status": 0, "values": {"promises": judged("memory", {"memory": 1.2})}}
    broken: dict[str, Any] = {"exit_status": 0, "values": None}
    answers = {"memory": slow, "growth": broken}
    monkeypatch.setattr(run, "BUILD", tmp_path)
    monkeypatch.setattr(run, "measured", lambda name, *_: answers[name])
    monkeypatch.setattr(sys, "argv", ["bench", "memory", "growth"])
    assert run.main() == 0
    kept = json.loads((tmp_path / "bench.json").read_text("utf-8"))
    assert {row["promise"]: row["held"] for row in kept["promises"]} == {
        "memory": False,
        "rate_lost_at_ten_times_the_data": None,
    }
    row = kept["promises"][0]
    assert (row["at_most"], row["aim"], row["value"]) == (1.0, 0.6, 1.2)
    assert "NOT HELD: memory" in capsys.readouterr().out
    answers["growth"] = broken | {"exit_status": 1}
    assert run.main() == 1

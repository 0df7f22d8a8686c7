"""The workflows, limits and phases that the platform ships, and receipts made at random for them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any

from hypothesis import strategies as st

from singlewindow.hub.process import definitions, limits, overall
from singlewindow.hub.process.workflow import Standing, State, Workflow, front, told
from singlewindow.kernel.messages import Outcome, Receipt, Stage
from singlewindow.server import rooms

START = datetime(2026, 11, 20, 1, tzinfo=UTC)
PHASES, LIMITS = overall.shipped(), limits.shipped()
KNOWN = definitions.Known(frozenset(PHASES), frozenset(LIMITS))
WORKFLOWS = definitions.load(sorted(rooms.PACKAGE.glob("apps/*/workflows/*.yaml")), KNOWN)
ALL = {w.id: w for w in (*WORKFLOWS.by_kind.values(), WORKFLOWS.fallback)}
CUSTOMS, QUARANTINE = WORKFLOWS.of("customs_declaration"), WORKFLOWS.of("inspection_application")


def answer(
    code: str,
    outcome: Outcome = Outcome.NOTED,
    minute: int = 0,
    text: str = "",
    stage: Stage = Stage.BUSINESS,
) -> Receipt:
    at = START + timedelta(minutes=minute)
    return Receipt(f"{code}{minute}{text}", "m", stage, code, outcome, at, text)


def receipts_of(workflow: Workflow) -> st.SearchStrategy[list[Receipt]]:
    """Receipts with the workflow's letters and any other, any outcome and stage, few distinct times."""
    letters = st.sampled_from([*workflow.letters, "", "?"])
    made: Any = st.builds(
        answer,
        letters,
        st.sampled_from(list(Outcome)),
        st.integers(0, 3),
        st.sampled_from(["", "件数不符"]),
        st.sampled_from([Stage.BUSINESS, Stage.BUSINESS, Stage.TECHNICAL, Stage.TRANSPORT]),
    )
    return st.lists(made, max_size=8)


def standing_of(workflow: Workflow, receipts: Iterable[Receipt], version: int = 1) -> Standing:
    """The standing that receipts give together."""
    return reduce(Standing.join, (told(workflow, one, version) for one in receipts), Standing(version, {}))


def state_of(workflow: Workflow, receipts: Iterable[Receipt]) -> State:
    """The state people are told: of those at the front the last declared."""
    return front(workflow, standing_of(workflow, receipts))[-1]


def letters(connector: str) -> dict[str, Outcome]:
    """A connector's business letters and what they mean."""
    with (rooms.PACKAGE / "connectors" / connector / "receipts.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row.get("stage", "business") == "business"]
    return {row["code"]: Outcome[row["outcome"]] for row in rows}

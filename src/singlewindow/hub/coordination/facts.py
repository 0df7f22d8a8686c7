"""What coordination knows by rule: who must release, who runs which terminal, bounds; read once."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Text
from singlewindow.kernel.periods import Dated, Period, period

HERE = Path(__file__).parent
TERMINALS, GATE_LANES = "terminals.csv", "gate_lanes.csv"
_own: dict[str, Path] = {}  # tables of the installation's own, in place of those here


class Requirement(Struct, frozen=True):
    """An agency's release is needed for subjects of a kind: ``always``, where it was ``addressed``,
    or where it was addressed and the subject carries ``dangerous`` goods."""

    subject_kind: str
    agency: str
    condition: str
    period: Period


def read_from(folder: Path) -> None:
    """Who runs which terminal, and its lanes, stand in this folder, as far as these tables are there."""
    _own.update({name: folder / name for name in (TERMINALS, GATE_LANES) if (folder / name).exists()})
    for table in (_terminals, _gate_lanes):
        table.cache_clear()


def _rows(name: str) -> list[dict[str, str]]:
    with _own.get(name, HERE / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@cache
def requirements() -> tuple[Requirement, ...]:
    """``requirements.csv``; raises ValueError on a condition that nothing knows, or days out of order."""
    found = []
    for row in _rows("requirements.csv"):
        if row["condition"] not in ("always", "addressed", "dangerous"):
            raise ValueError(f"requirements.csv: unknown condition {row['condition']!r}")
        found.append(Requirement(row["subject_kind"], row["agency"], row["condition"], period(row)))
    return tuple(found)


@lru_cache(64)
def in_force(subject_kind: str, on: date) -> tuple[Requirement, ...]:
    """Those for a kind of subject on a day."""
    of_kind = (rule for rule in requirements() if rule.subject_kind == subject_kind)
    return tuple(rule for rule in of_kind if rule.period.holds(on))


@cache
def _terminals() -> Dated[str, str]:
    return Dated((row["terminal"], period(row), row["operator"]) for row in _rows(TERMINALS))


def operators(on: date) -> Mapping[str, str]:
    """Who runs each terminal on a day: operators (USCC) by the terminal's code."""
    return _terminals().at(on)


@cache
def _gate_lanes() -> Dated[tuple[str, str], str]:
    rows = _rows(GATE_LANES)
    return Dated(((row["terminal"], row["lane"]), period(row), row["lane"]) for row in rows)


def gate_lanes(operator: str, on: date) -> tuple[str, ...]:
    """The lanes out of an operator's terminals on a day, each of another name, in the table's order."""
    run = {terminal for terminal, whose in operators(on).items() if whose == operator}
    return tuple(lane for (terminal, _), lane in _gate_lanes().at(on).items() if terminal in run)


@cache
def _facts() -> dict[str, Any]:
    loaded: dict[str, Any] = parse_yaml((HERE / "facts.yaml").read_text(encoding="utf-8"))
    return loaded


def joining_window() -> timedelta:
    """How long a new order collects before it is issued by itself."""
    return timedelta(minutes=int(_facts()["joining_window_minutes"]["value"]))


def release_validity() -> timedelta:
    """How long a release may be used."""
    return timedelta(days=int(_facts()["release_valid_days"]["value"]))


def release_renewable() -> timedelta:
    """How long before its end a release may be issued anew."""
    return timedelta(days=int(_facts()["release_renewable_days"]["value"]))


def gate_bound() -> timedelta:
    """How old what a gate knows may be."""
    return timedelta(seconds=int(_facts()["gate_data_seconds"]["value"]))


def instructions_most() -> int:
    """How many instructions on one container are compared."""
    return int(_facts()["instructions_on_a_container"]["value"])


def undeclared_most() -> int:
    """How many open tasks one agency has about what it named in one consignment and nobody declared."""
    return int(_facts()["undeclared_of_a_consignment"]["value"])


def requests_waiting() -> int:
    """Requests of one party that wait at most, of those that may bar something and of others."""
    return int(_facts()["requests_waiting_of_a_party"]["value"])


def released_at_once() -> int:
    """How many objects an officer releases in one step."""
    return int(_facts()["released_at_once"]["value"])


@cache
def checked_by() -> Mapping[str, frozenset[str]]:
    """Kinds of parties whose word ends a task, by the task's kind; others end with what they came from."""
    return {kind: frozenset(parties) for kind, parties in _facts()["checked_by"]["kinds"].items()}


@cache
def methods() -> Mapping[str, Text]:
    """How an inspection is carried out: names by code, the least thorough first."""
    return {method["code"]: Text(**method["name"]) for method in _facts()["methods"]}


def strongest(asked: list[str]) -> str:
    """The most thorough of some methods of inspection; one that is not known is taken for the strongest."""
    known = [*methods()]
    ranked = sorted((known.index(one) if one in known else len(known), one) for one in asked if one)
    return ranked[-1][1] if ranked else ""


def method_name(code: str) -> Text:
    """What a method is called."""
    return methods().get(code) or Text(code, code)


def lead(agencies: list[str]) -> str:
    """Who leads an inspection by these."""
    order: list[str] = [*_facts()["lead"], *sorted(agencies)]
    return next(agency for agency in order if agency in agencies)

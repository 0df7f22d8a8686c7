"""What was measured, held against ``promises.yaml``: a row a promise, in words and in the file kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from singlewindow.kernel.facts import parse_yaml

SOURCE = Path(__file__).parent.parent / "promises.yaml"


class Promise(Struct, frozen=True, forbid_unknown_fields=True):
    """A bound that ``file`` measures something against; ``aim`` lies beyond it, if there is one."""

    id: str
    file: str
    name: Mapping[str, str]
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    aim: float | None = None

    def __post_init__(self) -> None:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError(f"promise {self.id} has either at_least or at_most")
        if self.aim is not None and not self.meets(self.aim):
            raise ValueError(f"the aim of promise {self.id} lies short of its bound")

    @property
    def bound(self) -> tuple[str, float]:
        """How it is written, and its number."""
        return ("≥", self.at_least) if self.at_least is not None else ("≤", self.at_most or 0.0)

    def meets(self, value: float, bound: float | None = None) -> bool:
        """Whether a value is as good as the promise's bound, or as another one, its aim."""
        sign, promised = self.bound
        wanted = promised if bound is None else bound
        return value >= wanted if sign == "≥" else value <= wanted

    def row(self, value: float | None) -> dict[str, Any]:
        """The verdict on one value; without one nothing is held and nothing broken."""
        bound = {"at_least": self.at_least} if self.at_least is not None else {"at_most": self.at_most}
        reached = None if value is None or self.aim is None else self.meets(value, self.aim)
        return {
            "promise": self.id,
            "name": self.name,
            "unit": self.unit.strip(),
            **bound,
            "aim": self.aim,
            "value": value,
            "held": None if value is None else self.meets(value),
            "reached": reached,
        }

    def words(self, value: float | None) -> str:
        """The verdict as it ends a line: ``≥ 600/s not held, aim 1,000/s not reached``."""
        sign, number = self.bound
        row = self.row(value)
        said = f"{sign} {number:,g}{self.unit} {_HELD[row['held']]}"
        return (
            said if self.aim is None else f"{said}, aim {self.aim:,g}{self.unit} {_REACHED[row['reached']]}"
        )


_HELD = {True: "held", False: "NOT HELD", None: "not measured"}
_REACHED = {True: "reached", False: "not reached", None: "not measured"}


@cache
def promises() -> tuple[Promise, ...]:
    """All of them, as shipped."""
    given = parse_yaml(SOURCE.read_text(encoding="utf-8"))["promises"]
    return tuple(msgspec.convert(given, list[Promise], strict=False))


def judged(file: str, measured: Mapping[str, float]) -> list[dict[str, Any]]:
    """The rows of every promise of a file; ``measured`` by the promise's id, in its unit.

    Raises KeyError where something was measured that is no promise of this file.
    """
    own = {one.id: one for one in promises() if one.file == file}
    for name in measured:
        own[name]
    return [one.row(measured.get(one.id)) for one in own.values()]


def keep(path: Path | None, file: str, measured: Mapping[str, float], **more: Any) -> None:
    """Write what a file measured, with its promises' rows, where ``--json`` says; without it nothing."""
    if path is None:
        return
    content = {
        "promise": file,
        "at": datetime.now(UTC).isoformat(),
        **more,
        "promises": judged(file, measured),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def verdict(**measured: float) -> str:
    """What ends the line of some values: ``[≤ 100 ms held, aim 50 ms reached]``."""
    known = {one.id: one for one in promises()}
    return "[" + "; ".join(known[name].words(value) for name, value in measured.items()) + "]"


def tally(rows: Iterable[Mapping[str, Any]]) -> str:
    """How many held, which did not, which were not measured."""
    by_verdict: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for row in rows:
        by_verdict[row["held"]].append(row["promise"])
    said = [f"{len(by_verdict[True])} promises held"]
    said += [f"NOT HELD: {', '.join(by_verdict[False])}"] if by_verdict[False] else []
    said += [f"not measured: {', '.join(by_verdict[None])}"] if by_verdict[None] else []
    return "; ".join(said)

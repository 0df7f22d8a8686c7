"""How a source document stands, from how its partners' documents stand. Pure; the order is data."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files

from msgspec import Struct

from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Text


class Phase(Struct, frozen=True):
    """A row of ``overall.yaml``; ``progress`` or ``attention`` is its rank, or neither is given."""

    id: str
    number: int
    kind: str
    name: Text
    progress: int | None = None
    attention: int | None = None
    partly: str = ""


Phases = Mapping[str, Phase]


def overall(phases: Phases, several: Collection[str]) -> Phase:
    """The phase of the whole from those of its parts, in whatever order and however often each stands.

    What somebody must look at goes first; else the furthest that all have reached, or ``partly`` what
    some have. Parts only told of it do not count beside others.
    Without parts it is that of ``submitted``.
    """
    parts = [phases[each] for each in set(several)] or [phases["submitted"]]
    if urgent := [phase for phase in parts if phase.attention is not None]:
        return max(urgent, key=_attention)
    parts = [phase for phase in parts if phase.progress is not None] or parts
    base = min(parts, key=_progress)
    further = [p for p in phases.values() if p.partly and _between(p, base, max(parts, key=_progress))]
    return phases[max(further, key=_progress).partly] if further else base


def _between(phase: Phase, base: Phase, furthest: Phase) -> bool:
    return _progress(base) < _progress(phase) <= _progress(furthest)


def _attention(phase: Phase) -> int:
    return -1 if phase.attention is None else phase.attention


def _progress(phase: Phase) -> int:
    return -1 if phase.progress is None else phase.progress


def shipped() -> dict[str, Phase]:
    """The phases of ``overall.yaml``; raises ValueError where two share a number or a rank."""
    text = files(__package__).joinpath("overall.yaml").read_text("utf-8")
    found = {each: _phase(each, row) for each, row in parse_yaml(text)["phases"].items()}
    for part in ("number", "progress", "attention"):
        given = [value for phase in found.values() if (value := getattr(phase, part)) is not None]
        if len(set(given)) < len(given):
            raise ValueError(f"two phases share a {part}")
    return found


@cache
def ids() -> Mapping[int, str]:
    """The id of each shipped phase by the number that is kept of it."""
    return {phase.number: phase.id for phase in shipped().values()}


def _phase(each: str, row: Mapping[str, object]) -> Phase:
    name = row["name"]
    assert isinstance(name, dict)  # noqa: S101 - the shipped file's own shape
    progress, attention = row.get("progress"), row.get("attention")
    return Phase(
        each,
        int(str(row["number"])),
        str(row["kind"]),
        Text(**name),
        int(str(progress)) if progress else None,
        int(str(attention)) if attention else None,
        str(row.get("partly", "")),
    )

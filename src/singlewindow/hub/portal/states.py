"""What a receipt or its absence is called: one YAML table of words, shapes and order."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from singlewindow.hub.coordination import wording
from singlewindow.hub.portal.names import Partner
from singlewindow.hub.process import overall
from singlewindow.kernel.messages import Outcome, Text

_ROOM = Path(__file__).parent
_STUCK = frozenset({"retrying", "undelivered"})
# Phases of the whole that are called as a document's state is.
_PHASES = {
    "submitted": "waiting",
    "inspection": "inspect",
    "partly_released": "partly",
    "informed": "accepted",
}
# What a disposition of goods means for the consignment.
_BARS = {
    "not_released": "denied",
    "held": "hold",
    "joint_inspection": "joint",
    "single_inspection": "inspect",
}
_DONE = frozenset({"released", "closed"})
_UNDECIDED = frozenset({"waiting", "queued", "paused", "noted", "accepted", "retrying"})


class State(Struct, frozen=True):
    """One row of ``states.yaml``."""

    id: str
    kind: str
    word: Text
    rank: int


def _read(name: str) -> dict[str, dict[str, str]]:
    # Every scalar stays text: `no` is a word, not a truth value.
    text = (_ROOM / name).read_text("utf-8")
    rows: dict[str, dict[str, str]] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    return rows


@cache
def states() -> dict[str, State]:
    """Every state by its id."""
    return {
        each: State(each, row["kind"], _word(row), int(row["rank"]))
        for each, row in _read("states.yaml").items()
    }


def _word(row: dict[str, str]) -> Text:
    """A state's own word, or that of the phase or the disposition of goods that it is."""
    if "phase" in row:
        return overall.shipped()[row["phase"]].name
    return wording.word("kinds", row["goods"]) if "goods" in row else Text(row["zh"], row["en"])


@cache
def keys() -> dict[str, Text]:
    """Names of identity keys, in the order of display."""
    return {kind: Text(row["zh"], row["en"]) for kind, row in _read("keys.yaml").items()}


@cache
def facts() -> dict[str, Text]:
    """Names of the facts receipts carry."""
    return {fact: Text(row["zh"], row["en"]) for fact, row in _read("facts.yaml").items()}


@cache
def doors() -> dict[str, Text]:
    """Names of the doors submissions come in by."""
    return {door: Text(row["zh"], row["en"]) for door, row in _read("doors.yaml").items()}


def called(title: str, keys_of: Iterable[tuple[str, str]]) -> Text:
    """A title as people say it: ``提运单 CQX2511070386`` where the title is one of the identity keys."""
    kind = next((kind for kind, value in keys_of if value == title), "")
    word = keys().get(kind)
    return Text(f"{word.zh} {title}", f"{word.en} {title}") if word else Text(title, title)


def of_outcome(outcome: int) -> State:
    """The state that a receipt of this outcome means."""
    return states()[Outcome(outcome).name.lower()]


class Stand(Struct, frozen=True):
    """How one document stands, the same on every page: state, the partner's own word, letter."""

    state: State
    word: Text
    code: str


def of_document(partner: Partner, standing: dict[str, Any] | None, delivery: dict[str, Any] | None) -> Stand:
    """What its receipts come to together (``standing``: phase and code), else how far it is on its way."""
    if delivery:
        going = states()[_going(delivery)]
        return Stand(going, going.word, "")
    if standing is None or not standing["phase"]:
        return Stand(states()["waiting"], states()["waiting"].word, "")
    state = states()[_PHASES.get(standing["phase"], standing["phase"])]
    code = standing["code"] or ""
    return Stand(state, partner.letters.get(code, state.word), code)


def _going(delivery: dict[str, Any]) -> str:
    if delivery["dead"]:
        return "undelivered"
    if delivery["paused_at"]:
        return "paused"
    return "retrying" if delivery["attempts"] else "queued"


def whole(number: int, parts: Iterable[State], barred: Iterable[str] = ()) -> State:
    """A consignment's state as it was kept; what was never answered, or is stuck on its way, by its parts.

    ``barred`` are the kinds of its goods' dispositions: released papers do not let out a box that is held.
    """
    several = list(parts)
    phase = overall.ids().get(number, "")
    kept = states().get(_PHASES.get(phase, phase)) if number else None
    found = kept or together(several)
    stuck = [each for each in several if each.id in _STUCK] if kept else []
    open_ = [states()[_BARS[kind]] for kind in barred if kind in _BARS]
    return max([found, *stuck, *open_], key=lambda state: state.rank)


def of_goods(kinds: Iterable[str]) -> State:
    """A consignment's state by the dispositions of its goods alone."""
    found = set(kinds)
    bars = [states()[_BARS[kind]] for kind in found if kind in _BARS]
    if bars:
        return max(bars, key=lambda state: state.rank)
    if "released" in found:
        return states()["released" if found == {"released"} else "partly"]
    return states()["waiting"]


def together(several: Iterable[State]) -> State:
    """A consignment's state: that of the document somebody must look at first."""
    all_of_them = list(several)
    if not all_of_them:
        return states()["queued"]
    ids = {state.id for state in all_of_them}
    if ids & _DONE and ids - _DONE and ids <= _DONE | _UNDECIDED - {"retrying"}:
        return states()["partly"]
    return max(all_of_them, key=lambda state: state.rank)

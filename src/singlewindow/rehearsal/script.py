"""What counterparts decide: by a written case where one fits, else by chance from a printed seed."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from random import Random

import msgspec
from msgspec import Struct, field

LATE_MS = (300, 3000)
PROMPT = "prompt"
EVEN = "even"
MIXED = "mixed"
PROFILES = (MIXED, EVEN, PROMPT)


class Step(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One answer of a counterpart: its own code, and how long after the message."""

    code: str
    after_ms: int = 0
    reason: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    twice: bool = False


class Case(Struct, frozen=True, forbid_unknown_fields=True):
    """What happens to messages whose reference fits a pattern (``*`` and ``?`` as in file names).

    ``failed`` is the reason of a technical refusal; then no step follows.
    """

    reference: str
    failed: str = ""
    steps: tuple[Step, ...] = ()


class Codes(Struct, frozen=True):
    """A counterpart's own codes for the turns a case can take; chance speaks through them."""

    received: tuple[str, ...]
    inspected: tuple[str, ...]
    released: tuple[str, ...]
    refused: tuple[str, ...]


class Script:
    """The same seed, cases and reference always give the same decision, in any order of messages.

    Written cases go before the profile, and the first fitting one counts. ``mixed`` decides by chance, of
    a few messages that they are refused technically; ``even`` releases at once whatever was received;
    ``prompt`` (for load) does so with nothing but the release.
    """

    def __init__(self, seed: int = 0, cases: Sequence[Case] = (), profile: str = MIXED) -> None:
        if profile not in PROFILES:
            raise ValueError(f"profile must be one of {', '.join(PROFILES)}, not {profile!r}")
        self.seed, self.profile = seed, profile
        self._cases = tuple(cases)

    def decide(self, reference: str, codes: Codes) -> Case:
        """What becomes of the message with this reference."""
        for case in self._cases:
            if fnmatchcase(reference, case.reference):
                return case
        if self.profile == PROMPT:
            return Case(reference, steps=_at_once(codes.released))
        if self.profile == EVEN:
            return _even(reference, codes)
        chance = Random(f"{self.seed}/{reference}")  # noqa: S311 - to be repeated, not to be secret
        return _by_chance(chance, reference, codes)


def _by_chance(chance: Random, reference: str, codes: Codes) -> Case:
    turn = chance.random()
    late = chance.randint(*LATE_MS)
    if turn < 0.03:
        return Case(reference, failed=chance.choice(("报文校验未通过", "前置系统维护，报文未入库")))
    if turn < 0.40:
        return _even(reference, codes)
    if turn < 0.60:
        return Case(reference, steps=_at_once(codes.received) + _at(late, codes.released))
    if turn < 0.75:
        return Case(reference, steps=_inspected(late, codes))
    if turn < 0.85:
        reason = chance.choice(("件数与舱单不符", "货物品名不详", "收货人编码无效"))
        return Case(reference, steps=_at_once(codes.received) + _at(late, codes.refused, reason))
    if turn < 0.93:
        return Case(reference, steps=_twice(_at_once(codes.received) + _at(late, codes.released)))
    return Case(reference, steps=_at(late, codes.received) + _at_once(codes.released))


def _even(reference: str, codes: Codes) -> Case:
    return Case(reference, steps=_at_once(codes.received + codes.released))


def _inspected(late: int, codes: Codes) -> tuple[Step, ...]:
    found = _at_once(codes.received) + _at(late // 2, codes.inspected)
    return found + _at(late, codes.released)


def _at_once(codes: tuple[str, ...]) -> tuple[Step, ...]:
    return tuple(Step(code) for code in codes)


def _at(after_ms: int, codes: tuple[str, ...], reason: str = "") -> tuple[Step, ...]:
    return tuple(Step(code, after_ms + place, reason) for place, code in enumerate(codes))


def _twice(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return tuple(msgspec.structs.replace(step, twice=True) for step in steps)

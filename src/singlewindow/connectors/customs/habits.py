"""Habits of systems that write DecMessage: what they say by them is read, and nothing else.

Zeros where nothing is meant, lines in another order than their numbers, a box of an older head for all lines.
"""

from __future__ import annotations

import re
from typing import Any

from singlewindow.connectors.customs.hardened import refused
from singlewindow.connectors.customs.layout import CHARGES, EMPTY_AT_ZERO, GOODS, OLDER_OF_LINES, ROOT
from singlewindow.kernel.messages import Problem, Unreadable

NUMBER = "GNo"
PROBLEMS_MOST = 50
SHOWN = 60  # characters of a wrong number that a problem repeats
_ZERO = re.compile(r"[+-]?(?:0+(?:\.0*)?|\.0+)").fullmatch
_NUMBER = re.compile("0*([1-9][0-9]{0,5})").fullmatch
_PLACE = f"{ROOT}/{GOODS.wrapper}/{GOODS.item}"


def filled(values: dict[str, Any]) -> dict[str, Any]:
    """The boxes of one level that say something."""
    said = {name: value for name, value in values.items() if not _empty(name, value, values)}
    for mark, rate, currency in CHARGES:
        if mark not in said and rate not in said:
            said.pop(currency, None)
    return said


def _empty(name: str, value: Any, values: dict[str, Any]) -> bool:
    return name in EMPTY_AT_ZERO and EMPTY_AT_ZERO[name] not in values and bool(_ZERO(value))


def numbered(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The goods lines by their numbers, which containers and proofs of origin name them by.

    Lines that have none stand as they came. Raises ``Unreadable`` naming every line whose number is not one
    of 1 to as many as there are, or another's.
    """
    if not any(NUMBER in line for line in lines):
        return {GOODS.key: lines} if lines else {}
    placed: dict[int, dict[str, Any]] = {}
    wrong = [at for at, line in enumerate(lines) if placed.setdefault(_number(line, lines), line) is not line]
    wrong += [at for at, line in enumerate(lines) if placed.get(0) is line]
    if wrong:
        raise Unreadable(*(_misnumbered(at, lines) for at in sorted(wrong)[:PROBLEMS_MOST]))
    return {GOODS.key: [placed[number] for number in sorted(placed)]}


def _number(line: dict[str, Any], lines: list[dict[str, Any]]) -> int:
    """1 to as many lines as there are; 0 for anything else."""
    found = _NUMBER(line.get(NUMBER, ""))
    number = int(found[1]) if found else 0
    return number if number <= len(lines) else 0


def _misnumbered(at: int, lines: list[dict[str, Any]]) -> Problem:
    given, most = lines[at].get(NUMBER, "")[:SHOWN], len(lines)
    (problem,) = refused(
        "line-number",
        f"{_PLACE}[{at + 1}]/{NUMBER}",
        f"应为 1 至 {most}，每项一个，不得重复",
        f"is not one of 1 to {most}, each once",
        given if given.isprintable() else ascii(given),
    ).problems
    return problem


def spread(values: dict[str, Any]) -> dict[str, Any]:
    """What an older head says for all lines, in each that does not say it itself."""
    for older, box in OLDER_OF_LINES.items():
        lacking = [line for line in values.get(GOODS.key, ()) if box not in line]
        if lacking and isinstance(values.get(older), str):
            said = values.pop(older)
            for line in lacking:
                line[box] = said
    return values

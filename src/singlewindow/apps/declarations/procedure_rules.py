"""Rules on the procedure of a declaration, and on what is asked for beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from singlewindow.apps.declarations.tables import PROCEDURES
from singlewindow.kernel.messages import Problem, Text

YES = "1"
TYPE, SELF_ASSESSED = "declaration_type", "self_assessment"
ASKED = {"paperless_tax": "SW", "periodic_duty": "CL"}  # and the code by which each is asked for


class Procedures:
    """One code says procedure, self-assessment, and how duty is billed and paid: not all go together.

    What has no code together could not be told to customs. JGS-20, 报关单类型标识.
    """

    def __call__(self, values: dict[str, Any], on: date) -> Iterator[Problem]:
        """A problem at each entry that has no code together with those before it."""
        codes = PROCEDURES.at(on)
        given = values.get(TYPE, "")
        said = {TYPE: codes.get(given, given)} | {
            name: code for name, code in ASKED.items() if values.get(name) == YES
        }
        said = {name: code for name, code in said.items() if code}
        first = next(iter(said.values()), "")
        others = [name for name, code in said.items() if code != first]
        for name in others:
            yield self._apart(name, values[name], first, said[name])
        self_assessed = given in codes or values.get(SELF_ASSESSED) == YES
        if self_assessed and not others and first not in codes.values():
            yield self._not_self_assessed(first)

    def _apart(self, name: str, value: str, first: str, code: str) -> Problem:
        return Problem(
            "procedures_apart",
            Text(
                f"{code} 与 {first} 不能同时申报：海关报文以一个类型代码表示，没有两者兼有的代码",
                f"{code} cannot be declared together with {first}: customs' message has one code for both"
                " and none that means the two",
            ),
            name,
            value,
            Text("只保留其中一项", "Keep one of them"),
        )

    def _not_self_assessed(self, beside: str) -> Problem:
        return Problem(
            "not_self_assessed",
            Text(
                f"自报自缴不能与 {beside} 同时申报：海关没有两者兼有的类型代码",
                f"Self-assessment cannot be declared together with {beside}: customs has no code for the two",
            ),
            SELF_ASSESSED,
            YES,
            Text("取消自报自缴，或改选报关单类型", "Clear self-assessment, or choose another procedure"),
        )

"""Rules on the procedure of a declaration, and on what is asked for beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from singlewindow.apps.declarations.tables import (
    DIRECTION_NAMES,
    OPEN_DIRECTIONS,
    PROCEDURE_NAMES,
    PROCEDURES,
)
from singlewindow.kernel.messages import Problem, Text

YES = "1"
DIRECTION = "trade_direction"
TYPE, SELF_ASSESSED = "declaration_type", "self_assessment"
ORDINARY = Text("“一般报关”（空）", "“Ordinary declaration” (blank)")  # no procedure is one too
ASKED = {"paperless_tax": "SW", "periodic_duty": "CL"}  # and the code by which each is asked for


class OpenDirections:
    """What goes to every authority is told for imports: an export would reach most of them as one.

    JGS-20, 进出口标志.
    """

    def __call__(self, values: dict[str, Any], on: date) -> Iterator[Problem]:
        """One problem where the direction is known and not open; of an unknown one the list says so."""
        direction = values.get(DIRECTION, "")
        if direction in OPEN_DIRECTIONS.at(on) or direction not in DIRECTION_NAMES.active(on):
            return
        name = DIRECTION_NAMES.text(direction, on)
        yield Problem(
            "direction_not_open",
            Text(
                f"尚未开通{name.zh}申报：平台目前只生成进口的各部门单证",
                f"{name.en} declarations are not taken yet: the authorities' documents are those of imports",
            ),
            DIRECTION,
            direction,
            Text(
                "请改为进口，或仍通过海关原有渠道申报",
                "Change it to import, or declare by customs' own way as before",
            ),
        )


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
            yield self._apart(name, values[name], called(first, on), called(said[name], on))
        self_assessed = given in codes or values.get(SELF_ASSESSED) == YES
        if self_assessed and not others and first not in codes.values():
            yield self._not_self_assessed(called(first, on), called("Z", on))

    def _apart(self, name: str, value: str, first: Text, other: Text) -> Problem:
        return Problem(
            "procedures_apart",
            Text(
                f"{other.zh}与{first.zh}不能同时申报：海关报文以一个类型代码表示，没有两者兼有的代码",
                f"{other.en} cannot be declared together with {first.en}: customs' message has one code for"
                " both and none that means the two",
            ),
            name,
            value,
            Text("只保留其中一项", "Keep one of them"),
        )

    def _not_self_assessed(self, beside: Text, itself: Text) -> Problem:
        return Problem(
            "not_self_assessed",
            Text(
                f"{itself.zh}不能与{beside.zh}同时申报：海关没有两者兼有的类型代码",
                f"{itself.en} cannot be declared together with {beside.en}: customs has no code for the two",
            ),
            SELF_ASSESSED,
            YES,
            Text("取消自报自缴，或改选报关单类型", "Clear self-assessment, or choose another procedure"),
        )


def called(code: str, on: date) -> Text:
    """A procedure as the trade writes it: its name, and its code in brackets."""
    name = PROCEDURE_NAMES.text(code, on) if code else ORDINARY
    return name if code in ("", name.zh) else Text(f"“{name.zh}”（{code}）", f"“{name.en}” ({code})")

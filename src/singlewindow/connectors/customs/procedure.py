"""What ``Type`` of the head says at once: procedure, how duty is computed, billed and paid, and the steps.

Two letters and, for a declaration in two steps (两步申报), a third place ``3``.
Source: JGS-20, 报关单类型标识.
"""

from __future__ import annotations

from collections.abc import Mapping

TYPE, SELF_ASSESSED, TWO_STEP = "Type", "TypeZ", "Type3"
ALONE = {"TypeSW": "SW", "TypeCL": "CL"}  # a box of our document that is a code by itself
BOXES = (SELF_ASSESSED, *ALONE, TWO_STEP)
YES, THIRD = "1", "3"
# What is said beside 自报自缴, and the code for both.
SELF_ASSESSED_WITH = {"": "Z", "SW": "ZW", "CL": "ZC", "LY": "ZY", "MF": "ZF", "MT": "ZX"}
_BESIDE = {code: beside for beside, code in SELF_ASSESSED_WITH.items()}
_BOX = {code: box for box, code in ALONE.items()}


def together(values: Mapping[str, str]) -> str:
    """The code for what the boxes say; empty for an ordinary declaration in one step.

    Where they say what has no code together, the check of the declaration has refused it before.
    """
    said = apart(values.get(TYPE, "")) | {box: YES for box in BOXES if values.get(box) == YES}
    beside = said.get(TYPE) or next((code for box, code in ALONE.items() if box in said), "")
    code = SELF_ASSESSED_WITH.get(beside, beside) if SELF_ASSESSED in said else beside
    return f"{code:2}{THIRD}" if TWO_STEP in said else code


def apart(code: str) -> dict[str, str]:
    """The boxes that a code fills; a code nobody knows stays whole in ``Type``."""
    letters = code.removesuffix(THIRD).rstrip()
    found = {TWO_STEP: YES} if letters != code else {}
    if letters in _BESIDE:
        found[SELF_ASSESSED] = YES
        letters = _BESIDE[letters]
    if letters in _BOX:
        return found | {_BOX[letters]: YES}
    return found | ({TYPE: letters} if letters else {})

"""The one value a problem's remedy names, where it names one: what a single click may fill in."""

from __future__ import annotations

import re
from datetime import date

from singlewindow.hub.documents.checking import Listing
from singlewindow.hub.documents.definition import Field
from singlewindow.hub.documents.forms import form_of
from singlewindow.kernel.messages import Problem

# A value stands in quotes of its own, as what people called something does, or it is a code or a figure.
_QUOTED = "“([^“”]+)”"
_VALUE = r"([0-9A-Za-z][0-9A-Za-z.,-]*)(?![0-9A-Za-z.,-])"
# Only a whole one, never how a name begins: after it, and what it is called, the clause ends. Nor is it the
# first of several to choose from. English goes on in many ways ("give 2 for water") and has to name the same.
_CALLED = r"(?:（(?:[^（）]|（[^（）]*）)*）)?"
_ZH = re.compile(rf"(?:应为|请改用|填) ?(?:{_QUOTED}|{_VALUE}(?={_CALLED}(?:$|[，；。])))")
_EN = re.compile(rf"\b(?:give|use) (?:{_QUOTED}|{_VALUE}(?! or [0-9A-Za-z]))")


def offered(problem: Problem, field: Field, listing: Listing | None, on: date) -> str:
    """The value to fill in; empty unless both languages name the same one and the field would take it."""
    if problem.remedy is None or problem.code == "wrong_form":  # that describes a form, no value
        return ""
    said = {tuple(_ZH.findall(problem.remedy.zh)), tuple(_EN.findall(problem.remedy.en))}
    values = said.pop() if len(said) == 1 else ()
    if len(values) != 1:
        return ""
    quoted, plain = values[0]
    value = form_of(field.element.representation).settle(quoted or plain.rstrip(".,"))
    known = listing is None or value in listing.active(on)
    return value if value is not None and known and value != problem.value else ""

"""Hypothesis strategies: canonical parcels, and anything at all that JSON can say."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from hypothesis import strategies as st

from singlewindow.hub.documents.definition import Definition, Field, Section
from singlewindow.hub.standards.codelists import CodeList
from singlewindow.hub.standards.representation import Representation

_ASCII = {"a": "ABCxyz", "an": "AZaz09/().,:;_+*&#-", "n": "0123456789"}
_TEXT = st.characters(
    codec="utf-8",
    exclude_categories=("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp", "Zs"),
    exclude_characters="\u180e",
)


def canonical(form: Representation) -> st.SearchStrategy[str]:
    """Canonical values of a representation."""
    if form.kind in _ASCII:
        return st.text(_ASCII[form.kind], min_size=form.least, max_size=form.most)
    if form.kind == "text":
        return st.text(_TEXT, min_size=form.least, max_size=form.most)
    if form.kind == "d":
        most = 10**form.most - 1
        return st.integers(-most * form.signed, most).map(lambda n: _plain(n, form.decimals))
    if form.kind == "date":
        return st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(date.isoformat)
    if form.kind == "time":
        first, last = datetime(1900, 1, 1), datetime(2199, 12, 31)  # noqa: DTZ001 - the strategy has no zone
        return st.datetimes(first, last).map(lambda t: f"{t:%Y-%m-%dT%H:%M}Z")
    return st.sampled_from(["0", "1"])


def _plain(number: int, decimals: int) -> str:
    sign, digits = "-" * (number < 0), str(abs(number)).zfill(decimals + 1)
    if not decimals:
        return sign + digits
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}".rstrip("0").rstrip(".")


def documents(
    definition: Definition, lists: dict[str, CodeList], on: date
) -> st.SearchStrategy[dict[str, Any]]:
    """Documents whose required fields are all there; conditional ones too, so that any condition may hold."""
    return _level(tuple(definition.head()), tuple(definition.groups()), lists, on)


def _level(
    fields: tuple[Field, ...], sections: tuple[Section, ...], lists: dict[str, CodeList], on: date
) -> st.SearchStrategy[dict[str, Any]]:
    values = {field.name: (field.required, _value(field, lists, on)) for field in fields}
    must = {name: value for name, (required, value) in values.items() if required != "no"}
    may = {name: value for name, (required, value) in values.items() if required == "no"}
    for section in sections:
        line = _level(section.fields, section.sections, lists, on)
        rows = st.lists(line, min_size=max(section.least, 1), max_size=max(section.least, 2))
        (must if section.least else may)[section.id] = rows
    return st.fixed_dictionaries(must, optional=may)


def _value(field: Field, lists: dict[str, CodeList], on: date) -> st.SearchStrategy[str]:
    if field.element.codes:
        return st.sampled_from(sorted(lists[field.element.codes].active(on)))
    return canonical(field.element.representation)


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=30)
    | st.text("0123456789.-+ :TZe", max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def mutated(draw: st.DrawFn, definition: Definition, lists: dict[str, CodeList], on: date) -> dict[str, Any]:
    """A canonical document of which one field, at any depth, is replaced, removed or added."""
    values: dict[str, Any] = draw(documents(definition, lists, on))
    places = list(_places(values))
    holder, name = draw(st.sampled_from(places))
    change = draw(st.sampled_from(["replace", "remove", "add"]))
    if change == "remove":
        del holder[name]
    elif change == "add":
        holder[draw(st.text("abcxyz", min_size=3, max_size=6))] = draw(ANYTHING)
    else:
        holder[name] = draw(ANYTHING)
    return values


def _places(values: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    places = [(values, name) for name in values]
    for value in values.values():
        if isinstance(value, list):
            places += [place for line in value for place in _places(line)]
    return places

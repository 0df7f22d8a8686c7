"""One check a definition, generated: decoded values in, canonical values and every problem out.

A level whose values are all clean is recognised as a whole (``clean.py``), a section whose lines are with one
call. Through any other the generated function walks in the definition's order: a canonical value costs one
pattern match or one set look-up, everything else goes to ``_Settle``, which may be slow and is exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from types import CodeType
from typing import Any, Protocol

from msgspec import Struct, field

from singlewindow.hub.documents import faults
from singlewindow.hub.documents.clean import Clean
from singlewindow.hub.documents.conditions import Conditions, holds, values_at
from singlewindow.hub.documents.definition import SYSTEM, Definition, DefinitionError, Field, Section
from singlewindow.hub.documents.forms import Form, form_of
from singlewindow.kernel.messages import Document, Problem, Severity, Text

__all__ = ["Check", "Checked", "Listing", "Rule", "compile_check", "holds", "values_at"]

MOST_PROBLEMS = 200  # a page nobody reads further; the last one says how many were left out
_MOST_BITS = 256  # of a whole number; no representation has more than 40 digits


class Listing(Protocol):
    """A code list as the check asks it; see hub.standards.codelists."""

    @property
    def name(self) -> Text: ...
    def active(self, on: date) -> frozenset[str]: ...
    def ended(self, code: str, on: date) -> tuple[date, str] | None: ...
    def begins(self, code: str, on: date) -> date | None: ...


class Checked(Struct, frozen=True):
    """What a check found: the document as far as it is readable, and all problems."""

    document: Document
    problems: tuple[Problem, ...] = ()
    boxes: int = 0

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop a submission."""
        return tuple(p for p in self.problems if p.severity is Severity.ERROR)


class _Facts(Struct):
    """What one run of a check gathers beside the values."""

    on: date
    problems: list[Problem] = field(default_factory=list)
    unnamed: int = 0  # unknown elements beyond those that a problem names
    extension: dict[str, Any] = field(default_factory=dict)
    boxes: int = 0


Rule = Callable[[dict[str, Any], date], Iterable[Problem]]
Check = Callable[[dict[str, Any], date], Checked]


class _Settle:
    """Everything about one field that is not the quick way: mending, code lists, problems."""

    def __init__(self, spec: Field, listing: Listing | None) -> None:
        self.name = spec.element.name
        self.form: Form = form_of(spec.element.representation)
        self.listing = listing

    def __call__(self, value: Any, path: str, facts: _Facts) -> str | None:
        """The canonical value; None, with a problem, if there is none; None alone if it is absent."""
        if type(value) is bool and self.form.flag:
            value = "1" if value else "0"
        elif type(value) is int and value.bit_length() <= _MOST_BITS:
            value = str(value)
        if type(value) is not str:
            facts.problems.append(faults.wrong_type(path, self.name, value))
            return None
        if not value.strip():
            return None
        canonical = self.form.settle(value)
        if canonical is None:
            facts.problems.append(faults.wrong_form(path, self.name, value, self.form.expected))
            return None
        if self.listing is not None and canonical not in self.listing.active(facts.on):
            facts.problems.append(_wrong_code(path, self.name, canonical, self.listing, facts.on))
        return canonical


def _wrong_code(path: str, name: Text, code: str, listing: Listing, on: date) -> Problem:
    ended = listing.ended(code, on)
    if ended:
        return faults.ended_code(path, name, code, listing.name, *ended)
    begins = listing.begins(code, on)
    if begins:
        return faults.future_code(path, name, code, listing.name, begins)
    return faults.unknown_code(path, name, code, listing.name)


def compile_check(
    definition: Definition, listings: Mapping[str, Listing], rules: Mapping[str, Rule] | None = None
) -> Check:
    """The check of a definition. Values with problems stay in the document as far as readable."""
    source, names = _Writer(definition, listings).write()
    exec(_compiled(source, f"<check of {definition.id} {definition.version}>"), names)  # noqa: S102
    read: Callable[[dict[str, Any], _Facts], dict[str, Any]] = names["read"]
    named = (*definition.rules, *definition.doubts)
    lost = [f"no rule {name}" for name in named if name not in (rules or {})]
    if lost:
        raise DefinitionError(f"{definition.id} {definition.version}", lost)
    chosen = [(rules or {})[name] for name in definition.rules]
    conditions = Conditions(definition)

    def check(raw: dict[str, Any], on: date) -> Checked:
        facts = _Facts(on)
        values = read(raw, facts)
        named = {problem.field for problem in facts.problems}  # what is wrong is not missing too
        unmet = [p for p in conditions.unmet(values) if named.isdisjoint(_itself_and_its_line(p.field))]
        facts.problems.extend(unmet)
        named |= {problem.field for problem in facts.problems}
        found = [problem for rule in chosen for problem in rule(values, on)]
        facts.problems.extend([p for p in found if not (p.missing and p.field in named)])
        document = Document(definition.id, definition.version, values, facts.extension)
        return Checked(document, _bounded(facts.problems, facts.unnamed), facts.boxes)

    return check


def _itself_and_its_line(path: str) -> tuple[str, str]:
    return path, path.rpartition(".")[0]


@lru_cache(maxsize=64)
def _compiled(source: str, name: str) -> CodeType:
    """The source does not name the codes: a new edition of a list binds the same code object anew."""
    return compile(source, name, "exec")


def _bounded(problems: list[Problem], unnamed: int) -> tuple[Problem, ...]:
    """At most MOST_PROBLEMS, errors before warnings if not all can be shown, and how many were left out."""
    if len(problems) + unnamed <= MOST_PROBLEMS:
        return tuple(problems)
    ranked = sorted(problems, key=lambda problem: problem.severity is not Severity.ERROR)
    left = ranked[MOST_PROBLEMS:]
    severity = left[0].severity if left else Severity.WARNING
    return (*ranked[:MOST_PROBLEMS], faults.more(len(left) + unnamed, severity))


class _Writer:
    """Writes the source of one ``read(raw, facts)`` function."""

    def __init__(self, definition: Definition, listings: Mapping[str, Listing]) -> None:
        self.definition = definition
        self.listings = listings
        self.lines: list[str] = ["def read(raw, facts):"]
        self.names: dict[str, Any] = {
            "missing": faults.missing,
            "lines_of": _lines_of,
            "put_aside": _put_aside,
        }
        self.used_lists: dict[str, str] = {}
        self.count = 0

    def write(self) -> tuple[str, dict[str, Any]]:
        self._level(list(self.definition.head()), list(self.definition.groups()), "raw", "out", '""', 1)
        self.lines.append(" return out")
        return "\n".join(self.lines), self.names

    def _level(
        self, fields: list[Field], groups: list[Section], raw: str, out: str, prefix: str, depth: int
    ) -> None:
        pad = " " * depth
        self.count += 1
        n = self.count
        self.names[f"system{n}"] = {f.name: f.element.name for f in fields if f.filled_by == SYSTEM}
        fields = [spec for spec in fields if spec.filled_by != SYSTEM]
        self.names[f"known{n}"] = frozenset({f.name for f in fields} | {g.id for g in groups})
        self.names[f"clean{n}"] = Clean(fields, groups, self.listings)
        self.lines += [
            f"{pad}get{n} = {raw}.get",
            f"{pad}{out} = clean{n}({raw}, facts.on)",
            f"{pad}all_known{n} = {out} is not None or {raw}.keys() <= known{n}",
            f"{pad}if {out} is None:",
            f"{pad} {out} = {{}}",
        ]
        for listing in dict.fromkeys(spec.element.codes for spec in fields if spec.element.codes):
            local = self._codes(listing)
            self.lines.append(f"{pad} {local} = {local}_list.active(facts.on)")
        for spec in fields:
            self._field(spec, f"get{n}", out, prefix, f"{pad} ")
        self.lines.append(f"{pad}facts.boxes += len({out})")
        for section in groups:
            self._group(section, f"get{n}", out, prefix, depth)
        self.lines.append(f"{pad}if not all_known{n}: put_aside({raw}, known{n}, system{n}, {prefix}, facts)")

    def _field(self, spec: Field, get: str, out: str, prefix: str, pad: str) -> None:
        self.count += 1
        n = self.count
        listing = self.listings[spec.element.codes] if spec.element.codes else None
        settle = _Settle(spec, listing)
        self.names[f"settle{n}"] = settle
        if listing is not None:
            quick = f"x in {self._codes(spec.element.codes)}"
        else:
            self.names[f"match{n}"] = re.compile(settle.form.pattern).fullmatch
            quick = f"match{n}(x)"
        path = f"{prefix} + {spec.name!r}"
        self.lines += [
            f"{pad}x = {get}({spec.name!r})",
            f"{pad}if x is not None:",
            f"{pad} if type(x) is str and {quick}: {out}[{spec.name!r}] = x",
            f"{pad} else:",
            f"{pad}  before = len(facts.problems)",
            f"{pad}  x = settle{n}(x, {path}, facts)",
            f"{pad}  if x is not None: {out}[{spec.name!r}] = x",
        ]
        if spec.required == "yes":
            self.names[f"name{n}"] = spec.element.name
            missing = f"facts.problems.append(missing({path}, name{n}))"
            self.lines += [
                f"{pad}  elif len(facts.problems) == before: {missing}",
                f"{pad}else: {missing}",
            ]

    def _codes(self, code_list: str) -> str:
        if code_list not in self.used_lists:
            local = f"codes{len(self.used_lists)}"
            self.used_lists[code_list] = local
            self.names[f"{local}_list"] = self.listings[code_list]
        return self.used_lists[code_list]

    def _group(self, section: Section, get: str, out: str, prefix: str, depth: int) -> None:
        self.count += 1
        n = self.count
        pad = " " * depth
        self.names[f"section{n}"] = section
        path = f"{prefix} + {section.id!r}"
        self.lines += [
            f"{pad}given{n} = {get}({section.id!r})",
            f"{pad}if {'True' if section.least else f'given{n} is not None'}:",
            f"{pad} rows{n} = clean{n + 1}.lines(given{n}, section{n}, facts.on)",  # the level written next
            f"{pad} if rows{n} is not None: facts.boxes += sum(map(len, rows{n}))",
            f"{pad} else:",
            f"{pad}  rows{n} = []",
            f"{pad}  for i{n}, line{n} in lines_of(given{n}, section{n}, {path}, facts):",
            f"{pad}   if line{n} is None:",
            f"{pad}    rows{n}.append({{}})",
            f"{pad}    continue",
            f'{pad}   path{n} = {path} + f"[{{i{n}}}]."',
        ]
        self._level(
            list(section.fields), list(section.sections), f"line{n}", f"row{n}", f"path{n}", depth + 3
        )
        self.lines += [
            f"{pad}   rows{n}.append(row{n})",
            f"{pad} if rows{n}: {out}[{section.id!r}] = rows{n}",
        ]


def _lines_of(
    value: Any, section: Section, path: str, facts: _Facts
) -> Iterable[tuple[int, dict[str, Any] | None]]:
    """The lines to read of a repeating section, at most as many as it allows; None for what is no line."""
    lines = [] if value is None or value == "" else value
    if type(lines) is not list:
        facts.problems.append(faults.not_lines(path, section.name))
        return
    if len(lines) < section.least:
        facts.problems.append(faults.too_few(path, section.name, section.least))
    elif len(lines) > section.most:
        facts.problems.append(faults.too_many(path, section.name, len(lines), section.most))
    for i, line in enumerate(lines[: section.most]):
        if type(line) is dict:
            yield i, line
        else:
            facts.problems.append(faults.not_a_line(f"{path}[{i}]", section.name))
            yield i, None


def _put_aside(
    raw: dict[str, Any], known: frozenset[str], system: Mapping[str, Text], prefix: str, facts: _Facts
) -> None:
    """What the document does not take from senders: unknown elements, and what is not theirs to fill."""
    for name in sorted(raw.keys() - known):
        path, value = prefix + name, raw[name]
        if name in system and value in (None, ""):
            continue
        facts.extension[path] = value
        if len(facts.problems) < MOST_PROBLEMS:
            called = system.get(name)
            facts.problems.append(
                faults.not_yours(path, called, value) if called else faults.unknown_element(path)
            )
        else:
            facts.unnamed += 1

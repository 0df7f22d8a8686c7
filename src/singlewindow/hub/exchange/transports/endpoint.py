"""Settings of a wire, as a partner's file gives them: whatever is wrong with them is said at once.

Types and bounds stand beside each setting in the wire's own ``Endpoint``; remedies are made from them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, TypeVar, get_type_hints

import msgspec
from msgspec import Meta, Struct, inspect

from singlewindow.kernel.messages import Problem, Text

LONGEST_SHOWN = 80  # characters of a value that is repeated
TRY_MOST_S = 45.0  # seconds an answer is waited for, and
CONNECT_MOST_S = 10.0  # a connection: a try must end before its lease of 60 seconds does
LEAST_S = 0.1
LONGEST = 1_000  # characters of a name, a path or an address

Connecting = Annotated[float, Meta(ge=LEAST_S, le=CONNECT_MOST_S)]
Waiting = Annotated[float, Meta(ge=LEAST_S, le=TRY_MOST_S)]
Named = Annotated[str, Meta(min_length=1, max_length=LONGEST)]


class Endpoint(Struct, frozen=True, kw_only=True):
    """What the settings of every wire share."""

    secret: ClassVar[frozenset[str]] = frozenset()  # settings whose values are never repeated

    def unfit(self) -> Iterator[Problem]:
        """What is wrong although each value by itself is right."""
        return iter(())


Settings = TypeVar("Settings", bound=Endpoint)


class Unfit(ValueError):
    """Settings that no wire can be opened with; carries every problem found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.text.en for problem in problems))
        self.problems = problems


class Setting(Struct, frozen=True):
    """One setting: its type with bounds, and what it is where it is not given."""

    name: str
    hint: Any
    type: inspect.Type
    required: bool
    default: Any
    secret: bool

    @property
    def expected(self) -> Text:
        """What may be given."""
        return _expected(self.type)

    def fits(self, value: Any) -> bool:
        """Whether a value is of the type and within the bounds."""
        try:
            msgspec.convert(value, self.hint)
        except msgspec.ValidationError:
            return False
        return True


def settings(kind: type[Endpoint]) -> dict[str, Setting]:
    """The settings a wire knows, by name, in the order in which they are declared."""
    fields, hints = inspect.type_info(kind).fields, get_type_hints(kind, include_extras=True)  # type: ignore[attr-defined]
    return {
        each.name: Setting(
            each.name, hints[each.name], each.type, each.required, each.default, each.name in kind.secret
        )
        for each in fields
    }


def read(kind: type[Settings], given: Mapping[str, Any]) -> Settings:
    """The settings as given; raises ``Unfit`` with all that is wrong."""
    known = settings(kind)
    fit = {name: value for name, value in given.items() if name in known and known[name].fits(value)}
    problems = [*_strange(known, given), *_missing(known, given), *_misgiven(known, given, fit)]
    whole = all(name in fit for name, setting in known.items() if setting.required)
    made = msgspec.convert(fit, kind) if whole else None
    if made is not None:
        problems += made.unfit()
    if made is None or problems:
        raise Unfit(problems)
    return made


def _strange(known: Mapping[str, Setting], given: Mapping[str, Any]) -> Iterator[Problem]:
    """What is written under a name that nobody knows may be a password: it is not repeated."""
    names = Text(f"可用的设置：{'、'.join(known)}", f"the settings are {', '.join(known)}")
    for name in sorted(given.keys() - known.keys()):
        text = Text(f"没有名为 {name} 的设置", f"there is no setting called {name}")
        yield Problem("endpoint.unknown", text, name, remedy=names)


def _missing(known: Mapping[str, Setting], given: Mapping[str, Any]) -> Iterator[Problem]:
    for name, setting in known.items():
        if setting.required and name not in given:
            text = Text(f"缺少设置 {name}", f"the setting {name} is missing")
            yield Problem("endpoint.missing", text, name, remedy=_give(setting))


def _misgiven(
    known: Mapping[str, Setting], given: Mapping[str, Any], fit: Mapping[str, Any]
) -> Iterator[Problem]:
    for name in sorted(given.keys() & known.keys() - fit.keys()):
        yield unfit(name, "…" if known[name].secret else shown(given[name]), _give(known[name]))


def unfit(name: str, value: str, remedy: Text) -> Problem:
    """A setting that cannot be as it is."""
    text = Text(f"设置 {name} 不能是 {value}", f"the setting {name} cannot be {value}")
    return Problem("endpoint.unfit", text, name, value, remedy)


def shown(value: Any) -> str:
    """A value as TOML has it, or its beginning."""
    written = json.dumps(value, ensure_ascii=False, default=str)
    return written if len(written) <= LONGEST_SHOWN else f"{written[:LONGEST_SHOWN]}…"


def _give(setting: Setting) -> Text:
    return Text(f"可给：{setting.expected.zh}", f"give {setting.expected.en}")


def _expected(of: inspect.Type) -> Text:
    match of:
        case inspect.Metadata(extra={"zh": zh, "en": en}):
            return Text(zh, en)
        case inspect.UnionType(types=types):
            return _expected(types[0])
        case inspect.BoolType():
            return Text("true 或 false", "true or false")
        case inspect.IntType(ge=least, le=most):
            return Text(f"{least} 至 {most} 的整数", f"a whole number from {least} to {most}")
        case inspect.FloatType(ge=least, le=most):
            return Text(f"{least:g} 至 {most:g} 的数", f"a number from {least:g} to {most:g}")
        case inspect.StrType(min_length=least, max_length=most):
            return Text(
                f"{least or 0} 至 {most} 个字符的文本", f"a text of {least or 0} to {most} characters"
            )
    raise TypeError(f"no setting is of type {of}")

"""What does not fit a route's parameters and body, as problems: all at once, both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from singlewindow.kernel.messages import Problem, Text

SHOWN = 60
REMEDY = Text("应有的格式见 /api/v1/openapi.json", "/api/v1/openapi.json says what is expected")
WORDS: Mapping[str, tuple[str, Text]] = {
    "missing": ("missing", Text("必须填写", "must be given")),
    "extra_forbidden": ("unknown", Text("不认识这一项", "is not known here")),
    "string_too_long": (
        "too_long",
        Text("过长，最多 {max_length} 个字符", "is longer than {max_length} characters"),
    ),
    "string_too_short": ("missing", Text("必须填写", "must be given")),
    "too_long": ("too_many", Text("过多，最多 {max_length} 项", "has more than {max_length} members")),
    "greater_than_equal": ("too_small", Text("不得小于 {ge}", "must not be less than {ge}")),
    "less_than_equal": ("too_large", Text("不得大于 {le}", "must not be more than {le}")),
    "literal_error": ("not_one_of", Text("应为 {expected} 之一", "must be one of {expected}")),
}
OTHERWISE = ("wrong_form", Text("格式不符", "has the wrong form"))


def problems(errors: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """One problem for each error that pydantic found."""
    return [_problem(error) for error in errors]


def _problem(error: Mapping[str, Any]) -> Problem:
    code, text = WORDS.get(error["type"], OTHERWISE)
    field, given = _field(error["loc"]), error.get("ctx") or {}
    said = Text(f"{field} {text.zh.format(**given)}", f"{field} {text.en.format(**given)}")
    return Problem(code, said, field, _shown(error), REMEDY)


def _field(place: Sequence[str | int]) -> str:
    """``("body", "asked", "results", 0, "item")`` is ``results[0].item``; the argument is ours alone."""
    names = place[2:] if place and place[0] == "body" and len(place) > 2 else place[-1:]
    path = "".join(f"[{name}]" if isinstance(name, int) else f".{name}" for name in names)
    return path.lstrip(".") or "body"


def _shown(error: Mapping[str, Any]) -> str:
    value = error.get("input")
    if error["type"] == "missing" or not isinstance(value, str | int):
        return ""
    return "".join(c for c in str(value)[:SHOWN] if c.isprintable())

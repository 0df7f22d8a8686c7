"""What every room's answers to programs are made of."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

PAGE, MOST = 50, 200
LONGEST_CURSOR = 200
# What PostgreSQL and terminals cannot hold, and what makes a number read as another, is refused before it
# reaches them: control characters, line separators, marks that turn the direction of writing.
_UNSEEN = r"\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
CLEAN = rf"^[^\x00-\x1f{_UNSEEN}]*$"
Line = Annotated[str, StringConstraints(max_length=100, strip_whitespace=True, pattern=CLEAN)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True, pattern=CLEAN)]
Sentence = Annotated[str, StringConstraints(max_length=500, pattern=rf"^[^\x00-\x09\x0b-\x1f{_UNSEEN}]*$")]


def written(form: str) -> BeforeValidator:
    """Text of this form alone: a bare number would be taken for seconds, or milliseconds, since 1970."""
    pattern = re.compile(form, re.ASCII)

    def checked(given: Any) -> str:
        if isinstance(given, str) and pattern.fullmatch(given):
            return given
        raise ValueError(form)

    return BeforeValidator(checked)


_DAY, _TIME = r"\d{4}-\d\d-\d\d", r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?"
AS_DAY, AS_MOMENT = written(_DAY), written(rf"{_DAY}[Tt ]{_TIME}([Zz]|[+-]\d\d:\d\d)")  # RFC 3339
Whole = Annotated[int, Field(strict=True)]  # of a body, where numbers are no text


class Shape(BaseModel):
    """A value of an answer, read off whatever carries these names."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Given(BaseModel):
    """A value that a program gives: nothing beside what is named is taken."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Shape):
    """A sentence in both languages."""

    zh: str
    en: str


class Paging(Given):
    """Which part of a list is asked for."""

    limit: int = Field(PAGE, ge=1, le=MOST, description="每页条数 · how many on a page")
    after: Annotated[str, StringConstraints(max_length=LONGEST_CURSOR, pattern=r"^[A-Za-z0-9_-]*$")] = Field(
        "", description="上一页给出的 next · the `next` of the page before"
    )

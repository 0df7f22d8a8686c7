"""What every room's answers to programs are made of."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from singlewindow.kernel.unseen import unseen

PAGE, MOST = 50, 200
LONGEST_CURSOR = 400  # of 64 characters that an agency chose, in any script, and a time
# What PostgreSQL and terminals cannot hold, and what makes a number read as another, is refused before it
# reaches them. Halves of characters never come here: pydantic takes none, nor does its engine know them.
CLEAN = f"^[^{unseen(halves=False)}]*$"
_LINES = f"^[^{unseen(but=chr(10), halves=False)}]*$"
Line = Annotated[str, StringConstraints(max_length=100, strip_whitespace=True, pattern=CLEAN)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True, pattern=CLEAN)]
Sentence = Annotated[str, StringConstraints(max_length=500, pattern=_LINES)]


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
# Told to who makes a client from the description: a number that grows for ever would otherwise be kept in
# 32 bits, and bytes be taken for words.
Large = Annotated[int, Field(json_schema_extra={"format": "int64"})]
Sha256 = Annotated[str, Field(json_schema_extra={"pattern": "^[0-9a-f]{64}$"})]
Base64 = Annotated[str, Field(json_schema_extra={"contentEncoding": "base64"})]


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

"""What every room's answers to programs are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

PAGE, MOST = 50, 200
LONGEST_CURSOR = 200
# What PostgreSQL and terminals cannot hold is refused before it reaches them.
CLEAN = r"^[^\x00-\x1f\x7f]*$"
Line = Annotated[str, StringConstraints(max_length=100, strip_whitespace=True, pattern=CLEAN)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True, pattern=CLEAN)]
Sentence = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f]*$")]


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

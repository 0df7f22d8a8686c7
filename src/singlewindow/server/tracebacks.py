"""Tracebacks as logs may keep them: without the rows and statements that a database's errors quote."""

from __future__ import annotations

import traceback
from collections.abc import Iterator

import psycopg
from django.db import Error as DjangoError

OF_DATABASE = (psycopg.Error, DjangoError)


def terse(error: BaseException) -> str:
    """The traceback of an error and of all it came from; of what a database said, the first line.

    Those after it (DETAIL, CONTEXT, the statement) hold values of rows, which are some party's data.
    """
    left_out = {line.strip() for each in _together(error) for line in _beyond_the_first(each)}
    lines = "".join(traceback.format_exception(error)).splitlines()
    return "\n".join(line for line in lines if line.lstrip(" |").strip() not in left_out)


def _beyond_the_first(error: BaseException) -> list[str]:
    said = str(error).splitlines()[1:] if isinstance(error, OF_DATABASE) else []
    return [line for line in said if line.strip()]


def _together(error: BaseException) -> Iterator[BaseException]:
    """It, its causes, and those of a group; each once."""
    seen, waiting = set(), [error]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [each for each in (one.__cause__, one.__context__) if each is not None]
        waiting += one.exceptions if isinstance(one, BaseExceptionGroup) else ()

"""What is said of a database that does not answer, or is not as this code knows it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict

from singlewindow.kernel.messages import Problem, Text
from singlewindow.server.configuration import Configuration
from singlewindow.server.postgres import PORT
from singlewindow.server.refusal import Away, Refusal

UNPREPARED = (
    errors.UndefinedTable,
    errors.UndefinedColumn,
    errors.UndefinedFunction,
    errors.InvalidSchemaName,
)


@contextmanager
def answering(configuration: Configuration) -> Iterator[None]:
    """While something is asked of the database: where it is away, or lacks what is asked for, a refusal."""
    try:
        yield
    except psycopg.OperationalError as error:
        raise Away.of(_away(configuration, error)) from error
    except UNPREPARED as error:
        raise Refusal.of(_unprepared(configuration, error)) from error


def _away(configuration: Configuration, error: psycopg.Error) -> Problem:
    where, why = place(configuration), first_line(error)
    remedy = Text(
        "请先运行 singlewindow up，或用 --data 指定平台的数据目录",
        "run singlewindow up first, or name its --data",
    )
    if configuration.database_url:
        remedy = Text(
            "请确认数据库已启动、DATABASE_URL 无误，再试",
            "see that it runs and that DATABASE_URL is right, then ask again",
        )
    return Problem(
        "database-away",
        Text(f"数据库 {where} 无应答：{why}", f"the database {where} does not answer: {why}"),
        value=where,
        remedy=remedy,
    )


def _unprepared(configuration: Configuration, error: psycopg.Error) -> Problem:
    where, why = place(configuration), first_line(error)
    text = Text(
        f"数据库 {where} 与程序不符：{why}", f"the database {where} is not as this program knows it: {why}"
    )
    remedy = Text(
        "请重新启动平台，或运行 singlewindow migrate", "start the platform again, or run singlewindow migrate"
    )
    return Problem("database-unprepared", text, value=where, remedy=remedy)


def place(configuration: Configuration) -> str:
    """Where the database is, in words that hold no password."""
    if not configuration.database_url:
        return f"{configuration.data / 'postgres'}"
    given = conninfo_to_dict(configuration.database_url)
    return f"{given.get('host', 'localhost')}:{given.get('port', PORT)}/{configuration.database}"


def first_line(error: Exception) -> str:
    """What the driver said, in one line."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]

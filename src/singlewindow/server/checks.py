"""Dangerous configurations the platform refuses to start with; each check names everything it finds."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from pathlib import Path

import psycopg

from singlewindow.kernel.messages import Problem, Text
from singlewindow.server import keys
from singlewindow.server.configuration import Configuration
from singlewindow.server.refusal import Refusal

HERE = Path(__file__).parent
PRIVILEGED = (HERE / "privileged.sql").read_text(encoding="utf-8")
UNPROTECTED = (HERE / "unprotected.sql").read_text(encoding="utf-8")


def refuse(problems: Iterable[Problem]) -> None:
    """Raise one refusal that names every problem."""
    found = list(problems)
    if found:
        raise Refusal(
            "\n".join(("拒绝启动:", *(f"- {each.text.zh}" for each in found))),
            "\n".join(("Refused to start:", *(f"- {each.text.en}" for each in found))),
        )


def of_machine(configuration: Configuration) -> list[Problem]:
    """What can be judged without a database."""
    return [*open_secrets(configuration), *exposed_debugging(configuration)]


def of_database(configuration: Configuration, connection: psycopg.Connection) -> list[Problem]:
    """What the database's own catalogue says."""
    return [
        *privileged_roles(connection),
        *unprotected_tables(connection),
        *lost_durability(configuration, connection),
    ]


def open_secrets(configuration: Configuration) -> list[Problem]:
    """Passwords and keys are their owner's alone."""
    components = sorted((configuration.data / "components").glob("*.toml"))
    files = [configuration.secrets_file, configuration.signing_key, *components]
    return [
        problem(
            "secrets-readable",
            f"{path} 可被其他用户读取;请执行 chmod 600。",
            f"{path} can be read by others; run chmod 600 on it.",
        )
        for path in keys.readable_by_others(files)
    ]


def exposed_debugging(configuration: Configuration) -> list[Problem]:
    """Django's debugging pages show settings and source to whoever asks."""
    if not configuration.debug or is_loopback(configuration.bind):
        return []
    return [
        problem(
            "debug-exposed",
            f"debug 已打开,而 {configuration.bind} 不是本机地址。",
            f"debug is on while {configuration.bind} is not a loopback address.",
        )
    ]


def is_loopback(bind: str) -> bool:
    """Whether an address is reached from this machine only."""
    try:
        return ip_address(bind).is_loopback
    except ValueError:
        return bind == "localhost"


def privileged_roles(connection: psycopg.Connection) -> list[Problem]:
    """Row-level security means nothing to an owner, a superuser or BYPASSRLS."""
    return [
        problem(
            "role-privileged",
            f"数据库角色 {role} 权限过大({why}),行级安全对它无效。",
            f"The database role {role} has too many rights ({why}): row-level security does not bind it.",
        )
        for role, why in connection.execute(PRIVILEGED)
    ]


def unprotected_tables(connection: psycopg.Connection) -> list[Problem]:
    """Every table with a party's data has forced row-level security."""
    return [
        problem(
            "table-unprotected",
            f"表 sw.{table} 含有当事方数据,但未强制行级安全。",
            f"The table sw.{table} holds a party's data without forced row-level security.",
        )
        for (table,) in connection.execute(UNPROTECTED)
    ]


def lost_durability(configuration: Configuration, connection: psycopg.Connection) -> list[Problem]:
    """An acknowledged submission must survive a power cut."""
    if configuration.allow_unsafe_durability:
        return []
    query = "select name from pg_settings where name in ('fsync', 'full_page_writes') and setting = 'off'"
    return [
        problem(
            "durability-off",
            f"PostgreSQL 的 {name} 已关闭,断电会丢失已受理的申报;试验时可设 allow_unsafe_durability。",
            f"PostgreSQL has {name} off: a power cut loses accepted submissions; "
            "for trials set allow_unsafe_durability.",
        )
        for (name,) in connection.execute(query)
    ]


def problem(code: str, zh: str, en: str) -> Problem:
    """A problem of the installation rather than of a document."""
    return Problem(code, Text(zh, en))

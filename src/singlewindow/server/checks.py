"""Dangerous configurations the platform refuses to start with; each check names everything it finds."""

from __future__ import annotations

import os
from collections.abc import Iterable
from ipaddress import ip_address
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from singlewindow.hub.identity import seed
from singlewindow.kernel.messages import Problem, Text
from singlewindow.server import keys
from singlewindow.server.configuration import ENGINE, Configuration, from_file
from singlewindow.server.refusal import Refusal, told

HERE = Path(__file__).parent
PRIVILEGED = (HERE / "privileged.sql").read_text(encoding="utf-8")
ENCRYPTED = {"require", "verify-ca", "verify-full"}
UNPROTECTED = (HERE / "unprotected.sql").read_text(encoding="utf-8")


def refuse(problems: Iterable[Problem]) -> None:
    """Raise one refusal that names every problem."""
    found = list(problems)
    said = [told(each) for each in found]
    if found:
        raise Refusal(
            "\n".join(("拒绝启动：", *(f"- {each.zh}" for each in said))),
            "\n".join(("Refused to start:", *(f"- {each.en}" for each in said))),
            *found,
        )


def of_machine(configuration: Configuration) -> list[Problem]:
    """What can be judged without a database."""
    return [*open_secrets(configuration), *exposed(configuration)]


def exposed(configuration: Configuration) -> list[Problem]:
    """What must not be reached, or read on the way, from other machines."""
    if is_loopback(configuration.bind):
        return plain_database(configuration)
    return [
        *plain_database(configuration),
        *exposed_debugging(configuration),
        *exposed_demonstration(configuration),
        *exposed_passwords(configuration),
    ]


def of_database(configuration: Configuration, connection: psycopg.Connection) -> list[Problem]:
    """What the database's own catalogue says."""
    return [
        *privileged_roles(connection),
        *unprotected_tables(connection),
        *lost_durability(configuration, connection),
        *kept_demonstration(configuration),
    ]


def open_secrets(configuration: Configuration) -> list[Problem]:
    """Passwords and keys are their owner's alone."""
    components = sorted((configuration.data / "components").glob("*.toml"))
    ours = [configuration.secrets_file, configuration.signing_key, configuration.demonstration_file]
    files = [*ours, *components, *partners_keys(components), *settings_with_password(configuration)]
    return [
        problem(
            "secrets-readable",
            f"{path} 可被其他用户读取；请执行 chmod 600。",
            f"{path} can be read by others; run chmod 600 on it.",
        )
        for path in keys.readable_by_others(files)
    ]


def partners_keys(components: Iterable[Path]) -> list[Path]:
    """The private keys with which we sign in at partners, where their endpoints name some."""
    named = [key for path in components if os.access(path, os.R_OK) for key in partners_key(path)]
    return [Path(each) for each in named if each]  # one role may not read all


def partners_key(endpoint: Path) -> list[str]:
    """That of one endpoint; what else is wrong with the file others say."""
    try:
        return [str(from_file(endpoint).get("client_key", ""))]
    except Refusal:
        return []


def settings_with_password(configuration: Configuration) -> list[Path]:
    """The installation's own file, where it says with which password the database is reached."""
    path = configuration.data / "singlewindow.toml"
    written = str(from_file(path).get("database_url", ""))
    return [path] if conninfo_to_dict(written).get("password") else []


def exposed_debugging(configuration: Configuration) -> list[Problem]:
    """Django's debugging pages show settings and source to whoever asks."""
    if not configuration.debug:
        return []
    return [
        problem(
            "debug-exposed",
            f"debug 已打开，而 {configuration.bind} 不是本机地址。",
            f"debug is on while {configuration.bind} is not a loopback address.",
        )
    ]


def exposed_demonstration(configuration: Configuration) -> list[Problem]:
    """The demonstration's people share one password, and rehearsed authorities release its goods."""
    if not configuration.demo or configuration.allow_exposed_demo:
        return []
    return [
        problem(
            "demo-exposed",
            f"演示模式已打开，而 {configuration.bind} 不是本机地址；"
            "请用 --no-demo，或设 allow_exposed_demo。",
            f"The demonstration is on while {configuration.bind} is not a loopback address; "
            "use --no-demo, or set allow_exposed_demo.",
        )
    ]


def exposed_passwords(configuration: Configuration) -> list[Problem]:
    """Passwords and tokens travel in the clear where nobody speaks TLS."""
    if configuration.https or configuration.allow_plain_http:
        return []
    return [
        problem(
            "plain-http",
            f"{configuration.bind} 不是本机地址，而 https 未打开：密码和令牌会明文传输。"
            "请在前面架设 TLS 代理并设 https = true；封闭网络可设 allow_plain_http。",
            f"{configuration.bind} is not a loopback address while https is off: passwords and tokens would "
            "travel in the clear. Put a TLS proxy in front and set https = true; on a closed network set "
            "allow_plain_http.",
        )
    ]


def plain_database(configuration: Configuration) -> list[Problem]:
    """To a server on another machine libpq speaks in the clear where that machine likes it so."""
    place = conninfo_to_dict(configuration.database_url)
    hosts = str(place.get("host") or place.get("hostaddr") or os.environ.get("PGHOST", "")).split(",")
    far = [host for host in hosts if host and not host.startswith(("/", "@")) and not is_loopback(host)]
    mode = str(place.get("sslmode") or os.environ.get("PGSSLMODE", ""))
    if not configuration.database_url or not far or mode in ENCRYPTED or configuration.allow_plain_database:
        return []
    return [
        problem(
            "database-plain",
            f"与数据库 {', '.join(far)} 的连接可能不加密：请在 DATABASE_URL 中加 sslmode=require "
            "或 verify-full；封闭网络可设 allow_plain_database。",
            f"The line to the database at {', '.join(far)} may be in the clear: add sslmode=require or "
            "verify-full to DATABASE_URL; on a closed network set allow_plain_database.",
        )
    ]


def kept_demonstration(configuration: Configuration) -> list[Problem]:
    """A database in which the demonstration ran keeps its people, its shared password and its tokens.

    Asked as the engine: the account of ``DATABASE_URL`` need not be one that may read anything.
    """
    if configuration.demo or configuration.allow_exposed_demo or is_loopback(configuration.bind):
        return []
    with psycopg.connect(configuration.dsn(ENGINE)) as connection:
        found = demonstrated(connection)
    if not found:
        return []
    return [
        problem(
            "demo-kept",
            "这个数据库里有演示单位和演示账户（同一密码）；对外服务请另建数据目录或数据库。",
            "This database holds the demonstration's firms and people, who share one password; "
            "to serve others begin with a data folder or database of its own.",
        )
    ]


def demonstrated(connection: psycopg.Connection) -> bool:
    """Whether the demonstration ever ran in this database; asked as the engine."""
    firms = [party["code"] for party in seed.facts()["parties"] if party["kind"] != "agency"]
    found = connection.execute("select from party where code = any(%s) limit 1", [firms]).fetchone()
    return found is not None


def unasked_demonstration(configuration: Configuration, connection: psycopg.Connection) -> list[Problem]:
    """Where parties were registered without it, a forgotten word does not bring the demonstration in.

    Its people share one password, and some would work for the agencies that are registered here.
    """
    if not configuration.demo or demonstrated(connection):
        return []
    registered = connection.execute("select from party limit 1").fetchone()
    return [] if registered is None else [without_demonstration()]


def unasked_rehearsal(configuration: Configuration) -> list[Problem]:
    """One role alone writes no rehearsed endpoints into the folder of an installation of one's own."""
    if not configuration.demo or configuration.demonstration_file.exists():
        return []
    return [without_demonstration()]


def without_demonstration() -> Problem:
    """What to do about either."""
    return problem(
        "demo-unasked",
        "这个平台不带演示：演示账户用同一密码，不能进入正式数据。请加 --no-demo，"
        "或在 singlewindow.toml 写 demo = false。",
        "This platform runs without the demonstration, whose people share one password and do not come "
        "into it: add --no-demo, or write demo = false into singlewindow.toml.",
    )


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
            f"数据库角色 {role} 权限过大（{why}），行级安全对它无效。",
            f"The database role {role} has too many rights ({why}): row-level security does not bind it.",
        )
        for role, why in connection.execute(PRIVILEGED)
    ]


def unprotected_tables(connection: psycopg.Connection) -> list[Problem]:
    """Every table with a party's data has forced row-level security."""
    return [
        problem(
            "table-unprotected",
            f"表 sw.{table} 含有当事方数据，但未强制行级安全。",
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
            f"PostgreSQL 的 {name} 已关闭，断电会丢失已受理的申报；试验时可设 allow_unsafe_durability。",
            f"PostgreSQL has {name} off: a power cut loses accepted submissions; "
            "for trials set allow_unsafe_durability.",
        )
        for (name,) in connection.execute(query)
    ]


def problem(code: str, zh: str, en: str) -> Problem:
    """A problem of the installation rather than of a document."""
    return Problem(code, Text(zh, en))

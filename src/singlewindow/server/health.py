"""What ``doctor`` looks at: one function a question, each answering with a finding."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from msgspec import Struct

from singlewindow.hub.exchange import lanes
from singlewindow.kernel.clock import ZONE, Clock, now
from singlewindow.kernel.messages import Text, Viewer
from singlewindow.server import checks, data_folder, database, endpoints, lock, schema, terminals
from singlewindow.server.accounts import server_account
from singlewindow.server.answering import first_line
from singlewindow.server.configuration import ENGINE, Configuration
from singlewindow.server.postgres import installation
from singlewindow.server.refusal import Refusal, told

PYTHON = (3, 11)
FREE_BYTES = 2_000_000_000
CLOCK_SECONDS = 2.0
OPERATOR = Viewer((), frozenset({lanes.READ}))
OLDEST = datetime.fromisoformat("2026-01-01T00:00:00+00:00")  # a machine that says less has lost its time


class Finding(Struct, frozen=True):
    """One question's answer; ``fine`` is None where it could not be asked."""

    question: str
    fine: bool | None
    text: Text


def examine(configuration: Configuration, clock: Clock = now) -> list[Finding]:
    """Every question, the machine's first; a database that is away leaves its questions open."""
    found = [
        python(),
        binaries(configuration),
        folder(configuration),
        *unfit(configuration),
        port(configuration),
        disk(configuration),
        logs(configuration),
        *(Finding(each.code, False, each.text) for each in checks.exposed(configuration)),
        *(Finding("components", False, told(each)) for each in endpoints.unfit(configuration)),
        *(Finding("terminals", False, each.text) for each in terminals.unfit(configuration)),
    ]
    try:
        with database.connect(configuration, "postgres") as connection:
            found.append(Finding("database", True, Text("数据库可连接", "the database answers")))
            found += [clocks(connection, clock), *of_record(configuration, clock)]
            found += unheard(configuration, clock)
            found += of_database(configuration, connection)
    except (psycopg.Error, Refusal) as error:
        found.append(away(configuration, error))
    return found


def away(configuration: Configuration, error: Exception) -> Finding:
    """No fault while the platform is stopped, as its database is then too; while it runs, a grave one."""
    why = error.text if isinstance(error, Refusal) else Text(first_line(error), first_line(error))
    if lock.held(configuration.data):
        words = Text(
            f"平台正在运行，数据库却不应答：{why.zh}", f"the platform is up, its database away: {why.en}"
        )
        return Finding("database", False, words)
    words = Text(f"数据库未连接（平台未启动？）：{why.zh}", f"no database (is the platform up?): {why.en}")
    return Finding("database", None, words)


def python() -> Finding:
    """The interpreter."""
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", sys.version_info >= PYTHON, Text(f"Python {version}", f"Python {version}"))


def binaries(configuration: Configuration) -> Finding:
    """PostgreSQL's programs, reachable for the account they run under."""
    if configuration.database_url:
        return Finding("binaries", True, Text("使用 DATABASE_URL", "DATABASE_URL is used"))
    try:
        program = installation(server_account()) / "bin" / "postgres"
    except Refusal as refusal:
        return Finding("binaries", False, refusal.text)
    return Finding(
        "binaries", os.access(program, os.X_OK), Text(f"内置 PostgreSQL：{program}", f"PostgreSQL: {program}")
    )


def folder(configuration: Configuration) -> Finding:
    """The data folder, and secrets nobody else may read."""
    data = configuration.data
    if not data.exists():
        words = Text(f"数据目录 {data} 尚未建立", f"the data folder {data} is not there yet")
        return Finding("data", None, words)
    problems = checks.open_secrets(configuration)
    if problems:
        return Finding("data", False, problems[0].text)
    words = Text(f"数据目录 {data}", f"data folder {data}")
    return Finding("data", os.access(data, os.W_OK | os.X_OK), words)


def disk(configuration: Configuration) -> Finding:
    """Room on the disks that hold the data and its database, which may live elsewhere."""
    places = (configuration.data, (configuration.data / "postgres").resolve())
    free = min(shutil.disk_usage(existing(place)).free for place in places)
    words = Text(f"可用磁盘 {free / 10**9:.1f} GB", f"{free / 10**9:.1f} GB of disk free")
    if free >= FREE_BYTES:
        return Finding("disk", True, words)
    zh, en = "磁盘写满即不再受理申报，请腾出空间", "when it is full nothing is taken any more: make room"
    return Finding("disk", False, Text(f"{words.zh}：{zh}", f"{words.en}; {en}"))


def existing(place: Path) -> Path:
    """The place, or the nearest folder above it that is there."""
    return next(path for path in (place, *place.parents) if path.exists())


def logs(configuration: Configuration) -> Finding:
    """Every process writes a file of its own there; one that cannot speaks where the platform was started."""
    folder = configuration.log
    if not folder.exists():
        return Finding("logs", None, Text(f"日志目录 {folder} 尚未建立", f"{folder} is not there yet"))
    shut = [path for path in (folder, *sorted(folder.glob("*.log"))) if not writable(path)]
    if shut:
        names = ", ".join(map(str, shut))
        return Finding("logs", False, Text(f"日志无法写入：{names}", f"logs cannot be written: {names}"))
    return Finding("logs", True, Text(f"日志目录 {folder}", f"logs in {folder}"))


def writable(path: Path) -> bool:
    """A folder we may make files in, or a file we may write."""
    if path.suffix == ".log":
        return path.is_file() and os.access(path, os.W_OK)
    return path.is_dir() and os.access(path, os.W_OK | os.X_OK)


def unfit(configuration: Configuration) -> Iterator[Finding]:
    """What keeps ``up`` from starting on the folder, with what to do."""
    try:
        for each in data_folder.unfit(configuration):
            yield Finding(each.code, False, told(each))
    except (OSError, Refusal) as error:
        why = error.text if isinstance(error, Refusal) else Text(str(error), str(error))
        words = Text(f"数据目录无法查看：{why.zh}", f"the folder cannot be looked into: {why.en}")
        yield Finding("data", False, words)


def port(configuration: Configuration) -> Finding:
    """The platform on this folder, and whether it answers; where there is none, whether its port is free."""
    platform = lock.holder(configuration.data)
    place = platform[1] if platform and platform[1] else configuration.url
    answers = listens(place)
    if platform:
        zh, en = f"平台（进程 {platform[0]}）在 {place}", f"the platform (process {platform[0]}) at {place}"
        if answers:
            return Finding("port", True, Text(f"{zh} 应答", f"{en} answers"))
        log = configuration.log / "web.log"
        return Finding("port", False, Text(f"{zh} 不应答，请看 {log}", f"{en} does not answer: see {log}"))
    if answers:
        zh, en = f"平台未启动，{place} 已被占用", f"the platform is not up, and {place} is taken"
        return Finding(
            "running", None, Text(f"{zh}；启动请用 --port 换一个", f"{en}: start it with another --port")
        )
    return Finding(
        "running", None, Text(f"平台未启动，{place} 空闲", f"the platform is not up; {place} is free")
    )


def listens(url: str) -> bool:
    """Whether anybody accepts connections at an address."""
    place = urlsplit(url)
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((place.hostname or "", place.port or 80)) == 0


def clocks(connection: psycopg.Connection, clock: Clock) -> Finding:
    """Our clock against the database's: receipts and deadlines are measured by both."""
    row = connection.execute("select clock_timestamp()").fetchone()
    ours = clock()
    apart = abs((ours - row[0]).total_seconds()) if row else CLOCK_SECONDS
    words = Text(f"时钟与数据库相差 {apart:.1f} 秒", f"clocks are {apart:.1f} s apart")
    return Finding("clock", apart < CLOCK_SECONDS and ours > OLDEST, words)


def of_record(configuration: Configuration, clock: Clock) -> Iterator[Finding]:
    """What the journal says of our clock, read as its writer: ``DATABASE_URL``'s account may read nothing."""
    with suppress(psycopg.Error, Refusal), database.connect(configuration, ENGINE) as connection:  # see roles
        yield from newest(connection, clock)


def unheard(configuration: Configuration, clock: Clock) -> Iterator[Finding]:
    """Partners whose answers do not get here; of a platform that stands still, those that failed before."""
    runs = lock.held(configuration.data)
    with suppress(psycopg.Error, Refusal), database.connect(configuration, ENGINE) as connection:
        with connection.cursor() as cursor:
            found = lanes.lanes(OPERATOR, cursor, clock(), 1)
        for one in found:
            if one.disconnected and one.paused_at:
                yield disconnected(one, one.paused_at)
            since = one.unheard_since(clock())
            if since and (runs or one.fetch_failures):
                yield unheard_of(one, since)


def unheard_of(one: lanes.Lane, since: datetime) -> Finding:
    """Since when nothing was fetched from a partner, and why or where to look."""
    at, why = f"{since.astimezone(ZONE):%Y-%m-%d %H:%M}", one.fetch_problem or f"component-{one.partner}.log"
    words = Text(
        f"{one.partner} 的回执自 {at} 起收不到，其间的挂起无人知晓：{why}",
        f"answers of {one.partner} are not fetched since {at}, a hold among them is unknown here: {why}",
    )
    return Finding("unheard", False, words)


def disconnected(one: lanes.Lane, since: datetime) -> Finding:
    """That nothing is heard of a partner on purpose: said, and no fault."""
    at = f"{since.astimezone(ZONE):%Y-%m-%d %H:%M}"
    words = Text(
        f"{one.partner} 自 {at} 起由运行单位停止对接：{one.paused_for}",
        f"{one.partner} is disconnected by the operator since {at}: {one.paused_for}",
    )
    return Finding("disconnected", True, words)


def newest(connection: psycopg.Connection, clock: Clock) -> Iterator[Finding]:
    """The last checkpoint against our clock: one from the future was signed before it was set back."""
    if connection.execute("select to_regclass('sw.journal_checkpoint')").fetchone() == (None,):
        return
    row = connection.execute("select max(at) from sw.journal_checkpoint").fetchone()
    if row and row[0] and (ahead := (row[0] - clock()).total_seconds()) > CLOCK_SECONDS:
        yield Finding(
            "clock-back",
            False,
            Text(
                f"时钟比最新的检查点慢 {ahead:.0f} 秒：被拨回过；请对时（NTP）",
                f"the clock is {ahead:.0f} s behind the newest checkpoint: it was set back; set it by NTP",
            ),
        )


def of_database(configuration: Configuration, connection: psycopg.Connection) -> Iterator[Finding]:
    """Roles, catalogue, migrations, definitions."""
    for problem in checks.of_database(configuration, connection):
        yield Finding(problem.code, False, problem.text)
    yield roles(configuration)
    yield from made_by_others(configuration)
    for question, ask in (("migrations", pending_migrations), ("definitions", changed_definitions)):
        yield equal(question, ask, configuration)


def roles(configuration: Configuration) -> Finding:
    """Every role signs in with the password we keep."""
    failed, reason = [], ""
    for role in configuration.roles:
        try:
            database.connect(configuration, role).close()
        except (psycopg.Error, Refusal) as error:
            failed.append(role)
            reason = reason or first_line(error)
    if not failed:
        return Finding("roles", True, Text("数据库角色均可登录", "every database role signs in"))
    names = ", ".join(failed)
    return Finding(
        "roles",
        False,
        Text(
            f"无法登录的数据库角色：{names}（{reason}）",
            f"database roles that cannot sign in: {names} ({reason})",
        ),
    )


def equal(question: str, ask: Callable[[Configuration], list[str]], configuration: Configuration) -> Finding:
    """The database against the code; what differs is named, and why where it cannot be looked at."""
    from django.db import Error

    try:
        different = ", ".join(ask(configuration))
    except (Error, psycopg.Error, Refusal) as error:
        reason = first_line(error)
        return Finding(question, False, Text(f"无法核对：{reason}", f"cannot be compared: {reason}"))
    if different:
        words = Text(
            f"与代码不一致（请重新启动平台）：{different}",
            f"differs from the code (start again): {different}",
        )
        return Finding(question, False, words)
    return Finding(question, True, Text("与代码一致", "equal to the code"))


def made_by_others(configuration: Configuration) -> Iterator[Finding]:
    """A schema that this program did not make."""
    import django

    django.setup()
    try:
        for each in schema.unknown(schema.applied(configuration), schema.shipped()):
            yield Finding(each.code, False, told(each))
    except psycopg.Error as error:
        reason = first_line(error)
        yield Finding("schema", False, Text(f"无法核对：{reason}", f"cannot be compared: {reason}"))


def pending_migrations(configuration: Configuration) -> list[str]:
    """Migrations of the code that the database lacks."""
    import django
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    django.setup()
    executor = MigrationExecutor(connections["owner"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    connections.close_all()
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def changed_definitions(configuration: Configuration) -> list[str]:
    """Definitions whose text in the database is not the shipped one."""
    from singlewindow.hub.documents.publishing import differing
    from singlewindow.server import composition

    with database.connect(configuration, ENGINE) as connection:
        rows = connection.execute("select id, version, hash from definition").fetchall()
    stored = [(id_, version, bytes(hash_)) for id_, version, hash_ in rows]
    return list(differing(stored, composition.registry().definitions.values()))

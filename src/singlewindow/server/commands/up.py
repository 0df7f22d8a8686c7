"""``singlewindow up``: the whole platform in the foreground, until Ctrl-C."""

from __future__ import annotations

import argparse
import shlex
import signal
import socket
import sys
import time
from contextlib import suppress
from typing import Any

import psycopg

from singlewindow.server import checks, data_folder, database, endpoints, keys, lock, registry, terminals
from singlewindow.server.answering import answering
from singlewindow.server.children import Child, fork
from singlewindow.server.configuration import ENGINE, Configuration
from singlewindow.server.refusal import AWAY, Away, Refusal
from singlewindow.server.reply import Reply
from singlewindow.server.roles import roles
from singlewindow.server.supervisor import ENDING, Supervisor, hold_signals, say

NOBODY = (
    "尚未登记任何单位，没有人能登录；请先登记运行单位及其管理员"
    " · nobody is registered and nobody can sign in; register the operator with its first administrator:"
)
FIRST = (
    "singlewindow parties register --kind platform --code 统一社会信用代码 --name 中文名称 NAME --seal 窗"
    " --login LOGIN --person 姓名"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How the roles are started."""
    parser.description = "启动整个平台 · start the whole platform"
    parser.add_argument(
        "--exec",
        action="store_true",
        dest="execute",
        help="每个角色单独启动 · start each role as its own program",
    )


def run(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """Start, say ``ready``, watch until SIGINT, SIGTERM or the terminal's end, stop."""
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:  # under nohup the terminal's end is none
            signal.signal(number, signal.default_int_handler)  # what is under way ends in order
    try:
        folder(configuration)
        with lock.take(configuration.data, configuration.url), suppress(KeyboardInterrupt):
            data_folder.require_fit(configuration)
            require_free_port(configuration)
            make_secrets(configuration)
            supervise(arguments, configuration)
    except OSError as error:
        raise data_folder.unwritable(configuration.data, error) from error
    return Reply({"stopped": True}, "已停止 · stopped")


def supervise(arguments: argparse.Namespace, configuration: Configuration) -> None:
    """PostgreSQL, then the database's content, then the roles; the reverse at the end."""
    cluster = configuration.cluster
    say("启动数据库 · starting PostgreSQL" if cluster else "使用 DATABASE_URL · using DATABASE_URL")
    server = cluster.start() if cluster else None
    home = configuration.data / "postgres"
    if home.is_symlink():  # PostgreSQL's account cannot enter the data folder
        say(f"数据库文件位于 · PostgreSQL keeps its files in {home.resolve()}")
    supervisor = Supervisor(configuration, [], arguments.execute)
    if cluster and server:
        supervisor.adopt(cluster.launch, server)
    try:
        say("准备数据库 · preparing the database")
        in_child(configuration)
        supervisor.roles = roles(configuration)
        hold_signals()
        supervisor.start()
        supervisor.wait_until_ready()
        announce(configuration)
        supervisor.watch()
        say("正在停止 · stopping")
    finally:
        hold_signals()
        supervisor.stop()


def folder(configuration: Configuration) -> None:
    """The data folder: PostgreSQL's account passes through it, its secrets are closed one by one."""
    try:
        if not configuration.data.exists():
            configuration.data.mkdir(parents=True)
            configuration.data.chmod(0o711)
        configuration.log.mkdir(mode=0o750, exist_ok=True)
        (configuration.log / "postgres.log").open("ab").close()
    except OSError as error:
        raise Refusal(
            f"数据目录 {configuration.data} 或其中的日志无法写入：{error}；请用 --data 指定其他目录。",
            f"The data folder {configuration.data} or its logs cannot be written: {error}; "
            "choose another with --data.",
        ) from error


def make_secrets(configuration: Configuration) -> None:
    """Make what is missing, refuse what others can read and what no component can be run with."""
    configuration.make_secrets()
    keys.signing_key(configuration.signing_key)
    found = [*endpoints.unfit(configuration), *terminals.unfit(configuration)]
    checks.refuse([*checks.of_machine(configuration), *found])


def require_free_port(configuration: Configuration) -> None:
    """Better now than in a log."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((configuration.bind, configuration.port))
        except OSError as error:
            raise Refusal(
                f"端口 {configuration.port} 不可用（{error.strerror}）；请用 --port 换一个。",
                f"Port {configuration.port} is not available ({error.strerror}); choose another with --port.",
            ) from error


def in_child(configuration: Configuration) -> None:
    """Prepare the database in a child, so that the supervisor never holds a connection."""
    if code := ended(fork(lambda: prepare(configuration))):
        raise (Away if code == AWAY else Refusal)(
            "数据库未能就绪，原因见上。", "The database could not be prepared; the reason stands above."
        )


def ended(child: Child) -> int:
    """Its exit code, once there is one."""
    while (code := child.poll()) is None:
        time.sleep(0.02)
    return code


def prepare(configuration: Configuration) -> None:
    """Bring the database up to date and refuse one that is dangerous."""
    try:
        with answering(configuration):
            database.prepare(configuration)
            with database.connect(configuration, "postgres") as connection:
                checks.refuse(checks.of_database(configuration, connection))
    except Refusal as refusal:
        print("\n".join(refusal.lines), file=sys.stderr)
        sys.exit(refusal.exit_code)


def announce(configuration: Configuration) -> None:
    """Where it is, who may sign in, and by what seed the counterparts decide."""
    say(f"ready: {configuration.url}")
    if configuration.demo and registry.DEMO_ACCOUNTS:
        lines: Any = registry.resolve(registry.DEMO_ACCOUNTS)(configuration)
        for line in lines:
            say(line)
    if configuration.demo:
        say(f"演练种子 · rehearsal seed: {configuration.rehearsal_seed} ({configuration.rehearsal_profile})")
    else:
        ended(fork(lambda: say_how_to_begin(configuration)))


def say_how_to_begin(configuration: Configuration) -> None:
    """In a child, as preparing is: which command makes the first who can sign in, where there is nobody."""
    with suppress(psycopg.Error, Refusal), database.connect(configuration, ENGINE) as connection:
        if connection.execute("select from party limit 1").fetchone() is None:
            say(NOBODY)
            say(f"  {FIRST} --data {shlex.quote(str(configuration.data))}")

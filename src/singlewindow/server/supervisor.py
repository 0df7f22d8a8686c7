"""The supervisor: starts PostgreSQL and the roles, starts again what dies, stops all in order."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Protocol

from singlewindow.server import headers, postgres, rotation
from singlewindow.server.children import fork
from singlewindow.server.configuration import Configuration
from singlewindow.server.refusal import Refusal
from singlewindow.server.roles import Role

FIRST_WAIT, MOST_WAIT = 0.1, 10.0  # seconds before what died is started again, doubling
HEALTHY = 20.0  # seconds after which earlier deaths no longer count
LOOK = 0.5  # seconds between looks when no signal comes
STOP_SECONDS = 10.0
READY_SECONDS = 60.0
ANSWER_SECONDS = 5.0
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
WATCHED = (signal.SIGCHLD, *ENDING)


class Process(Protocol):
    """What a forked child and a subprocess have in common."""

    pid: int

    def poll(self) -> int | None: ...
    def send_signal(self, number: int, /) -> None: ...


@dataclass
class Watched:
    """A process that shall always run."""

    name: str
    start: Callable[[], Process]
    process: Process | None = None
    since: float = 0.0
    deaths: int = 0
    due: float = 0.0

    def look(self, now: float) -> str:
        """Start it if it is due; one line of news when it has ended."""
        if self.process is None:
            if now >= self.due:
                self.begin(now)
            return ""
        code = self.process.poll()
        if code is None:
            return ""
        if now - self.since > HEALTHY:
            self.deaths = 0
        self.process, wait = None, self._died(now)
        return f"{self.name}: 退出 · ended ({code}); {wait:.1f}s 后重启 · starts again"

    def begin(self, now: float) -> None:
        """Start it; what cannot be started counts as having died at once."""
        self.since = now
        try:
            self.process = self.start()
        except (Refusal, OSError, subprocess.SubprocessError) as error:
            self._died(now)
            say(f"{self.name}: {error}")

    def _died(self, now: float) -> float:
        """Seconds until it is due again, doubling with each death."""
        wait: float = min(FIRST_WAIT * 2 ** min(self.deaths, 16), MOST_WAIT)
        self.deaths, self.due = self.deaths + 1, now + wait
        return wait


@dataclass
class Supervisor:
    """One platform on one machine, in the foreground."""

    configuration: Configuration
    roles: list[Role]
    execute: bool = False  # start roles from the command line instead of forking them
    database: Watched | None = None
    watched: list[tuple[int, Watched]] = field(default_factory=list)

    def adopt(self, launch: Callable[[], subprocess.Popen[bytes]], running: subprocess.Popen[bytes]) -> None:
        """Watch the PostgreSQL that was started before the roles."""
        self.database = Watched("postgres", launch, running, time.monotonic())

    def start(self) -> None:
        """Import everything once, freeze it, fork; nobody waits for anybody."""
        runs = {} if self.execute else {role.name: role.prepare(self.configuration) for role in self.roles}
        gc.collect()
        gc.freeze()
        for role in reversed(self.roles):
            body = runs.get(role.name) or partial(self._become, role.name)
            log = self.configuration.log / f"{role.name.replace(':', '-')}.log"
            watched = Watched(role.name, partial(fork, body, log))
            watched.begin(time.monotonic())
            self.watched.append((role.stage, watched))
            say(f"{role.name}: 进程 · process {watched.process.pid if watched.process else '-'}")

    def _become(self, name: str) -> None:
        """In a child: replace this program by a fresh one that runs the role."""
        command = [sys.executable, "-m", "singlewindow.server", "role", name]
        command += ["--data", str(self.configuration.data), "--port", str(self.configuration.port)]
        command += ["--demo" if self.configuration.demo else "--no-demo"]
        os.execv(command[0], command)  # noqa: S606 - no shell; the kernel keeps the parent-death signal

    def watch(self) -> None:
        """Until it shall end: start again what ends, and keep logs small."""
        due = 0.0
        while signal_within(LOOK) not in ENDING:
            if time.monotonic() >= due:
                rotation.rotate(self.configuration.log)
                due = time.monotonic() + rotation.EVERY_SECONDS
            for watched in self.everything():
                if news := watched.look(time.monotonic()):
                    say(news)

    def everything(self) -> list[Watched]:
        """PostgreSQL first: the others need it."""
        return [*([self.database] if self.database else []), *(watched for _, watched in self.watched)]

    def stop(self) -> None:
        """Stage by stage, each bounded; PostgreSQL last."""
        for stage in sorted({stage for stage, _ in self.watched}):
            end([watched.process for at, watched in self.watched if at == stage and watched.process])
        if self.database and isinstance(self.database.process, subprocess.Popen):
            postgres.stop(self.database.process)

    def wait_until_ready(self) -> None:
        """Return once the web role answers; bounded."""
        deadline = time.monotonic() + READY_SECONDS
        while not answers(self.configuration):
            if signal_within(FIRST_WAIT) in ENDING:
                raise KeyboardInterrupt
            for watched in self.everything():
                watched.look(time.monotonic())
            if time.monotonic() > deadline:
                log = self.configuration.log / "web.log"
                raise Refusal(
                    f"网页服务未能启动，日志见 {log}。", f"The web role did not start; its log is {log}."
                )


def end(processes: list[Process]) -> None:
    """SIGTERM to all of them; SIGKILL to those that still run after the bound."""
    for process in processes:
        process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while any(process.poll() is None for process in processes):
        if time.monotonic() > deadline:
            for process in processes:
                process.send_signal(signal.SIGKILL)
            deadline = float("inf")
        time.sleep(0.01)


def hold_signals() -> None:
    """From here on signals are asked for, never delivered; children unblock them."""
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)


def signal_within(seconds: float) -> int | None:
    """The next signal, if one comes in time."""
    came = signal.sigtimedwait(WATCHED, seconds)
    return came.si_signo if came else None


def answers(configuration: Configuration) -> bool:
    """Whether the platform serves its home page at the port: not that somebody, anybody, answers there."""
    door = HTTPConnection(configuration.bind, configuration.port, timeout=ANSWER_SECONDS)
    try:
        door.request("GET", "/")
        return _is_ours(door.getresponse())
    except (OSError, HTTPException):
        return False
    finally:
        door.close()


def _is_ours(answer: HTTPResponse) -> bool:
    policy = answer.getheader("Content-Security-Policy")
    return answer.status < HTTPStatus.INTERNAL_SERVER_ERROR and policy == headers.POLICY


def say(line: str) -> None:
    """Progress, for whoever watches; the platform does not end because nobody can any more."""
    with suppress(OSError):
        print(line, flush=True)

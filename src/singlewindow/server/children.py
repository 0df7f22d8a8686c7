"""Child processes that never outlive their parent."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from singlewindow.server.harmless import harmless
from singlewindow.server.tracebacks import terse

PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int, with_signal: int = signal.SIGKILL) -> None:
    """Ask the kernel, in a child, to signal it when ``parent`` ends; end at once if it already has."""
    if libc.prctl(PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        os._exit(0)


def running(command: str, folder: str) -> list[int]:
    """The processes called ``command`` that work in ``folder``: ids are used again, folders are not."""
    return [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and works(entry, command, folder)
    ]


def works(process: Path, command: str, folder: str) -> bool:
    """Whether an entry of /proc is such a process; one that ends while we look is not."""
    try:
        return (process / "comm").read_text().strip() == command and os.readlink(process / "cwd") == folder
    except OSError:
        return False


def unblock_signals() -> None:
    """A child starts with no signal held back, whatever its parent waits for."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


class Child:
    """A forked process, watched by its id."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code once it has ended; negative for a signal."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Signal it, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


def fork(body: Callable[[], None], log: Path | None = None) -> Child:
    """Run ``body`` in a child of its own session that dies with us; its words go to ``log``."""
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return Child(pid)
    code = 1
    try:
        os.setsid()  # Ctrl-C is for the supervisor, which stops everybody in order
        die_with_parent(parent)
        unblock_signals()
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        if log:
            speak_into(log)
        body()
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException as error:
        with suppress(OSError):
            print(harmless(terse(error)), file=sys.stderr)
    finally:
        leave(code)


def leave(code: int) -> NoReturn:
    """End a child, whatever cannot be written any more; nothing of the parent's is cleaned up here."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code)


def end_of(log: Path) -> int:
    """The end of a log, open; where it cannot be had, where we speak: better there than no work at all."""
    try:
        return os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    except OSError as error:
        with suppress(OSError):
            os.write(2, f"日志无法写入 · no log can be written: {error}\n".encode())
        return os.dup(2)


def speak_into(log: Path) -> None:
    """Standard output and error go to the end of a file, standard input comes from nowhere."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    file = end_of(log)
    os.dup2(nothing, 0)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(nothing)
    os.close(file)

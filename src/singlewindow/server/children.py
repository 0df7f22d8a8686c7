"""Child processes that never outlive their parent."""

from __future__ import annotations

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int, with_signal: int = signal.SIGKILL) -> None:
    """Ask the kernel, in a child, to signal it when ``parent`` ends; end at once if it already has."""
    if libc.prctl(PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        os._exit(0)


def runs_in(pid: int, folder: str) -> bool:
    """Whether a live process with this id works in ``folder`` (ids are used again, folders tell)."""
    try:
        return os.readlink(f"/proc/{pid}/cwd") == folder
    except OSError:
        return False

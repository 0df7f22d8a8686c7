"""One platform a data folder: a lock that goes with the process holding it, and says where that answers."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from singlewindow.server.refusal import Refusal

LOOKED_SECONDS = 0.5  # whoever asks whether it is held holds it for a moment
POLL_SECONDS = 0.02
LONGEST = 1000  # characters of what the file says


def take(data: Path, url: str = "") -> IO[str]:
    """Lock the data folder until the file is closed or the process ends, however it ends.

    The file says who holds it and at which address; without the lock that means nothing any more.
    """
    file = (data / "up.lock").open("a+", encoding="utf-8")
    if not _locked(file):
        file.seek(0)
        holder = (file.read(LONGEST).split() or ["?"])[0]
        file.close()
        raise Refusal(
            f"数据目录 {data} 已由进程 {holder} 使用；请先停止它，或用 --data 指定另一个目录。",
            f"The data folder {data} is in use by process {holder}; stop it first, "
            "or choose another with --data.",
        )
    file.truncate(0)
    file.write(f"{os.getpid()}\n{url}\n")
    file.flush()
    return file


def _locked(file: IO[str]) -> bool:
    """Whether it is ours now, at the latest when whoever only looked has looked."""
    deadline = time.monotonic() + LOOKED_SECONDS
    while time.monotonic() < deadline:
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(POLL_SECONDS)
    return False


def held(data: Path) -> bool:
    """Whether a platform runs on this data folder."""
    return holder(data) is not None


def holder(data: Path) -> tuple[str, str] | None:
    """The process id of the platform that runs on this data folder, and its address; None where none does."""
    try:
        with (data / "up.lock").open(encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                pid, url, *_ = [*file.read(LONGEST).splitlines(), "", ""]
                return pid, url
    except (OSError, ValueError):
        return None
    return None

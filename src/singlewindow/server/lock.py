"""One platform a data folder: a lock that goes with the process holding it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

from singlewindow.server.refusal import Refusal


def take(data: Path) -> IO[str]:
    """Lock the data folder until the file is closed or the process ends, however it ends."""
    file = (data / "up.lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read().strip() or "?"
        file.close()
        raise Refusal(
            f"数据目录 {data} 已由进程 {holder} 使用；请先停止它，或用 --data 指定另一个目录。",
            f"The data folder {data} is in use by process {holder}; stop it first, "
            "or choose another with --data.",
        ) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def held(data: Path) -> bool:
    """Whether a platform runs on this data folder."""
    try:
        with (data / "up.lock").open(encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False

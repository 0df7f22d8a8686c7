"""Logs that fill no disk: one that has grown large is kept once under another name, and begun anew."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

MOST_BYTES = 32_000_000
EVERY_SECONDS = 5.0


def rotate(folder: Path, most: int = MOST_BYTES) -> None:
    """Processes keep their files open for appending, so what is large is copied and cut, not renamed."""
    for log in folder.glob("*.log"):
        with suppress(OSError):
            if log.stat().st_size > most:
                keep(log, log.with_name(f"{log.name}.1"))


def keep(log: Path, kept: Path) -> None:
    """In place of the one kept before; where there is no room for it, only what is new is left out."""
    unfinished = kept.with_name(f".{kept.name}")
    try:
        shutil.copy(log, unfinished)
        unfinished.replace(kept)
        os.truncate(log, 0)
    finally:
        unfinished.unlink(missing_ok=True)

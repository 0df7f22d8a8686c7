"""``singlewindow backup FOLDER``: a running platform, as of one instant, into a new folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from singlewindow.kernel.clock import now
from singlewindow.server import backup
from singlewindow.server.configuration import Configuration
from singlewindow.server.reply import Reply


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to."""
    parser.description = "备份运行中的平台 · back a running platform up"
    parser.add_argument(
        "folder",
        type=Path,
        metavar="FOLDER",
        help="新目录，内含密钥，请妥善保管 · a new folder; it will hold keys",
    )


def run(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """Exit code 0 once all of it is on disk."""
    target = arguments.folder.absolute()
    made = backup.take(configuration, target, now())
    size = sum(part.bytes for part in made.parts)
    text = f"已备份 · backed up: {target}  {made.at:%Y-%m-%dT%H:%M:%SZ}  {size / 10**6:.1f} MB"
    return Reply({"folder": str(target), "at": made.at, "bytes": size, "parts": made.parts}, text)

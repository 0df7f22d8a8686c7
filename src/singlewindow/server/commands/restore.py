"""``singlewindow restore FOLDER``: a backup into an empty data folder, verified, ready for ``up``."""

from __future__ import annotations

import argparse
from pathlib import Path

from singlewindow.kernel.clock import now
from singlewindow.server import backup, configuration, data_folder, dumping, keys, lock, postgres, restored
from singlewindow.server.backup import Backup
from singlewindow.server.commands import journal, up
from singlewindow.server.configuration import Configuration
from singlewindow.server.refusal import Refusal
from singlewindow.server.reply import Reply


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which backup; the folder it goes to is ``--data``."""
    parser.description = "把备份恢复到空的数据目录 · restore a backup into an empty data folder (--data)"
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="备份目录 · the backup")


def run(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """Exit code 0 where the restored record verifies, 1 where it does not; that it was restored stands in it.

    Until all is back a file in the folder says that it is not, and ``up`` refuses it.
    """
    source = arguments.folder.absolute()
    backup.require_embedded(configuration)
    found = backup.read(source)
    require_empty(configuration.data)
    try:
        up.folder(configuration)
        with lock.take(configuration.data):
            unfinished = configuration.data / data_folder.RESTORING
            unfinished.touch()
            backup.put_back(source, found, configuration.data)
            verified = _filled(_as_it_was(arguments), source, found)
            unfinished.unlink()
            keys.keep_names(configuration.data)
    except OSError as error:
        raise data_folder.unwritable(configuration.data, error) from error
    text = f"已恢复 · restored: {configuration.data}  ({found.at:%Y-%m-%dT%H:%M:%SZ})\n{verified.text}"
    values = {"data": str(configuration.data), "at": found.at, "journal": verified.values}
    return Reply(values, text, verified.code)


def _as_it_was(arguments: argparse.Namespace) -> Configuration:
    """With the settings that came back with it."""
    given = {name: getattr(arguments, name) for name in ("data", "port", "demo")}
    chosen = configuration.load(given)
    configuration.use(chosen)
    return chosen


def _filled(chosen: Configuration, source: Path, found: Backup) -> Reply:
    cluster = chosen.cluster
    if cluster is None:
        backup.require_embedded(chosen)
        raise AssertionError
    server = cluster.start()
    try:
        dumping.fill(chosen, source / backup.DUMP, found.at)
        restored.record(chosen, found, source.name, now())
        asked = argparse.Namespace(action="verify", positions=[], key=[], checkpoint=[])
        return journal.run(asked, chosen)
    finally:
        postgres.stop(server)


def require_empty(data: Path) -> None:
    """Nothing that is there is mixed with what comes back."""
    if data.exists() and any(data.iterdir()):
        raise Refusal(
            f"数据目录 {data} 不是空的；请用 --data 指定空目录。",
            f"The data folder {data} is not empty; name an empty one with --data.",
        )

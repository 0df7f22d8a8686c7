"""``singlewindow migrate``: roles, schema and first facts of the database."""

from __future__ import annotations

import argparse

from singlewindow.server import database
from singlewindow.server.configuration import Configuration
from singlewindow.server.reply import Reply


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing beside the global arguments."""
    parser.description = "建立或升级数据库 · create or upgrade the database"


def run(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """Prepare the database; the server must be running."""
    database.prepare(configuration)
    return Reply({"database": configuration.database}, "数据库已就绪 · database is up to date")

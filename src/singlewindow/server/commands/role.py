"""``singlewindow role NAME``: one role in the foreground, as ``up --exec`` and systemd start it."""

from __future__ import annotations

import argparse

from singlewindow.server import checks, data_folder
from singlewindow.server.configuration import Configuration
from singlewindow.server.reply import Reply
from singlewindow.server.roles import role


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which role."""
    parser.description = "只运行一个角色 · run one role"
    parser.add_argument("name", help="角色 · role: web, worker, component:<id>, counterpart:<id>")


def run(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """Run it until SIGTERM or SIGINT."""
    checks.refuse([*checks.of_machine(configuration), *data_folder.half_restored(configuration)])
    configuration.secret(
        "django"
    )  # asked for before endpoints are written: one role alone begins no platform
    checks.refuse(checks.unasked_rehearsal(configuration))
    role(configuration, arguments.name).prepare(configuration)()
    return Reply({"role": arguments.name, "stopped": True}, f"{arguments.name}: 已停止 · stopped")

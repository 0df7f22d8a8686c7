"""``singlewindow openapi``: print the API's description, as ``docs/api/openapi.json`` keeps it."""

from __future__ import annotations

import argparse
import json

from singlewindow.kernel.clock import local_day, now
from singlewindow.server.configuration import Configuration
from singlewindow.server.given import day
from singlewindow.server.reply import Reply


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The day whose code lists are spelled out."""
    parser.description = "输出接口说明 · print the API's description"
    parser.add_argument(
        "--on",
        type=day,
        default=local_day(now()),
        metavar="DATE",
        help="按哪一天的代码 · the day whose codes are spelled out",
    )


def run(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """Always succeeds; needs no installation, so Django is told nothing of one."""
    from django.conf import settings

    if not settings.configured:
        settings.configure()
    from singlewindow.server import openapi

    made = openapi.document(arguments.on, configuration.platform)
    return Reply(made, json.dumps(made, ensure_ascii=False, indent=1))

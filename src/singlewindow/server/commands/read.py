"""``singlewindow read FILE``: the canonical document of a file, and every problem; needs nothing running."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import msgspec

from singlewindow.hub.documents.checking import Checked
from singlewindow.hub.exchange.submission import Refused, read_document
from singlewindow.kernel.clock import local_day, now
from singlewindow.kernel.messages import Problem, Unreadable
from singlewindow.kernel.problem_details import problem_lines, problem_values
from singlewindow.server.composition import readers
from singlewindow.server.configuration import Configuration
from singlewindow.server.given import bytes_of, day
from singlewindow.server.in_force import registry_in_force
from singlewindow.server.reply import Reply

READABLE, PROBLEMS, UNREADABLE = 0, 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and the day whose rules and codes apply."""
    parser.description = "读取报文，输出规范单证和全部问题 · read a message: canonical document, all problems"
    parser.add_argument("file", type=Path, metavar="FILE", help="- 为标准输入 · - is the standard input")
    parser.add_argument(
        "--on",
        type=day,
        default=local_day(now()),
        metavar="DATE",
        help="按哪一天的代码与规则 · the day whose codes and rules apply",
    )


def run(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """Exit code 0 readable, 1 readable with problems, 2 unreadable."""
    try:
        checked = read_document(
            bytes_of(arguments.file), registry_in_force(configuration), readers(), arguments.on
        )
    except (Unreadable, Refused) as error:
        return _unreadable(error.problems)
    values = {
        "document": checked.document.kind,
        "version": checked.document.version,
        "values": checked.document.values,
        "extension": checked.document.extension,
        "problems": problem_values(checked.problems),
    }
    return Reply(values, _text(checked, values), PROBLEMS if checked.problems else READABLE)


def _unreadable(problems: tuple[Problem, ...]) -> Reply:
    lines = ["无法读取 · unreadable", *problem_lines(problems)]
    return Reply({"problems": problem_values(problems)}, "\n".join(lines), UNREADABLE)


def _text(checked: Checked, values: dict[str, Any]) -> str:
    names = ("document", "version", "values", *(("extension",) if values["extension"] else ()))
    plain = {name: values[name] for name in names}
    document = msgspec.json.format(msgspec.json.encode(plain), indent=2).decode()
    count = len(checked.problems)
    verdict = f"{checked.boxes} 项已填，{count} 个问题 · {checked.boxes} filled, {count} problems"
    return "\n".join([document, *problem_lines(checked.problems), verdict])

"""``singlewindow doctor``: is this machine, this data folder, this database fit to run the platform?"""

from __future__ import annotations

import argparse

from singlewindow.server.configuration import Configuration
from singlewindow.server.health import Finding, examine
from singlewindow.server.reply import Reply

MARKS = {True: "✓", False: "✗", None: "–"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing beside the global arguments."""
    parser.description = "检查运行环境 · examine the installation"


def run(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """Exit code 1 if anything is wrong; a question that could not be asked is no fault."""
    found = examine(configuration)
    wrong = any(finding.fine is False for finding in found)
    return Reply(found, "\n".join(map(line, found)), int(wrong))


def line(finding: Finding) -> str:
    """Mark, question, answer in both languages."""
    return f"{MARKS[finding.fine]} {finding.question:<12} {finding.text.zh} · {finding.text.en}"

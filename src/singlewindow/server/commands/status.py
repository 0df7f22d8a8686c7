"""``singlewindow status ID``: how a submission fares with each receiver."""

from __future__ import annotations

import argparse
from typing import Any

import httpx

from singlewindow.server import given
from singlewindow.server.calling import call, content_of, refusal_lines
from singlewindow.server.configuration import Configuration
from singlewindow.server.reply import Reply


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The submission."""
    parser.description = "查看一次申报的办理情况 · how one submission fares"
    parser.add_argument(
        "submission", type=given.uuid, metavar="ID", help="申报编号 · what the receipt calls submission_id"
    )


def run(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """Exit code 0 found, 1 not found or no right to see it."""
    answer = call(configuration, "GET", f"/api/v1/submissions/{arguments.submission}")
    found = content_of(answer)
    if answer.status_code != httpx.codes.OK:
        return Reply(found, "\n".join(refusal_lines(found)), 1)
    lines = [f"{found['submission_id']}  {found['received_at']}"]
    for document in found["documents"]:
        lines.append(_line(document))
        lines += [f"    {_receipt(receipt)}" for receipt in document["receipts"]]
    return Reply(found, "\n".join(lines))


def _line(document: dict[str, Any]) -> str:
    waiting = document["waiting"]
    queued = f"  {waiting['standing']} ({waiting['attempts']}) {_why(waiting)}" if waiting else ""
    receiver = document["receiver"] or "source"
    return f"  {receiver:12} {document['document']:24} {document['state']:9} {document['code']}{queued}"


def _why(waiting: dict[str, Any]) -> str:
    reason = waiting["reason"]
    return f"{reason['zh']} · {reason['en']}"


def _receipt(receipt: dict[str, Any]) -> str:
    time, outcome = receipt["received_at"][11:23], receipt["outcome"]
    return f"{time}  {receipt['stage']:9} {receipt['code']:3} {outcome:9} {receipt['text']}"

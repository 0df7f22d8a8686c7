"""``singlewindow status ID``: how a submission fares with each receiver."""

from __future__ import annotations

import argparse
from typing import TypedDict

import httpx

from singlewindow.kernel.problem_details import lines_of
from singlewindow.server import given
from singlewindow.server.calling import Words, add_place, asked, reached
from singlewindow.server.configuration import Configuration
from singlewindow.server.reply import Reply


class Receipt(TypedDict):
    """What is read here of an answer of a receiver."""

    received_at: str
    stage: str
    code: str
    outcome: str
    text: str


class Waiting(TypedDict):
    """Why a document is not yet with its receiver."""

    standing: str
    attempts: int
    reason: Words


class Document(TypedDict):
    """One document of a submission."""

    receiver: str | None
    document: str
    state: str
    code: str
    waiting: Waiting | None
    receipts: list[Receipt]


class Fares(TypedDict):
    """What is read here of a submission."""

    submission_id: str
    received_at: str
    documents: list[Document]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The submission."""
    parser.description = "查看一次申报的办理情况 · how one submission fares"
    parser.add_argument(
        "submission", type=given.uuid, metavar="ID", help="申报编号 · what the receipt calls submission_id"
    )
    add_place(parser)


def run(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """Exit code 0 found, 1 not found or no right to see it."""
    path = f"/api/v1/submissions/{arguments.submission}"
    known, found = asked(reached(arguments, configuration), "GET", path, httpx.codes.OK, Fares)
    if not known:
        return Reply(found, "\n".join(lines_of(found["problems"])), 1)
    lines = [f"{found['submission_id']}  {found['received_at']}"]
    for document in found["documents"]:
        lines.append(_line(document))
        lines += [f"    {_receipt(receipt)}" for receipt in document["receipts"]]
    return Reply(found, "\n".join(lines))


def _line(document: Document) -> str:
    waiting = document["waiting"]
    queued = f"  {waiting['standing']} ({waiting['attempts']}) {_why(waiting)}" if waiting else ""
    receiver = document["receiver"] or "source"
    return f"  {receiver:12} {document['document']:24} {document['state']:9} {document['code']}{queued}"


def _why(waiting: Waiting) -> str:
    reason = waiting["reason"]
    return f"{reason['zh']} · {reason['en']}"


def _receipt(receipt: Receipt) -> str:
    time, outcome = receipt["received_at"][11:23], receipt["outcome"]
    return f"{time}  {receipt['stage']:9} {receipt['code']:3} {outcome:9} {receipt['text']}"

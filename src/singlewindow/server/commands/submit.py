"""``singlewindow submit FILE``: hand a document to a running platform, over its HTTP door."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TypedDict

import httpx

from singlewindow.kernel.problem_details import lines_of
from singlewindow.server.calling import Said, add_place, asked, reached
from singlewindow.server.configuration import Configuration
from singlewindow.server.given import bytes_of, message_id
from singlewindow.server.reply import Reply


class Taken(TypedDict):
    """What is read here of a receipt."""

    submission_id: str
    received_at: str
    warnings: list[Said]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and the message id under which it takes effect once."""
    parser.description = "申报一份单证 · submit one document"
    parser.add_argument("file", type=Path, metavar="FILE", help="- 为标准输入 · - is the standard input")
    parser.add_argument(
        "--message-id",
        type=message_id,
        help="报文标识（默认取内容摘要）· default: digest of the content",
    )
    add_place(parser)


def run(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """Exit code 0 taken, 1 refused with problems."""
    headers = {"idempotency-key": arguments.message_id} if arguments.message_id else {}
    given = {"content": bytes_of(arguments.file), "headers": headers}
    platform, accepted = reached(arguments, configuration), httpx.codes.ACCEPTED
    taken, found = asked(platform, "POST", "/api/v1/submissions", accepted, Taken, **given)
    if not taken:
        return Reply(found, "\n".join(lines_of(found["problems"])), 1)
    text = f"已接收 · taken: {found['submission_id']}  {found['received_at']}"
    return Reply(found, "\n".join([text, *lines_of(found["warnings"])]))

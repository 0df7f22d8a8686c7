"""``singlewindow project FILE --to PARTNER``: the partner's own document; needs nothing running."""

from __future__ import annotations

import argparse
from pathlib import Path
from uuid import UUID

from singlewindow.hub.documents.carrying import extended
from singlewindow.hub.documents.projection import Projection, count_boxes
from singlewindow.hub.exchange.submission import Refused, reference_of, understood
from singlewindow.kernel.clock import local_day, now
from singlewindow.kernel.messages import Document, Envelope, Problem, Text, Unreadable
from singlewindow.kernel.problem_details import problem_lines, problem_values
from singlewindow.server import rooms
from singlewindow.server.commands.read import PROBLEMS, UNREADABLE
from singlewindow.server.composition import connectors, readers, registry
from singlewindow.server.configuration import Configuration
from singlewindow.server.given import bytes_of, day
from singlewindow.server.in_force import registry_in_force
from singlewindow.server.reply import Reply

SPECIMEN = UUID(int=0)  # no message is sent, so none gets an id


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, the partner, and which document where it is sent several."""
    parser.description = "生成某一部门自己的单证 · make one partner's own document"
    parser.add_argument("file", type=Path, metavar="FILE", help="- 为标准输入 · - is the standard input")
    parser.add_argument("--to", required=True, choices=rooms.connectors(), help="收件方 · the partner")
    parser.add_argument(
        "--document", metavar="KIND", help="单证种类 · the kind of document, where it is sent several"
    )
    parser.add_argument(
        "--on",
        type=day,
        default=local_day(now()),
        metavar="DATE",
        help="按哪一天的代码与规则 · the day whose codes and rules apply",
    )


def run(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """Print the bytes the partner would get; exit code as for ``read``."""
    try:
        reading, _, checked = understood(
            bytes_of(arguments.file), registry_in_force(configuration), readers(), arguments.on
        )
        projection = _chosen(checked.document, arguments.to, arguments.document)
    except (Unreadable, Refused) as error:
        text = "\n".join(problem_lines(error.problems))
        return Reply({"problems": problem_values(error.problems)}, text, UNREADABLE)
    document = extended(projection.project(checked.document), projection, checked.document, reading.format)
    wire = _wire(arguments.to, document)
    values = {
        "document": document.kind,
        "version": document.version,
        "boxes": count_boxes(document.values),
        "entries": checked.boxes,
        "values": document.values,
        "extension": document.extension,
        "wire": wire,
        "problems": problem_values(checked.problems),
    }
    text = "\n".join([wire, *problem_lines(checked.problems)])
    return Reply(values, text, PROBLEMS if checked.problems else 0)


def _wire(partner: str, document: Document) -> str:
    connector = connectors()[partner]
    envelope = Envelope(
        str(SPECIMEN), connector.manifest.sender, connector.manifest.receiver, now(), reference_of(SPECIMEN)
    )
    return connector.codec.encode(document, envelope).decode("utf-8")


def _chosen(source: Document, partner: str, wanted: str | None) -> Projection:
    """The document asked for, or the first that the partner is sent; raises Refused where there is none."""
    made = registry().made_from(source.kind, source.version)
    mine = {route.target: each for route, each in made.items() if route.partner == partner}
    if not mine:
        text = Text(f"“{source.kind}”不生成该部门的单证", f"nothing is made for it from {source.kind}")
        remedy = Text("请换一个收件方", "choose another receiver")
        raise Refused([Problem("not_made", text, "--to", partner, remedy)])
    if wanted is not None and wanted not in mine:
        text = Text("该部门不收这种单证", "it is sent no such document")
        remedy = Text(f"可选：{'、'.join(mine)}", f"choose from: {', '.join(mine)}")
        raise Refused([Problem("not_made", text, "--document", wanted, remedy)])
    return mine[wanted] if wanted else next(iter(mine.values()))

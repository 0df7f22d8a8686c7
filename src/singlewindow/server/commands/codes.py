"""``singlewindow codes list|import``: the code lists in force, and official tables taken in."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from psycopg import Connection

from singlewindow.hub.standards import storing
from singlewindow.hub.standards.codelists import Code
from singlewindow.hub.standards.importing import Changes
from singlewindow.hub.standards.storing import Edition
from singlewindow.hub.standards.tables import ENCODINGS, MOST_BYTES, Table, TableError, read_table
from singlewindow.kernel.clock import now
from singlewindow.kernel.messages import Actor, Problem
from singlewindow.server.configuration import ENGINE, Configuration
from singlewindow.server.database import connect
from singlewindow.server.refusal import Refusal
from singlewindow.server.reply import Reply

ACTOR = Actor("system", "codes.import", "代码表导入 Import of code lists")
SHOWN = 20  # codes of each kind of change that are printed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The action, and for an import the list, the file and how to read it."""
    parser.description = "代码表：查看、导入正式表 · code lists: show, import official tables"
    parser.add_argument(
        "action", choices=["list", "import"], help="list: 查看 · show; import: 导入 · take in"
    )
    parser.add_argument("list_id", metavar="LIST", nargs="?", help="代码表 · id of the list to import")
    parser.add_argument("file", type=Path, metavar="FILE", nargs="?", help="CSV 文件 · CSV file to import")
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="code=HEADING",
        help="列的对应，可重复 · what a column is called",
    )
    parser.add_argument(
        "--encoding", choices=ENCODINGS, default="", help="文件编码 · encoding; else by strict decoding"
    )
    parser.add_argument("--source", default="", help="正式文件名称 · the document the table comes from")
    parser.add_argument(
        "--on", type=date.fromisoformat, help="生效日（默认今天）· first day in force (today)"
    )
    parser.add_argument("--dry-run", action="store_true", help="只显示变化 · only show what would change")
    parser.add_argument(
        "--leave-out-faulty", action="store_true", help="略过有误的行 · leave faulty rows out"
    )
    parser.add_argument("--end-many", action="store_true", help="允许大量停用 · many codes may end")


def run(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """Show or import; exit code 1 where a table was refused."""
    with connect(configuration, ENGINE) as connection:
        if arguments.action == "list":
            return _shown(connection)
        if arguments.file is None:
            raise Refusal("请给出代码表和文件", "name the list and the file to import")
        try:
            edition, table = _read(arguments)
        except TableError as error:
            return _refused(error.problems)
        if table.problems and not arguments.leave_out_faulty:
            return _refused(table.problems)
        return _import(connection, edition, table, arguments)


def _shown(connection: Connection[Any]) -> Reply:
    found = storing.standings(connection, now().date())
    lines = [
        f"{each.id:26} {each.current:6}  {each.name.zh} · {each.name.en}"
        f"{'' if each.imported_at is None else f'  ({each.imported_at:%Y-%m-%d} 导入 · imported)'}"
        for each in found
    ]
    values = [
        {
            "id": each.id,
            "name": {"zh": each.name.zh, "en": each.name.en},
            "current": each.current,
            "ended": each.ended,
            "imported_at": each.imported_at,
        }
        for each in found
    ]
    return Reply(values, "\n".join(lines))


def _read(arguments: argparse.Namespace) -> tuple[Edition, Table]:
    try:
        with arguments.file.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Refusal(
            f"无法读取 {arguments.file}：{error}", f"{arguments.file} cannot be read: {error}"
        ) from error
    columns = dict(_pair(each) for each in arguments.map)
    edition = Edition(
        list_id=arguments.list_id,
        file=arguments.file.name,
        data=data,
        source=arguments.source or arguments.file.name,
        on=arguments.on or now().date(),
    )
    return edition, read_table(data, columns, arguments.encoding)


def _pair(mapping: str) -> tuple[str, str]:
    ours, separator, heading = mapping.partition("=")
    if not (ours and separator and heading):
        raise Refusal(f"--map 应为 列=表头，而非 {mapping}", f"--map takes column=heading, not {mapping}")
    return ours, heading


def _import(
    connection: Connection[Any], edition: Edition, table: Table, arguments: argparse.Namespace
) -> Reply:
    with connection.transaction():
        if edition.list_id not in storing.read_lists(connection, edition.list_id):
            raise Refusal(f"没有代码表 {edition.list_id}", f"there is no code list {edition.list_id}")
        changes = storing.plan_import(connection, edition, table)
        too_many = changes.drastic and not arguments.end_many
        if not arguments.dry_run and not too_many:
            storing.import_table(connection, ACTOR, edition, table, changes, now())
    return _told(edition, table, changes, arguments.dry_run, too_many)


def _told(edition: Edition, table: Table, changes: Changes, dry: bool, too_many: bool) -> Reply:
    done = not dry and not too_many
    counts = changes.counts()
    head = (
        f"{edition.list_id}（{table.encoding}）：新增 {counts['added']}，变更 {counts['changed']}，"
        f"停用 {counts['ended']}，不变 {counts['kept']} · added, changed, ended, kept"
    )
    lines = [head, *_listed("+", changes.added), *_listed("~", changes.changed), *_listed("-", changes.ended)]
    lines += [f"! {problem.text.zh} · {problem.text.en}" for problem in table.problems]
    if too_many:
        lines.append("停用过多，未导入；确认无误请加 --end-many · too many would end; confirm by --end-many")
    elif dry:
        lines.append("试运行，未写入 · dry run, nothing written")
    values = {"list": edition.list_id, "encoding": table.encoding, "imported": done, **counts}
    return Reply(
        values | {"left_out": len(table.bad_codes)}, "\n".join(lines), 1 if too_many and not dry else 0
    )


def _listed(mark: str, codes: tuple[Code, ...]) -> list[str]:
    lines = [f"{mark} {code.code} {code.name.zh} {code.name.en}" for code in codes[:SHOWN]]
    left = len(codes) - SHOWN
    return [*lines, f"{mark} … {left}"] if left > 0 else lines


def _refused(problems: list[Problem] | tuple[Problem, ...]) -> Reply:
    values = [
        {"code": each.code, "line": each.field, "text": {"zh": each.text.zh, "en": each.text.en}}
        for each in problems
    ]
    lines = [f"! {each.text.zh} · {each.text.en}" for each in problems]
    return Reply({"imported": False, "problems": values}, "\n".join([*lines, "未导入 · not imported"]), 1)

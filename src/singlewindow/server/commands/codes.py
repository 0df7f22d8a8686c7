"""``singlewindow codes list|show|import``: the code lists in force, and official tables taken in."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import structs
from psycopg import Connection

from singlewindow.hub.standards import storing
from singlewindow.hub.standards.codelists import Code
from singlewindow.hub.standards.importing import Changes
from singlewindow.hub.standards.storing import Edition
from singlewindow.hub.standards.table_problems import TableError
from singlewindow.hub.standards.tables import ENCODINGS, MOST_BYTES, Table, read_table
from singlewindow.kernel.clock import local_day, now
from singlewindow.kernel.messages import Actor, Problem, Severity, Text
from singlewindow.kernel.problem_details import problem_lines, problem_values
from singlewindow.server import codes_shown
from singlewindow.server.configuration import ENGINE, Configuration
from singlewindow.server.database import connect
from singlewindow.server.given import day
from singlewindow.server.refusal import Refusal
from singlewindow.server.reply import Reply

ACTOR = Actor("system", "codes.import", "代码表导入 Import of code lists")
DONE = "已导入，各进程数秒内生效 · imported; in force everywhere within seconds"
SAME = "与现行代码表一致，未写入 · the list says all of it already; nothing written"
DRY = "试运行，未写入 · dry run, nothing written"
TOO_MANY = "停用过多，未导入；确认无误请加 --end-many · too many would end; confirm by --end-many"
SHOWN = 20  # codes of each kind of change that are printed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The action, and for an import the list, the file and how to read it."""
    parser.description = "代码表：查看、导入正式表 · code lists: show, import official tables"
    parser.add_argument(
        "action",
        choices=["list", "show", "import"],
        help="list: 全部 · all; show: 一张表或一个代码 · one list or code; import: 导入 · take in",
    )
    parser.add_argument("list_id", metavar="LIST", nargs="?", help="代码表 · id of the list")
    parser.add_argument(
        "what",
        metavar="FILE|CODE",
        nargs="?",
        help="要导入的 CSV 或 JSON 文件，或要查看的代码 · file to import, or code to show",
    )
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="code=HEADING",
        help="列的对应，可重复，可用 + 连接 · what a column is called, several joined by +",
    )
    parser.add_argument(
        "--encoding", choices=ENCODINGS, default="", help="文件编码 · encoding; else by strict decoding"
    )
    parser.add_argument("--source", default="", help="正式文件名称 · the document the table comes from")
    parser.add_argument("--on", type=day, help="生效日（默认今天）· first day in force (today)")
    parser.add_argument("--dry-run", action="store_true", help="只显示变化 · only show what would change")
    parser.add_argument(
        "--leave-out-faulty", action="store_true", help="略过有误的行 · leave faulty rows out"
    )
    parser.add_argument(
        "--new", nargs=2, metavar=("ZH", "EN"), help="新代码表的名称 · name of a list that is not there yet"
    )
    parser.add_argument("--end-many", action="store_true", help="允许大量停用 · many codes may end")


def run(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """List, show or import; exit code 1 where a table was refused or there is no such code."""
    with connect(configuration, ENGINE) as connection:
        if arguments.action == "list":
            return _listed_all(connection)
        if arguments.action == "show":
            return codes_shown.shown(connection, arguments.list_id, arguments.what, arguments.on or _today())
        if arguments.what is None:
            raise Refusal("请给出代码表和文件", "name the list and the file to import")
        try:
            edition, table = _read(arguments)
        except TableError as error:
            return _refused(error.problems)
        if table.problems and not arguments.leave_out_faulty:
            return _refused(table.problems)
        return _import(connection, edition, table, arguments)


def _today() -> date:
    return local_day(now())


def _listed_all(connection: Connection[Any]) -> Reply:
    found = storing.summaries(connection, _today())
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
        with Path(arguments.what).open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Refusal(
            f"无法读取 {arguments.what}：{error}", f"{arguments.what} cannot be read: {error}"
        ) from error
    columns = dict(_pair(each) for each in arguments.map)
    edition = Edition(
        list_id=arguments.list_id,
        file=Path(arguments.what).name,
        data=data,
        source=arguments.source or Path(arguments.what).name,
        on=arguments.on or _today(),
        name=Text(*arguments.new) if arguments.new else None,
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
    done = False
    with connection.transaction():
        if edition.name is None and edition.list_id not in storing.read_lists(connection, edition.list_id):
            raise Refusal(
                f"没有代码表 {edition.list_id}；新表请加 --new 中文名 英文名",
                f"there is no code list {edition.list_id}; a new one takes --new ZH EN",
            )
        changes = storing.plan_import(connection, edition, table)
        too_many = changes.drastic and not arguments.end_many
        if not arguments.dry_run and not too_many:
            done = storing.import_table(connection, ACTOR, edition, table, changes, now())
    outcome = DRY if arguments.dry_run else TOO_MANY if too_many else DONE if done else SAME
    return _told(edition, table, changes, outcome)


def _told(edition: Edition, table: Table, changes: Changes, outcome: str) -> Reply:
    counts = changes.counts()
    head = (
        f"{edition.list_id}（{table.encoding}）：新增 {counts['added']}，变更 {counts['changed']}，"
        f"停用 {counts['ended']}，不变 {counts['kept']} · added, changed, ended, kept"
    )
    lines = [head, *_listed("+", changes.added), *_changed(changes), *_listed("-", changes.ended)]
    left_out = [structs.replace(each, severity=Severity.WARNING) for each in table.problems]
    lines += problem_lines(left_out)
    values = {"list": edition.list_id, "encoding": table.encoding, "imported": outcome == DONE, **counts}
    return Reply(
        values | {"left_out": len(table.bad_codes)},
        "\n".join([*lines, outcome]),
        1 if outcome == TOO_MANY else 0,
    )


def _listed(mark: str, codes: tuple[Code, ...]) -> list[str]:
    return _first(mark, [f"{mark} {code.code} {_called(code)}" for code in codes[:SHOWN]], len(codes))


def _changed(changes: Changes) -> list[str]:
    """What each is called, and was where that is what changes: a trial shows which names would go."""
    pairs = list(zip(changes.was, changes.changed, strict=True))[:SHOWN]
    names = [(code, _called(old), _called(code)) for old, code in pairs]
    lines = [f"~ {code.code} {f'{old} → ' if old != new else ''}{new}" for code, old, new in names]
    return _first("~", lines, len(changes.changed))


def _first(mark: str, lines: list[str], number: int) -> list[str]:
    left = number - SHOWN
    return [*lines, f"{mark} … {left}"] if left > 0 else lines


def _called(code: Code) -> str:
    """Both names; the Chinese one alone where it stands for both."""
    return code.name.zh if code.name.en == code.name.zh else f"{code.name.zh} · {code.name.en}"


def _refused(problems: Sequence[Problem]) -> Reply:
    text = "\n".join([*problem_lines(problems), "未导入 · not imported"])
    return Reply({"imported": False, "problems": problem_values(problems)}, text, 1)

"""The command line: ``singlewindow COMMAND``; every module of ``commands`` is one command."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

import msgspec

from singlewindow.server import configuration, usage
from singlewindow.server.answering import answering
from singlewindow.server.harmless import harmless
from singlewindow.server.refusal import Refusal
from singlewindow.server.reply import Reply

EXIT_CODES = """\
退出码 · exit codes:
  0  已办，或一切正常 · done, or all is well
  1  办了，结果不好：有问题、被退回、找不到 · answered, and the answer is bad: problems, refused, not found
  2  未照办：命令、设置或文件不对 · not carried out: mend the command line, settings or file
  3  数据库或平台无应答，没有结果，稍后再试 · database or platform away: no result, ask again later"""


def commands() -> tuple[str, ...]:
    """The names of the commands, found by listing the folder."""
    return tuple(sorted(path.stem for path in (Path(__file__).parent / "commands").glob("[a-z]*.py")))


def module_of(command: str) -> ModuleType:
    """The module that is the command: ``add_arguments(parser)`` and ``run(arguments, configuration)``."""
    return import_module(f"singlewindow.server.commands.{command}")


def parser(chosen: Sequence[str]) -> argparse.ArgumentParser:
    """The whole command line; only the chosen command's module is imported, so that start-up stays quick.

    Where none is chosen all of them are, to say in a line each what they do.
    """
    usage.speak()
    top = usage.Parser(
        prog="singlewindow",
        description="国际贸易单一窗口 · International trade Single Window",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[_every(None, False)],
    )
    below = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    said = []
    for name in commands():
        # What is not given after the command leaves what was given before it.
        sub = below.add_parser(name, parents=[_every(argparse.SUPPRESS, argparse.SUPPRESS)])
        if name in chosen or not set(chosen) & set(commands()):
            module_of(name).add_arguments(sub)
            said.append(f"  {name:10} {sub.description}")
    top.epilog = "\n".join(["命令 · commands:", *said, "", EXIT_CODES])
    return top


def _every(value: object, flag: object) -> usage.Parser:
    """What any command takes, before it or after it."""
    every = usage.Parser(add_help=False)
    every.add_argument("--json", action="store_true", default=flag, help="输出 JSON · print JSON")
    every.add_argument("--data", default=value, help="数据目录（默认 ./data）· data folder")
    every.add_argument("--port", default=value, help="端口（默认 8000）· port")
    every.add_argument(
        "--demo", action=argparse.BooleanOptionalAction, help="演示模式 · demo mode", default=value
    )
    return every


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0, the command's own, 2 for a refusal, 3 where nobody answers."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    stand_on_something()
    try:
        parsed = parser(given).parse_args(given)
        reply = _run(parsed)
    except Refusal as refusal:
        return _refused(refusal, in_json="--json" in given)
    said = msgspec.json.encode(reply.values).decode() if parsed.json else reply.text
    print(harmless(said), flush=True)
    return reply.code


def stand_on_something() -> None:
    """Standard streams that are there and take every character, whatever the surroundings left of them.

    A closed one would give its number to the next file that is opened, which would then be written to.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free is this one
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _run(parsed: argparse.Namespace) -> Reply:
    chosen = configuration.load({name: getattr(parsed, name) for name in ("data", "port", "demo")})
    configuration.use(chosen)
    with answering(chosen):
        reply: Reply = module_of(parsed.command).run(parsed, chosen)
    return reply


def _refused(refusal: Refusal, in_json: bool) -> int:
    """Programs read it where they read answers, people apart from them."""
    if in_json:
        print(harmless(msgspec.json.encode(refusal.details).decode()), flush=True)
    else:
        print(harmless("\n".join(refusal.lines)), file=sys.stderr)
    return refusal.exit_code


if __name__ == "__main__":
    sys.exit(main())

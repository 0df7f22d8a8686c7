"""``singlewindow journal verify``: recompute the journal and hold it against its signatures."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Any

import msgspec
from psycopg import AsyncConnection

from singlewindow.hub.journal.verify import Report, verify
from singlewindow.kernel.crypto.signing import VerifyingKey, keyring
from singlewindow.server.configuration import ENGINE, Configuration
from singlewindow.server.refusal import Refusal
from singlewindow.server.reply import Reply


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The action, and keys trusted beside the platform's own."""
    parser.description = "核验日志：逐条重算并比对检查点 · verify the journal against its checkpoints"
    parser.add_argument("action", choices=["verify"], help="verify: 核验 · recompute and compare")
    parser.add_argument(
        "--key",
        type=Path,
        action="append",
        default=[],
        metavar="PEM",
        help="另一可信公钥，可重复 · another trusted public key; may be repeated",
    )


def run(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """Verify; the exit code is 0 when sound and 1 when anything is wrong or cannot be checked."""
    paths = [*arguments.key, *(path for path in [configuration.signing_key] if path.exists())]
    keys = keyring(map(_key, paths))
    report = asyncio.run(_verify(configuration.dsn(ENGINE), keys))
    return Reply(values(report), "\n".join(lines(report)), 0 if report.sound else 1)


async def _verify(dsn: str, keys: dict[str, VerifyingKey]) -> Report:
    async with await AsyncConnection.connect(dsn) as connection:
        return await verify(connection, keys=keys)


def _key(path: Path) -> VerifyingKey:
    try:
        return VerifyingKey.from_pem(path.read_bytes())
    except (OSError, TypeError, ValueError) as error:
        raise Refusal(f"无法读取公钥 {path}：{error}", f"The key {path} cannot be read: {error}") from error


def values(report: Report) -> dict[str, Any]:
    """The report for programs; the root in hexadecimal."""
    plain: dict[str, Any] = msgspec.to_builtins(report)
    return {"sound": report.sound} | plain | {"root": report.root.hex()}


def lines(report: Report) -> list[str]:
    """The report for people."""
    verdict = "完整 · sound" if report.sound else "已被改动或无法核验 · altered, or not verifiable"
    head = [
        f"记录 · entries      {report.size}",
        f"根 · root           {report.root.hex()}",
        f"检查点 · checkpoints {report.checkpoints} ({report.signed_size} 条已签 · entries signed)",
        f"已擦除 · erased     {report.erased}",
        f"待编号 · unnumbered {report.unnumbered}",
    ]
    found = [f"- {problem.text.zh} {problem.text.en}" for problem in report.problems]
    more = report.problem_count - len(report.problems)
    if more:
        found.append(f"- 另有 {more} 处 · and {more} more")
    return [*head, *found, f"结论 · verdict        {verdict}"]

"""``singlewindow journal``: hold it against its signatures, or erase what it may no longer say."""

from __future__ import annotations

import argparse
import asyncio
from base64 import b64decode
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import msgspec
import psycopg
from msgspec import Meta, Struct
from psycopg import AsyncConnection

from singlewindow.hub.coordination import proving as releases
from singlewindow.hub.exchange import proving as ledger
from singlewindow.hub.exchange.services import unfit
from singlewindow.hub.journal import erase, findings
from singlewindow.hub.journal.checkpoint import Checkpoint
from singlewindow.hub.journal.verify import Report, verify
from singlewindow.kernel.clock import now
from singlewindow.kernel.crypto.signing import VerifyingKey, keyring
from singlewindow.server import given
from singlewindow.server.answering import first_line
from singlewindow.server.configuration import ENGINE, Configuration
from singlewindow.server.refusal import Refusal
from singlewindow.server.reply import Reply

EXIT_CODES = (
    "核验的退出码：0 完整；1 已被改动或无法核验；2 命令或密钥不对，未核验；3 数据库无应答，未核验 · "
    "verify ends with 0 sound; 1 altered, or not verifiable; 2 command line or key wrong, not verified; "
    "3 database away, not verified"
)
MOST_BYTES = 64 * 1024 * 1024  # of a file of checkpoints


class Told(Struct, frozen=True):
    """A checkpoint as ``GET /api/v1/journal/checkpoints`` tells it; its note follows from the rest."""

    size: Annotated[int, Meta(ge=1)]
    root: str
    at: datetime
    key_id: str
    signature: str

    def checkpoint(self) -> Checkpoint:
        """The same as it is verified."""
        signature = b64decode(self.signature, validate=True)
        return Checkpoint(self.size, bytes.fromhex(self.root), self.at, self.key_id, signature)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The action; what to verify with beside the platform's own; what to erase, and why."""
    parser.description = "核验日志，依法擦除内容 · verify the journal; erase content as the law asks"
    parser.epilog = EXIT_CODES
    parser.add_argument(
        "action",
        choices=["verify", "erase"],
        help="verify: 核验 · recompute and compare; erase: 擦除 · erase",
    )
    parser.add_argument(
        "positions",
        nargs="*",
        type=given.number,
        metavar="POSITION",
        help="擦除哪些位置的内容 · whose content to erase",
    )
    parser.add_argument("--reason", default="", help="擦除的理由（必填）· why it is erased (required)")
    parser.add_argument(
        "--key",
        type=Path,
        action="append",
        default=[],
        metavar="PEM",
        help="另一可信公钥，可重复 · another trusted public key; may be repeated",
    )
    parser.add_argument(
        "--checkpoint",
        type=Path,
        action="append",
        default=[],
        metavar="JSON",
        help="另处留存的检查点（GET /api/v1/journal/checkpoints），可重复 · checkpoints kept elsewhere",
    )


def run(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """Exit code 0; 1 when anything is wrong or cannot be checked, or not all could be erased.

    A database that does not answer is no finding: the command line says so by a code of its own.
    """
    if arguments.action == "erase":
        return _erased(arguments, configuration)
    if arguments.positions:
        raise Refusal("核验的是整个日志，无需位置", "the journal is verified whole: give no positions")
    paths = [*arguments.key, *(path for path in [configuration.signing_key] if path.exists())]
    keys = keyring(map(_key, paths))
    kept = [each for path in arguments.checkpoint for each in _checkpoints(path)]
    report = asyncio.run(_verify(configuration.dsn(ENGINE), keys, kept))
    return Reply(values(report), "\n".join(lines(report)), 0 if report.sound else 1)


async def _verify(dsn: str, keys: dict[str, VerifyingKey], kept: Sequence[Checkpoint]) -> Report:
    holdings = (ledger.hold, partial(releases.hold, keys=keys))
    try:
        async with await AsyncConnection.connect(dsn) as connection:
            return await verify(connection, keys=keys, kept=kept, at=now(), holdings=holdings)
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:  # it answers: a table, column or right that was there is gone
        report = Report()
        report.add(findings.unreadable(first_line(error)))
        return report


def _erased(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """Nothing brings it back: what proves the entry stays, and who erased it, when and why."""
    for problem in unfit(arguments.reason):
        raise Refusal(f"--reason：{problem.text.zh}", f"--reason: {problem.text.en}")
    if not 0 < len(arguments.positions) <= erase.MOST:
        raise Refusal(f"请给出 1–{erase.MOST} 个位置", f"give 1 to {erase.MOST} positions")
    asked = sorted(set(arguments.positions))
    done = asyncio.run(_erase(configuration.dsn(ENGINE), asked, arguments.reason.strip()))
    left = [position for position in asked if position not in done]
    words = [f"擦除 {len(done)} 条 · {len(done)} erased"]
    words += [f"位置 {one} 没有可擦除的内容 · nothing at {one} may be erased" for one in left]
    return Reply({"erased": done, "left": left}, "\n".join(words), int(bool(left)))


async def _erase(dsn: str, positions: Sequence[int], reason: str) -> list[int]:
    async with await AsyncConnection.connect(dsn) as connection, connection.cursor() as cursor:
        who = given.operator("journal.erase")
        return await erase.erase(who, cursor, positions=positions, reason=reason, at=now())


def _key(path: Path) -> VerifyingKey:
    try:
        return VerifyingKey.from_pem(path.read_bytes())
    except (OSError, TypeError, ValueError) as error:
        raise Refusal(f"无法读取公钥 {path}：{error}", f"The key {path} cannot be read: {error}") from error


def _checkpoints(path: Path) -> list[Checkpoint]:
    """One as the API tells it, or a page of them."""
    try:
        with path.open("rb") as file:
            found = msgspec.json.decode(file.read(MOST_BYTES))  # what is cut there is no JSON any more
        items = found.get("items", [found]) if isinstance(found, dict) else found
        return [told.checkpoint() for told in msgspec.convert(items, list[Told])]
    except (OSError, ValueError) as error:
        raise Refusal(
            f"无法读取检查点 {path}：{error}", f"The checkpoints {path} cannot be read: {error}"
        ) from error


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
        f"对照 · compared     {report.held} (单证报文回执放行单 · documents, messages, receipts, releases)",
    ]
    found = [f"- {problem.text.zh} {problem.text.en}" for problem in report.problems]
    more = report.problem_count - len(report.problems)
    if more:
        found.append(f"- 另有 {more} 处 · and {more} more")
    return [*head, *found, f"结论 · verdict        {verdict}"]

"""An SFTP server over one folder, for counterparts that speak files; it can misbehave on demand."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import asyncssh

FOLDERS = ("OutBox", "InBox")
USER = "singlewindow"
REFUSE, DROP, SLOW, SILENT = "refuse", "drop", "slow", "silent"
SIGN_IN, WRITE, READ, REMOVE = "sign-in", "write", "read", "remove"
SLOW_S = 0.3


T = TypeVar("T")


class Mishaps:
    """What goes wrong next: what the switch file says, what was planned, or by chance from a seed.

    ``refuse`` ends the connection at sign-in; ``drop`` ends it in the middle of a file that is written or
    read, or before one is removed; ``slow`` answers late; ``silent`` never answers, though it has removed
    what it was told to. The switch is a file holding one of these words, for whoever tests from another
    process.
    """

    def __init__(self, switch: Path | None = None) -> None:
        self.switch = switch
        self._chance = Random(0)  # noqa: S311 - to be repeated, not to be secret
        self._rates: dict[str, float] = {}
        self._planned: dict[str, deque[str]] = {
            SIGN_IN: deque(),
            WRITE: deque(),
            READ: deque(),
            REMOVE: deque(),
        }

    def plan(self, *mishaps: str, at: str = WRITE) -> None:
        """Let these happen at the next occasions, in this order; an empty one lets its occasion pass."""
        for mishap in mishaps:
            self._planned[SIGN_IN if mishap == REFUSE else at].append(mishap)

    def by_chance(self, seed: int, rates: Mapping[str, float]) -> None:
        """From now on each mishap happens at this share of its occasions."""
        self._chance.seed(seed)
        self._rates = dict(rates)

    def next(self, occasion: str) -> str:
        """The mishap of this occasion (``sign-in``, ``write``, ``read``, ``remove``), or nothing."""
        if switched := self._switched():
            return switched
        if self._planned[occasion]:
            return self._planned[occasion].popleft()
        for mishap, rate in self._rates.items():
            if (mishap == REFUSE) == (occasion == SIGN_IN) and self._chance.random() < rate:
                return mishap
        return ""

    def _switched(self) -> str:
        if self.switch is None:
            return ""
        try:
            return self.switch.read_text("utf-8").strip()
        except FileNotFoundError:
            return ""


def prepare_endpoint(folder: Path, port: int) -> dict[str, Any]:
    """The endpoint of the server that keeps its keys and files under ``folder``; keys are made once."""
    keys = folder / "keys"
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("host", "client"):
        _key(keys / name)
    for name in FOLDERS:
        (root(folder) / name).mkdir(parents=True, exist_ok=True)
    return {
        "host": "127.0.0.1",
        "port": port,
        "user": USER,
        "client_key": str(keys / "client"),
        "host_key": (keys / "host.pub").read_text("ascii").strip(),
        "outbox": FOLDERS[0],
        "inbox": FOLDERS[1],
        "connect_timeout_s": 5.0,
        "operation_timeout_s": 20.0,
    }


def root(folder: Path) -> Path:
    """The folder that clients see as ``/``."""
    return folder / "files"


async def listen(
    folder: Path, port: int, mishaps: Mishaps | None = None, news: Callable[[], None] = lambda: None
) -> asyncssh.SSHAcceptor:
    """Serve the files under ``folder`` on the loopback; only the client key made here gets in.

    ``news`` is called when a file may have become whole: closed, or given its name.
    """
    misbehave = mishaps or Mishaps()
    return await asyncssh.listen(
        "127.0.0.1",
        port,
        server_factory=lambda: _Door(misbehave),
        server_host_keys=[str(folder / "keys" / "host")],
        authorized_client_keys=str(folder / "keys" / "client.pub"),
        sftp_factory=lambda channel: _Files(channel, root(folder), misbehave, news),
        password_auth=False,
        kbdint_auth=False,
        allow_pty=False,
        agent_forwarding=False,
    )


class _Door(asyncssh.SSHServer):
    def __init__(self, mishaps: Mishaps) -> None:
        self._mishaps = mishaps
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn

    def begin_auth(self, username: str) -> bool:
        if self._connection is not None and self._mishaps.next(SIGN_IN) == REFUSE:
            self._connection.abort()
        return True


class _Files(asyncssh.SFTPServer):
    def __init__(
        self,
        channel: asyncssh.SSHServerChannel[bytes],
        folder: Path,
        mishaps: Mishaps,
        news: Callable[[], None],
    ) -> None:
        super().__init__(channel, chroot=str(folder).encode())
        self._mishaps, self._news = mishaps, news

    def close(self, file_obj: object) -> None:
        super().close(file_obj)
        self._news()

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        super().rename(oldpath, newpath)
        self._news()

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        super().posix_rename(oldpath, newpath)
        self._news()

    async def write(self, file_obj: object, offset: int, data: bytes) -> int:
        mishap = self._mishaps.next(WRITE)
        if mishap in (DROP, REFUSE):
            super().write(file_obj, offset, data[: len(data) // 2])
        await self._suffer(mishap)
        return await _done(super().write(file_obj, offset, data))

    async def read(self, file_obj: object, offset: int, size: int) -> bytes:
        await self._suffer(self._mishaps.next(READ))
        return await _done(super().read(file_obj, offset, size))

    async def remove(self, path: bytes) -> None:
        mishap = self._mishaps.next(REMOVE)
        if mishap == SILENT:  # the other half of what may be lost: done, and nobody hears of it
            await _done(super().remove(path))
        await self._suffer(mishap)
        await _done(super().remove(path))

    async def _suffer(self, mishap: str) -> None:
        """Let it happen; returns where the line lasts."""
        if mishap in (DROP, REFUSE):
            self.connection.abort()
            raise asyncssh.SFTPConnectionLost("the line is dropped")
        if mishap == SILENT:
            await asyncio.Event().wait()
        if mishap == SLOW:
            await asyncio.sleep(SLOW_S)


async def _done(answer: T | Awaitable[T]) -> T:
    """What a server of this library answers, at once or later."""
    return await answer if isinstance(answer, Awaitable) else answer


def _key(path: Path) -> None:
    """Written beside and renamed, so that a killed start leaves no half key."""
    if path.exists() and path.with_suffix(".pub").exists():
        return
    key = asyncssh.generate_private_key("ssh-ed25519")
    half = path.with_suffix(".half")
    with suppress(FileNotFoundError):
        half.unlink()
    half.touch(mode=0o600)
    half.write_bytes(key.export_private_key())
    path.with_suffix(".pub").write_bytes(key.export_public_key())
    half.replace(path)

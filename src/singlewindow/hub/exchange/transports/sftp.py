"""Files over SFTP: ours into the partner's OutBox, the partner's out of its InBox."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import asyncssh
from msgspec import Struct

from singlewindow.hub.exchange.transports import endpoint
from singlewindow.hub.exchange.transports.port import Inbound, Left, Rejected, Unreachable
from singlewindow.hub.exchange.transports.sftp_endpoint import Endpoint
from singlewindow.hub.exchange.transports.staying import NAME_MOST, Staying
from singlewindow.kernel.messages import Problem, Text

FILE_MOST = 20_000_000
ROUND_FILES = 200
ROUND_BYTES = 64_000_000
LISTED_MOST = 10_000
READ_AT_ONCE = 16
SWEEP_S = 1.0
UNFINISHED = (".tmp", ".part", ".partial", ".filepart")
# What we are writing. Each try has a name of its own: who wakes late, or a server that carries out late what
# was asked on a line that is gone, would else empty the file that another try is about to show.
_HALF = re.compile(r".+\.sw-[0-9a-f]{16}\.tmp")
# Authenticated ciphers only; the processor's own AES first: a quarter less time a file than the default.
CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com")
# Of these no file is the fault: the line is gone, or what is said on it is not understood.
_LINE_GONE = (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection, asyncssh.SFTPBadMessage)


class _Stands(Struct, frozen=True):
    """What tells of a file whether anybody has written to it since; times as the server counts them."""

    size: int | None
    mtime: int | None
    mtime_ns: int | None


class _Rests(Struct, frozen=True):
    """A file as it stood when its bytes were read, how many these were, and since when both are the same."""

    stands: _Stands
    length: int
    since: float


class Sftp:
    """One lasting connection to one partner, made again after any failure."""

    settings: ClassVar[type[endpoint.Endpoint]] = Endpoint

    def __init__(self, given: Mapping[str, Any], passed_s: Callable[[], float] = time.monotonic) -> None:
        self._at = endpoint.read(Endpoint, given)
        self._passed_s = passed_s
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None
        self._opening = asyncio.Lock()
        self._beyond = 0  # bytes that may still be read beyond what was stated of the files at hand
        self._rests: dict[str, _Rests] = {}  # of the files of the last look
        self._staying = Staying(passed_s)

    async def send(self, name: str, body: bytes) -> list[Inbound]:
        """Write beside, then rename: the partner sees a whole file or none. A file answers nothing."""
        if not _usable(name):
            raise Rejected(Text(f"文件名不可用：{name[:50]!a}", f"unusable file name {name[:50]!a}"))
        path = f"{self._at.outbox}/{name}"
        async with self._operation() as client:
            if not await self._is_there(client, path, body):
                half = f"{path}.sw-{secrets.token_hex(8)}.tmp"
                await self._write(client, half, body)
                await _rename(client, half, path)
        return []

    async def fetch(self) -> list[Inbound]:
        """At most 200 files and 64 MB a round, oldest first; half-written ones wait.

        Sizes are the partner's word: what is held beyond them is bounded by another 64 MB.
        """
        async with self._operation() as client:
            found = await self._listed(client)
        self._rests = {name: self._rests[name] for name, _ in found if name in self._rests}
        taken: list[Inbound] = []
        held = 0
        for together in _together(found):
            if held >= ROUND_BYTES:
                break
            some = await self._read_some(together)
            held += sum(len(inbound.data) for inbound in some)
            taken += some
        return taken

    async def settle(self, inbound: Inbound) -> None:
        """Delete the file or move it to ``done``; one that could not be taken over goes ``aside``.

        One that was written to since it was read, or that is another by now, stays and is read again.
        """
        read = self._rests.get(inbound.source)
        path = f"{self._at.inbox}/{inbound.source}"
        folder = self._at.aside if inbound.problems else self._at.done
        async with self._operation() as client:
            try:
                if read is None or _stands(await client.stat(path)) != read.stands:
                    return
                if folder:
                    await client.makedirs(folder, exist_ok=True)
                    await _rename(client, path, f"{folder}/{inbound.source}")
                else:
                    await client.remove(path)
            except asyncssh.SFTPNoSuchFile:
                return
            except asyncssh.SFTPError as error:
                self._staying.kept(inbound.source, _of_one(error))

    def left(self) -> Sequence[Left]:
        """Files, one by one."""
        return self._staying.told()

    async def close(self) -> None:
        """End the connection, waiting no longer than one operation may take."""
        connection, self._connection, self._client = self._connection, None, None
        if connection is None:
            return
        connection.close()
        try:
            async with asyncio.timeout(self._at.operation_timeout_s):
                await connection.wait_closed()
        except (TimeoutError, OSError, asyncssh.Error):
            connection.abort()

    @asynccontextmanager
    async def _operation(self) -> AsyncIterator[asyncssh.SFTPClient]:
        """A bounded stretch of work; whatever goes wrong in it costs the connection, not the caller.

        The bound ends the connection rather than cancelling the work: closing a file politely
        would wait for the same silent partner again.
        """
        watchdog: asyncio.TimerHandle | None = None
        try:
            client = await self._open()
            watchdog = asyncio.get_running_loop().call_later(self._at.operation_timeout_s, self._drop)
            yield client
        except (OSError, asyncssh.Error, TimeoutError) as error:
            self._drop()
            where = f"{self._at.host}:{self._at.port}"
            raise Unreachable(f"{where}: {type(error).__name__}: {error}") from error
        finally:
            if watchdog is not None:
                watchdog.cancel()

    async def _open(self) -> asyncssh.SFTPClient:
        async with self._opening, asyncio.timeout(self._at.connect_timeout_s):
            if self._client is None:
                self._connection = await self._connect()
                client = await self._connection.start_sftp_client(path_errors="surrogateescape")
                await self._sweep(client)
                self._client = client
            return self._client

    async def _sweep(self, client: asyncssh.SFTPClient) -> None:
        """Remove what earlier lines left half-written; whoever still writes one of them tries again.

        It must not stand in the way of work: a partner need not let us look at, or take back, what we sent,
        and of a folder that takes long to list the rest waits for another line.
        """
        with suppress(asyncssh.SFTPError, TimeoutError):
            async with asyncio.timeout(SWEEP_S):
                async for entry in _entries(client, self._at.outbox):
                    if _HALF.fullmatch(name := str(entry.filename)):
                        with suppress(asyncssh.SFTPNoSuchFile):
                            await client.remove(f"{self._at.outbox}/{name}")

    async def _connect(self) -> asyncssh.SSHClientConnection:
        at = self._at
        host_key, client_key = _keys(at)
        return await asyncssh.connect(
            at.host,
            at.port,
            username=at.user,
            client_keys=[client_key],
            known_hosts=([host_key], [], []),
            config=None,
            agent_path=None,
            preferred_auth="publickey",
            encryption_algs=CIPHERS,
            keepalive_interval=at.operation_timeout_s,
        )

    def _drop(self) -> None:
        connection, self._connection, self._client = self._connection, None, None
        if connection is not None:
            connection.abort()

    async def _is_there(self, client: asyncssh.SFTPClient, path: str, body: bytes) -> bool:
        """Whether an earlier attempt arrived although its answer was lost."""
        try:
            there = (await client.stat(path)).size
            if there == len(body) and await _beginning(client, path, there + 1) == body:
                return True
        except asyncssh.SFTPNoSuchFile:
            return False
        raise Rejected(
            Text(
                f"对方已有同名但内容不同的文件 {path}", f"another file named {path} is waiting at the partner"
            )
        )

    async def _write(self, client: asyncssh.SFTPClient, path: str, body: bytes) -> None:
        """A server whose disk is full may keep a part and say that all is well: it is asked what it has."""
        async with client.open(path, "wb") as file:
            await file.write(body)
            size = (await file.stat()).size
        if size not in (None, len(body)):
            raise asyncssh.SFTPFailure(f"the partner has kept {size} of {len(body)} bytes")

    async def _listed(self, client: asyncssh.SFTPClient) -> list[tuple[str, int]]:
        """Names and stated sizes, oldest first; last those that could not be read or taken away before."""
        found: list[tuple[bool, int, int, str, int]] = []
        unusable: list[str] = []
        async for entry in _entries(client, self._at.inbox):
            attrs, name = entry.attrs, str(entry.filename)
            if attrs.type != asyncssh.FILEXFER_TYPE_REGULAR or _unfinished(name):
                continue
            if _usable(name):
                at = attrs.mtime or 0, attrs.mtime_ns or 0
                found.append((name in self._staying, *at, name, attrs.size or 0))
            else:
                unusable.append(name)
        found.sort()
        self._staying.only(name for *_, name, _ in found)
        self._staying.unusable(unusable)
        due = ((name, size) for *_, name, size in found if not self._staying.waits(name))
        return list(islice(due, ROUND_FILES))

    async def _read_some(self, files: list[tuple[str, int]]) -> list[Inbound]:
        self._beyond = ROUND_BYTES
        async with self._operation() as client:
            reading = (self._read(client, name, size) for name, size in files)
            read = await asyncio.gather(*reading, return_exceptions=True)
            for outcome in read:
                if isinstance(outcome, BaseException):
                    raise outcome
            return [inbound for inbound in read if isinstance(inbound, Inbound)]

    async def _read(self, client: asyncssh.SFTPClient, name: str, size: int) -> Inbound | None:
        """None where it is gone, or is longer than stated and there is no room for it now."""
        path = f"{self._at.inbox}/{name}"
        try:
            stands = _stands(await client.stat(path))  # first, so that what is written meanwhile tells
            async with client.open(path, "rb") as file:
                data = await self._content(file, size)
        except asyncssh.SFTPNoSuchFile:
            return None
        except asyncssh.SFTPError as error:
            self._staying.unread(name, _of_one(error))
            return None
        if data is None:
            return None
        self._staying.forget(name)
        rested_s = self._rested_s(name, stands, len(data))
        if len(data) > FILE_MOST:
            return Inbound(name, b"", (_too_large(name),))
        return Inbound(name, data, growing=rested_s < self._at.rest_s)

    def _rested_s(self, name: str, stands: _Stands, length: int) -> float:
        """For how long nobody has written to it, by our own clock: a partner's may say anything."""
        at, before = self._passed_s(), self._rests.get(name)
        same = before is not None and (before.stands, before.length) == (stands, length)
        since = before.since if before is not None and same else at
        self._rests[name] = _Rests(stands, length, since)
        return at - since

    async def _content(self, file: asyncssh.SFTPClientFile, size: int) -> bytes | None:
        """The file's bytes, cut one byte beyond the bound: a stated size may be a lie.

        It is believed at first, as every request beyond the end is one for nothing.
        """
        data: bytes = await file.read(min(size, FILE_MOST) + 1)
        more = FILE_MOST + 1 - len(data)
        if len(data) <= size or not more:
            return data
        if more > self._beyond:
            return None
        self._beyond -= more
        rest: bytes = await file.read(more)
        self._beyond += more - len(rest)
        return data + rest


def _keys(at: Endpoint) -> tuple[asyncssh.SSHKey, asyncssh.SSHKey]:
    try:
        client_key = asyncssh.import_private_key(Path(at.client_key).read_bytes())
        return asyncssh.import_public_key(at.host_key), client_key
    except (asyncssh.KeyImportError, OSError) as error:
        raise Unreachable(f"keys for {at.host}: {error}") from error


def _of_one(error: asyncssh.SFTPError) -> str:
    """What is wrong with one file, which holds up no other; raises what is no file's fault."""
    if isinstance(error, _LINE_GONE):
        raise error
    return f"{type(error).__name__}: {error}"


def _stands(attrs: asyncssh.SFTPAttrs) -> _Stands:
    return _Stands(attrs.size, attrs.mtime, attrs.mtime_ns)


async def _beginning(client: asyncssh.SFTPClient, path: str, most: int) -> bytes:
    async with client.open(path, "rb") as file:
        data: bytes = await file.read(most)
        return data


def _together(files: Sequence[tuple[str, int]]) -> Iterator[list[tuple[str, int]]]:
    """Files that are read at once: a few, or one that is large."""
    some: list[tuple[str, int]] = []
    held = 0
    for name, size in files:
        stated = min(size, FILE_MOST)
        if some and (len(some) == READ_AT_ONCE or held + stated > FILE_MOST):
            yield some
            some, held = [], 0
        some.append((name, size))
        held += stated
    if some:
        yield some


async def _entries(client: asyncssh.SFTPClient, folder: str) -> AsyncIterator[asyncssh.SFTPName]:
    """What a folder holds, up to the bound."""
    seen = 0
    async for entry in client.scandir(folder):
        yield entry
        if (seen := seen + 1) >= LISTED_MOST:
            return


async def _rename(client: asyncssh.SFTPClient, path: str, to: str) -> None:
    """In one step where the server can; else the plain rename, which never overwrites."""
    try:
        await client.posix_rename(path, to)
    except asyncssh.SFTPOpUnsupported:
        await client.rename(path, to)


def _unfinished(name: str) -> bool:
    """Whether somebody still writes it: who writes beside and renames adds an end or, as rsync, a dot."""
    return name.startswith(".") or name.lower().endswith(UNFINISHED)


def _usable(name: str) -> bool:
    """Printable and without path in it: names are stored and shown, and end up in other paths."""
    return 0 < len(name) <= NAME_MOST and name.isprintable() and "/" not in name and not name.startswith(".")


def _too_large(name: str) -> Problem:
    return Problem(
        "file-too-large",
        Text(f"文件 {name} 超过 {FILE_MOST} 字节", f"file {name} is larger than {FILE_MOST} bytes"),
        field=name,
        remedy=Text(
            "文件已移至 Aside，请对方分批重发", "It was moved to Aside; ask the partner to send it in parts"
        ),
    )

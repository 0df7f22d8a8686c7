"""Files for browsers, answered from memory under a path that names their content, so they never expire."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from singlewindow.server import rooms
from singlewindow.server.configuration import Configuration

Headers = list[tuple[bytes, bytes]]
MOST_BYTES = 32_000_000  # of all files together; they live in every process's shared memory
WORTH_PACKING = ("text/", "application/javascript", "application/json", "image/svg+xml")
TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class File:
    """One file with its headers, as it is and packed."""

    plain: bytes
    packed: bytes | None
    headers: Headers


def files() -> Iterator[tuple[str, Path]]:
    """Every file by the name pages use; a name that exists twice is the first folder's."""
    for folder in rooms.static_folders():
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield path.relative_to(folder).as_posix(), path


@cache
def digest() -> str:
    """What all files together are: a new release changes the path of every file at once."""
    total = hashlib.sha256()
    for name, path in files():
        content = path.read_bytes()
        total.update(f"{name}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()[:12]


def url() -> str:
    """The prefix of every file's path; relative imports between files stay below it."""
    return f"/static/{digest()}/"


def read(path: Path) -> File:
    """A file with what a browser must know about it."""
    content = path.read_bytes()
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    text = kind.startswith(WORTH_PACKING)
    packed = gzip.compress(content, mtime=0) if text else None
    charset = "; charset=utf-8" if text else ""
    headers = [
        (b"content-type", f"{kind}{charset}".encode()),
        (b"cache-control", b"public, max-age=31536000, immutable"),
        (b"vary", b"accept-encoding"),
    ]
    return File(content, packed if packed and len(packed) < len(content) else None, headers)


class StaticFiles:
    """An ASGI application over files read once, before the fork."""

    def __init__(self) -> None:
        prefix = url()
        found: dict[str, File] = {}
        for name, path in files():
            found.setdefault(prefix + name, read(path))
        if sum(len(file.plain) for file in found.values()) > MOST_BYTES:
            raise ValueError(f"static files hold more than {MOST_BYTES} bytes")
        self.found = found

    async def __call__(
        self, scope: dict[str, Any], receive: object, send: Callable[[dict[str, Any]], Awaitable[None]]
    ) -> None:
        file = self.found.get(scope["path"])
        if file is None or scope["method"] not in {"GET", "HEAD"}:
            await answer(send, 404, [(b"content-type", b"text/plain")], b"")
            return
        body, headers = file.plain, file.headers
        if file.packed and b"gzip" in dict(scope["headers"]).get(b"accept-encoding", b""):
            body, headers = file.packed, [*headers, (b"content-encoding", b"gzip")]
        headers = [*headers, (b"content-length", str(len(body)).encode())]
        await answer(send, 200, headers, b"" if scope["method"] == "HEAD" else body)


async def answer(
    send: Callable[[dict[str, Any]], Awaitable[None]], status: int, headers: Headers, body: bytes
) -> None:
    """One whole response."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def application(configuration: Configuration) -> StaticFiles:
    """The native application for ``/static/``."""
    return StaticFiles()

"""A partner's InBox behind a real server, and the transport that looks into it."""

from __future__ import annotations

import os
from pathlib import Path

from singlewindow.hub.exchange.transports.port import Inbound
from singlewindow.hub.exchange.transports.sftp import Sftp
from singlewindow.rehearsal.sftp import prepare_endpoint, root


class Inbox:
    """Its folders, the transport, and our own clock."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = root(folder) / "InBox"
        self.done = root(folder) / "Done"
        self.passed_s = 1_000.0
        self.endpoint = prepare_endpoint(folder, port)
        self.wire = Sftp(self.endpoint, lambda: self.passed_s)

    def write(self, data: bytes, mtime: int) -> None:
        """The partner writes its file, at a time of the server's clock."""
        (self.folder / "a.xml").write_bytes(data)
        os.utime(self.folder / "a.xml", (mtime, mtime))

    async def look(self) -> Inbound:
        """The one file that is taken."""
        (found,) = await self.wire.fetch()
        return found

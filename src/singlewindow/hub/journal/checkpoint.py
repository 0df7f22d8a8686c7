"""A checkpoint: what the platform signs about its journal, for others to keep."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime

from msgspec import Struct

from singlewindow.kernel.crypto.signing import Signer

ORIGIN = "singlewindow/journal"


class Checkpoint(Struct, frozen=True):
    """Size and root of the tree at an instant, signed."""

    size: int
    root: bytes
    at: datetime
    key_id: str
    signature: bytes

    @property
    def note(self) -> bytes:
        """The bytes under the signature."""
        return note(self.size, self.root, self.at)


def note(size: int, root: bytes, at: datetime) -> bytes:
    """Origin, size, root in base64 and time, a line each, as in C2SP tlog-checkpoint."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"{ORIGIN}\n{size}\n{b64encode(root).decode()}\n{moment}\n".encode()


def sign(signer: Signer, size: int, root: bytes, at: datetime) -> Checkpoint:
    """A signed checkpoint."""
    return Checkpoint(size, root, at, signer.key_id, signer.sign(note(size, root, at)))

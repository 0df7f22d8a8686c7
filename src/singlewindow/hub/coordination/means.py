"""What coordination needs from outside."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from msgspec import Struct

from singlewindow.kernel.clock import Clock
from singlewindow.kernel.crypto.signing import Signer


class Means(Struct, frozen=True):
    """The platform's key, the time, new identifiers."""

    signer: Signer
    clock: Clock
    new_id: Callable[[], UUID]

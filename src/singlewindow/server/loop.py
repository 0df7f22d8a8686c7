"""One event loop a process: how every role that is asynchronous begins."""

from __future__ import annotations

import gc
from collections.abc import Coroutine
from typing import Any

from singlewindow.server import logs

# A declaration makes some thousand objects and no cycle: looked for at every 700, they took a twentieth.
COLLECTIONS = (10_000, 20, 20)


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run until it ends; uvloop is imported here, for only a role that runs needs it."""
    import uvloop

    logs.configure()
    gc.set_threshold(*COLLECTIONS)
    uvloop.run(main)

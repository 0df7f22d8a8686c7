"""What people call the formats that submissions come in: the platform's own, and those of partners."""

from __future__ import annotations

from collections.abc import Callable

from singlewindow.hub.documents.registry import Registry
from singlewindow.kernel.messages import Text

OWN = "json"
NAME = Text("本平台 JSON", "JSON of this platform")
CHANNEL = " · "  # parts what a partner calls its format from how it is reached


def named(format_: str, registry: Registry, called: Callable[[str], Text]) -> Text:
    """A format by its id; ``called`` tells what a partner calls its own, and the channel behind it."""
    if format_ == OWN:
        return NAME
    for partner, projection in registry.principal.items():
        if projection.target.id == format_:
            name = called(partner)
            return Text(name.zh.partition(CHANNEL)[0], name.en.partition(CHANNEL)[0])
    return Text(format_, format_)

"""The command line with some of the product's waits shortened: ``wait=seconds … -- arguments``.

A wait is a module's constant, ``module:NAME``, or ``retry``, every lane's first wait between two tries;
``ports=11000-12000`` is no wait but where counterparts look for free ports (see ``apart``), nor is
``parent=123``, the test's own process, which nothing started here outlives.
For tests that would otherwise wait for a minute's lease; roles are forked, so they inherit the values.
"""

from __future__ import annotations

import sys
from importlib import import_module

from msgspec.structs import replace

from singlewindow.hub.exchange.connector import Manifest, read_manifest
from singlewindow.rehearsal import ports
from singlewindow.server import composition
from singlewindow.server.children import die_with_parent
from singlewindow.server.cli import main


def shorten(wait: str) -> None:
    """Set one wait, which must be there and be a number already."""
    place, _, seconds = wait.partition("=")
    if place == "retry":
        retry_after(float(seconds))
        return
    if place == "ports":
        ports.RANGE = range(*map(int, seconds.split("-")))
        return
    if place == "parent":
        die_with_parent(int(seconds))
        return
    module, _, name = place.partition(":")
    found = import_module(module)
    if not isinstance(getattr(found, name), float):
        raise TypeError(f"{place} is no wait in seconds")
    setattr(found, name, float(seconds))


def retry_after(seconds: float) -> None:
    """Let every manifest say that the first wait is this long."""

    def read(text: str) -> Manifest:
        manifest = read_manifest(text)
        return replace(manifest, retry=replace(manifest.retry, first_s=seconds))

    composition.read_manifest = read


if __name__ == "__main__":
    split = sys.argv.index("--")
    for each in sys.argv[1:split]:
        shorten(each)
    sys.exit(main(sys.argv[split + 1 :]))

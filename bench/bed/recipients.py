"""Who receives a declaration: the connectors there are that the applications' subscriptions name."""

from __future__ import annotations

from functools import cache

from bed.bodies import DANGEROUS
from singlewindow.hub.exchange.subscriptions import read_rows
from singlewindow.server import rooms


@cache
def recipients() -> tuple[str, ...]:
    """Partners with a subscription to declarations, a connector and a counterpart to answer."""
    rows = [row for path in rooms.PACKAGE.glob("apps/*/subscriptions.csv") for row in read_rows(path)]
    subscribed = {
        row["receiver"]
        for row in rows
        if row["source_kind"] == "goods_declaration"
        and (DANGEROUS or not row["condition"].startswith("dangerous"))
    }
    return tuple(name for name in rooms.connectors() if name in subscribed and rooms.rehearsal_of(name))

"""What the clearance pages ask, on Django's connection, so that row-level security decides what there is."""

from __future__ import annotations

from uuid import UUID

from singlewindow.hub.coordination.cases import NOBODYS
from singlewindow.hub.coordination.queries import SAID
from singlewindow.hub.identity.asking import Row, asking
from singlewindow.hub.journal.statements import statements_beside

ask = asking(statements_beside(__file__, "clearance.sql") | SAID)


def kept_of(submission: UUID) -> dict[str, list[Row]]:
    """Everything the matrix of one submission's dossiers rests on; no dossiers, no rows."""
    dossiers = ask("dossiers", submission=submission)
    ids = [row["id"] for row in dossiers]
    calls = [row["call"] for row in dossiers if row["call"]]
    containers = ask("containers", dossiers=ids) if ids else []
    keys = [row["key"] for row in containers]
    shared = [*calls, *keys]
    if not ids:
        return {"dossiers": []}
    orders = ask("orders_of", dossiers=ids, shared=shared)
    together = [
        row["id"] for row in orders if row["dossier"] == NOBODYS and row["subject_kind"] == "container"
    ]
    return {
        "dossiers": dossiers,
        "containers": containers,
        "conveyances": ask("conveyances", dossiers=ids, calls=calls),
        "addressed": ask("addressed", dossiers=ids),
        "agencies": ask("agencies"),
        "instructions": ask("instructions", dossiers=ids, shared=shared),
        "sent": ask("sent", dossiers=ids, shared=shared),
        "dispositions": ask("dispositions", dossiers=ids, calls=calls),
        "passes": ask("passes", keys=keys or [""]),
        "waiting": ask("waiting", keys=keys),
        "releases": ask("releases", dossiers=ids),
        "orders": orders,
        "parts": ask("parts_of", orders=together) if together else [],
    }

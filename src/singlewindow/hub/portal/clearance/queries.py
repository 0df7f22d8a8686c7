"""What the clearance pages ask, on Django's connection, so that row-level security decides what there is."""

from __future__ import annotations

from uuid import UUID

from singlewindow.hub.coordination.cases import NOBODYS
from singlewindow.hub.coordination.queries import SAID
from singlewindow.hub.identity.asking import Row, asking, asking_together
from singlewindow.hub.journal.statements import statements_beside

_SQL = statements_beside(__file__, "clearance.sql") | SAID
ask, _ask_together = asking(_SQL, by_key=True), asking_together(_SQL)


def kept_of(submission: UUID) -> dict[str, list[Row]]:
    """Everything the matrix of one submission's dossiers rests on; no dossiers, no rows."""
    dossiers = ask("dossiers", submission=submission)
    if not dossiers:
        return {"dossiers": []}
    ids = [row["id"] for row in dossiers]
    calls = [row["call"] for row in dossiers if row["call"]]
    containers = ask("containers", dossiers=ids)
    keys = [row["key"] for row in containers]
    within, shared = {"dossiers": ids}, {"dossiers": ids, "shared": [*calls, *keys]}
    kept = _ask_together({
        "conveyances": {**within, "calls": calls},
        "addressed": within,
        "agencies": {},
        "instructions": shared,
        "sent": shared,
        "dispositions": {**within, "calls": calls},
        "passes": {"keys": keys or [""]},
        "waiting": {"keys": keys},
        "releases": within,
        "orders_of": shared,
    })  # fmt: skip
    orders = kept["orders_of"]
    together = [
        row["id"] for row in orders if row["dossier"] == NOBODYS and row["subject_kind"] == "container"
    ]
    parts = ask("parts_of", orders=together) if together else []
    return {**kept, "dossiers": dossiers, "containers": containers, "orders": orders, "parts": parts}

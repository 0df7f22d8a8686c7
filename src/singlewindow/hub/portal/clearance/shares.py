"""What of a dossier a partner's people are shown: what its own document is filled from, no more. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from singlewindow.hub.coordination import facts
from singlewindow.hub.identity.asking import Row
from singlewindow.hub.portal import names

# Which entry of the source document a column of ``dossier_object`` was declared in.
_COLUMNS = {"lines": "containers.goods_line_numbers", "seal": "containers.seal_number"}
# Which entry tells a receiver who that is. Terminals' names are public.
_ROLES = {"declarant": "declarant_name", "importer": "consignee_name", "forwarder": "ship_agent_name"}


def containers(rows: Sequence[Row], partner: str) -> list[Row]:
    """Containers as one partner knows them; a firm (``partner`` empty) sees the rows it may read."""
    if not partner:
        return list(rows)
    received = names.partner(partner).receives
    return [row | _masked(row, received, _concerned(row, partner)) for row in rows]


def may_name(role: str, partner: str) -> bool:
    """Whether a partner was told who has this role."""
    return not partner or role not in _ROLES or _ROLES[role] in names.partner(partner).receives


def _masked(row: Row, received: frozenset[str], concerned: bool) -> Row:
    return {
        name: row[name] if concerned and path in received else ""
        for name, path in _COLUMNS.items()
        if name in row
    }


def _concerned(row: Row, partner: str) -> bool:
    """Not with a container that its document leaves out because nothing dangerous is in it."""
    only = {
        rule.condition
        for rule in facts.requirements()
        if (rule.subject_kind, rule.agency) == ("container", partner)
    }
    return bool(row.get("dangerous")) or only != {"dangerous"}

"""What a partner's people are told: as much as its own documents are filled from, as the data base says it.

What of a container they are told, seals and goods lines, the data base decides itself (``objects_told``).
"""

from __future__ import annotations

from singlewindow.hub.identity.asking import asking
from singlewindow.hub.journal.statements import statements_beside

# Which entry tells a receiver who that is. Terminals' names are public.
_ROLES = {"declarant": "declarant_name", "importer": "consignee_name", "forwarder": "ship_agent_name"}
_ask = asking(statements_beside(__file__, "queries.sql"))


def received(partner: str) -> frozenset[str]:
    """The entries of source documents that those of the viewer's partner are filled from."""
    return frozenset(row["entry"] for row in _ask("entries_received", partner=partner))


def unnamed(partner: str) -> frozenset[str]:
    """The roles whose names a partner's people are not told; a firm's people (no partner) read their own."""
    if not partner:
        return frozenset()
    told = received(partner)
    return frozenset(role for role, entry in _ROLES.items() if entry not in told)

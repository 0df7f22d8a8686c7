"""Whose names a partner's people are shown: those that its own document is filled from. Pure.

What of a container they are told, seals and goods lines, the data base decides (``objects_told``).
"""

from __future__ import annotations

from singlewindow.hub.portal import names

# Which entry tells a receiver who that is. Terminals' names are public.
_ROLES = {"declarant": "declarant_name", "importer": "consignee_name", "forwarder": "ship_agent_name"}


def may_name(role: str, partner: str) -> bool:
    """Whether a partner was told who has this role."""
    return not partner or role not in _ROLES or _ROLES[role] in names.partner(partner).receives

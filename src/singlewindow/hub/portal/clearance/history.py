"""What was done to an inspection order: the journal's entries as lines, newest last. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from singlewindow.hub.identity.asking import Row
from singlewindow.hub.portal import names, recorded
from singlewindow.hub.portal.record import verbs
from singlewindow.kernel.messages import Text


class Entry(Struct, frozen=True):
    """Who did what, when."""

    at: datetime
    what: Text
    who: Text
    more: Text = recorded.NOTHING


def lines(rows: Sequence[Row]) -> tuple[Entry, ...]:
    """Entries in their order; what the platform did by itself says so."""
    return tuple(Entry(row["at"], _what(row["verb"]), _who(row), _more(row["content"])) for row in rows)


def _what(verb: str) -> Text:
    return verbs().get(verb, Text(verb, verb))


def _more(content: bytes | None) -> Text:
    """What was set or found; nothing where the content was erased."""
    return recorded.done(json.loads(bytes(content))) if content else recorded.NOTHING


def _who(row: Row) -> Text:
    if row["actor_kind"] == "component":
        return names.partner(row["actor_id"]).name
    if row["actor_kind"] == "system":
        return Text("平台自动", "the platform")
    return Text(row["actor_name"], row["actor_name"])

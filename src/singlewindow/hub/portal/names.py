"""What partners and kinds of documents are called; filled at start from manifests and definitions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from singlewindow.kernel.messages import Text


class Partner(Struct, frozen=True):
    """A counterpart as people know it: name, one-character seal, format and channel.

    ``letters`` are its own words for its codes, ``milestones`` the codes that tell of goods, not papers.
    """

    id: str
    name: Text
    seal: str
    format: Text = Text("", "")
    letters: dict[str, Text] = {}
    milestones: frozenset[str] = frozenset()


_partners: dict[str, Partner] = {}
_documents: dict[str, Text] = {}


def fill(partners: Iterable[Partner], documents: Mapping[str, Text]) -> None:
    """Replace everything known; called once when a process starts."""
    _partners.clear()
    _partners.update({partner.id: partner for partner in partners})
    _documents.clear()
    _documents.update(documents)


def partner(partner_id: str) -> Partner:
    """A partner by its id; one that nobody named is called by its id."""
    return _partners.get(partner_id) or _unnamed(partner_id)


def _unnamed(partner_id: str) -> Partner:
    return Partner(partner_id, Text(partner_id, partner_id), partner_id[:1].upper())


def partners() -> list[Partner]:
    """Every partner, in the order in which they were named."""
    return list(_partners.values())


def document(kind: str) -> Text:
    """What a kind of document is called; one without a definition by its kind."""
    return _documents.get(kind) or Text(kind, kind)

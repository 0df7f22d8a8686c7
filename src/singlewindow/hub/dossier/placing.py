"""Which dossier a document belongs to: pure, over what is known of the numbers it carries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.dossier.facts import Facts, Key
from singlewindow.kernel.messages import Text


class Incoming(Struct, frozen=True):
    """A source document that has no dossier yet."""

    submission_id: UUID
    document_id: UUID
    kind: str
    at: datetime
    viewers: frozenset[int]
    facts: Facts
    numbers: tuple[Key, ...]
    first: bool = True  # nothing of its submission has a dossier yet


class Doubt(Struct, frozen=True):
    """What a person must decide."""

    kind: str
    dossier: UUID
    about: str
    text: Text


class Known(Struct):
    """What the numbers lead to: a dossier, its parties, and the kinds of documents in it."""

    dossier: UUID
    viewers: frozenset[int]
    kinds: frozenset[str]


class Placement(Struct, frozen=True):
    """Where one document goes."""

    document: Incoming
    dossier: UUID
    opens: bool
    sees: bool  # its parties become readers of the dossier
    doubts: tuple[Doubt, ...] = ()

    @property
    def new(self) -> bool:
        """Whether its dossier begins with it."""
        return self.opens and self.document.first


class Index:
    """Numbers and dossiers known so far; ``place`` adds to them."""

    def __init__(self) -> None:
        self.dossiers: dict[UUID, Known] = {}
        self.numbers: dict[tuple[str, str], dict[UUID, set[str]]] = {}

    def know(self, key: Key, known: Known) -> None:
        """One number of a dossier."""
        self.dossiers.setdefault(known.dossier, known)
        self.numbers.setdefault(key[:2], {}).setdefault(known.dossier, set()).add(key[2])

    def place(self, document: Incoming) -> Placement:
        """Join it to the one dossier its numbers name, among its own parties; else open one.

        Parties who share nobody with a dossier never become its readers by naming its number.
        """
        found = self._led_to(document.numbers)
        friends = [one for one in found if one.viewers & document.viewers]
        if friends:
            placed = Placement(document, friends[0].dossier, False, True, _ties(document, friends))
        elif len(found) == 1 and document.kind not in found[0].kinds:
            placed = Placement(document, found[0].dossier, False, False)
        else:
            placed = Placement(document, document.submission_id, True, True, _contradicts(document, found))
        self._remember(placed)
        return placed

    def _led_to(self, keys: Iterable[Key]) -> list[Known]:
        """The dossiers of the numbers, strongest number first; a carrier that is not named fits any."""
        found: dict[UUID, Known] = {}
        for kind, value, carrier in keys:
            for dossier, carriers in self.numbers.get((kind, value), {}).items():
                if not carrier or "" in carriers or carrier in carriers:
                    found.setdefault(dossier, self.dossiers[dossier])
        return list(found.values())

    def _remember(self, placed: Placement) -> None:
        document = placed.document
        known = self.dossiers.setdefault(placed.dossier, Known(placed.dossier, frozenset(), frozenset()))
        known.kinds |= {document.kind}
        if placed.sees:
            known.viewers |= document.viewers
        for key in document.numbers:
            self.know(key, known)


def _ties(document: Incoming, friends: list[Known]) -> tuple[Doubt, ...]:
    if len(friends) == 1:
        return ()
    text = Text(
        f"单证“{document.facts.name}”的编号分属 {len(friends)} 个货物档案，请核对是否为同一票货物",
        f"The numbers of “{document.facts.name}” belong to {len(friends)} dossiers: "
        "check whether they are one",
    )
    about = str(document.document_id)
    return tuple(Doubt("ties_dossiers", one.dossier, about, text) for one in friends)


def _contradicts(document: Incoming, found: list[Known]) -> tuple[Doubt, ...]:
    if not found:
        return ()
    text = Text(
        f"“{document.facts.name}”已由其他当事方申报，本单证另立档案，请核对编号",
        f"“{document.facts.name}” has been declared by other parties; this document has a dossier "
        "of its own: check the number",
    )
    return (Doubt("contradicts_dossier", document.submission_id, str(document.document_id), text),)

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
    party: int  # who handed it in
    viewers: frozenset[int]
    facts: Facts
    numbers: tuple[Key, ...]
    first: bool = True  # nothing of its submission has a dossier yet

    @property
    def principals(self) -> frozenset[int]:
        """Whose consignment it declares."""
        return principals(self.party, self.viewers)


def principals(party: int, viewers: frozenset[int]) -> frozenset[int]:
    """Of a document's parties those whose goods it speaks of: who hands it in for others is their agent."""
    return viewers - {party} or viewers


class Doubt(Struct, frozen=True):
    """What a person must decide."""

    kind: str
    dossier: UUID
    about: str
    text: Text


class Known(Struct):
    """What the numbers lead to: a dossier, its parties, and its documents, each by kind and principals."""

    dossier: UUID
    viewers: frozenset[int] = frozenset()
    documents: frozenset[tuple[str, frozenset[int]]] = frozenset()

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of documents in it."""
        return frozenset([kind for kind, _ in self.documents])

    def near(self, document: Incoming) -> bool:
        """Whether one of its parties has part in the document."""
        return bool(self.viewers & document.viewers)

    def declares_anothers(self, document: Incoming) -> bool:
        """Whether documents of this kind are in it already, and for other principals."""
        theirs = self._principals(document.kind)
        return bool(theirs) and not theirs & document.principals

    def opens_to(self, document: Incoming) -> bool:
        """Whether a principal of the document reads it, or all of its own have part in the document.

        Their agent alone opens nothing.
        """
        return bool(self.viewers & document.principals) or self._principals() <= document.viewers

    def _principals(self, of_kind: str = "") -> frozenset[int]:
        """Those who read it: a stranger's document makes nobody a principal here."""
        told = (whose for kind, whose in self.documents if of_kind in ("", kind))
        return self.viewers.intersection(frozenset().union(*told))


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

    def of(self, dossier: UUID, viewers: frozenset[int] = frozenset()) -> Known:
        """What is known of a dossier."""
        return self.dossiers.setdefault(dossier, Known(dossier, viewers))

    def know(self, key: Key, known: Known) -> None:
        """One number of a dossier."""
        self.numbers.setdefault(key[:2], {}).setdefault(known.dossier, set()).add(key[2])

    def place(self, document: Incoming) -> Placement:
        """Join it to the one dossier its numbers name, among its own parties; else open one.

        Parties who share nobody, or an agent alone, with a dossier never become its readers by naming its
        number: an agent has many principals, and a slip in one's number would open the other's goods.
        """
        found = self._led_to(document.numbers)
        friends = [one for one in found if one.near(document) and not one.declares_anothers(document)]
        if friends:
            first, others = friends[0], self._anothers(document, friends[0])
            doubts = (*_ties(document, friends), *_contradicts(document, others, first.dossier))
            placed = Placement(document, first.dossier, False, first.opens_to(document), doubts)
        elif len(found) == 1 and document.kind not in found[0].kinds:
            placed = Placement(document, found[0].dossier, False, False)
        else:
            doubts = _contradicts(document, found, document.submission_id)
            placed = Placement(document, document.submission_id, True, True, doubts)
        self._remember(placed)
        return placed

    def _anothers(self, document: Incoming, own: Known) -> list[Known]:
        """Dossiers of its agent's other principals, by numbers that its own does not bear yet."""
        new = [key for key in document.numbers if own.dossier not in self.numbers.get(key[:2], {})]
        return [one for one in self._led_to(new) if one.near(document) and one.declares_anothers(document)]

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
        known = self.of(placed.dossier)
        known.documents |= {(document.kind, document.principals)}
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


def _contradicts(document: Incoming, others: list[Known], dossier: UUID) -> tuple[Doubt, ...]:
    if not others:
        return ()
    text = Text(
        f"“{document.facts.name}”已由其他当事方申报，本单证另立档案，请核对编号",
        f"“{document.facts.name}” has been declared by other parties; this document has a dossier "
        "of its own: check the number",
    )
    return (Doubt("contradicts_dossier", dossier, str(document.document_id), text),)

"""A dossier as coordination sees it: its units, who was addressed, what is ordered, what was said last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct, field

from singlewindow.hub.coordination import facts
from singlewindow.hub.coordination.algebra import Disposition, Given, Kind, Unit, composite
from singlewindow.kernel.messages import Subject

NOBODYS = UUID(int=0)  # the dossier of what is nobody's alone: a conveyance call
SHARED = ("conveyance", "container")

Box = tuple[str, str, str, bool, bool]  # key, number, seal, less than a container load, dangerous


class Office(Struct, frozen=True):
    """An agency, operator or the platform, as a party. ``merged_into`` is in force already."""

    id: int
    code: str
    partner: str | None
    merged_into: str | None


class Offices:
    """The parties that coordinate on a day, by what messages call them."""

    def __init__(self, offices: Sequence[Office], on: date) -> None:
        self.on = on
        self.by_partner = {one.partner: one for one in offices if one.partner}
        self.by_code = {one.code: one.id for one in offices}

    def in_charge(self, agency: str) -> str:
        """Who releases in an agency's place."""
        office = self.by_partner.get(agency)
        return (office and office.merged_into) or agency

    def succeeded(self, party: int) -> set[int]:
        """The party itself and the agencies in whose place it acts."""
        agencies = (one for one in self.by_partner if self.parties([self.in_charge(one)]) == {party})
        return {party, *self.parties(agencies)}

    def parties(self, agencies: Iterable[str]) -> set[int]:
        """Their party numbers, as far as they have one."""
        return {self.by_partner[agency].id for agency in agencies if agency in self.by_partner}


class Sent(Struct, frozen=True, gc=False):
    """A document that an agency was sent about the dossier."""

    agency: str
    id: str
    at: datetime
    load: str = ""  # tells the same goods declared again from another part of them; empty: not known
    ended: datetime | None = None  # refused, returned or never got since then: a newer one takes its place

    @property
    def dead(self) -> bool:
        """Whether nothing will come of it."""
        return self.ended is not None


class Place(Struct, frozen=True, gc=False):
    """A unit with what the gate and people know it by."""

    unit: Unit
    kind: str
    key: str
    number: str
    seal: str = ""
    lot: bool = False
    dangerous: bool = False


class Stored(Struct, frozen=True, gc=False):
    """The disposition last written."""

    version: int
    kind: str
    agencies: tuple[str, ...]
    missing: tuple[str, ...]
    used: tuple[str, ...] = ()  # of what bars alone


class Case(Struct):
    """Everything that decides about one dossier, or about one conveyance call."""

    id: UUID
    goods: str
    name: str
    call: str
    viewers: frozenset[int]
    operators: tuple[int, ...] = ()
    forwarders: tuple[int, ...] = ()
    places: tuple[Place, ...] = ()
    documents: tuple[Sent, ...] = ()
    ended: tuple[tuple[str, str], ...] = ()  # key and number of containers that are in it no more
    counting: list[Given] = field(default_factory=list)
    stored: dict[tuple[str, str], Stored] = field(default_factory=dict)

    @property
    def key(self) -> tuple[UUID, str]:
        """What tells cases apart: conveyance calls share a dossier id."""
        return self.id, self.call if self.id == NOBODYS else ""

    @property
    def subject(self) -> Subject:
        """The goods as a whole."""
        return Subject(self.goods, str(self.id))

    def live(self) -> list[Sent]:
        """The documents that count: a dead one only until the agency has been sent a newer one."""
        replaced = self.replaced()
        return [one for one in self.documents if one.id not in replaced] if replaced else [*self.documents]

    def replaced(self) -> set[str]:
        """The documents that count no more."""
        return set(replaced_of(self.documents))

    def concerned(self, offices: Offices) -> tuple[int, ...]:
        """Who may see what happens here: its parties, the agencies in it, the terminal, the forwarder.

        Agencies that were sent no document and spoke on a screen are known once the case is filled.
        """
        agencies = {one.agency for one in self.documents}
        agencies.update([given.instruction.agency for given in self.counting])
        found = self.viewers.union(offices.parties(agencies), self.operators, self.forwarders)
        return tuple(sorted(found))


def replaced_of(documents: Sequence[Sent]) -> dict[str, datetime]:
    """Of one dossier's documents those in whose place the agency has been sent a newer one, and when.

    A newer one that was there before it came back is another part of the goods, unless it declares the same.
    """
    if not any(one.dead for one in documents):
        return {}
    newest: dict[tuple[str, str], datetime] = {}
    for one in documents:
        for line in ((one.agency, ""), (one.agency, one.load)):
            newest[line] = max(newest.get(line, one.at), one.at)
    found = {}
    for one in documents:
        since, alike = newest[one.agency, ""], newest[one.agency, one.load]
        if one.ended is not None and one.at < since and since >= one.ended:
            found[one.id] = since
        elif one.ended is not None and one.load and one.at < alike:
            found[one.id] = alike
    return found


class Change(Struct, frozen=True):
    """A unit whose disposition is another one now."""

    case: Case
    place: Place
    before: Stored | None
    after: Disposition

    @property
    def version(self) -> int:
        """Of the disposition."""
        return self.before.version + 1 if self.before else 1

    @property
    def fell(self) -> bool:
        """It was released and is not any more."""
        was = self.before is not None and self.before.kind == Kind.RELEASED
        return was and self.after.kind is not Kind.RELEASED


def required(
    case: Case, kind: str, dangerous: bool, offices: Offices, on: date
) -> Mapping[str, frozenset[str]]:
    """Whose release a subject needs, and for which of their documents."""
    addressed: dict[str, set[str]] = {}
    for document in case.live():
        addressed.setdefault(document.agency, set()).add(document.id)
    found: dict[str, frozenset[str]] = {}
    for rule in facts.in_force(kind, on):
        if rule.condition == "dangerous" and not dangerous:
            continue
        if rule.condition == "always" or rule.agency in addressed:
            agency = offices.in_charge(rule.agency)
            found[agency] = frozenset(addressed.get(agency, ()))
    return found


def judge(case: Case, offices: Offices, on: date) -> list[tuple[Place, Disposition]]:
    """The composite disposition of every unit of the case, from what stands in it.

    Containers that nobody names fare alike: as their bill and their ship.
    """
    named = {given.instruction.subject.id for given in case.counting if given.names_a_container}
    named.update(*[given.executed for given in case.counting if given.executed])
    alike: dict[tuple[str, bool, bool, str], Disposition] = {}
    found = []
    for place in case.places:
        sort = place.kind, place.dangerous, place.lot, place.key if place.key in named else ""
        if sort not in alike:
            needs = required(case, place.kind, place.dangerous, offices, on)
            alike[sort] = composite(place.unit, case.counting, needs)
        found.append((place, alike[sort]))
    return found


def places(
    case_id: UUID, goods: str, name: str, call: str, dangerous: bool, containers: Sequence[Box]
) -> tuple[Place, ...]:
    """The units of a dossier: its containers, or the goods themselves where there are none."""
    whole = Subject(goods, str(case_id))
    outside = (Subject("conveyance", call),) if call else ()
    if not containers:
        return (Place(Unit(whole, within=outside), goods, whole.id, name, dangerous=dangerous),)
    return tuple([_in_container(whole, outside, *box) for box in containers])


def _in_container(
    whole: Subject, outside: tuple[Subject, ...], key: str, number: str, seal: str, lot: bool, dangerous: bool
) -> Place:
    itself = Subject("container", key)
    if lot:
        unit = Unit(whole, within=(itself, *outside), lot=True)
    else:
        unit = Unit(itself, bill=whole, within=outside)
    return Place(unit, "container", key, number, seal, lot, dangerous)

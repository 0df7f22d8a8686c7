"""What waits for an agency's release, as rows that its officer may choose several of. Pure.

A consignment all of which waits is one row, released by one instruction on the goods; where some of its
containers were decided on already, or the agency bars some, each that waits is a row of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.coordination import as_read, facts
from singlewindow.hub.coordination.algebra import Disposition, Kind, whole
from singlewindow.hub.identity.asking import Row
from singlewindow.hub.portal.clearance import reasons
from singlewindow.hub.portal.words import Word, word
from singlewindow.kernel.messages import Text

GOODS = ("container", "bill", "express", "postal")
SENT_BACK = Text(
    "单证已退回或未送达，等申报人更正",
    "its document came back or never arrived: the declarant is to correct it",
)
OWN_BAR = Text(
    "本机关已另下指令，解除后才能放行", "your own agency bars it: lift that order before it is released"
)
PART_OF_A_SHARED = Text("拼箱中的一部分，请单独办理", "part of a shared container: release it by itself")
UNSPOKEN = Text("各机关均未表态", "no agency has said anything yet")


class Unit(Struct, frozen=True):
    """A container, or goods that no container holds, with what was decided of it last."""

    key: str
    number: str
    lot: bool
    found: Disposition
    standing: as_read.Standing


class Line(Struct, frozen=True):
    """A row: what would be released, and how it stands; ``barred`` is why it cannot be chosen."""

    key: str
    mark: str
    submission: UUID
    bill: str
    subject: Word
    number: str
    boxes: int
    kind: Word
    why: tuple[Text, ...]
    since: datetime
    barred: Text | None
    firm: Text | None = None  # who declared it, where the agency's own document says so

    @property
    def value(self) -> str:
        """What choosing it hands in: the thing, and the mark of what was read of it."""
        return f"{self.key}|{self.mark}"


class Ground(Struct, frozen=True):
    """The rows of one consignment, and the agency that looks."""

    agency: str
    submission: UUID
    dossier: Row
    containers: Sequence[Row]
    dispositions: Sequence[Row]
    document: Row
    names: Mapping[str, Text]
    on: date


def needs(agency: str, on: date) -> frozenset[str]:
    """On which conditions an agency must release goods; none: never."""
    rules = (rule for kind in GOODS for rule in facts.in_force(kind, on))
    return frozenset(rule.condition for rule in rules if rule.agency == agency)


def lines(ground: Ground) -> Iterator[Line]:
    """The rows of one consignment: none where nothing of it waits."""
    units = units_of(ground)
    waiting = [unit for unit in units if unit.standing.awaited]
    apart = len(waiting) < len(units) or (len(units) > 1 and any(_own_bar(ground, unit) for unit in units))
    if waiting and not apart:
        yield _line(ground, units, ground.dossier["goods"], str(ground.dossier["id"]), "")
    else:
        for unit in waiting:
            yield _line(ground, [unit], "container", unit.key, unit.number)


def marks(ground: Ground) -> dict[tuple[str, str], str]:
    """What is read of the goods as a whole and of each container: by kind, and number or dossier."""
    units = units_of(ground)
    found = {("container", unit.number): _mark(ground, [unit]) for unit in units if unit.number}
    return found | {(ground.dossier["goods"], str(ground.dossier["id"])): _mark(ground, units)}


def units_of(ground: Ground) -> list[Unit]:
    """Each container with what was decided of it, or the goods themselves where there are none."""
    goods = ground.dossier["goods"]
    known = {(row["subject_kind"], row["subject_key"]): row for row in ground.dispositions}
    boxes = [
        ("container", row["key"], row["number"], row["lot"], row["dangerous"]) for row in ground.containers
    ]
    boxes = boxes or [(goods, str(ground.dossier["id"]), "", False, ground.dossier["dangerous"])]
    return [
        _unit(ground, known.get((kind, key)), kind, key, number, lot, dangerous)
        for kind, key, number, lot, dangerous in boxes
    ]


def _unit(
    ground: Ground, row: Row | None, kind: str, key: str, number: str, lot: bool, dangerous: bool
) -> Unit:
    if row is None:
        asked = {rule.condition for rule in facts.in_force(kind, ground.on) if rule.agency == ground.agency}
        wanted = asked - {"dangerous"} or (asked and dangerous)
        found = Disposition(Kind.PENDING, missing=(ground.agency,) if wanted else ())
    else:
        found = Disposition(Kind(row["kind"]), tuple(row["agencies"]), tuple(row["missing"]))
    standing = as_read.standing(ground.agency, key, found.kind, found.agencies, found.missing)
    return Unit(key, number, lot, found, standing)


def _mark(ground: Ground, units: Sequence[Unit]) -> str:
    document = ground.document
    return as_read.mark([unit.standing for unit in units], document["versions"], document["sent_back"])


def _line(ground: Ground, units: Sequence[Unit], kind: str, key: str, number: str) -> Line:
    found = whole([unit.found for unit in units])
    others = tuple(agency for agency in found.missing if agency != ground.agency)
    bars = min((unit.found.kind for unit in units), key=tuple(Kind).index)
    said = reasons.of({"kind": bars, "agencies": found.agencies, "missing": others}, ground.names)
    return Line(
        key=f"{ground.dossier['id']}|{kind}|{number or key}",
        mark=_mark(ground, units),
        submission=ground.submission,
        bill=ground.dossier["name"],
        subject=word("subject", kind),
        number=number,
        boxes=len(ground.containers) if not number else 0,
        kind=word("composite", bars),
        why=said if ground.dispositions else (UNSPOKEN,),
        since=ground.document["since"],
        barred=_barred(ground, units, number),
    )


def _own_bar(ground: Ground, unit: Unit) -> bool:
    return ground.agency in unit.found.agencies


def _barred(ground: Ground, units: Sequence[Unit], number: str) -> Text | None:
    if ground.document["sent_back"]:
        return SENT_BACK
    if any(_own_bar(ground, unit) for unit in units):
        return OWN_BAR
    return PART_OF_A_SHARED if number and units[0].lot else None

"""What counts of all that was said: one answer for what is decided and for whoever looks at it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct, structs

from singlewindow.hub.coordination.algebra import UNKNOWN, Given, effective
from singlewindow.hub.coordination.cases import Sent, replaced_of
from singlewindow.kernel.codes.calls import box_number, folded
from singlewindow.kernel.messages import Instruction, Order, Subject

Row = Mapping[str, Any]


class Contents(Struct, frozen=True):
    """The containers of one dossier: of those in it the keys by number; the keys of what is in it no more."""

    named: Mapping[str, str] = {}
    ended: frozenset[str] = frozenset()

    def called(self, number: str) -> str:
        """The key of the container that has a number; of what is in it no more, where nothing else has it."""
        return self.named.get(number) or min(
            (key for key in self.ended if box_number(key) == number), default=""
        )

    def now(self, key: str) -> str:
        """What a container is known by since its call was corrected."""
        return self.named.get(box_number(key), key) if key in self.ended else key


class Said(Struct, frozen=True):
    """What was said, as one reader may read it; ``past`` counts no more: withdrawn, or ``replaced``.

    ``replaced`` names documents that count no more, and when the newest in their place was handed in.
    """

    counting: Sequence[Given]
    past: Sequence[Given]
    replaced: Mapping[str, datetime]


def contents(containers: Iterable[tuple[str, str, bool]]) -> Contents:
    """Of containers by key, number and whether they are in it no more."""
    rows = list(containers)
    named = {folded(number): key for key, number, ended in rows if not ended}
    return Contents(named, frozenset(key for key, _, ended in rows if ended))


def followed(given: Given, inside: Contents) -> Given:
    """A box whose call was corrected is the same box: what was ordered on it, or done, goes with it.

    And what was said of a container by its number before it was declared is said of it: it fares like what
    was said afterwards.
    """
    subject = given.instruction.subject
    if subject.kind == UNKNOWN and (key := inside.called(folded(subject.id))):
        subject = Subject("container", key)
    elif subject.kind == "container":
        subject = Subject("container", inside.now(subject.id))
    executed = given.executed.union(map(inside.now, given.executed))
    said = structs.replace(given.instruction, subject=subject)
    return structs.replace(given, instruction=said, executed=executed)


def counting(said: Iterable[Given], replaced: Collection[str]) -> list[Given]:
    """The newest of each line, but nothing that rests on a document in whose place a newer one was sent."""
    return effective(
        given for given in said if outlives(given.origin, given.instruction.subject.kind, replaced)
    )


def outlives(origin: str, subject_kind: str, replaced: Collection[str]) -> bool:
    """Whether what was said on a document counts, though a newer one took its place.

    What is ordered on a ship stays on the ship, whichever of its thousand consignments brought it.
    """
    return origin not in replaced or subject_kind == "conveyance"


def seen(rows: Sequence[Row], sent: Iterable[Row], inside: Mapping[UUID, Contents]) -> Said:
    """What rows of ``sql/said.sql`` say, with the contents of the dossiers that are looked at."""
    given = [followed(_given(row), inside.get(row["dossier"], Contents())) for row in rows]
    replaced = replaced_by(sent)
    counts = counting(given, replaced)
    past = [one for one in given if one.instruction.withdrawn or one.origin in replaced]
    names = {one.name for one in counts}
    return Said(counts, [one for one in past if one.name not in names], replaced)


def _given(row: Row) -> Given:
    instruction = Instruction(
        row["id"],
        row["agency"],
        Order(row["order"]),
        Subject(row["subject_kind"], row["subject_key"]),
        row["at"],
        row["version"],
        row["method"],
        tuple(row["items"]),
        row["basis"],
        row["text"],
        row["withdrawn"],
    )
    return Given(instruction, row["channel"], str(row["origin"] or ""), frozenset(row["executed"]))


def replaced_by(sent: Iterable[Row]) -> dict[str, datetime]:
    """By its id, when the newest document in the place of one was handed in, of rows of ``sql/said.sql``."""
    by_dossier: dict[UUID, list[Sent]] = {}
    for row in sent:
        one = Sent(row["agency"], str(row["id"]), row["at"], row["load"], row["ended"])
        by_dossier.setdefault(row["dossier"], []).append(one)
    return {id_: at for documents in by_dossier.values() for id_, at in replaced_of(documents).items()}

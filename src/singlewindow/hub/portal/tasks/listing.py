"""What waits for a person: each task in words, how long it has waited, whom it concerns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.coordination import tasks
from singlewindow.hub.dossier.claiming import TWICE, WAITS, WHOSE
from singlewindow.hub.dossier.overlapping import OVERLAPS
from singlewindow.hub.identity.asking import Row
from singlewindow.hub.portal.words import Word, word
from singlewindow.hub.ui import moments
from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Text

CLAIMS = (TWICE, WAITS, WHOSE, OVERLAPS)  # whose matter is a container, by its number
OF_DOCUMENTS = ("ties_dossiers", "contradicts_dossier")  # the text names them: their ids tell people nothing
MOST = 100

_ROOM = Path(__file__).parent


class Kind(Struct, frozen=True):
    """One row of ``kinds.yaml``."""

    shape: str
    word: Text


class Claim(Struct, frozen=True):
    """A consignment that names the container; ``ticked`` where it counts and nothing contradicts it."""

    dossier: UUID
    name: str
    declarant: Text
    since: datetime
    load: Text
    standing: Word
    composite: Word | None
    submission: UUID | None
    ticked: bool


class Line(Struct, frozen=True):
    """One task; ``submission`` leads to its consignment where the viewer may open it."""

    id: UUID
    code: str
    kind: Kind
    about: str
    dossier: UUID
    text: Text
    made_at: datetime
    age: Text
    firms: tuple[Text, ...]
    submission: UUID | None
    claim: bool
    claims: tuple[Claim, ...] = ()
    key: str = ""  # of the container, within its call
    barred: bool = False  # called back, and not released by all


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind of task by its id."""
    rows = parse_yaml((_ROOM / "kinds.yaml").read_text("utf-8"))
    return {id_: Kind(row["kind"], Text(row["zh"], row["en"])) for id_, row in rows.items()}


def lines(
    rows: Sequence[Row],
    firms: Mapping[int, Text],
    own: int,
    now: datetime,
    claims: Mapping[UUID, tuple[Claim, ...]] | None = None,
) -> tuple[Line, ...]:
    """Tasks as a page shows them; ``own`` party is not named to itself. ``claims`` by task."""
    return tuple(_line(row, firms, own, now, (claims or {}).get(row["id"], ())) for row in rows)


def _line(row: Row, firms: Mapping[int, Text], own: int, now: datetime, claims: tuple[Claim, ...]) -> Line:
    return Line(
        id=row["id"],
        code=row["kind"],
        kind=kinds()[row["kind"]],
        about="" if row["kind"] in OF_DOCUMENTS else tasks.named(row),
        dossier=row["dossier"],
        text=Text(row["text_zh"], row["text_en"]),
        made_at=row["made_at"],
        age=moments.span(now - row["made_at"]),
        firms=tuple(firms[id_] for id_ in row["viewers"] if id_ in firms and id_ != own),
        submission=row["submission"],
        claim=row["kind"] in CLAIMS,
        claims=claims,
        key=row["about"] if row["kind"] == WHOSE else "",
        barred=row["barred"],
    )


def claims_of(rows: Sequence[Row]) -> dict[UUID, tuple[Claim, ...]]:
    """By task, every consignment that names its container, the earliest first; for who settles them."""
    found = tasks.claims(rows)
    opened = tasks.opened(row["dossier"] for several in found.values() for row in several)
    return {
        task: tuple(_claim(row, opened.get(row["dossier"])) for row in several)
        for task, several in found.items()
    }


def _claim(row: Row, submission: UUID | None) -> Claim:
    return Claim(
        dossier=row["dossier"],
        name=row["name"],
        declarant=Text(row["declarant_zh"] or "—", row["declarant_en"] or "—"),
        since=row["since"],
        load=word("load", "shared" if row["lot"] else "full").text,
        standing=word("claim", row["standing"]),
        composite=word("composite", row["disposition"]) if row["disposition"] else None,
        submission=submission,
        ticked=row["ticked"],
    )

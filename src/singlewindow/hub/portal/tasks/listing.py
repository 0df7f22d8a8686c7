"""What waits for a person: each task in words, how long it has waited, whom it concerns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.dossier.claiming import TWICE, WAITS, WHOSE, settled_by
from singlewindow.hub.identity.asking import Row, asking
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.portal.words import Word, word
from singlewindow.hub.ui import moments
from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Text

CLAIMS = (TWICE, WAITS, WHOSE)  # whose matter is a container, by its number
RECALL = "recall"
MOST = 100

_ROOM = Path(__file__).parent
ask = asking(statements_beside(__file__, "tasks.sql"))


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
        kind=kinds()[row["kind"]],
        about=_named(row["kind"], row["about"]),
        dossier=row["dossier"],
        text=Text(row["text_zh"], row["text_en"]),
        made_at=row["made_at"],
        age=moments.span(now - row["made_at"]),
        firms=tuple(firms[id_] for id_ in row["viewers"] if id_ in firms and id_ != own),
        submission=row["submission"],
        claim=row["kind"] in CLAIMS,
        claims=claims,
        key=row["about"] if row["kind"] == WHOSE else "",
    )


def _named(kind: str, about: str) -> str:
    """A container by its number: within its call, or as of a version of its disposition, is for rows."""
    if kind == WHOSE:
        return about.partition("@")[0]
    return about.partition(" ")[0] if kind == RECALL else about


def settles(party: int) -> bool:
    """Whether a party is one of those that say whose a container is."""
    kinds_, partners = settled_by()
    return bool(ask("settler", party=party, kinds=kinds_, partners=partners)[0]["settles"])


def claims_of(rows: Sequence[Row]) -> dict[UUID, tuple[Claim, ...]]:
    """By task, every consignment that names its container, the earliest first; for who settles them."""
    about = [row["id"] for row in rows if row["kind"] == WHOSE]
    found = ask("claims", tasks=about) if about else []
    opened = ask("submissions", dossiers=[row["dossier"] for row in found]) if found else []
    submissions = {row["dossier"]: row["submission_id"] for row in opened}
    claims: dict[UUID, tuple[Claim, ...]] = {}
    for row in found:
        one = _claim(row, submissions.get(row["dossier"]))
        claims[row["task"]] = (*claims.get(row["task"], ()), one)
    return claims


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


def firms_of(rows: Sequence[Row]) -> dict[int, Text]:
    """Names of the parties that tasks concern, as far as one question answers."""
    found = ask("firms", tasks=[row["id"] for row in rows])
    return {row["id"]: Text(row["name_zh"], row["name_en"]) for row in found}


def asked(task: UUID) -> str:
    """The container that a task asks of, within its call; nothing where the viewer sees no such task."""
    return next((row["about"] for row in ask("asked", id=task, kind=WHOSE)), "")

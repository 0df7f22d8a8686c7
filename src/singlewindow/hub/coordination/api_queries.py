"""What programs ask of coordination, on the request's connection, under row-level security."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from singlewindow.hub.dossier.milestones import NAMES
from singlewindow.hub.identity.asking import Row, asking, read_jsonb
from singlewindow.hub.identity.programs import absent
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.messages import Outcome, Text

_SQL = statements_beside(__file__, "sql/api.sql")
ask, look_up = asking(_SQL), asking(_SQL, by_key=True)


def own_agency(party: int) -> str:
    """The agency that a party is; refuses for firms and operators, who order nothing."""
    rows = look_up("own_agency", id=party)
    if not rows:
        raise absent()
    return str(rows[0]["partner"])


def dossier_of(id_: UUID) -> UUID:
    """A consignment by its id or that of a submission in it; refuses where none may be seen."""
    rows = look_up("dossier_of", id=id_)
    if not rows:
        raise absent()
    return UUID(str(rows[0]["id"]))


def events(dossier: UUID) -> list[Row]:
    """Both tracks of a consignment in one order of time."""
    answers = [_answered(row) for row in look_up("answers", id=dossier)]
    happened = [row | {"name": NAMES.get(row["code"])} for row in look_up("milestones", id=dossier)]
    return sorted(answers + happened, key=lambda row: row["at"])


def _answered(row: Row) -> Row:
    outcome = Outcome(row["outcome"]).name.lower()
    return row | {"code": outcome, "name": None, "text": row["text"] or row["code"]}


def documents(dossier: UUID) -> list[Row]:
    """The documents of a consignment that the caller may see."""
    return look_up("documents", id=dossier)


def gate_events(**asked: Any) -> list[Row]:
    """What happened at the caller's gates."""
    rows = ask("gate_events", **asked)
    return [row | {"reasons": [_reason(*each) for each in read_jsonb(row["reasons"])]} for row in rows]


def _reason(code: str, zh: str, en: str) -> Row:
    return {"code": code, "text": Text(zh, en)}

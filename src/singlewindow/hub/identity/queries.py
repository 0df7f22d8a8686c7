"""Who belongs to a party, which programs speak for it, who may declare for whom."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from msgspec import Struct

from singlewindow.kernel.messages import Text, Viewer
from singlewindow.kernel.queries import Cursor

MOST = 500
PARTY = "select id, kind, code, name_zh, name_en from party where id = %s"
PEOPLE = """select id, login, name, roles, active, ended_at, signed_in_at, locked_until, password_until,
       shared, card
  from people_of(%s) limit %s"""
TOKENS = "select id, name, scopes, issued_at, issued_by, valid_to, revoked_at from tokens_of(%s) limit %s"
MANDATES = """select m.id, m.principal, m.agent, m.scope, m.valid_from, m.valid_to, m.accepted_at,
       m.revoked_at, o.code, o.name_zh, o.name_en
  from mandate m join party o on o.id = case when m.principal = %s then m.agent else m.principal end
 where m.principal = %s or m.agent = %s
 order by m.revoked_at is not null, m.accepted_at is not null, m.valid_to desc, m.id desc limit %s"""


class OwnParty(Struct, frozen=True):
    """The party in whose name somebody acts."""

    id: int
    kind: str
    code: str
    name: Text


class Colleague(Struct, frozen=True):
    """A person of one's party. ``shared``: of another party too, so their password is not ours to give."""

    id: int
    login: str
    name: str
    roles: tuple[str, ...]
    active: bool
    ended_at: datetime | None
    signed_in_at: datetime | None
    locked_until: datetime | None
    password_until: datetime | None
    shared: bool
    card: str = ""  # its last four characters

    @property
    def works(self) -> bool:
        """Whether they may still act for the party."""
        return self.active and self.ended_at is None


class Token(Struct, frozen=True):
    """A program's token; its secret is known to nobody any more."""

    id: int
    name: str
    scopes: tuple[str, ...]
    issued_at: datetime
    issued_by: str
    valid_to: datetime | None
    revoked_at: datetime | None

    def in_force(self, at: datetime) -> bool:
        """Whether doors still take it."""
        return self.revoked_at is None and (self.valid_to is None or self.valid_to > at)


class MandateLine(Struct, frozen=True):
    """A mandate (代理报关委托) as one side of it sees it; ``other`` is the other side."""

    id: int
    principal: int
    agent: int
    scope: str
    valid_from: date
    valid_to: date
    accepted_at: datetime | None
    revoked_at: datetime | None
    code: str
    other: Text

    def state(self, on: date) -> str:
        """``offered``, ``in_force``, ``ahead``, ``expired``, ``declined`` or ``revoked``."""
        if self.revoked_at is not None:
            return "declined" if self.accepted_at is None else "revoked"
        if self.valid_to < on:
            return "expired"
        if self.accepted_at is None:
            return "offered"
        return "in_force" if self.valid_from <= on else "ahead"


def own_party(viewer: Viewer, cursor: Cursor) -> OwnParty | None:
    """The party the viewer acts for; None for somebody who belongs to none."""
    cursor.execute(PARTY, [viewer.party])
    row = cursor.fetchone()
    return OwnParty(*_with(row[:4], 3, Text(*row[3:]))) if row else None


def people(viewer: Viewer, cursor: Cursor) -> list[Colleague]:
    """The people of the viewer's party, those who left last."""
    cursor.execute(PEOPLE, [viewer.party, MOST])
    return [Colleague(*_with(row, 3, tuple(row[3]))) for row in cursor.fetchall()]


def tokens(viewer: Viewer, cursor: Cursor) -> list[Token]:
    """The tokens of the viewer's party, those that ended last."""
    cursor.execute(TOKENS, [viewer.party, MOST])
    return [Token(*_with(row, 2, tuple(row[2]))) for row in cursor.fetchall()]


def mandates(viewer: Viewer, cursor: Cursor) -> list[MandateLine]:
    """Mandates the viewer's party gave or holds; what is to be answered first, what ended last."""
    cursor.execute(MANDATES, [viewer.party, viewer.party, viewer.party, MOST])
    return [MandateLine(*_with(row[:-1], len(row) - 2, Text(*row[-2:]))) for row in cursor.fetchall()]


def _with(row: tuple[Any, ...], place: int, value: object) -> list[Any]:
    return [*row[:place], value, *row[place + 1 :]]

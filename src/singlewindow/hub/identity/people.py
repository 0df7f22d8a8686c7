"""A person as a request knows them: name, language, what they may read and in whose name they act."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from singlewindow.hub.identity.roles import book
from singlewindow.kernel.messages import Actor, Viewer

VIEWERS = "select set_config('sw.viewers', %s, true), set_config('sw.acting', %s, true)"
PERSON = "select name, language, stamp, party, roles, partner, once from person_parties(%s)"


class Person(Struct, frozen=True):
    """Somebody signed in. ``stamp`` changes with the password.

    ``once``: with a password good for one sign-in; until they choose their own they may do nothing else.
    """

    id: int
    name: str
    language: str
    stamp: str
    party: int
    roles: tuple[str, ...]
    partner: str | None
    viewer: Viewer
    once: bool = False

    @property
    def actor(self) -> Actor:
        """This person as the journal records them."""
        return Actor("person", str(self.id), self.name, self.party)


def person_of(id: int, rows: Sequence[tuple[Any, ...]]) -> Person | None:  # noqa: A002 - the word of the table
    """The person of the rows ``PERSON`` gave; None if there is no such person, or none any more.

    They act for the first of their parties, with the rights they hold there, and read for each by the rights
    they hold in it: a right held in one party is not used in another's name, nor to read its papers.
    """
    if not rows:
        return None
    name, language, stamp, party, roles, partner, once = rows[0]
    if once:
        nothing = Viewer((), person=id, name=name)
        return Person(id, name, language, stamp, party or 0, (), partner, nothing, once=True)
    held: dict[int, frozenset[str]] = {}
    for row in rows:
        if row[3] is not None:
            held[row[3]] = held.get(row[3], frozenset()) | book().held(row[4])
    own = book().held(roles or ())
    viewer = Viewer(tuple(held), own, person=id, name=name, party=party or 0, by_party=held)
    return Person(id, name, language, stamp, party or 0, tuple(roles or ()), partner, viewer)


def array(parties: Sequence[int]) -> str:
    """Parties as PostgreSQL writes an array, for ``set_config('sw.viewers', …)``."""
    return "{" + ",".join(map(str, parties)) + "}"

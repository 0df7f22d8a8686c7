"""What the platform's operator does about parties: register, give an administrator, merge, list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.identity import passwords, staff
from singlewindow.hub.identity.declined import Declined, wrong
from singlewindow.hub.identity.registrations import INDIVIDUAL, PLATFORM, SHORT_NAME, Registration, unfit
from singlewindow.hub.identity.roles import book
from singlewindow.hub.identity.telling import tell
from singlewindow.hub.journal.entry import entry
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.clock import local_day
from singlewindow.kernel.codes import citizen, uscc
from singlewindow.kernel.messages import Actor, Problem, Text
from singlewindow.kernel.queries import Cursor

MOST = 1_000  # parties listed at once
MERGER_FARTHEST = timedelta(days=366)  # how far ahead a merger may be registered
SHOWN_OF_NUMBER = 4  # characters of an individual's number that lists, replies and the journal keep

_SQL = statements_beside(__file__, "sql/registering.sql")


class Known(Struct, frozen=True):
    """A party by its code. ``taken_over``: the code of one that was merged into it."""

    id: int
    kind: str
    code: str
    partner: str | None
    name: Text
    merged_into: str | None = None
    taken_over: str | None = None


class Listed(Struct, frozen=True):
    """A party in a list, by its code as shown. ``administrators`` counts those who can sign in."""

    id: int
    kind: str
    code: str
    partner: str | None
    name: Text
    merged_into: str | None
    merged_from: date | None
    administrators: int


def register(
    actor: Actor, cursor: Cursor, *, party: Registration, login: str, person: str, at: datetime
) -> str:
    """Register a party with its first administrator; the password for their first sign-in, kept nowhere.

    Raises Declined with everything that is wrong.
    """
    cursor.execute(_SQL["lock"])
    found = [*unfit(party), *_taken(cursor, party), *staff.misnamed(login, person)]
    found += _login_taken(cursor, login)
    if found:
        raise Declined(*found)
    name = {"name_zh": party.name.zh, "name_en": party.name.en}
    given = {field: getattr(party, field) for field in ("kind", "code", "seal", "customs_code")}
    cursor.execute(_SQL["register"], {**given, **name, "partner": party.partner or None})
    (made,) = cursor.fetchone()
    content = {"code": shown(party.kind, party.code), "name": party.name.zh, "kind": party.kind}
    _tell(actor, cursor, "party.registered", made, content, [made], at)
    return _admitted(actor, cursor, made, party.kind, login, person, at, change="first")


def admit(
    actor: Actor, cursor: Cursor, *, code: str, login: str, person: str, at: datetime
) -> tuple[str, str]:
    """Give a registered party one more administrator: its code as shown, their password for one sign-in.

    Its own administrators admit people on the accounts' pages; this is for a party that has none who can
    sign in. Raises Declined with everything that is wrong.
    """
    party = _known(cursor, code)
    found = [] if party else [_unknown(code, "code")]
    found += [*staff.misnamed(login, person), *_login_taken(cursor, login)]
    if found or party is None:
        raise Declined(*found)
    password = _admitted(actor, cursor, party.id, party.kind, login, person, at, change="another")
    return shown(party.kind, party.code), password


def merge(actor: Actor, cursor: Cursor, *, code: str, into: str, on: date, at: datetime) -> None:
    """Let an agency do another's work from a day on; raises Declined with everything that is wrong."""
    cursor.execute(_SQL["lock"])
    party, heir = _known(cursor, code), _known(cursor, into)
    if party is None or heir is None:
        raise Declined(*(_unknown(one, "code") for one, is_ in ((code, party), (into, heir)) if is_ is None))
    found = [*_unmergeable(party, heir), *_undue(on, local_day(at))]
    if found:
        raise Declined(*found)
    cursor.execute(_SQL["merge"], {"party": party.id, "into": heir.id, "on": on})
    pair = {"party": party.id, "heir": heir.id, "into": heir.code, "from": on.isoformat()}
    content = {"code": party.code, "name": party.name.zh, **pair}
    _tell(actor, cursor, "party.merged", party.id, content, [party.id, heir.id], at)


def parties(
    cursor: Cursor, *, kind: str = "", code: str = "", after: int = 0, most: int = MOST, at: datetime
) -> list[Listed]:
    """The parties registered, by number, behind ``after``; all kinds and codes where none is given.

    To who runs the platform alone. Nobody is found by a citizen's number.
    """
    asked = {"kind": kind, "code": code, "after": after, "most": most, "at": at}
    cursor.execute(_SQL["parties"], asked | {"managing": book().managing()})
    return [Listed(*_with_name(row)) for row in cursor.fetchall()]


def shown(kind: str, code: str) -> str:
    """A code as lists, replies and the journal show it: of an individual's number only its end."""
    return f"…{code[-SHOWN_OF_NUMBER:]}" if kind == INDIVIDUAL else code


def _taken(cursor: Cursor, party: Registration) -> list[Problem]:
    """A party of this code, one that the component speaks for already, or a second operator."""
    cursor.execute(_SQL["taken"], {"code": party.code, "partner": party.partner or None, "kind": party.kind})
    found = []
    for code, partner, kind, zh, en in cursor.fetchall():
        if code == party.code:
            said = f"这个代码已登记：{zh}", f"This code is registered already: {en}"
            found.append(wrong("party_taken", *said, "code"))
        if party.partner and partner == party.partner:
            said = f"对接组件 {partner} 已属于：{zh}", f"The component {partner} already speaks for: {en}"
            found.append(wrong("partner_taken", *said, "partner"))
        if kind == party.kind == PLATFORM and code != party.code:
            said = f"本平台的运行单位已登记：{zh}", f"The platform's operator is registered already: {en}"
            found.append(wrong("platform_taken", *said, "kind"))
    return found


def _login_taken(cursor: Cursor, login: str) -> list[Problem]:
    cursor.execute(_SQL["login_taken"], [login])
    return [] if cursor.fetchone() is None else [staff.TAKEN]


def _known(cursor: Cursor, code: str) -> Known | None:
    cursor.execute(_SQL["named"], [code])
    row = cursor.fetchone()
    return Known(*_with_name(row)) if row else None


def _with_name(row: tuple[Any, ...]) -> list[Any]:
    return [*row[:4], Text(*row[4:6]), *row[6:]]


def _unknown(code: str, field: str) -> Problem:
    named = code if _nobodys(code) else shown(INDIVIDUAL, code)
    said = f"没有登记代码为“{named}”的单位", f"No party “{named}” is registered"
    return wrong("party_unknown", *said, field)


def _nobodys(code: str) -> bool:
    """Whether it can be repeated: an agency's or a firm's, and no citizen's number, even a mistyped one."""
    if SHORT_NAME.fullmatch(code):
        return True
    return uscc.check(code) is None and not citizen.resembles(code)


def _unmergeable(party: Known, heir: Known) -> list[Problem]:
    """Coordination looks for who has taken over once, not on and on, so mergers do not follow one another."""
    found = []
    if party.id == heir.id:
        found.append(wrong("merge_oneself", "不能并入自己", "One cannot be merged into oneself", "into"))
    if {party.kind, heir.kind} != {"agency"}:
        found.append(wrong("merge_kind", "只有部门可以合并", "Only agencies are merged", "code"))
    if party.partner and not heir.partner:
        said = f"{heir.name.zh}没有对接组件，无法接办", f"{heir.name.en} has no component to take over with"
        found.append(wrong("merge_partner", *said, "into"))
    for one, other in ((party, party.merged_into), (heir, heir.merged_into), (party, party.taken_over)):
        if other is not None:
            said = (
                f"{one.name.zh}与 {other} 已有合并关系，合并不能相接",
                f"{one.name.en} and {other} are merged already; mergers do not follow one another",
            )
            found.append(wrong("merge_chain", *said, "code"))
    return found


def _undue(on: date, today: date) -> list[Problem]:
    """A day that is past would take back what was asked for since; one far off is most likely mistyped."""
    last = today + MERGER_FARTHEST
    if today <= on <= last:
        return []
    said = f"生效日应在 {today} 至 {last} 之间", f"The first day is one from {today} to {last}"
    return [wrong("merge_day", *said, "on")]


def _admitted(
    actor: Actor, cursor: Cursor, party: int, kind: str, login: str, person: str, at: datetime, *, change: str
) -> str:
    """Somebody with the role that keeps a party's accounts; their password for one sign-in."""
    password, roles = passwords.one_time(), sorted(set(book().offered(kind)) & set(book().managing()))
    given = {"login": login, "name": person, "hash": passwords.hashed(password), "until": at + staff.ONCE_FOR}
    cursor.execute(_SQL["admit"], {**given, "party": party, "roles": roles})
    row = cursor.fetchone()
    if row is None:
        raise Declined(staff.TAKEN)
    content = {"party": party, "login": login, "roles": roles, "change": change}
    _tell(actor, cursor, "person.admitted", row[0], content, [party], at)
    return password


def _tell(
    actor: Actor,
    cursor: Cursor,
    verb: str,
    subject: int,
    content: dict[str, Any],
    concerned: Iterable[int],
    at: datetime,
) -> None:
    """To those concerned, and to the platform's own people."""
    cursor.execute(_SQL["platform"])
    made = entry(
        at=at,
        actor=actor,
        verb=verb,
        subject_kind=verb.partition(".")[0],
        subject_id=UUID(int=subject),
        submission_id=None,
        content=content,
        viewers=sorted({*concerned, *(row[0] for row in cursor.fetchall())}),
    )
    tell(cursor, [made])

"""What a party's administrator does with its people: admit, give roles, deactivate, give a password."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from singlewindow.hub.identity import passwords, queries
from singlewindow.hub.identity.declined import Declined, wrong
from singlewindow.hub.identity.queries import Colleague, OwnParty
from singlewindow.hub.identity.roles import book
from singlewindow.hub.identity.telling import ask_again, done, tell
from singlewindow.hub.journal.entry import entry
from singlewindow.kernel.messages import Actor, Problem, Viewer
from singlewindow.kernel.queries import Cursor

LOGIN = re.compile(r"[a-z][a-z0-9._-]{2,31}")
LONGEST_NAME = 60
CARD = re.compile(r"[0-9A-Za-z]{8,13}")
ONCE_FOR = timedelta(hours=72)

ADMIT = "select person_admitted(%s, %s, %s, %s, %s, %s, %s)"
ROLES = "select roles_given(%s, %s, %s)"
END = "select membership_ended(%s, %s, %s)"
GIVE = "select password_given(%s, %s, %s, %s)"
REGISTER = "select card_registered(%s, %s, %s)"
HOLDERS = "select * from holders(%s, %s)"

LAST = wrong(
    "last_administrator",
    "这是本单位最后一位管理员：先把管理员岗位交给另一位能登录的人",
    "This is the party's last administrator: first give the role to somebody else who can sign in",
)
OWN_ACCOUNT = wrong(
    "own_account",
    "不能停用自己的账户：请另一位管理员办理",
    "You cannot deactivate your own account: ask another administrator",
)
SHARED = wrong(
    "shared",
    "此人也属于别的单位，密码只能由本人修改",
    "This person belongs to another party too; only they can change their password",
)
CARD_FORM = wrong(
    "card_form",
    "卡号为 8–13 位数字或字母",
    "A card number has 8 to 13 digits or letters",
    "card",
)
CARD_TAKEN = wrong(
    "card_taken",
    "这个卡号已登记给另一人：先从那人处清除，或核对卡号",
    "This card is registered to somebody else: first clear it there, or check the number",
    "card",
)
TAKEN = wrong(
    "login_taken",
    "这个账号已有人用，请换一个",
    "This login is in use; choose another",
    "login",
)


def admit(
    actor: Actor,
    cursor: Cursor,
    *,
    login: str,
    name: str,
    language: str,
    roles: Sequence[str],
    at: datetime,
) -> str:
    """Admit somebody to the actor's party; the password for their first sign-in, kept nowhere.

    Raises Declined with everything that is wrong.
    """
    party = _party(actor, cursor)
    problems = [*misnamed(login, name), *_offered(party, roles, ())]
    if problems:
        raise Declined(*problems)
    password = passwords.one_time()
    given = [party.id, login, name, passwords.hashed(password), language, list(roles), at + ONCE_FOR]
    cursor.execute(ADMIT, given)
    (person,) = cursor.fetchone()
    if person is None:
        raise Declined(TAKEN)
    _tell(actor, cursor, "person.admitted", person, {"login": login, "roles": sorted(roles)}, at)
    return password


def give_roles(actor: Actor, cursor: Cursor, *, person: int, roles: Sequence[str], at: datetime) -> None:
    """Replace somebody's roles in the actor's party; raises Declined, LookupError for a stranger."""
    party = _party(actor, cursor)
    managing = _holders(cursor, party.id)
    colleague = _colleague(actor, cursor, person)
    problems = _offered(party, roles, colleague.roles)
    if managing == {person} and not set(roles) & set(book().managing()):
        problems.append(LAST)
    if problems:
        raise Declined(*problems)
    if set(roles) == set(colleague.roles):
        return
    cursor.execute(ROLES, [party.id, person, list(roles)])
    ask_again(cursor, person)
    _tell(actor, cursor, "person.roles_changed", person, {"roles": sorted(roles)}, at)


def deactivate(actor: Actor, cursor: Cursor, *, person: int, at: datetime) -> None:
    """End somebody's membership: their next request is a stranger's. Raises Declined, LookupError."""
    party = _party(actor, cursor)
    managing = _holders(cursor, party.id)
    _colleague(actor, cursor, person)
    if actor.kind == "person" and actor.id == str(person):
        raise Declined(OWN_ACCOUNT)
    if managing == {person}:
        raise Declined(LAST)
    cursor.execute(END, [party.id, person, at])
    if done(cursor):
        ask_again(cursor, person)
        _tell(actor, cursor, "person.deactivated", person, {}, at)


def reactivate(actor: Actor, cursor: Cursor, *, person: int, at: datetime) -> None:
    """Let somebody act for the party again, with the roles they had; raises LookupError for a stranger."""
    _colleague(actor, cursor, person)
    cursor.execute(END, [actor.party, person, None])
    if done(cursor):
        _tell(actor, cursor, "person.reactivated", person, {}, at)


def reset_password(actor: Actor, cursor: Cursor, *, person: int, at: datetime) -> str:
    """A password for one sign-in; sessions that are open end. Raises Declined, LookupError for a stranger."""
    if _colleague(actor, cursor, person).shared:
        raise Declined(SHARED)
    password = passwords.one_time()
    cursor.execute(GIVE, [actor.party, person, passwords.hashed(password), at + ONCE_FOR])
    if not done(cursor):
        raise LookupError(person)
    ask_again(cursor, person)
    _tell(actor, cursor, "person.password_reset", person, {}, at)
    return password


def register_card(actor: Actor, cursor: Cursor, *, person: int, card: str, at: datetime) -> None:
    """The card (电子口岸操作员卡) under which somebody works for the party; an empty number clears it.

    Raises Declined, LookupError for a stranger. The journal keeps its last four characters.
    """
    _colleague(actor, cursor, person)
    if card and not CARD.fullmatch(card):
        raise Declined(CARD_FORM)
    cursor.execute(REGISTER, [actor.party, person, card])
    if not done(cursor):
        raise Declined(CARD_TAKEN)
    _tell(actor, cursor, "person.card_registered", person, {"card": card[-4:]}, at)


def misnamed(login: str, name: str) -> list[Problem]:
    """What is wrong with a login and a name that somebody is to have."""
    problems = []
    if not LOGIN.fullmatch(login):
        zh = "账号 3–32 位：小写字母开头，可含数字和 . _ -"
        en = "A login has 3 to 32 characters: a small letter first, then letters, digits and . _ -"
        problems.append(wrong("login_form", zh, en, "login"))
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        zh, en = f"姓名 1–{LONGEST_NAME} 字", f"A name has 1 to {LONGEST_NAME} characters"
        problems.append(wrong("name_form", zh, en, "name"))
    return problems


def _party(actor: Actor, cursor: Cursor) -> OwnParty:
    party = queries.own_party(_viewer(actor), cursor)
    if party is None:
        raise LookupError("no party")
    return party


def _colleague(actor: Actor, cursor: Cursor, person: int) -> Colleague:
    found = (one for one in queries.people(_viewer(actor), cursor) if one.id == person)
    colleague = next(found, None)
    if colleague is None:
        raise LookupError(person)
    return colleague


def _viewer(actor: Actor) -> Viewer:
    return Viewer((actor.party,), party=actor.party)


def _holders(cursor: Cursor, party: int) -> set[int]:
    cursor.execute(HOLDERS, [party, book().managing()])
    return {row[0] for row in cursor.fetchall()}


def _offered(party: OwnParty, roles: Sequence[str], held: Sequence[str]) -> list[Problem]:
    """Roles are what the party may give; others somebody holds already may stay."""
    problems = []
    if not roles:
        problems.append(wrong("no_role", "至少选一个岗位", "Choose at least one role", "roles"))
    strange = set(roles) - book().offered(party.kind).keys() - set(held)
    if strange:
        zh, en = "本单位不能授予所选岗位", "The party cannot give the role chosen"
        problems.append(wrong("role_not_offered", zh, en, "roles"))
    return problems


def _tell(
    actor: Actor, cursor: Cursor, verb: str, person: int, content: dict[str, object], at: datetime
) -> None:
    made = entry(
        at=at,
        actor=actor,
        verb=verb,
        subject_kind="person",
        subject_id=UUID(int=person),
        submission_id=None,
        content={"party": actor.party, **content},
        viewers=[actor.party],
    )
    tell(cursor, [made])

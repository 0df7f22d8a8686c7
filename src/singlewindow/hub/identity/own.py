"""What somebody does with their own account: choose a password, choose a language."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from singlewindow.hub.identity import fitness, passwords
from singlewindow.hub.identity.declined import Declined, wrong
from singlewindow.hub.identity.devices import INSIDE
from singlewindow.hub.identity.telling import ask_again, done, tell
from singlewindow.hub.journal.entry import entry
from singlewindow.kernel.messages import Actor, Problem
from singlewindow.kernel.queries import Cursor

LANGUAGES = ("zh-hans", "en")

LOGIN = "select own_login(%s)"
WORDS = "select own_words(%s)"
RECORD = "select hash, sign_in_barred(id, %s, %s) from sign_in_record(%s)"
CHOOSE = "select password_chosen(%s, %s, %s)"
FAILED = "select sign_in_failed(%s, %s, %s)"
LANGUAGE = "select language_chosen(%s, %s)"

WRONG = wrong("password_wrong", "原密码不对", "The present password is wrong", "old")
UNLIKE = wrong("password_unlike", "两次输入的新密码不一样", "The new password was typed in two ways", "again")
SAME = wrong(
    "password_same", "新密码不能与原密码相同", "The new password must differ from the present one", "new"
)
LOCKED = wrong(
    "locked",
    "原密码连续多次不对，15 分钟后才能再改",
    "Too many failures in a row: the password can be changed in 15 minutes",
    "old",
)


def login_of(actor: Actor, cursor: Cursor) -> str:
    """The actor's own login."""
    cursor.execute(LOGIN, [int(actor.id)])
    return str(cursor.fetchone()[0])


def change_password(actor: Actor, cursor: Cursor, *, old: str, new: str, again: str, at: datetime) -> None:
    """Choose a new password; other sessions of the actor end. Five wrong old ones lock this, not signing in.

    Raises Declined with everything that is wrong, passwords.BusyError where nothing was decided.
    """
    login = login_of(actor, cursor)
    cursor.execute(RECORD, [INSIDE.name, INSIDE.known, login])
    stored, barred = cursor.fetchone()
    if barred:
        raise Declined(LOCKED)
    cursor.execute(WORDS, [int(actor.id)])
    problems = fitness.problems(new, login=login, words=cursor.fetchone()[0])
    problems += _mistyped(old, new, again)
    if not passwords.matches(stored, old):
        cursor.execute(FAILED, [int(actor.id), INSIDE.name, INSIDE.known])
        problems.insert(0, WRONG)
    if problems:
        raise Declined(*problems)
    cursor.execute(CHOOSE, [int(actor.id), stored, passwords.hashed(new)])
    if not done(cursor):  # changed elsewhere in between
        raise Declined(WRONG)
    ask_again(cursor, int(actor.id))
    _tell(actor, cursor, "person.password_changed", {}, at)


def choose_language(actor: Actor, cursor: Cursor, *, language: str, at: datetime) -> None:
    """The language of pages and messages from now on; ValueError for one that is not spoken here."""
    if language not in LANGUAGES:
        raise ValueError(language)
    cursor.execute(LANGUAGE, [int(actor.id), language])
    if done(cursor):
        _tell(actor, cursor, "person.language_chosen", {"language": language}, at)


def _mistyped(old: str, new: str, again: str) -> list[Problem]:
    problems = []
    if new != again:
        problems.append(UNLIKE)
    if new == old:
        problems.append(SAME)
    return problems


def _tell(actor: Actor, cursor: Cursor, verb: str, content: dict[str, object], at: datetime) -> None:
    made = entry(
        at=at,
        actor=actor,
        verb=verb,
        subject_kind="person",
        subject_id=UUID(int=int(actor.id)),
        submission_id=None,
        content=content,
        viewers=[actor.party] if actor.party else [],
    )
    tell(cursor, [made])

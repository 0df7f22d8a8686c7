"""Tokens of programs: ``sw_`` and 43 characters, shown once, stored as SHA-256."""

from __future__ import annotations

import hashlib
import os
import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from singlewindow.hub.identity.directory import Directory
from singlewindow.hub.identity.roles import book
from singlewindow.hub.identity.telling import tell
from singlewindow.hub.journal.entry import entry
from singlewindow.kernel.ids import Random
from singlewindow.kernel.messages import Actor, Viewer
from singlewindow.kernel.queries import Cursor

BYTES = 32
FORM = re.compile(r"sw_[A-Za-z0-9_-]{43}")
SCHEME = re.compile(r"bearer +(\S+) *", re.IGNORECASE)
ISSUE = "select token_issued(%s, %s, %s, %s, %s, %s)"
REVOKE = "select hash, name from token_revoked(%s, %s, %s)"


def new_token(random: Random = os.urandom) -> str:
    """A fresh secret of 256 bits."""
    return "sw_" + urlsafe_b64encode(random(BYTES)).rstrip(b"=").decode()


def digest(token: str) -> bytes:
    """What is stored of a token; ValueError if the text has not the form of one."""
    if not FORM.fullmatch(token):
        raise ValueError("not a token: sw_ and 43 characters of base64url")
    return hashlib.sha256(token.encode()).digest()


def bearer(authorization: str, directory: Directory, at: datetime) -> tuple[Actor, Viewer] | None:
    """Who calls, by an ``Authorization`` header; None unless it bears a token in force."""
    found = SCHEME.fullmatch(authorization)
    if found is None or not FORM.fullmatch(found[1]):
        return None
    record = directory.token(digest(found[1]), at)
    if record is None or directory.party(record.party) is None:
        return None
    viewer = Viewer((record.party,), record.scopes, name=record.name, party=record.party)
    return Actor("token", record.name, record.name, record.party), viewer


def issue(
    actor: Actor,
    cursor: Cursor,
    *,
    name: str,
    scopes: Sequence[str],
    valid_to: datetime | None,
    at: datetime,
    token: str,
) -> int | None:
    """Let a new token, made by ``new_token``, act for the actor's party; its number.

    None if a token of that name is in force. ValueError if a scope is no permission.
    """
    unknown = set(scopes) - book().permissions.keys()
    if unknown:
        raise ValueError(f"no such permissions: {', '.join(sorted(unknown))}")
    stored = digest(token)
    cursor.execute(ISSUE, [actor.party, stored, name, sorted(scopes), valid_to, actor.name])
    row = cursor.fetchone()
    if row is None or row[0] is None:
        return None
    content = {"name": name, "scopes": sorted(scopes), "valid_to": valid_to and valid_to.isoformat()}
    _tell(actor, cursor, "token.issued", stored, content, at)
    return int(row[0])


def revoke(actor: Actor, cursor: Cursor, *, token: int, at: datetime) -> bool:
    """End a token of the actor's party for good; False if there is none in force under this number."""
    cursor.execute(REVOKE, [actor.party, token, at])
    row = cursor.fetchone()
    if row is None:
        return False
    _tell(actor, cursor, "token.revoked", bytes(row[0]), {"name": row[1]}, at)
    return True


def _tell(
    actor: Actor, cursor: Cursor, verb: str, stored: bytes, content: dict[str, Any], at: datetime
) -> None:
    made = entry(
        at=at,
        actor=actor,
        verb=verb,
        subject_kind="api_token",
        subject_id=UUID(bytes=stored[:16]),
        submission_id=None,
        content=content | {"party": actor.party, "hash": stored.hex()},
        viewers=(actor.party,),
    )
    tell(cursor, [made])

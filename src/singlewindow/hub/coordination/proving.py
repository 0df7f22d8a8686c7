"""Releases held against their signatures and against what the journal tells of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from msgspec import Struct
from psycopg import AsyncConnection

from singlewindow.hub.coordination.release import verified
from singlewindow.hub.journal import findings
from singlewindow.hub.journal.holding import Kind, rows_of, said
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.journal.verify import Report
from singlewindow.kernel.crypto.signing import VerifyingKey
from singlewindow.kernel.messages import Text

RELEASE = Kind("release", Text("放行单", "release"))

_SQL = statements_beside(__file__, "sql/proving.sql")


class Stored(Struct, frozen=True):
    """A row of ``release``. ``revived``: the journal tells that it was revoked, the row does not."""

    number: str
    valid_until: datetime
    statement: bytes
    key_id: str
    signature: bytes
    revived: bool


async def hold(connection: AsyncConnection[Any], report: Report, *, keys: Mapping[str, VerifyingKey]) -> None:
    """``keys`` are those trusted to sign, by id: a release under another counts as changed."""
    async for name, entry, content, *stored in rows_of(connection, "releases", _SQL["releases"]):
        report.held += 1
        if entry is None:
            RELEASE.untold(report, name)
        elif stored[0] is None:
            RELEASE.missing(report, name)
        else:
            _hold_one(report, Stored(*stored), said(content), keys)


def _hold_one(
    report: Report, one: Stored, told: dict[str, Any] | None, keys: Mapping[str, VerifyingKey]
) -> None:
    key = keys.get(one.key_id)
    if key is None:
        report.add(findings.signer_unknown(RELEASE.called, one.number, one.key_id, f"release[{one.number}]"))
    elif not _as_told(one, told, key):
        RELEASE.changed(report, one.number)


def _as_told(one: Stored, told: dict[str, Any] | None, key: VerifyingKey) -> bool:
    statement = verified(one.statement, one.signature, key)
    if statement is None or one.revived:
        return False
    if (statement.number, statement.valid_until) != (one.number, one.valid_until):
        return False
    return told is None or sha256(one.signature).hexdigest() == told.get("signature_digest")

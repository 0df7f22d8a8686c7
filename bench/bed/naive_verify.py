"""What verifying the record is held against: an entry and a row at a time, and no more than their bytes.

The twin asks a query an entry and one for the row that the entry tells of, and hashes with the same
functions; the limit streams the same columns out of each table and hashes them as they come, unpacking and
comparing nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import zstandard
from psycopg import Connection

from bed.outcome import NotTrueError
from singlewindow.hub.coordination.release import verified
from singlewindow.hub.exchange.proving import MOST_BYTES
from singlewindow.hub.journal.entry import commit, leaf_of
from singlewindow.hub.journal.holding import said
from singlewindow.kernel.crypto.merkle import Tree
from singlewindow.kernel.crypto.signing import VerifyingKey, keyring

SIZE = "select count(*) from journal_position"
TOLD: LiteralString = """at, verb, actor_kind, actor_id, actor_name, actor_party, subject_kind, subject_id,
       submission_id, viewers"""
ENTRY = f"""
select p.leaf, e.leaf, {TOLD}, salt, content
  from journal_position p join journal_entry e on e.id = p.entry_id
 where p.position = %s
"""
ORIGINAL = "select digest, original from document_version where submission_id = %(submission)s"
MESSAGE = """
select digest, payload from message
 where submission_id = %(submission)s and document_id = %(subject)s and payload <> ''
"""
RECEIPT = """
select stage, code, text, facts from receipt
 where submission_id = %(submission)s and document_id = %(subject)s and partner = %(actor)s
   and receipt_id = %(receipt)s
"""
RELEASE = "select statement, signature, key_id from release where id = %(subject)s"
PACKED = {"submission.accepted": ORIGINAL, "document.issued": MESSAGE, "notice.issued": MESSAGE}
READ: tuple[LiteralString, ...] = (
    "select position, entry_id, leaf from journal_position",
    f"select id, leaf, {TOLD}, salt, content, commitment from journal_entry",
    "select level, index, root from journal_tile",
    "select submission_id, digest, original from document_version",
    "select partner, message_id, digest, payload from message",
    "select document_id, partner, receipt_id, stage, code, outcome, text, facts, at from receipt",
    "select number, valid_until, statement, key_id, signature, revoked_at from release",
)


def naive(dsn: str, key: Path, most: int) -> tuple[int, int]:
    """Verify so many entries from the middle of the record; how many, and how many rows were held.

    Raises NotTrueError for the first that is not as it was written.
    """
    keys, tree, held = keyring([VerifyingKey.from_pem(key.read_bytes())]), Tree(), 0
    with psycopg.connect(dsn) as connection:
        ((size,),) = connection.execute(SIZE).fetchall()
        first = max(0, size - most) // 2
        for position in range(first, min(size, first + most)):
            leaf, stored, *told, salt, content = asked(connection, ENTRY, [position])[0]
            if not leaf == stored == leaf_of(*told, commit(salt, content)):
                raise NotTrueError(f"entry {position}")
            tree.extend([leaf])
            held += row_holds(connection, told, content, keys)
    return tree.size, held


def row_holds(
    connection: Connection[Any], told: list[Any], content: bytes, keys: Mapping[str, VerifyingKey]
) -> int:
    """How many rows the entry tells of, each as it tells; its columns are in the order of a leaf's record."""
    _, verb, _, actor, _, _, _, subject, submission, _ = told
    about, words = {"submission": submission, "subject": subject, "actor": actor}, said(content) or {}
    if verb in PACKED and "digest" in words:
        rows = asked(connection, PACKED[verb], about)
        fine = [unpacked(packed) == digest.hex() == words["digest"] for digest, packed in rows]
    elif verb == "receipt.received" and "receipt" in words:
        rows = asked(connection, RECEIPT, about | {"receipt": words["receipt"]})
        names = ("stage", "code", "text", "facts")
        fine = [row == tuple(words[name] for name in names) for row in rows]
    elif verb == "release.issued":
        rows = asked(connection, RELEASE, about)
        fine = [bool(verified(bytes_, by, keys[key_id])) for bytes_, by, key_id in rows]
    else:
        return 0
    if not fine or not all(fine):
        raise NotTrueError(f"the row of {verb} {submission} {subject}")
    return len(fine)


def unpacked(packed: bytes) -> str:
    """The digest of what is packed, in hexadecimal."""
    return sha256(zstandard.decompress(packed, max_output_size=MOST_BYTES)).hexdigest()


def asked(connection: Connection[Any], query: LiteralString, values: Any) -> list[tuple[Any, ...]]:
    """The rows of one query."""
    return connection.execute(query, values, binary=True).fetchall()


def limit(dsn: str) -> tuple[int, int]:
    """Read and hash the bytes of every column that verifying reads; how many entries, and other rows."""
    with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
        found = [streamed(cursor, query) for query in READ]
    return found[0], sum(found[3:])


def streamed(cursor: psycopg.Cursor[Any], query: LiteralString) -> int:
    """How many rows went into the hash."""
    digest = sha256()
    with cursor.copy(f"copy ({query}) to stdout (format binary)") as copy:
        for part in copy:
            digest.update(part)
    return cursor.rowcount

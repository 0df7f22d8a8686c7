"""What those who mind the lanes do with what went wrong: send or apply again, look inside, lay aside.

Page and command line share these verbs. The data base lets each reach the lanes its people mind, and
no others; every use stands in the journal, where the people a message concerns read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.exchange.lanes import MINDING, Letter, Unread, unpacked
from singlewindow.hub.identity.telling import tell
from singlewindow.hub.journal.entry import Entry, entry
from singlewindow.kernel.messages import Actor, Problem, Text
from singlewindow.kernel.queries import Cursor
from singlewindow.kernel.unseen import first_unseen

MOST = 1_000  # dead letters that one word sends again
LONGEST_REASON = 500  # characters why something is done


class Again(Struct, frozen=True):
    """A message that goes out once more."""

    seq: int
    partner: str
    submission_id: UUID
    message: UUID
    viewers: tuple[int, ...]


def replay(actor: Actor, cursor: Cursor, *, seqs: Sequence[int], at: datetime) -> list[Again]:
    """Send these dead letters again; those that are none, or not the actor's to mind, are left out."""
    return _again(actor, cursor, list(seqs), None, at)


def replay_alike(actor: Actor, cursor: Cursor, *, seq: int, at: datetime) -> list[Again]:
    """Send again every dead letter with the partner and the reason of this one, at most ``MOST``."""
    return _again(actor, cursor, [], seq, at)


def apply_again(actor: Actor, cursor: Cursor, *, answers: Sequence[int], at: datetime) -> int:
    """Let the worker apply answers once more that were read but could not be applied; how many."""
    cursor.execute(MINDING["answers_again"], [list(answers), actor.name, at])
    rows = cursor.fetchall()
    entries = [_answer_entry(actor, "answer.replayed", *row[:3], at=at, viewers=row[3]) for row in rows]
    tell(cursor, entries)
    cursor.execute("select pg_notify('inbox', '')")
    return len(rows)


def unfit(reason: str, code: str = "answer.reason") -> tuple[Problem, ...]:
    """What is wrong with a reason for laying something aside, taking it up, or letting a lane rest."""
    said = []
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        said.append(
            Text(
                f"请写明理由，至多 {LONGEST_REASON} 字",
                f"give a reason, at most {LONGEST_REASON} characters",
            )
        )
    if mark := first_unseen(reason):
        said.append(
            Text(
                f"理由中有看不见的字符（{mark}），请重新键入",
                f"the reason holds a character that nobody sees ({mark}): type it again",
            )
        )
    why = Text("理由与姓名、时间一并留存", "it is kept with your name and the time")
    return tuple(Problem(code, one, "reason", remedy=why) for one in said)


def lay_aside(actor: Actor, cursor: Cursor, *, answer: int, reason: str, at: datetime) -> bool:
    """Settle an answer that waited for a person; False if it waits no longer or is not the actor's to mind.

    No gate waits for it from now on: should an order be in it that bars, nobody knows but the actor. The
    reason is one that ``unfit`` finds nothing wrong with.
    """
    why = reason.strip()
    cursor.execute(MINDING["lay_aside"], [answer, why, actor.kind, actor.id, actor.name, at])
    rows = cursor.fetchall()
    tell(cursor, [_laid_aside(actor, *row, reason=why, at=at) for row in rows])
    return bool(rows)


def take_up(actor: Actor, cursor: Cursor, *, answer: int, reason: str, at: datetime) -> bool:
    """Let an answer that was laid aside wait for a person again; False if it is not aside or not the actor's.

    Every gate waits for it again; what went out meanwhile is out.
    """
    cursor.execute(MINDING["take_up"], [answer])
    rows = cursor.fetchall()
    tell(
        cursor,
        [
            _answer_entry(actor, "answer.taken_up", *row[:3], at=at, reason=reason.strip(), viewers=row[3])
            for row in rows
        ],
    )
    return bool(rows)


def lay_letter_aside(actor: Actor, cursor: Cursor, *, seq: int, reason: str, at: datetime) -> bool:
    """Take a dead letter for settled; False if it is none, or not the actor's to mind.

    Its partner is not told by message; a notice sent again by its number goes out after all. A declaration's
    document never does: it came back undelivered, its declarant is asked to declare anew, and its agency's
    release is missing until a newer one takes its place. The reason is one that ``unfit`` finds nothing
    wrong with.
    """
    why = reason.strip()
    cursor.execute(MINDING["letter_lay_aside"], [seq, why, actor.kind, actor.id, actor.name, at])
    rows: list[list[Any]] = [[*row[:-1], tuple(row[-1])] for row in cursor.fetchall()]
    laid = [Again(*row) for row in rows]
    tell(cursor, [_message_entry(actor, "message.laid_aside", one, at, why) for one in laid])
    cursor.execute("select pg_notify('inbox', '')")
    return bool(laid)


def open_letter(actor: Actor, cursor: Cursor, *, letter: Letter, at: datetime) -> bytes | None:
    """The message's own bytes, and on record that they were looked at; None if they are not for the actor."""
    cursor.execute("select letter_bytes(%s)", [letter.seq])
    (packed,) = cursor.fetchone()
    if packed is None:
        return None
    tell(cursor, [_message_entry(actor, "message.opened", letter, at)])
    return unpacked(bytes(packed))


def open_answer(actor: Actor, cursor: Cursor, *, answer: Unread, at: datetime) -> bytes | None:
    """The bytes of an answer nobody could read; on record, like every look."""
    cursor.execute("select answer_bytes(%s)", [answer.id])
    (packed,) = cursor.fetchone()
    if packed is None:
        return None
    tell(cursor, [_answer_entry(actor, "answer.opened", answer.id, answer.partner, answer.digest, at=at)])
    return unpacked(bytes(packed))


def _again(actor: Actor, cursor: Cursor, seqs: list[int], alike: int | None, at: datetime) -> list[Again]:
    cursor.execute(MINDING["again"], [seqs, alike, MOST, actor.name, at])
    rows: list[list[Any]] = [[*row[:-1], tuple(row[-1])] for row in cursor.fetchall()]
    sent = [Again(*row) for row in rows]
    tell(cursor, [_message_entry(actor, "message.replayed", one, at) for one in sent])
    cursor.execute(MINDING["wake"], [sorted({one.partner for one in sent})])
    return sent


def _message_entry(actor: Actor, verb: str, one: Again | Letter, at: datetime, reason: str = "") -> Entry:
    return entry(
        at=at,
        actor=actor,
        verb=verb,
        subject_kind="message",
        subject_id=one.message,
        submission_id=one.submission_id,
        content={"partner": one.partner, "seq": str(one.seq)} | ({"reason": reason} if reason else {}),
        viewers=_and_who_did(actor, one.viewers),
    )


def _laid_aside(
    actor: Actor, id_: int, partner: str, digest: bytes, viewers: Sequence[int], *, reason: str, at: datetime
) -> Entry:
    """For the operator and the partner's own people, whoever of them did it."""
    verb = "answer.laid_aside"
    return _answer_entry(actor, verb, id_, partner, digest, at=at, reason=reason, viewers=viewers)


def _answer_entry(
    actor: Actor,
    verb: str,
    id_: int,
    partner: str,
    digest: bytes,
    *,
    at: datetime,
    reason: str = "",
    viewers: Sequence[int] = (),
) -> Entry:
    return entry(
        at=at,
        actor=actor,
        verb=verb,
        subject_kind="receipt",
        subject_id=UUID(bytes=bytes(digest)[:16]),
        submission_id=None,
        content={"answer": str(id_), "partner": partner} | ({"reason": reason} if reason else {}),
        viewers=_and_who_did(actor, viewers),
    )


def _and_who_did(actor: Actor, viewers: Sequence[int]) -> list[int]:
    """Readers of what was done, and whoever did it; a command of the machine is no party's."""
    return sorted({*viewers, *([actor.party] if actor.party else [])})

"""The gate (卡口): a container passes only with a release in force; all else, errors included, refuses.

Functions take a plain cursor of the request's transaction, as a portal page or a device's door has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog
from msgspec import Struct

from singlewindow.hub.coordination import barriers, facts, wording
from singlewindow.hub.coordination.algebra import Kind
from singlewindow.hub.coordination.barriers import Barrier
from singlewindow.hub.coordination.barring import subject_of
from singlewindow.hub.coordination.passes import suspended_for
from singlewindow.hub.coordination.telling import told
from singlewindow.hub.identity.telling import tell
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.clock import ZONE
from singlewindow.kernel.codes import container as iso6346
from singlewindow.kernel.codes.calls import folded
from singlewindow.kernel.messages import Actor, Text
from singlewindow.kernel.queries import Cursor

LONGEST = 40  # of what a camera or a keyboard gives
MOST_CALLS = 20  # in which the same number may have passes that are looked at, the newest first
SAME_TRUCK = timedelta(
    minutes=5
)  # a truck that is checked again by then for the same reason is turned away once

_SQL = statements_beside(__file__, "sql/gate.sql")

log = structlog.get_logger(__name__)


BARRED = "G-21"  # by what agencies say, or do not say yet


class Reason(Struct, frozen=True):
    """Why a gate refuses; the code is what the gate's screen shows large."""

    code: str
    text: Text


class Verdict(Struct, frozen=True):
    """What a gate says. ``key`` and ``version`` name the pass it rests on.

    ``barring``: everything that stands in the way where no pass is in force, the strongest first.
    """

    passed: bool
    number: str
    plate: str
    seal: str
    at: datetime
    reasons: tuple[Reason, ...] = ()
    releases: tuple[str, ...] = ()
    key: str = ""
    version: int = 0
    shared: bool = False
    barring: tuple[Barrier, ...] = ()

    @property
    def every_reason(self) -> tuple[Reason, ...]:
        """All of a refusal; in the place of who bars it most, a reason for each order that does."""
        if not self.barring:
            return self.reasons
        others = (reason for reason in self.reasons if reason.code != BARRED)
        return (*others, *(Reason(BARRED, one.text) for one in self.barring))


class Pass(Struct, frozen=True):
    """A row of ``gate_pass`` as a gate reads it."""

    key: str
    seals: list[str]
    releases: list[str]
    version: int
    valid_until: datetime
    revoked_at: datetime | None
    used_at: datetime | None
    suspended: str
    shared: bool


MALFORMED = Reason("G-01", Text("车牌、箱号或封志无法识别", "Plate, container or seal cannot be read"))
UNKNOWN = Reason("G-10", Text("没有这只集装箱的放行信息", "Nothing is known of a release of this container"))
REVOKED = Reason("G-22", Text("放行已撤销", "The release has been revoked"))
USED = Reason(
    "G-23",
    Text(
        "放行已使用，不得二次出闸；原箱返场的，由码头以原封志报进闸后恢复",
        "The release has been used: nothing leaves twice. A box that came back as it left is cleared again"
        " once the terminal has reported it in under its seal",
    ),
)
EXPIRED = Reason("G-24", Text("放行已过有效期", "The release has expired"))
UNCERTAIN = Reason(
    "G-32", Text("申报的封志不一致，须人工核对", "Declared seals differ from each other: a person must check")
)
UNTOLD = Reason(
    "G-33",
    Text(
        "没有申报封志，或封志不向本方提供，须人工核对",
        "No seal was declared, or none is told here: a person must check",
    ),
)
RACED = Reason("G-25", Text("放行刚被使用或撤销", "The release was used or revoked this moment"))
CLAIMED = Reason(
    "G-26",
    Text(
        "放行暂停：另一票货物也申报了此箱，由运行中心或海关核定",
        "Suspended: claimed by another consignment, the operator or customs decides",
    ),
)
SHARED = Reason(
    "G-27",
    Text("暂不出闸：箱内另有一票货物尚未放行", "Waits: another consignment in it has not been released yet"),
)
UNREAD = {"G-01", "G-02", "G-40", "G-99"}  # nothing was found out about what stands there
_SUSPENDED = {"claimed": CLAIMED, "shared": SHARED}
STALE = Reason("G-40", Text("放行数据已过时，暂不放行", "Release data are out of date: nothing passes"))
BROKEN = Reason("G-99", Text("无法核对，暂不放行", "It cannot be checked: nothing passes"))


def check(cursor: Cursor, *, plate: str, container: str, seal: str, at: datetime) -> Verdict:
    """May this truck leave with this container? Uses nothing up; never raises."""
    number, plate, seal = (as_read(text) for text in (container, plate, seal))
    try:
        return _judged(cursor, number, plate, seal, at)
    except Exception:
        log.exception("gate cannot check", number=number[:LONGEST])
        return Verdict(False, number[:LONGEST], plate[:LONGEST], seal[:LONGEST], at, (BROKEN,))


def as_read(text: str) -> str:
    """As painted and as typed: blanks, dots, width and case make no difference, nor what nobody sees."""
    return "".join(each for each in folded(text) if each.isprintable() and each not in " ·.-")


def _judged(cursor: Cursor, number: str, plate: str, seal: str, at: datetime) -> Verdict:
    refused = Verdict(False, number[:LONGEST], plate[:LONGEST], seal[:LONGEST], at)
    if unreadable := _unreadable(number, plate, seal):
        return msgspec.structs.replace(refused, reasons=unreadable)
    if _stale(cursor, at):
        return msgspec.structs.replace(refused, reasons=(STALE,))
    cursor.execute(_SQL["passes"], [number, MOST_CALLS])
    found = _meant([Pass(*row) for row in cursor.fetchall()], seal)
    reasons = _reasons(cursor, found, number, seal, at)
    barring = barriers.of(cursor, number) if found is None or found.revoked_at else ()
    if found is None:
        return msgspec.structs.replace(refused, reasons=reasons, barring=barring)
    rests = tuple(found.releases), found.key, found.version, found.shared
    return Verdict(not reasons, number[:LONGEST], plate, seal, at, reasons, *rests, barring)


def _meant(passes: Sequence[Pass], seal: str) -> Pass | None:
    """Of one number's passes in several calls that which may still be used and has the seal at the gate.

    Without one the first speaks: it says what is wrong.
    """
    live = [one for one in passes if not _left_since(one, passes)]
    sealed = (one for one in live if not one.used_at and seal in map(as_read, one.seals))
    return next(sealed, live[0] if live else None)


def _left_since(one: Pass, passes: Sequence[Pass]) -> bool:
    """Whether a pass was taken back before the same box, by its seal, left under its corrected call."""
    if one.used_at or one.revoked_at is None:
        return False
    since = [other for other in passes if other.used_at and other.used_at >= one.revoked_at]
    return any(not set(one.seals).isdisjoint(other.seals) for other in since)


def _unreadable(number: str, plate: str, seal: str) -> tuple[Reason, ...]:
    problem = iso6346.check(number)
    wrong: tuple[Reason, ...] = (Reason("G-02", problem.text),) if problem else ()
    if not plate or not seal or max(map(len, (number, plate, seal))) > LONGEST:
        wrong += (MALFORMED,)
    return wrong


def _stale(cursor: Cursor, at: datetime) -> bool:
    cursor.execute(_SQL["pulse"])
    row = cursor.fetchone()
    return row is None or abs(at - row[0]) > facts.gate_bound()  # a clock that lags proves nothing either


def _reasons(cursor: Cursor, found: Pass | None, number: str, seal: str, at: datetime) -> tuple[Reason, ...]:
    if found is None or found.revoked_at:
        return _closed(cursor, found, number)
    if found.used_at:
        return (_used(cursor, found.key, found.used_at),)
    reasons = [EXPIRED] if found.valid_until <= at else []
    if len(found.seals) != 1:
        reasons.append(UNCERTAIN if found.seals else UNTOLD)
    elif as_read(found.seals[0]) != seal:
        text = Text(
            f"封志不符：读到 {seal}，放行单 {found.seals[0]}",
            f"The seal differs: {seal} was read, the release says {found.seals[0]}",
        )
        reasons.append(Reason("G-31", text))
    return tuple(reasons)


def _used(cursor: Cursor, key: str, used_at: datetime) -> Reason:
    """When the release was used; and, to whose gate it was, on which lane and for which truck: the answer to
    it may have been lost, and the truck stand there still."""
    cursor.execute(_SQL["let_out"], [used_at, key])
    row = cursor.fetchone()
    at = f"{used_at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
    zh, en = (f" 在 {row[0]} 号道由 {row[1]}", f" on lane {row[0]} by {row[1]}") if row else ("", "")
    said = Text(f"{at}{zh} 出闸：{USED.text.zh}", f"Left {at}{en}. {USED.text.en}")
    return Reason(USED.code, said)


def _closed(cursor: Cursor, found: Pass | None, number: str) -> tuple[Reason, ...]:
    """Why there is no pass in force: as what is seen from here stands."""
    cursor.execute(_SQL["why_not"], [number])
    row = cursor.fetchone()
    free = row is not None and row[0] == Kind.RELEASED
    why = () if row is None or free else (Reason(BARRED, wording.sentence(*row)),)
    if found is None:
        return why or ((SHARED,) if free else (UNKNOWN,))
    waits = suspended_for(found.suspended, found.revoked_at, free=free)
    return (_SUSPENDED[waits] if waits else REVOKED, *why)


def gate_out(
    actor: Actor, cursor: Cursor, *, gate: str, plate: str, container: str, seal: str, at: datetime
) -> Verdict:
    """Check, use the pass up, and record it, in the caller's transaction: out once, and never twice.

    Every attempt is recorded. Raises only where it cannot be recorded; then nothing has left.
    """
    verdict = check(cursor, plate=plate, container=container, seal=seal, at=at)
    viewers: list[int] = []
    if verdict.passed:
        given = {
            "at": at,
            "actor": actor.name,
            "gate": gate,
            "plate": verdict.plate,
            "key": verdict.key,
            "version": verdict.version,
        }
        cursor.execute(_SQL["use"], given)
        row = cursor.fetchone()
        if row is None:
            verdict = msgspec.structs.replace(verdict, passed=False, reasons=(RACED,))
        viewers = row[0] if row else []
    _record(actor, cursor, gate, verdict, viewers)
    return verdict


def turned_away(actor: Actor, cursor: Cursor, *, gate: str, verdict: Verdict) -> None:
    """Put on record that a lane's check refused a truck; nothing where the check read or knew nothing.

    Who presses again for the same truck, and is told the same, has turned it away once.
    """
    if verdict.passed or any(reason.code in UNREAD for reason in verdict.reasons):
        return
    same = {
        "since": verdict.at - SAME_TRUCK,
        "gate": gate,
        "number": verdict.number,
        "plate": verdict.plate,
        "seal": verdict.seal,
        "reasons": _told(verdict),
    }
    cursor.execute(_SQL["turned_away"], same)
    if cursor.fetchone() is None:
        _record(actor, cursor, gate, verdict, [])


def _told(verdict: Verdict) -> str:
    return msgspec.json.encode(_reasons_of(verdict)).decode()


def _reasons_of(verdict: Verdict) -> list[list[str]]:
    return [[reason.code, reason.text.zh, reason.text.en] for reason in verdict.every_reason]


def _record(actor: Actor, cursor: Cursor, gate: str, verdict: Verdict, viewers: list[int]) -> None:
    cursor.execute(
        _SQL["event"],
        [
            verdict.at, gate, verdict.plate, verdict.number, verdict.seal, verdict.passed, verdict.passed,
            _told(verdict), verdict.key, actor.name, [actor.party],
        ],
    )  # fmt: skip
    # Everybody with goods in the box reads this entry: no release of one is named to another.
    releases = () if verdict.shared else verdict.releases
    content = {
        "gate": gate,
        "plate": verdict.plate,
        "number": verdict.number,
        "releases": releases,
        "reasons": _reasons_of(verdict),
    }
    if verdict.passed:
        content |= used(verdict.key, verdict.version, verdict.at)
    else:  # of one that passed, whoever is concerned would read the release's seal
        content["seal"] = verdict.seal
    made = told(
        "gate.passed" if verdict.passed else "gate.refused",
        "gate",
        _subject(verdict),
        content,
        case=None,
        viewers=sorted({*viewers, actor.party}),
        at=verdict.at,
        actor=actor,
    )
    tell(cursor, [made])


def used(key: str, version: int, at: datetime) -> dict[str, Any]:
    """What its terminal's own system is told of a pass that was used: of which box, by its key; when."""
    return {"key": key, "version": version, "since": at}


def _subject(verdict: Verdict) -> UUID:
    return subject_of(verdict.key or verdict.number)

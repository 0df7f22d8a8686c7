"""Who may declare for whom (代理报关委托): a principal offers, an agent accepts, either may end it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from singlewindow.hub.identity.declined import Declined, wrong
from singlewindow.hub.identity.roles import book
from singlewindow.hub.identity.telling import tell
from singlewindow.hub.journal.entry import entry
from singlewindow.kernel.codes import uscc
from singlewindow.kernel.messages import Actor, Problem
from singlewindow.kernel.queries import Cursor

LONGEST_YEARS = 10

FIRM = "select id from firm_called(%s)"
OFFER = "select mandate_offered(%s, %s, %s, %s, %s)"
ACCEPT = "select principal, agent, scope from mandate_accepted(%s, %s, %s)"
END = "select principal, agent, scope, accepted from mandate_ended(%s, %s, %s)"

UNKNOWN = wrong(
    "agent_unknown",
    "本平台没有登记这个代码的企业（个人不代理他人申报）",
    "No firm with this code is registered here (individuals declare for nobody else)",
    "agent",
)
ONESELF = wrong(
    "agent_oneself", "不必委托自己：本单位本可自行申报", "One need not give oneself a mandate", "agent"
)
OVERLAPS = wrong(
    "mandate_overlaps",
    "这段时间已有同样的委托，或已提出而对方尚未答复",
    "There is such a mandate for this time already, or one that waits for an answer",
    "valid_from",
)


def offer(
    actor: Actor,
    cursor: Cursor,
    *,
    agent: str,
    scope: str,
    valid_from: date | None,
    valid_to: date | None,
    today: date,
    at: datetime,
) -> int:
    """Offer the firm with this code a mandate to declare for the actor's; its number. Raises Declined."""
    problems = [*_coded(agent), *_scoped(scope), *_dated(valid_from, valid_to, today)]
    cursor.execute(FIRM, [agent])
    row = cursor.fetchone()
    if not problems and row is None:
        problems.append(UNKNOWN)
    if row is not None and row[0] == actor.party:
        problems.append(ONESELF)
    if problems or row is None:
        raise Declined(*problems)
    cursor.execute(OFFER, [actor.party, row[0], scope, valid_from, valid_to])
    (made,) = cursor.fetchone() or (None,)
    if made is None:
        raise Declined(OVERLAPS)
    _tell(actor, cursor, "mandate.offered", made, (actor.party, row[0], scope), at)
    return int(made)


def accept(actor: Actor, cursor: Cursor, *, mandate: int, at: datetime) -> None:
    """Take a mandate on; LookupError where none waits for the actor's answer."""
    cursor.execute(ACCEPT, [actor.party, mandate, at])
    row = cursor.fetchone()
    if row is None:
        raise LookupError(mandate)
    _tell(actor, cursor, "mandate.accepted", mandate, row, at)


def end(actor: Actor, cursor: Cursor, *, mandate: int, at: datetime) -> None:
    """Decline an offer, take it back, or end a mandate; LookupError where there is none of the actor's."""
    cursor.execute(END, [actor.party, mandate, at])
    row = cursor.fetchone()
    if row is None:
        raise LookupError(mandate)
    verb = "mandate.revoked" if row[3] else "mandate.declined"
    _tell(actor, cursor, verb, mandate, row[:3], at)


def _coded(agent: str) -> list[Problem]:
    found = uscc.check(agent, "agent")
    return [found] if found else []


def _scoped(scope: str) -> list[Problem]:
    if scope in book().mandates:
        return []
    return [wrong("scope_unknown", "请选择委托事项", "Choose what the mandate is for", "scope")]


def _dated(first: date | None, last: date | None, today: date) -> list[Problem]:
    if first is None or last is None:
        return [wrong("dates_missing", "请填写起止日期", "Give the first and the last day", "valid_from")]
    if last < first or last < today:
        zh, en = (
            "截止日期不能早于起始日期和今天",
            "The last day must not be before the first, nor before today",
        )
        return [wrong("dates_order", zh, en, "valid_to")]
    # To the same day ten years on; from a 29th of February, where that year has none, to the 28th.
    if (last.year - LONGEST_YEARS, last.month, last.day) > (first.year, first.month, first.day):
        zh, en = f"委托最长 {LONGEST_YEARS} 年", f"A mandate lasts at most {LONGEST_YEARS} years"
        return [wrong("dates_long", zh, en, "valid_to")]
    return []


def _tell(
    actor: Actor, cursor: Cursor, verb: str, mandate: int, row: tuple[int, int, str], at: datetime
) -> None:
    principal, agent, scope = row
    made = entry(
        at=at,
        actor=actor,
        verb=verb,
        subject_kind="mandate",
        subject_id=UUID(int=mandate),
        submission_id=None,
        content={"principal": principal, "agent": agent, "scope": scope},
        viewers=sorted({principal, agent}),
    )
    tell(cursor, [made])

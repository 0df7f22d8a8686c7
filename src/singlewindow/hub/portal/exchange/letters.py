"""Messages that are not yet with their partners, as rows: on their way, or dead letters by their reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from singlewindow.hub.exchange.lanes import Alike, Lane, Letter
from singlewindow.hub.exchange.reasons import REFUSED, reason
from singlewindow.hub.portal import names
from singlewindow.hub.portal.exchange.lanes import PAUSED
from singlewindow.hub.portal.names import Partner
from singlewindow.hub.ui import moments
from singlewindow.kernel.messages import Text

MOST_NAMED = 20  # of the dead letters of one reason


class Line(Struct, frozen=True):
    """One message as a row; ``why`` is the wire's own words for the operator, the reason for all others."""

    letter: Letter
    partner: Partner
    kind: Text
    shape: str
    word: Text
    age: Text
    why: Text

    @property
    def rests(self) -> bool:
        """Whether it waits for its lane to be resumed."""
        return self.word is PAUSED[1]

    @property
    def over(self) -> bool:
        """Whether it is never sent again: a declaration's document that was laid aside came back."""
        return self.letter.aside_at is not None and not self.letter.told


class Pile(Struct, frozen=True):
    """Dead letters with one reason."""

    partner: Partner
    why: Text
    number: int
    first: int
    since: datetime
    lines: tuple[Line, ...]


def lines(letters: Sequence[Letter], lanes: Sequence[Lane], at: datetime) -> tuple[Line, ...]:
    """Rows of messages; the lanes say which partner does not answer."""
    known = {lane.partner: lane for lane in lanes}
    return tuple(line(letter, known.get(letter.partner), at) for letter in letters)


def line(letter: Letter, lane: Lane | None, at: datetime) -> Line:
    """One message as a row."""
    since, paused_at = (lane.since, lane.paused_at) if lane else (None, None)
    shape, word = _state(letter, paused_at, at)
    wire = letter.problem if letter.dead or not paused_at else ""
    return Line(
        letter,
        names.partner(letter.partner),
        names.document(letter.kind),
        shape,
        word,
        moments.span(at - letter.created_at),
        Text(wire, wire) if wire else reason(letter.dead, letter.attempts, since, paused_at).text,
    )


def piles(reasons: Sequence[Alike], dead: Sequence[Line]) -> tuple[Pile, ...]:
    """Dead letters by their reason, each with the first of them by name."""
    return tuple(
        Pile(
            names.partner(one.partner),
            Text(one.problem, one.problem) if one.problem else REFUSED.text,
            one.number,
            one.first,
            one.since,
            tuple(each for each in dead if _of(one, each))[:MOST_NAMED],
        )
        for one in reasons
    )


def _of(one: Alike, line: Line) -> bool:
    return (line.letter.partner, line.letter.problem) == (one.partner, one.problem)


def _state(letter: Letter, paused_at: datetime | None, at: datetime) -> tuple[str, Text]:
    if letter.aside_at is not None:
        return "wait", Text("已搁置", "Laid aside")
    if letter.dead:
        return "deny", Text("死信", "Dead letter")
    if letter.leased_until is not None and letter.leased_until > at:
        return "run", Text("正在发送", "Being sent")
    if paused_at is not None:
        return PAUSED
    if letter.attempts:
        return "warn", Text("等待重试", "To be retried")
    return "wait", Text("排队", "Queued")

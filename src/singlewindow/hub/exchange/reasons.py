"""Why a message is not yet with its receiver, in words its sender can use; a wire's own are for operators."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from singlewindow.kernel.clock import ZONE
from singlewindow.kernel.messages import Problem, Text
from singlewindow.kernel.unseen import unseen

PROBLEMS_MOST = 20  # of one message or answer, that are told
WORDS_MOST = 500  # characters of why a message or a lane does not go on
UNREAD_WORDS_MOST = 4_000  # characters of what is wrong with an answer that nobody could read
_UNSEEN = re.compile(f"[{unseen()}]")


class Reason(Struct, frozen=True):
    """A code programs may switch on, and the sentence for people."""

    code: str
    text: Text


QUEUED = Reason("delivery.queued", Text("排队待发，您无需操作", "Waiting to be sent; nothing for you to do"))
RETRYING = Reason(
    "delivery.retrying",
    Text(
        "对方未收下，系统正在重试，您无需操作",
        "The receiver did not take it; we keep trying, nothing for you to do",
    ),
)
REFUSED = Reason(
    "delivery.refused",
    Text(
        "对方系统不收这份报文，已停发，由平台运行人员处理后补送，您无需操作",
        "The receiver's system does not take this message; the operators are seeing to it and will send it "
        "again, nothing for you to do",
    ),
)

LAID_ASIDE = Reason(
    "delivery.laid_aside",
    Text(
        "对方收不到这份报文，已停办，不再发送：请改单重新申报",
        "The receiver cannot be sent this message, and it is sent no more: correct and declare again",
    ),
)


def paused(since: datetime) -> Reason:
    """Whoever minds the lane lets it rest since a moment; why is theirs."""
    zh, en = _since(since)
    return Reason(
        "delivery.paused",
        Text(
            f"通往对方的通道自 {zh} 起暂停发送，恢复后按原顺序自动发出，您无需操作",
            f"Sending to the receiver has been paused since {en}; what waits is sent in its order "
            "afterwards, nothing for you to do",
        ),
    )


def unreachable(since: datetime) -> Reason:
    """The receiver does not answer since a moment."""
    zh, en = _since(since)
    return Reason(
        "delivery.unreachable",
        Text(
            f"对方自 {zh} 起联系不上，系统持续重试，您无需操作",
            f"The receiver cannot be reached since {en}; we keep trying, nothing for you to do",
        ),
    )


def reason(
    dead: bool, attempts: int, since: datetime | None, paused_at: datetime | None = None, aside: bool = False
) -> Reason:
    """What is said of a message in the outbox; ``aside``: somebody took it for settled.

    ``since`` when its receiver stopped answering, ``paused_at`` when its lane was paused, if they were.
    """
    if aside:
        return LAID_ASIDE
    if dead:
        return REFUSED
    if paused_at is not None:
        return paused(paused_at)
    if since is not None:
        return unreachable(since)
    return RETRYING if attempts else QUEUED


def _since(moment: datetime) -> tuple[str, str]:
    """With the day: it may be another than today."""
    at = moment.astimezone(ZONE)
    return f"{at:%m-%d %H:%M}", f"{at:%H:%M on %d %b}"


def for_minders(problems: Sequence[Problem]) -> str:
    """What a codec says of a message or an answer, in both languages, for whoever minds the lane."""
    return "；".join(map(_both, problems[:PROBLEMS_MOST]))


def fit(said: str, most: int = WORDS_MOST) -> str:
    """A partner's or a wire's words in one line of at most so many characters that are seen.

    They may be anything: what the data base cannot hold would end whoever says it, again and again.
    """
    return " ".join(_UNSEEN.sub(" ", said).split())[:most]


def _both(problem: Problem) -> str:
    said = [problem.text, *([problem.remedy] if problem.remedy else [])]
    zh, en = "。".join(one.zh for one in said), "; ".join(one.en for one in said)
    return f"{problem.field}: {zh} · {en}"

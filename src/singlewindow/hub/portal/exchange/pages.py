"""The exchange's page (K04): lanes, what is on its way, dead letters; and what may be done about them."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from singlewindow.hub.exchange import lanes as minding
from singlewindow.hub.exchange import services
from singlewindow.hub.identity.permissions import permission
from singlewindow.hub.portal import names, parties
from singlewindow.hub.portal.exchange import letters, settled
from singlewindow.hub.portal.exchange.lanes import SPANS, board
from singlewindow.hub.portal.frame import framed
from singlewindow.hub.portal.raw import raw as printed
from singlewindow.kernel.messages import Problem

READ, OPERATE = minding.READ, minding.OPERATE
ON_THE_WAY = 50
DEAD = 200
DEFAULT_SPAN = 15
UNFIT = 422


@permission(READ)
@require_safe
@never_cache
def exchange(request: HttpRequest) -> HttpResponse:
    """Every lane the viewer minds; nobody who minds none is told that there is such a page."""
    values = _board(request)
    return framed(request, "portal/exchange/page.html", values, live="portal/exchange/live.html")


@permission(READ)
@require_safe
@never_cache
def letter(request: HttpRequest, seq: int) -> HttpResponse:
    """One message: what it is, how it fares, what may be done."""
    return show_letter(request, seq)


@permission(OPERATE)
@require_POST
def open_letter(request: Any, seq: int) -> HttpResponse:
    """The same with the message's own bytes; the look is on record."""
    with connection.cursor() as cursor:
        found = minding.letter(request.viewer, cursor, seq)
        raw = services.open_letter(request.actor, cursor, letter=found, at=now()) if found else None
    if found and raw is None:
        raise Http404
    return show_letter(request, seq, raw)


@permission(OPERATE)
@require_POST
def replay(request: Any, seq: int) -> HttpResponse:
    """Send one dead letter again."""
    with connection.cursor() as cursor:
        sent = services.replay(request.actor, cursor, seqs=[seq], at=now())
    return _sent(1) if sent else redirect("letter", seq)


@permission(OPERATE)
@require_POST
def replay_alike(request: Any, seq: int) -> HttpResponse:
    """Send again all dead letters with the reason of this one."""
    with connection.cursor() as cursor:
        return _sent(len(services.replay_alike(request.actor, cursor, seq=seq, at=now())))


@permission(READ)
@require_safe
@never_cache
def answer(request: HttpRequest, number: int) -> HttpResponse:
    """One answer that nobody could read or apply."""
    return show_answer(request, number)


@permission(OPERATE)
@require_POST
def open_answer(request: Any, number: int) -> HttpResponse:
    """The same with its bytes; the look is on record."""
    with connection.cursor() as cursor:
        found = minding.answer(request.viewer, cursor, number)
        raw = services.open_answer(request.actor, cursor, answer=found, at=now()) if found else None
    if found and raw is None:
        raise Http404
    return show_answer(request, number, raw)


@permission(OPERATE)
@require_POST
def apply_again(request: Any, number: int) -> HttpResponse:
    """Let an answer be applied once more."""
    with connection.cursor() as cursor:
        applied = services.apply_again(request.actor, cursor, answers=[number], at=now())
    return _sent(1) if applied else redirect("answer", number)


@permission(OPERATE)
@require_POST
def lay_aside(request: Any, number: int) -> HttpResponse:
    """Take an answer for settled, for a reason that stays on record; no gate waits for it any more."""
    reason = request.POST.get("reason", "")
    problems = services.unfit(reason)
    if problems:
        return show_answer(request, number, problems=problems, reason=reason)
    with connection.cursor() as cursor:
        services.lay_aside(request.actor, cursor, answer=number, reason=reason, at=now())
    return redirect("answer", number)


def _board(request: HttpRequest) -> dict[str, Any]:
    viewer, at = request.viewer, now()  # type: ignore[attr-defined]
    span, chosen = _span(request.GET.get("span", "")), request.GET.get("lane", "")
    with connection.cursor() as cursor:
        found = minding.lanes(viewer, cursor, at, span)
        if not found:
            raise Http404
        lane = chosen if chosen in {one.partner for one in found} else None
        waiting = minding.letters(viewer, cursor, lane, dead=False, most=ON_THE_WAY)
        dead = minding.letters(viewer, cursor, None, dead=True, most=DEAD)
        reasons = minding.reasons(viewer, cursor)
        unread = minding.unread(viewer, cursor)
    return {
        "board": board(found, at, span),
        "span": span,
        "spans": [(minutes, word, minutes == span) for minutes, word in SPANS.items()],
        "lane": lane,
        "lane_name": names.partner(lane).name if lane else None,
        "waiting": letters.lines(waiting, found, at),
        "piles": letters.piles(reasons, letters.lines(dead, found, at)),
        "unread": [(one, names.partner(one.partner)) for one in unread],
        "again": _number(request.GET.get("again", "")),
        "tried": _number(request.GET.get("tried", "")),
        "most": ON_THE_WAY,
        "may_operate": OPERATE in viewer.permissions,
        "sees_parties": parties.READ in viewer.permissions,
        "read_at": at,
    }


def show_letter(
    request: HttpRequest,
    seq: int,
    raw: bytes | None = None,
    problems: tuple[Problem, ...] = (),
    reason: str = "",
) -> HttpResponse:
    """One message's page; with what is wrong with a reason that was given."""
    viewer, at = request.viewer, now()  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        found, again = minding.letter(viewer, cursor, seq), minding.sent_again(viewer, cursor, seq)
        if found is None:
            return settled.letter(request, again)
        lane = minding.lane(viewer, cursor, found.partner, at, DEFAULT_SPAN)
    values = {
        "line": letters.line(found, lane, at),
        "again": None if found.dead else again,
        # Whoever the message is for may read it; the operator what did not get there.
        "may_open": OPERATE in viewer.permissions
        and (found.dead or bool({*found.viewers} & {*viewer.parties})),
        "may_operate": OPERATE in viewer.permissions,
        "problems": problems,
        "reason": reason[: services.LONGEST_REASON],
        "reason_most": services.LONGEST_REASON,
        "raw": None if raw is None else printed(raw),
    }
    page = framed(request, "portal/exchange/letter.html", values)
    page.status_code = UNFIT if problems else page.status_code
    return page


def show_answer(
    request: HttpRequest,
    number: int,
    raw: bytes | None = None,
    problems: tuple[Problem, ...] = (),
    reason: str = "",
) -> HttpResponse:
    """One answer's page; with what is wrong with a reason that was given."""
    viewer = request.viewer  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        found = minding.answer(viewer, cursor, number)
        if found is None:
            return settled.answer(request, minding.applied_again(viewer, cursor, number))
    may = OPERATE in viewer.permissions
    values = {
        "answer": found,
        "partner": names.partner(found.partner),
        "may_operate": may,
        "problems": problems,
        "reason": reason[: services.LONGEST_REASON],
        "reason_most": services.LONGEST_REASON,
        "raw": None if raw is None else printed(raw),
    }
    page = framed(request, "portal/exchange/answer.html", values)
    page.status_code = UNFIT if problems else page.status_code
    return page


def _sent(number: int) -> HttpResponse:
    return redirect(f"{reverse('exchange')}?again={number}")


def _span(text: str) -> int:
    return next((minutes for minutes in SPANS if str(minutes) == text), DEFAULT_SPAN)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None

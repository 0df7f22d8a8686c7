"""What was laid aside, answers and dead letters: the lists with who, when and why, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from singlewindow.hub.exchange import lanes as minding
from singlewindow.hub.exchange import services
from singlewindow.hub.identity.permissions import permission
from singlewindow.hub.portal import names
from singlewindow.hub.portal.exchange import pages
from singlewindow.hub.portal.frame import framed

SHOWN = 50


@permission(minding.READ)
@require_safe
@never_cache
def answers(request: HttpRequest) -> HttpResponse:
    """Those of every lane the viewer minds, the last by number first, page by page."""
    shown, more = _page(request, minding.aside)
    values = {
        "answers": [(one, names.partner(one.partner)) for one in shown],
        "following": shown[-1].id if more else None,
    }
    return framed(request, "portal/exchange/answers.html", values)


@permission(minding.READ)
@require_safe
@never_cache
def letters(request: HttpRequest) -> HttpResponse:
    """Dead letters laid aside, of every lane the viewer minds, the last by number first, page by page."""
    shown, more = _page(request, minding.letters_aside)
    values = {
        "letters": [(one, names.partner(one.partner), names.document(one.kind)) for one in shown],
        "following": shown[-1].seq if more else None,
    }
    return framed(request, "portal/exchange/letters.html", values)


@permission(minding.OPERATE)
@require_POST
def lay_letter_aside(request: Any, seq: int) -> HttpResponse:
    """Take a dead letter for settled, for a reason that stays on record."""
    reason = request.POST.get("reason", "")
    if problems := services.unfit(reason, "letter.reason"):
        return pages.show_letter(request, seq, problems=problems, reason=reason)
    with connection.cursor() as cursor:
        services.lay_letter_aside(request.actor, cursor, seq=seq, reason=reason, at=now())
    return redirect("letter", seq)


@permission(minding.OPERATE)
@require_POST
def take_up(request: Any, number: int) -> HttpResponse:
    """Let an answer laid aside wait for a person again, for a reason that stays on record."""
    reason = request.POST.get("reason", "")
    problems = services.unfit(reason)
    if problems:
        return pages.show_answer(request, number, problems=problems, reason=reason)
    with connection.cursor() as cursor:
        services.take_up(request.actor, cursor, answer=number, reason=reason, at=now())
    return redirect("answer", number)


def _page(request: Any, asked: Callable[..., list[Any]]) -> tuple[list[Any], bool]:
    """What a page shows of those before the place in its address, and whether more follow."""
    with connection.cursor() as cursor:
        found = asked(request.viewer, cursor, before=_before(request), most=SHOWN + 1)
    return found[:SHOWN], len(found) > SHOWN


def _before(request: HttpRequest) -> int:
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else minding.LAST

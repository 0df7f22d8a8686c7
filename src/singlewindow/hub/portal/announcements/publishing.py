"""What the operator's people do with announcements: publish one on a page, withdraw one for a reason."""

from __future__ import annotations

import os
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from msgspec.structs import fields

from singlewindow.hub.identity.declined import Declined
from singlewindow.hub.identity.permissions import permission
from singlewindow.hub.notice import announcing, drafting
from singlewindow.hub.notice.announcements import kinds
from singlewindow.hub.notice.announcing import PUBLISH
from singlewindow.hub.notice.drafting import Typed
from singlewindow.hub.portal.announcements import pages
from singlewindow.kernel.ids import uuid7
from singlewindow.kernel.messages import Problem

FIELDS = tuple(field.name for field in fields(Typed))


@permission(PUBLISH)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def publish(request: Any) -> HttpResponse:
    """The form; and what was typed in it, announced to everybody."""
    if request.method != "POST":
        return _form(request, Typed())
    typed, at = Typed(**{name: request.POST.get(name, "") for name in FIELDS}), now()
    try:
        with connection.cursor() as cursor:
            one = announcing.publish(request.actor, cursor, typed=typed, id_=uuid7(at, os.urandom), at=at)
    except Declined as declined:
        return _form(request, typed, declined.problems)
    return redirect("announcement", one.id)


@permission(PUBLISH)
@require_POST
def withdraw(request: Any, announcement: UUID) -> HttpResponse:
    """Take one back, for a reason that stays on record."""
    reason = request.POST.get("reason", "")
    if problems := drafting.without_reason(reason):
        return pages.show(request, announcement, problems, reason)
    with connection.cursor() as cursor:
        announcing.withdraw(request.actor, cursor, id_=announcement, reason=reason, at=now())
    return redirect("announcement", announcement)


def _form(request: Any, typed: Typed, problems: tuple[Problem, ...] = ()) -> HttpResponse:
    wrong: dict[str, list[Problem]] = {}
    for problem in problems:
        wrong.setdefault(problem.field or "whole", []).append(problem)
    values = {"typed": typed, "kinds": kinds().values(), "wrong": wrong, "most": drafting}
    status = pages.UNFIT if problems else 200
    return pages.in_frame(request, "portal/announcements/publish.html", values, status)

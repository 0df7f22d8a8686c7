"""One's own account: who I am here, my password, my language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from singlewindow.hub.identity import devices, fitness, own, queries
from singlewindow.hub.identity.declined import Declined
from singlewindow.hub.identity.passwords import BusyError
from singlewindow.hub.identity.people import PERSON, person_of
from singlewindow.hub.identity.permissions import signed_in
from singlewindow.hub.identity.refusals import UNAVAILABLE
from singlewindow.hub.identity.roles import book
from singlewindow.hub.identity.sessions import opened
from singlewindow.kernel.messages import Problem


@signed_in
@require_safe
@never_cache
def me(request: Any) -> HttpResponse:
    """Who I am here, and what I may change about it."""
    return _page(request)


@signed_in
@require_POST
def password(request: Any) -> HttpResponse:
    """A new password; this session goes on, my others end."""
    old, new, again = (request.POST.get(name, "") for name in ("old", "new", "again"))
    try:
        with connection.cursor() as cursor:
            own.change_password(request.actor, cursor, old=old, new=new, again=again, at=now())
    except Declined as declined:
        request.keeps_changes = True  # the count of failures
        return _page(request, declined.problems, 422)
    except BusyError:
        return _page(request, (UNAVAILABLE,), 503)
    answer = redirect("/" if request.person.once else f"{request.path.rsplit('/', 1)[0]}?changed=password")
    _stay(request, answer)
    return answer


@signed_in
@require_POST
def language(request: Any) -> HttpResponse:
    """The language from now on, in this browser too."""
    tag = request.POST.get("language", "")
    try:
        with connection.cursor() as cursor:
            own.choose_language(request.actor, cursor, language=tag, at=now())
    except ValueError as error:
        raise Http404 from error
    answer = redirect("identity:me")
    # What this browser was told before would stand above the person's choice.
    answer.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
    return answer


def _stay(request: Any, answer: HttpResponse) -> None:
    """The password's stamp changed: this session is opened afresh under a new key, on a device of theirs."""
    with connection.cursor() as cursor:
        cursor.execute(PERSON, [request.person.id])
        person = person_of(request.person.id, cursor.fetchall())
    request.session.cycle_key()
    if person is not None:
        request.session["identity"] = opened(person, now())
        devices.keep(answer, request, person, now())


def _page(request: Any, problems: tuple[Problem, ...] = (), status: int = 200) -> HttpResponse:
    person = request.person
    with connection.cursor() as cursor:
        login = own.login_of(request.actor, cursor)
        party = queries.own_party(request.viewer, cursor)
    values = {
        "person": person,
        "login": login,
        "firm": party,
        "party": party and party.name,
        "roles": [book().roles[role].name for role in person.roles if role in book().roles],
        "languages": own.LANGUAGES,
        "shortest": fitness.SHORTEST,
        "problems": problems,
        "wrong": {problem.field: problem.text for problem in problems if problem.field},
        "changed": request.GET.get("changed") == "password",
    }
    return render(request, "identity/accounts/me.html", values, status=status)

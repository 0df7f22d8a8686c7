"""Signing in and out, and the language of this browser."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from singlewindow.hub.identity import devices, passwords
from singlewindow.hub.identity.devices import Trying
from singlewindow.hub.identity.pace import BUSY, TOO_OFTEN, TURNED_AWAY
from singlewindow.hub.identity.people import PERSON, Person, person_of
from singlewindow.hub.identity.permissions import public
from singlewindow.hub.identity.refusals import UNAVAILABLE, WHY, safe_next
from singlewindow.hub.identity.sessions import opened
from singlewindow.hub.identity.telling import ask_again
from singlewindow.kernel.clock import now
from singlewindow.kernel.messages import Problem, Text

RECORD = "select id, hash, active, stamp from sign_in_record(%s)"
BARRED = "select sign_in_barred(%s, %s, %s)"
FAILED = "select sign_in_failed(%s, %s, %s)"
SUCCEEDED = "select sign_in_succeeded(%s, %s)"
LONGEST_LOGIN = 64
SHOWN_OR_SENT = ("GET", "HEAD", "POST")
YEAR_SECONDS = 365 * 24 * 3600
AGAIN_S = "10"

# One answer whatever was wrong, so that nobody learns which logins exist.
REFUSED = Problem(
    "sign_in.refused",
    Text("账号或密码不对，或已暂时锁定", "The login or the password is wrong, or locked for now"),
    remedy=Text(
        "连续 5 次不对，从这里登录此账号须等 15 分钟；忘记密码请联系本单位管理员",
        "After five failures in a row this account waits 15 minutes here; "
        "for a new password ask your administrator",
    ),
)

FROM_HERE_TOO_OFTEN = Problem(
    "sign_in.too_often",
    Text("从这个网络登录失败的次数过多", "Too many failures to sign in from this network"),
    remedy=Text("请稍等几秒再试", "Wait some seconds and try again"),
)
_SAID = {TOO_OFTEN: (FROM_HERE_TOO_OFTEN, 429), BUSY: (UNAVAILABLE, 503)}


@public
@require_http_methods(SHOWN_OR_SENT)
@csrf_protect
@never_cache
def sign_in(request: Any) -> HttpResponse:
    """The form, and what comes of it. POST: login, password, next."""
    target = safe_next(request.POST.get("next") or request.GET.get("next", ""))
    if request.method != "POST":
        return HttpResponseRedirect(target) if request.person else _form(request, target)
    login = request.POST.get("login", "").strip()
    if turned_away := _SAID.get(getattr(request, "scope", {}).get(TURNED_AWAY, "")):
        response = _form(request, target, login, *turned_away)
        response["Retry-After"] = AGAIN_S
        return response
    try:
        person = authenticated(login, request.POST.get("password", ""), Trying.by(request))
    except passwords.BusyError:
        return _form(request, target, login, UNAVAILABLE, 503)
    if person is None:
        request.keeps_changes = True  # the count of failures
        return _form(request, target, login, REFUSED, 422)
    request.session.flush()
    request.session["identity"] = opened(person, now())
    rotate_token(request)  # nor is what somebody put into this browser before worth anything
    inside = HttpResponseRedirect(reverse("identity:me") if person.once else target)
    devices.keep(inside, request, person, now())
    return inside


@public
@require_POST
@csrf_protect
def sign_out(request: Any) -> HttpResponse:
    """Ends the session here and in the data base, and the live updates opened with it."""
    if request.person is not None:
        with connection.cursor() as cursor:
            ask_again(cursor, request.person.id)
    request.session.flush()
    return HttpResponseRedirect("/")


@public
@require_http_methods(SHOWN_OR_SENT)
def language(request: HttpRequest, tag: str) -> HttpResponse:
    """This browser's language from now on, and back to ``next``."""
    if tag not in dict(settings.LANGUAGES):
        raise Http404
    response = HttpResponseRedirect(safe_next(request.POST.get("next") or request.GET.get("next", "")))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        tag,
        max_age=YEAR_SECONDS,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def authenticated(login: str, password: str, trying: Trying) -> Person | None:
    """The person of a login and password, counting failures by origin; None for any reason there may be.

    Costs one hash whether the login exists or not. Raises BusyError, having counted nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(RECORD, [login[:LONGEST_LOGIN].replace("\0", "")])
        who, stored, active, stamp = cursor.fetchone() or (None, None, False, "")
        origin = trying.origin(who, stamp, now())
        cursor.execute(BARRED, [who, origin.name, origin.known])
        (barred,) = cursor.fetchone()
        if not passwords.matches(stored, password) or who is None or not active or barred:
            cursor.execute(FAILED, [who, origin.name, origin.known])
            return None
        cursor.execute(SUCCEEDED, [who, origin.name])
        cursor.execute(PERSON, [who])
        return person_of(who, cursor.fetchall())


def _form(
    request: HttpRequest, target: str, login: str = "", problem: Problem | None = None, status: int = 200
) -> TemplateResponse:
    why = WHY.get(request.GET.get("why", ""))
    shown = {"next": target, "login": login[:LONGEST_LOGIN], "problem": problem, "why": why}
    return TemplateResponse(request, "identity/sign_in.html", shown, status=status)

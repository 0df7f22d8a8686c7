"""The people of one's own party: a list, and one of them or a new one beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct

from singlewindow.hub.identity import queries, staff
from singlewindow.hub.identity.accounts.frame import READ, framed, own_party
from singlewindow.hub.identity.declined import Declined
from singlewindow.hub.identity.own import LANGUAGES
from singlewindow.hub.identity.passwords import BusyError
from singlewindow.hub.identity.permissions import permission
from singlewindow.hub.identity.queries import Colleague
from singlewindow.hub.identity.refusals import UNAVAILABLE
from singlewindow.hub.identity.roles import MANAGE, book
from singlewindow.kernel.messages import Problem, Text

NEW: dict[str, Any] = {"login": "", "name": "", "language": LANGUAGES[0], "roles": []}


class Line(Struct, frozen=True):
    """A person as a row shows them."""

    person: Colleague
    roles: tuple[Text, ...]
    shape: str
    word: Text


@permission(READ)
@require_safe
@never_cache
def people(request: HttpRequest) -> HttpResponse:
    """Everybody of the party; ``?person=`` opens one of them."""
    return _page(request, _number(request.GET.get("person", "")))


@permission(MANAGE)
@require_POST
def admit(request: Any) -> HttpResponse:
    """A new person, with a password for their first sign-in shown once."""
    typed = {
        "login": request.POST.get("login", "").strip(),
        "name": request.POST.get("name", "").strip(),
        "language": _language(request.POST),
        "roles": request.POST.getlist("roles"),
    }
    return _secret(request, None, typed, typed["login"], staff.admit, **typed)


@permission(MANAGE)
@require_POST
def reset(request: Any, person: int) -> HttpResponse:
    """A new password for one sign-in."""
    login = next((one.login for one in _known(request) if one.id == person), "")
    return _secret(request, person, NEW, login, staff.reset_password, person=person)


@permission(MANAGE)
@require_POST
def roles(request: Any, person: int) -> HttpResponse:
    """Other roles from now on."""
    return _change(request, person, staff.give_roles, roles=request.POST.getlist("roles"))


@permission(MANAGE)
@require_POST
def card(request: Any, person: int) -> HttpResponse:
    """The card they key declarations in under."""
    return _change(request, person, staff.register_card, card=request.POST.get("card", "").strip())


@permission(MANAGE)
@require_POST
def deactivate(request: Any, person: int) -> HttpResponse:
    """They act for the party no more."""
    return _change(request, person, staff.deactivate)


@permission(MANAGE)
@require_POST
def reactivate(request: Any, person: int) -> HttpResponse:
    """They act for the party again."""
    return _change(request, person, staff.reactivate)


def _change(request: Any, person: int, verb: Callable[..., None], **given: Any) -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            verb(request.actor, cursor, person=person, at=now(), **given)
    except Declined as declined:
        return _page(request, person, problems=declined.problems, chosen=given.get("roles"))
    except LookupError as error:
        raise Http404 from error
    return redirect(f"{reverse('identity:people')}?person={person}")


def _secret(
    request: Any,
    opened: int | None,
    typed: dict[str, Any],
    whose: str,
    verb: Callable[..., str],
    **given: Any,
) -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            password = verb(request.actor, cursor, at=now(), **given)
    except Declined as declined:
        return _page(request, opened, typed=typed, problems=declined.problems)
    except BusyError:
        return _page(request, opened, typed=typed, problems=(UNAVAILABLE,), status=503)
    except LookupError as error:
        raise Http404 from error
    return _page(request, opened, secret={"login": whose, "password": password})


def _page(
    request: HttpRequest,
    person: int | None,
    *,
    typed: dict[str, Any] | None = None,
    chosen: list[str] | None = None,
    secret: dict[str, str] | None = None,
    problems: tuple[Problem, ...] = (),
    status: int = 0,
) -> HttpResponse:
    at, known, party = now(), _known(request), own_party(request)
    opened = next((one for one in known if one.id == person), None)
    if person is not None and opened is None:
        raise Http404
    held = chosen if chosen is not None else list(opened.roles) if opened else (typed or NEW)["roles"]
    values = {
        "lines": [_line(one, at) for one in known],
        "working": sum(one.works for one in known),
        "opened": _line(opened, at) if opened else None,
        "typed": typed or NEW,
        "offered": [(name, role.name, name in held) for name, role in book().offered(party.kind).items()],
        "languages": LANGUAGES,
        "secret": secret,
        "once_hours": int(staff.ONCE_FOR.total_seconds() // 3600),
    }
    return framed(request, "people", values, problems, status)


def _known(request: HttpRequest) -> list[Colleague]:
    with connection.cursor() as cursor:
        return queries.people(request.viewer, cursor)  # type: ignore[attr-defined]


def _line(person: Colleague, at: datetime) -> Line:
    names = tuple(book().roles[role].name for role in person.roles if role in book().roles)
    return Line(person, names, *_state(person, at))


def _state(person: Colleague, at: datetime) -> tuple[str, Text]:
    if not person.works:
        return "off", Text("已停用", "Deactivated")
    if person.locked_until is not None:
        return "hold", Text("输错密码，暂锁", "Locked for now")
    if person.password_until is not None:
        if person.password_until <= at:
            return "warn", Text("一次性密码已过期", "First password expired")
        return "wait", Text("待首次登录", "Not signed in yet")
    return "ok", Text("在用", "Active")


def _language(posted: Mapping[str, str]) -> str:
    chosen = posted.get("language", "")
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

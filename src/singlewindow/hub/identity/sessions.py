"""Who is asking: one transaction a request, with the viewer set inside it and the page rendered in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from psycopg import AsyncConnection
from psycopg.errors import QueryCanceled

from singlewindow.hub.identity import refusals, session_store
from singlewindow.hub.identity.asking import lookups
from singlewindow.hub.identity.directory import LiveDirectory, StaleDirectoryError
from singlewindow.hub.identity.people import PERSON, VIEWERS, Person, array, person_of
from singlewindow.hub.identity.permissions import NOBODY
from singlewindow.hub.identity.tokens import bearer
from singlewindow.kernel.clock import now
from singlewindow.kernel.messages import Actor, Viewer

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
MARK_EVERY = timedelta(minutes=1)  # how exactly the last request is remembered
STORE = "singlewindow.hub.identity.session_store"
# Where somebody may go who still has the password that an administrator gave them.
WITH_FIRST = ("/accounts/me", "/sign-out", "/language/")

_live: LiveDirectory | None = None


def use(live: LiveDirectory | None) -> None:
    """State, once a process, by which directory bearers of tokens are known."""
    global _live
    _live = live


def opened(person: Person, at: datetime) -> dict[str, Any]:
    """What a session keeps of a person who has just signed in."""
    return {"person": person.id, "stamp": person.stamp, "since": at.isoformat(), "seen": at.isoformat()}


def alive(kept: Any, at: datetime) -> int | None:
    """The person of a session that is neither idle for too long nor too old."""
    if not isinstance(kept, dict):
        return None
    since, seen = datetime.fromisoformat(kept["since"]), datetime.fromisoformat(kept["seen"])
    return int(kept["person"]) if at - seen <= IDLE and at - since <= LONGEST else None


class Identity:
    """Django middleware: sets ``request.viewer``, ``request.actor`` and ``request.person``.

    Memberships are read afresh with every request: what is withdrawn ends with the request at hand.
    A refusal (any status from 400) or an exception undoes what the request has written, unless the
    view sets ``request.keeps_changes``.
    """

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if settings.SESSION_ENGINE != STORE:
            raise ImproperlyConfigured(f"SESSION_ENGINE must be {STORE!r}: live updates read its table")
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        request.person, request.actor, request.viewer = None, None, NOBODY
        request.keeps_changes = False
        try:
            return self._in_one(request)
        except OperationalError as error:
            if not _ended(error):
                raise
            return refusals.refused(request, 503, refusals.TOO_LONG)

    def _in_one(self, request: Any) -> HttpResponseBase:
        """The answer, in one transaction."""
        with transaction.atomic():
            try:
                known = self._recognise(request)
            except StaleDirectoryError:
                return refusals.answer(503, refusals.UNAVAILABLE)
            if not known:
                return refusals.not_signed_in(request)
            with lookups() as cursor:
                acting = str(request.actor.party) if request.actor else ""
                cursor.execute(VIEWERS, [array(request.viewer.parties), acting])
            return self._answered(request)

    def process_exception(self, request: Any, exception: Exception) -> HttpResponseBase | None:
        """What a view has begun when it fails is undone, whatever page is shown for it.

        Where the data base gave up what took too long, that is what is said.
        """
        request.keeps_changes = False
        transaction.set_rollback(True)
        return refusals.refused(request, 503, refusals.TOO_LONG) if _ended(exception) else None

    def _answered(self, request: Any) -> HttpResponseBase:
        if request.person is not None and request.person.once and not request.path.startswith(WITH_FIRST):
            return _first_choose(request)
        response: Any = self.get_response(request)
        if response.streaming and not isinstance(response, FileResponse):
            response.close()
            raise RuntimeError("a response must be complete before its transaction ends; do not stream rows")
        if not getattr(response, "is_rendered", True):
            response = response.render()
        if response.status_code >= 400 and not request.keeps_changes:
            transaction.set_rollback(True)
        return response  # type: ignore[no-any-return]

    def _recognise(self, request: Any) -> bool:
        """Fill in who asks; False for credentials that are no good."""
        if "Authorization" in request.headers:
            return _by_token(request)
        if not _from_elsewhere(request):
            request.person = _by_session(request)
        if request.person is not None:
            request.actor, request.viewer = request.person.actor, request.person.viewer
            _speak(request, request.person.language)
        return True


def _ended(error: Exception) -> bool:
    """Whether PostgreSQL ended a statement that ran, or waited, for too long (``looking_up.LONGEST_S``)."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, QueryCanceled)


def _first_choose(request: HttpRequest) -> HttpResponse:
    """To one's own account, where a password is chosen; a part of a page stays as it is."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return HttpResponseRedirect(reverse("identity:me"))


def token_in(authorization: str) -> tuple[Actor, Viewer] | None:
    """Who calls by an ``Authorization`` header, if it bears a token in force; raises StaleDirectoryError."""
    if _live is None:
        raise StaleDirectoryError("no directory is in use in this process")
    return bearer(authorization, _live.current, now())


def _by_token(request: Any) -> bool:
    found = token_in(request.headers["Authorization"])
    if found is not None:
        request.actor, request.viewer = found
    return found is not None


def _by_session(request: Any) -> Person | None:
    kept = request.session.get("identity")
    if kept is None:
        return None
    at = now()
    person = _stamped(alive(kept, at), kept)
    if person is None:
        request.session.flush()
    elif at - datetime.fromisoformat(kept["seen"]) >= MARK_EVERY:
        request.session["identity"] = kept | {"seen": at.isoformat()}
    return person


def _stamped(who: int | None, kept: dict[str, Any]) -> Person | None:
    if who is None:
        return None
    with lookups() as cursor:
        person = person_of(who, cursor.execute(PERSON, [who]).fetchall())
    return person if person is not None and person.stamp == kept["stamp"] else None


def _from_elsewhere(request: Any) -> bool:
    """A write that another site's page sends with our visitor's cookie; APIs have no CSRF token."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return False
    if request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
        return True
    origin = request.headers.get("Origin")
    return origin is not None and refusals.parts_of(origin).netloc != request.get_host()


def _speak(request: Any, language: str) -> None:
    """The person's language, unless this browser was told another."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()


async def viewer_of(scope: dict[str, Any], connection: AsyncConnection[Any]) -> Viewer:
    """Who opened this ASGI connection, by the session cookie; nobody's viewer if nobody is signed in.

    ``connection`` is one of ``sw_web``. Beyond the moment of asking it is the caller's to ask again.
    """
    key = session_key(scope)
    row = key and await (await connection.execute(session_store.READ, [session_store.digest(key)])).fetchone()
    if not row:
        return NOBODY
    kept: Any = session_store.SessionStore().decode(row[0]).get("identity")
    who = alive(kept, now())
    if who is None:
        return NOBODY
    person = person_of(who, await (await connection.execute(PERSON, [who])).fetchall())
    return person.viewer if person is not None and person.stamp == kept["stamp"] else NOBODY


def session_key(scope: Mapping[str, Any]) -> str:
    """What the session cookie of an ASGI request says; empty if there is none. It may be anybody's word."""
    for name, value in scope["headers"]:
        if name == b"cookie":
            try:
                found = SimpleCookie(value.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
            except CookieError:
                return ""
            return found.value if found else ""
    return ""

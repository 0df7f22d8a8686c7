"""Who may call a view: every route says it, with a named permission or as public."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse

from singlewindow.hub.identity import refusals
from singlewindow.hub.identity.asking import lookups
from singlewindow.hub.identity.people import VIEWERS, array
from singlewindow.hub.identity.roles import book
from singlewindow.kernel.messages import Viewer

View = TypeVar("View", bound=Callable[..., Any])
NOBODY = Viewer(parties=())


def permission(name: str) -> Callable[[View], View]:
    """Only for who holds the permission; anybody else is told that there is no such page."""
    if name not in book().permissions:
        raise ValueError(f"no permission is named {name!r}; permissions.yaml lists them")

    def marked(view: View) -> View:
        guarded: Any = _guarded_async(view, name) if iscoroutinefunction(view) else _guarded(view, name)
        guarded.permission = name
        return guarded  # type: ignore[no-any-return]

    return marked


def public(view: View) -> View:
    """For everybody, signed in or not."""
    view.public = True  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """For every person who is signed in, whatever their rights."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if getattr(request, "person", None) is None:
            return refusals.not_signed_in(request)
        return view(request, *args, **kwargs)

    guarded.signed_in = True  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def refused(request: HttpRequest, name: str) -> HttpResponse | None:
    """The answer to a request without the right; None if it has it. Raises Http404 for pages."""
    viewer: Viewer = getattr(request, "viewer", NOBODY)
    if name in viewer.permissions:
        view_under(request, name)
        return None
    if getattr(request, "actor", None) is None:
        return refusals.not_signed_in(request)
    return refusals.not_found(request)


def view_under(request: HttpRequest, name: str) -> None:
    """From here on the request reads for those parties alone in which the viewer holds the permission.

    An administrator who gave somebody no such right in one party is not overruled by another's. Of one
    party, as nearly everybody is, nothing is asked.
    """
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    narrower = viewer.under(name)
    if narrower is not viewer:
        request.viewer = narrower  # type: ignore[attr-defined]
        with lookups() as cursor:
            cursor.execute(VIEWERS, [array(narrower.parties), str(narrower.party)])


def _guarded(view: Callable[..., Any], name: str) -> Callable[..., Any]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        refusal = refused(request, name)
        return view(request, *args, **kwargs) if refusal is None else refusal

    return guarded


def _guarded_async(view: Callable[..., Any], name: str) -> Callable[..., Any]:
    @wraps(view)
    async def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        refusal = await sync_to_async(refused)(request, name)
        return await view(request, *args, **kwargs) if refusal is None else refusal

    return guarded

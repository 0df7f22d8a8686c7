"""Which routes say who may use them; one that does not is a fault of the release."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from inspect import getclosurevars, isfunction
from typing import Any

from django.urls import URLPattern, URLResolver


def undeclared(urlpatterns: Sequence[URLPattern | URLResolver]) -> list[str]:
    """The routes of which a view carries none of ``permission``, ``signed_in`` and ``public``, in order."""
    return [route for route, view in _views(urlpatterns, "/") if not _declared(view)]


def _views(urlpatterns: Sequence[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, Any]]:
    for entry in urlpatterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _views(entry.url_patterns, route)
        else:
            yield from ((route, view) for view in _operations(entry.callback))


def _operations(view: Any) -> list[Any]:
    """The functions behind one callback: several, by method, where an API's router made it."""
    router = getclosurevars(view).nonlocals.get("self") if isfunction(view) else None
    operations = getattr(router, "operations", None)
    if operations:
        return [operation.view_func for operation in operations]
    return [view.func if isinstance(view, partial) else view]


def _declared(view: Any) -> bool:
    return any(getattr(view, said, "") for said in ("permission", "public", "signed_in"))

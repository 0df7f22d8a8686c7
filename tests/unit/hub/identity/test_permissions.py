"""Marks on views, and the routes that lack one."""

from __future__ import annotations

from inspect import iscoroutinefunction
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import include, path

from singlewindow.hub.identity.permissions import permission, public
from singlewindow.hub.identity.routes import undeclared
from singlewindow.kernel.messages import Viewer

READER: Any = SimpleNamespace(viewer=Viewer((1,), frozenset({"journal.read"})), actor=object())


@permission("journal.read")
def page(request: Any, number: int) -> str:
    """The page."""
    return f"page {number}"


@permission("journal.read")
async def later(request: Any) -> str:
    return "later"


@public
def entry(request: Any) -> str:
    return "entry"


def forgotten(request: Any) -> str:
    return "forgotten"


def test_who_holds_the_permission_gets_the_page() -> None:
    assert page(READER, 7) == "page 7"
    assert (page.permission, page.__name__, page.__doc__) == ("journal.read", "page", "The page.")


async def test_asynchronous_views_stay_so() -> None:
    assert iscoroutinefunction(later)
    assert await later(READER) == "later"


def test_a_permission_nobody_knows_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match=r"journal\.everything"):
        permission("journal.everything")


def test_a_route_without_a_mark_is_found_wherever_it_is() -> None:
    inner = [path("forgotten", forgotten), path("page/<int:number>", page), path("later", later)]
    routes = [path("", entry), path("deep/<int:id>/", include(inner)), path("bare", forgotten)]
    assert undeclared(routes) == ["/deep/<int:id>/forgotten", "/bare"]
    assert undeclared([path("", entry)]) == []

"""The frame of a signed-in page: whose it is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from singlewindow.hub.portal import queries


def framed(request: HttpRequest, page: str, values: dict[str, Any], live: str = "") -> HttpResponse:
    """A page with the name of the viewer's party in its header; where it refreshes itself, ``live`` alone.

    Who goes on to another page of it (``SW-Whole``) gets that page, with the address it refreshes itself by.
    """
    if live and request.headers.get("HX-Request") and "SW-Whole" not in request.headers:
        return render(request, live, values)
    viewer = request.viewer  # type: ignore[attr-defined]
    party = queries.party(viewer.party) if viewer.party else None
    return render(request, page, {**values, "party": party})

"""The frame of a signed-in clearance page: whose it is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from singlewindow.hub.portal import queries


def framed(request: HttpRequest, template: str, values: dict[str, Any]) -> HttpResponse:
    """A page with the name of the viewer's party in its header."""
    viewer = request.viewer  # type: ignore[attr-defined]
    party = queries.party(viewer.party) if viewer.party else None
    return render(request, template, {**values, "party": party})

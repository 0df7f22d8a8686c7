"""The paths of what was declared."""

from __future__ import annotations

from django.urls import path

from singlewindow.hub.portal.declared import pages

_ONE = "consignments/<uuid:submission>"
urlpatterns = [
    path(f"{_ONE}/declaration", pages.declaration, name="declaration-content"),
    path(f"{_ONE}/documents/<uuid:document>", pages.document, name="declaration-document"),
    path(f"{_ONE}/documents/<uuid:document>/message", pages.message, name="declaration-message"),
]

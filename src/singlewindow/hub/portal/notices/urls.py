"""The paths of the message box."""

from __future__ import annotations

from django.urls import path

from singlewindow.hub.portal.notices import pages

urlpatterns = [
    path("notices", pages.box, name="notices"),
    path("notices/latest", pages.latest, name="notices-latest"),
    path("notices/count", pages.count, name="notices-count"),
    path("notices/read", pages.read, name="notices-read"),
    path("notices/<str:place>", pages.opened, name="notice"),
]

"""Every path that Django answers: the API's, each application's, and those that the registry names."""

from __future__ import annotations

from django.urls import include, path

from singlewindow.server import openapi, registry, rooms
from singlewindow.server.api import ROOT, urls

urlpatterns = [
    path(f"{ROOT}openapi.json", openapi.description, name="openapi"),
    path(ROOT, urls()),
    *(path(f"{name}/", include(f"singlewindow.apps.{name}.urls")) for name in rooms.with_pages()),
    *(path(prefix, include(module)) for prefix, module in registry.URLS),
]
handler400 = "singlewindow.hub.identity.refusals.malformed"
handler404 = "singlewindow.hub.identity.refusals.not_there"

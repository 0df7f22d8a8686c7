"""Every path that Django answers; the registry names the rooms' own URL modules."""

from __future__ import annotations

from django.urls import include, path

from singlewindow.server import api, registry

urlpatterns = [
    path("api/v1/openapi.json", api.description, name="openapi"),
    *(path(prefix, include(module)) for prefix, module in registry.URLS),
]

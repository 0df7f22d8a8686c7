"""Every path that Django answers; the registry names the rooms' own URL modules."""

from __future__ import annotations

from django.urls import include, path

from singlewindow.server import openapi, registry
from singlewindow.server.api import ROOT, urls

urlpatterns = [
    path(f"{ROOT}openapi.json", openapi.description, name="openapi"),
    path(ROOT, urls()),
    *(path(prefix, include(module)) for prefix, module in registry.URLS),
]

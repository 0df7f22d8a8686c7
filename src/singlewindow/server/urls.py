"""Every path that Django answers; the registry names the rooms' own URL modules."""

from __future__ import annotations

from django.urls import include, path
from django.views.i18n import set_language

from singlewindow.server import registry

urlpatterns = [
    path("language", set_language, name="language"),  # the form; identity answers language/<tag>
    *(path(prefix, include(module)) for prefix, module in registry.URLS),
]

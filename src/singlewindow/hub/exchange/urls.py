"""The exchange's paths for programs; ``POST /api/v1/submissions`` is the door's own."""

from __future__ import annotations

from django.urls import path

from singlewindow.hub.exchange import api

urlpatterns = [
    path("api/v1/submissions", api.submissions, name="submissions"),
    path("api/v1/submissions/<uuid:submission>", api.status, name="submission-status"),
]

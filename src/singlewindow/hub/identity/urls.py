"""The paths of signing in and out."""

from __future__ import annotations

from django.urls import path

from singlewindow.hub.identity import pages

app_name = "identity"
urlpatterns = [
    path("sign-in", pages.sign_in, name="sign_in"),
    path("sign-out", pages.sign_out, name="sign_out"),
    path("language/<str:tag>", pages.language, name="language"),
]

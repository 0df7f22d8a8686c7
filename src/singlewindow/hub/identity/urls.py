"""The paths of signing in and out, and of accounts."""

from __future__ import annotations

from django.urls import path

from singlewindow.hub.identity import pages
from singlewindow.hub.identity.accounts.urls import urlpatterns as accounts

app_name = "identity"
urlpatterns = [
    path("sign-in", pages.sign_in, name="sign_in"),
    path("sign-out", pages.sign_out, name="sign_out"),
    path("language/<str:tag>", pages.language, name="language"),
    *accounts,
]

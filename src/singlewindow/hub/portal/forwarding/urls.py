"""Where a firm that declares and forwards finds what was entrusted to it."""

from __future__ import annotations

from django.urls import path

from singlewindow.hub.portal.forwarding import pages

urlpatterns = [path("consignments/entrusted", pages.forwarded, name="forwarded")]

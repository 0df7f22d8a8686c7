"""The paths of the announcements."""

from __future__ import annotations

from django.urls import path

from singlewindow.hub.portal.announcements import pages, publishing

urlpatterns = [
    path("announcements", pages.announcements, name="announcements"),
    path("announcements/publish", publishing.publish, name="announcement-publish"),
    path("announcements/<uuid:announcement>", pages.announcement, name="announcement"),
    path("announcements/<uuid:announcement>/withdraw", publishing.withdraw, name="announcement-withdraw"),
]

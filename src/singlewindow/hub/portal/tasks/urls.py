"""The paths of what waits for a person."""

from __future__ import annotations

from django.urls import path

from singlewindow.hub.portal.tasks import pages

urlpatterns = [
    path("tasks", pages.tasks, name="tasks"),
    path("tasks/<uuid:task>/check", pages.check, name="task-check"),
    path("tasks/<uuid:task>/settle", pages.settle, name="task-settle"),
]

"""The paths of the standards: the data-element dictionary, and the code lists."""

from __future__ import annotations

from django.urls import path

from singlewindow.hub.portal.standards import pages

urlpatterns = [
    path("standards", pages.elements, name="standards"),
    path("standards/codes", pages.code_lists, name="code-lists"),
    path("standards/codes/<slug:list_id>", pages.code_list, name="code-list"),
]

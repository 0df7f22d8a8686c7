"""Layout, components and custom elements of every page; holds no data."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    """The room of everything that is seen."""

    name = "singlewindow.hub.ui"
    label = "ui"

"""The standards room as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class StandardsConfig(AppConfig):
    """Has tables, no models: code lists are read whole."""

    name = "singlewindow.hub.standards"

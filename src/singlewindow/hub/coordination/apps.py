"""The coordination room as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class CoordinationConfig(AppConfig):
    """Has tables, no models of the hot ones."""

    name = "singlewindow.hub.coordination"

"""The notice room as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class NoticeConfig(AppConfig):
    """Has tables, no models of the hot ones."""

    name = "singlewindow.hub.notice"

"""The documents room as a Django application."""

from __future__ import annotations

from pathlib import Path

from django.apps import AppConfig

from singlewindow.hub.ui import specimens


class DocumentsConfig(AppConfig):
    """Has tables, no models of the hot ones."""

    name = "singlewindow.hub.documents"

    def ready(self) -> None:
        """Show this room's pieces in the styleguide."""
        specimens.add(Path(__file__).with_name("specimens.yaml"))

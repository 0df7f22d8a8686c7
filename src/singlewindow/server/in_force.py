"""Definitions with the code lists that an installation has in force; what ships, where there is none."""

from __future__ import annotations

import psycopg

from singlewindow.hub.documents.registry import Registry
from singlewindow.hub.standards.following import newer_than
from singlewindow.hub.standards.storing import read_lists
from singlewindow.server.composition import registry
from singlewindow.server.configuration import INTAKE, Configuration
from singlewindow.server.database import connect
from singlewindow.server.refusal import Refusal


def registry_in_force(configuration: Configuration) -> Registry:
    """For commands that work with nothing running: they then know the lists shipped."""
    if not (configuration.database_url or configuration.secrets_file.exists()):
        return registry()  # no installation here, and none is begun by asking
    try:
        with connect(configuration, INTAKE) as connection:
            stored = read_lists(connection)
    except (psycopg.OperationalError, psycopg.errors.UndefinedTable, Refusal):
        return registry()
    shipped = registry().listings
    return registry().with_lists({**shipped, **newer_than(shipped, stored)})

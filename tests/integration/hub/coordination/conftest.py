"""Where coordination happens."""

from __future__ import annotations

import pytest

from database import Database
from integration.hub.coordination.story import Yard


@pytest.fixture
def yard(database: Database) -> Yard:
    """A port with the operator of the platform in it."""
    return Yard(database).operated()

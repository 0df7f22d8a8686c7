"""A consignment is found by every number that can name it, and each is told."""

from __future__ import annotations

import re
from typing import get_args

import plain_django  # noqa: F401 - before what needs it
from singlewindow.hub.coordination.api_shapes import IdentityKeyShape
from singlewindow.server.rooms import PACKAGE

LISTED = re.compile(r"kind in \(([^)]+)\)")


def kinds(path: str, after: str) -> set[str]:
    """The kinds that a statement lists, the first time after these words."""
    text = (PACKAGE / path).read_text("utf-8")
    found = LISTED.search(text, text.index(after))
    assert found is not None
    return set(re.findall(r"\w+", found[1]))


def test_every_kind_of_number_is_kept_looked_up_and_told() -> None:
    kept = kinds("hub/dossier/sql/0001.sql", "create table identity_key")
    assert kept == kinds("hub/coordination/sql/api.sql", "-- name: numbered")
    assert kept == set(get_args(IdentityKeyShape.model_fields["kind"].annotation))

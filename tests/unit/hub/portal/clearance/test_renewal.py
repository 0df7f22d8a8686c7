"""Which consignments' pages offer to issue a release anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.template.loader import render_to_string

from singlewindow.hub.coordination import facts
from singlewindow.hub.portal.clearance.renewal import renewable

AT = datetime(2026, 12, 5, 9, 30, tzinfo=UTC)
DOSSIER = UUID(int=7)
GONE, HERE = {"key": "A", "used_at": AT}, {"key": "B", "used_at": None}


def kept(valid_until: datetime, passes: Any = (), revoked_at: datetime | None = None) -> dict[str, Any]:
    release = {"dossier": DOSSIER, "revoked_at": revoked_at, "valid_until": valid_until}
    containers = [{"dossier": DOSSIER, "key": row["key"]} for row in passes]
    return {
        "dossiers": [{"id": DOSSIER}],
        "containers": containers,
        "passes": list(passes),
        "releases": [release],
    }


@pytest.mark.parametrize(
    ("rows", "offered"),
    [
        (kept(AT - timedelta(days=30), [HERE]), True),
        (kept(AT + facts.release_renewable(), [HERE]), True),
        (kept(AT + facts.release_renewable() + timedelta(microseconds=1), [HERE]), False),
        (kept(AT, [GONE, HERE]), True),
        (kept(AT, [GONE]), False),
        (kept(AT), True),  # goods in no container leave by no gate of ours
        (kept(AT, [HERE], revoked_at=AT), False),
    ],
)
def test_what_ends_and_has_not_left_can_be_issued_anew(rows: dict[str, Any], offered: bool) -> None:
    assert renewable(rows, AT) == ([{"id": DOSSIER}] if offered else [])


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        (None, True),
        (SimpleNamespace(waiting=False), True),  # it was declined: asked again it may be done
        (SimpleNamespace(waiting=True), False),
    ],
)
def test_what_is_being_carried_out_is_not_offered_once_more(asked: Any, offered: bool) -> None:
    values = {"view": {"id": DOSSIER}, "renewable": [{"id": DOSSIER, "name": "B1"}], "asked": asked}
    markup = render_to_string("portal/clearance/matrix.html", values)
    assert ("换发放行单" in markup) is offered
    assert ("do-renew" in markup) is offered

"""Which consignments' pages offer to issue a release anew: those for which the worker would."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.template.loader import render_to_string

from singlewindow.hub.coordination.algebra import Kind
from singlewindow.hub.portal.clearance.renewal import renewable

DOSSIER = {"id": UUID(int=7), "goods": "bill", "name": "B7", "call": "2/9999993/2511E"}
FREE, HELD = str(Kind.RELEASED), str(Kind.HELD)


def box(number: str, kind: str = FREE, standing: str = "counts", used: bool = False) -> dict[str, Any]:
    return {"number": number, "kind": kind, "standing": standing, "used": used}


def kept(*boxes: dict[str, Any], loose: str = "") -> dict[str, Any]:
    """What the page read of a dossier with these containers, or with ``loose`` goods so disposed."""
    rows = [one | {"dossier": DOSSIER["id"], "key": f"{one['number']}@{DOSSIER['call']}"} for one in boxes]
    disposed = [(row["key"], row["kind"]) for row in rows] or [(str(DOSSIER["id"]), loose)]
    return {
        "dossiers": [DOSSIER],
        "containers": [row | {"lot": False} for row in rows],
        "dispositions": [
            {"dossier": DOSSIER["id"], "subject_key": key, "kind": kind} for key, kind in disposed
        ],
        "passes": [{"key": row["key"], "used_at": row["used"] or None} for row in rows],
    }


@pytest.mark.parametrize(
    ("rows", "ending", "offered"),
    [
        (kept(box("ONE"), box("TWO")), [["ONE", "TWO"]], True),
        (kept(box("ONE", used=True), box("TWO")), [["ONE", "TWO"]], True),
        (kept(box("ONE", used=True)), [["ONE"]], False),
        (kept(box("ONE", used=True), box("TWO")), [["ONE"]], False),  # the other holds a newer release
        (kept(box("ONE", used=True), box("TWO", standing="ended")), [["ONE", "TWO"]], False),
        (kept(box("ONE", used=True), box("TWO", standing="dropped")), [["ONE", "TWO"]], False),
        (kept(box("ONE", HELD), box("TWO", HELD)), [["ONE", "TWO"]], False),
        (kept(box("ONE", HELD), box("TWO")), [["ONE", "TWO"]], True),
        (kept(box("ONE")), [], False),
        (kept(loose=FREE), [[]], True),  # goods in no container leave by no gate of ours
        (kept(loose=HELD), [[]], False),
        (kept(loose=FREE), [], False),
    ],
)
def test_what_ends_is_released_still_and_has_not_left_can_be_issued_anew(
    rows: dict[str, Any], ending: list[list[str]], offered: bool
) -> None:
    found = renewable(rows, [{"dossier": DOSSIER["id"], "boxes": boxes} for boxes in ending])
    assert found == ([DOSSIER] if offered else [])


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
    values = {"view": {"id": DOSSIER["id"]}, "renewable": [DOSSIER], "asked": asked}
    markup = render_to_string("portal/clearance/matrix.html", values)
    assert ("换发放行单" in markup) is offered
    assert ("do-renew" in markup) is offered

"""What counts of what was said, for a decision and for whoever looks at it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from singlewindow.hub.coordination.algebra import Given
from singlewindow.hub.coordination.counting import Contents, contents, followed, seen
from singlewindow.kernel.messages import Instruction, Order, Subject

AT = datetime(2026, 11, 21, 9, 53, tzinfo=UTC)
DOSSIER, FIRST, SECOND = UUID(int=7), UUID(int=71), UUID(int=72)
BOX, NOW = "CQXU2045171@2/9999993/2511E", "CQXU2045171@2/9999993/2512E"


def row(order: int, origin: UUID | None, kind: str = "bill", key: str = "7", **more: Any) -> dict[str, Any]:
    said = {
        "agency": "quarantine",
        "channel": "instruction",
        "id": f"Q{order}",
        "version": 1,
        "dossier": DOSSIER,
        "origin": origin,
        "order": order,
        "subject_kind": kind,
        "subject_key": key,
        "method": "",
        "items": [],
        "basis": "",
        "text": "",
        "withdrawn": False,
        "at": AT,
        "executed": [],
    }
    return said | more


def sent(
    id_: UUID, hours: int, dead: bool = False, agency: str = "quarantine", load: str = "", ended: float = 0.5
) -> dict[str, Any]:
    """Handed in after so many hours; sent back, where it was, after ``ended``."""
    at, back = (AT + timedelta(hours=after) for after in (hours, ended))
    given = {"dossier": DOSSIER, "agency": agency, "id": id_, "at": at, "load": load}
    return given | {"ended": back if dead else None}


@pytest.mark.parametrize(
    ("documents", "counts"),
    [
        ([sent(FIRST, 0, dead=True), sent(SECOND, 1)], []),
        ([sent(FIRST, 0, dead=True), sent(SECOND, 1, dead=True)], []),
        ([sent(FIRST, 0), sent(SECOND, 1)], ["Q3"]),
        ([sent(FIRST, 0, dead=True)], ["Q3"]),
        ([sent(FIRST, 1, dead=True), sent(SECOND, 0)], ["Q3"]),
        ([sent(FIRST, 0, dead=True), sent(SECOND, 1, agency="customs")], ["Q3"]),
        ([sent(FIRST, 0, dead=True, ended=2), sent(SECOND, 1)], ["Q3"]),
        ([sent(FIRST, 0, dead=True, load="a", ended=2), sent(SECOND, 1, load="b")], ["Q3"]),
        ([sent(FIRST, 0, dead=True, load="a", ended=2), sent(SECOND, 1, load="a")], []),
        ([sent(FIRST, 0, dead=True, load="a", ended=1), sent(SECOND, 1, load="b")], []),
        ([], ["Q3"]),
    ],
)
def test_what_rests_on_a_document_ends_where_its_agency_was_sent_a_newer_one(
    documents: list[Any], counts: list[str]
) -> None:
    found = seen([row(3, FIRST)], documents, {})
    assert [one.instruction.id for one in found.counting] == counts
    assert [one.instruction.id for one in found.past] == [one for one in ["Q3"] if one not in counts]
    assert found.replaced == ({} if counts else {str(FIRST): AT + timedelta(hours=1)})


def test_what_is_ordered_on_a_ship_stays_on_the_ship() -> None:
    documents = [sent(FIRST, 0, dead=True), sent(SECOND, 1)]
    found = seen([row(3, FIRST, "conveyance", "2/9999993/2511E")], documents, {})
    assert [one.instruction.id for one in found.counting] == ["Q3"]
    assert found.past == []


def test_what_was_taken_back_is_past() -> None:
    found = seen([row(3, FIRST), row(3, FIRST, version=2, withdrawn=True)], [], {})
    assert found.counting == []
    assert [one.instruction.version for one in found.past] == [2]


def test_what_is_ordered_on_a_box_or_done_follows_it_to_its_corrected_call() -> None:
    inside = contents([(BOX, "CQXU2045171", True), (NOW, "CQXU2045171", False)])
    (given,) = seen([row(2, FIRST, "container", BOX, executed=[BOX])], [], {DOSSIER: inside}).counting
    assert given.instruction.subject == Subject("container", NOW)
    assert given.executed == {BOX, NOW}


def test_what_was_said_of_a_box_before_it_was_declared_is_said_of_it() -> None:
    named = row(3, FIRST, "unknown", "cqxu 2045171")
    (before,) = seen([named], [], {DOSSIER: Contents()}).counting
    assert before.instruction.subject == Subject("unknown", "cqxu 2045171")
    inside = contents([(BOX, "CQXU2045171", False)])
    (after,) = seen([named], [], {DOSSIER: inside}).counting
    assert after.instruction.subject == Subject("container", BOX)


def test_what_is_in_it_no_more_under_any_call_is_followed_nowhere() -> None:
    said = Instruction("Q", "quarantine", Order.HOLD, Subject("container", BOX), AT)
    given = Given(said, "instruction")
    assert followed(given, contents([(BOX, "CQXU2045171", True)])) == given
    assert followed(given, Contents()) == given

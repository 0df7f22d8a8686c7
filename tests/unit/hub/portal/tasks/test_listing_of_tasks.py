"""What waits for a person, in words."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import singlewindow
from singlewindow.hub.coordination.crowding import KIND as CROWDED
from singlewindow.hub.coordination.tasks import RECALL
from singlewindow.hub.coordination.undeclared import UNDECLARED
from singlewindow.hub.dossier.claiming import TWICE, WAITS, WHOSE
from singlewindow.hub.portal.tasks import listing
from singlewindow.kernel.messages import Text

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
ROW = {
    "id": UUID(int=1),
    "kind": TWICE,
    "dossier": UUID(int=2),
    "about": "CQXU2045171",
    "text_zh": "请核对",
    "text_en": "check",
    "made_at": NOW - timedelta(hours=3),
    "viewers": [4, 5, 6],
    "submission": None,
    "barred": False,
}
FIRMS = {4: Text("甲", "A"), 5: Text("中心", "Centre")}


def test_every_kind_of_task_that_rooms_make_has_words() -> None:
    rooms = Path(singlewindow.__file__).parent / "hub"
    sources = [path.read_text("utf-8") for path in rooms.rglob("*.py")]
    made = {kind for text in sources for kind in re.findall(r'(?:Doubt\(|"kind": )"([a-z]+_[a-z_]+)"', text)}
    assert {"ties_dossiers", "contradicts_dossier"} <= made
    assert {*made, TWICE, WAITS, WHOSE, CROWDED, UNDECLARED, RECALL} <= listing.kinds().keys()
    assert all(kind.word.zh and kind.word.en for kind in listing.kinds().values())


def test_a_line_says_how_long_it_waits_and_whom_it_concerns() -> None:
    (line,) = listing.lines([ROW], FIRMS, 5, NOW)
    assert line.age == Text("3 小时", "3 h")
    assert line.firms == (Text("甲", "A"),), "the operator is not named to itself, nor who has no name"
    assert line.claim
    (other,) = listing.lines([ROW | {"kind": RECALL}], FIRMS, 5, NOW)
    assert (other.claim, other.about) == (False, "CQXU2045171")
    (doubt,) = listing.lines([ROW | {"kind": "ties_dossiers", "about": str(UUID(int=9))}], FIRMS, 5, NOW)
    assert doubt.about == "", "a document is named in the text"


def test_a_container_is_named_by_its_number_and_settled_by_its_key() -> None:
    key = "CQXU2045171@2/9999993/2601E"
    (line,) = listing.lines([ROW | {"kind": WHOSE, "about": key}], FIRMS, 5, NOW)
    assert (line.about, line.key) == ("CQXU2045171", key)
    (own,) = listing.lines([ROW], FIRMS, 5, NOW)
    assert own.key == ""

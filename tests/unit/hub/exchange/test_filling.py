"""What the platform fills in of a document: from identity, where it fits, and nothing else."""

from __future__ import annotations

from msgspec.structs import replace

from platform_under_test import context, parties, sample
from singlewindow.hub.documents.boxes import boxes
from singlewindow.hub.exchange.filling import completed, facts
from singlewindow.hub.exchange.submission import prepare
from singlewindow.kernel.messages import Actor, Text
from singlewindow.server.composition import registry

SYSTEM = registry().systems["goods_declaration", "1"]
ACTOR = Actor("person", "1", "王小明", 7)


def test_what_identity_knows_of_the_party_and_its_clerk() -> None:
    broker = replace(parties()[0], customs_code="5005980002")
    assert facts(SYSTEM, broker, ACTOR) == {
        "input_party_code": broker.code,
        "input_party_customs_code": "5005980002",
        "input_party_name": "报关行",
        "input_person_name": "王小明",
    }


def test_what_does_not_fit_its_element_is_left_out() -> None:
    odd = replace(parties()[0], code="customs", name=Text("名" * 71, "x"), customs_code="1")
    assert facts(SYSTEM, odd, replace(ACTOR, name="n" * 21)) == {}
    assert facts((), parties()[0], ACTOR) == {}


def test_it_stands_beside_what_was_entered_and_goes_to_customs_by_the_system() -> None:
    prepared = prepare(sample(), context())
    assert prepared.as_entered
    assert not prepared.filled.keys() & prepared.checked.document.values.keys()
    seen = completed(prepared.checked.document, prepared.filled)
    found = {
        box.box: (box.value, box.entry, box.how) for box in boxes(registry().projections["customs"], seen)
    }
    assert found["CopName"] == ("报关行", "input_party_name", "system")
    assert found["AgentName"][1:] == ("declarant_name", "copy")


def test_what_the_sender_fills_in_is_said_unless_it_is_the_same() -> None:
    broker, _ = parties()
    same = prepare(sample(input_party_code=broker.code), context())
    assert same.checked.problems == ()
    assert same.checked.document.extension == {}
    other = prepare(sample(input_party_code="91500112MADEM0A1XL", entry_number="1"), context())
    assert [(one.code, one.field) for one in other.checked.problems] == [
        ("filled_by_system", "entry_number"),
        ("filled_by_system", "input_party_code"),
    ]
    assert other.filled == same.filled

"""What the platform fills in of a document: from identity, where it fits, and nothing else."""

from __future__ import annotations

import re
from base64 import b64decode

import pytest
from msgspec.structs import replace

from platform_under_test import context, parties, sample
from singlewindow.hub.documents.boxes import boxes
from singlewindow.hub.exchange.filling import completed, facts
from singlewindow.hub.exchange.submission import Context, Prepared, Refused, prepare
from singlewindow.hub.identity.directory import Card, Directory, Snapshot
from singlewindow.kernel.messages import Actor, Text
from singlewindow.server.composition import registry

DATA = re.compile(rb"<Data>(.*?)</Data>", re.DOTALL)
SYSTEM = registry().systems["goods_declaration", "1"]
ACTOR = Actor("person", "1", "王小明", 7)
NEWCOMER = Actor("person", "9", "新人", 7)
FIRMS_SYSTEM = Actor("token", "t", "system", 7)
NOBODY = Directory(1, Snapshot([], [], []))
CARDS = [
    Card("8950000000017", 1, 7),
    Card("8950000000025", 2, 7),
    Card("8950000000033", 3, 8),
    Card("8950000000041", 4, 7, works=False),
]
OWN, COLLEAGUES, STRANGERS, FORMER = (card.number for card in CARDS)
UNKNOWN = "8950000000099"


def under(actor: Actor) -> Context:
    """A submission by somebody, where it is known who holds which card."""
    plain = context()
    known = plain.knowledge.directory
    mandates = [one for some in known._mandates.values() for one in some]
    directory = Directory(1, Snapshot(list(known._parties.values()), mandates, [], CARDS))
    return replace(plain, knowledge=replace(plain.knowledge, directory=directory), actor=actor)


def typist(prepared: Prepared) -> str | None:
    """The card that customs is told."""
    [customs] = [one for one in prepared.issued if one.partner == "customs"]
    said = re.search(rb"<TypistNo>(.*?)</TypistNo>", b64decode(DATA.search(customs.payload)[1]))  # type: ignore[index]
    return said[1].decode() if said else None


def test_what_identity_knows_of_the_party_and_its_clerk() -> None:
    broker = replace(parties()[0], customs_code="5005980002")
    assert facts(SYSTEM, broker, ACTOR, NOBODY) == {
        "input_party_code": broker.code,
        "input_party_customs_code": "5005980002",
        "input_party_name": "报关行",
        "input_person_name": "王小明",
    }


def test_what_does_not_fit_its_element_is_left_out() -> None:
    odd = replace(parties()[0], code="customs", name=Text("名" * 71, "x"), customs_code="1")
    assert facts(SYSTEM, odd, replace(ACTOR, name="n" * 21), NOBODY) == {}
    assert facts((), parties()[0], ACTOR, NOBODY) == {}


def test_it_stands_beside_what_was_entered_and_goes_to_customs_by_the_system() -> None:
    prepared = prepare(sample(), context())
    assert prepared.as_entered
    assert not prepared.filled.keys() & prepared.checked.document.values.keys()
    seen = completed(prepared.checked.document, prepared.filled)
    found = {box.box: (box.value, box.entry, box.how) for box in boxes(registry().principal["customs"], seen)}
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


@pytest.mark.parametrize(
    ("actor", "stated", "card"),
    [
        (ACTOR, "", OWN),
        (ACTOR, OWN, OWN),
        (NEWCOMER, "", None),
        (FIRMS_SYSTEM, "", None),
        (FIRMS_SYSTEM, COLLEAGUES, COLLEAGUES),
    ],
)
def test_the_card_goes_to_customs_where_it_is_known_whose_it_is(
    actor: Actor, stated: str, card: str | None
) -> None:
    prepared = prepare(sample(input_card_number=stated), under(actor))
    assert prepared.filled.get("input_card_number") == card
    assert "input_card_number" not in prepared.checked.document.values
    assert prepared.checked.problems == ()
    assert typist(prepared) == card


@pytest.mark.parametrize(
    ("actor", "stated"),
    [
        (ACTOR, COLLEAGUES),
        (ACTOR, STRANGERS),
        (ACTOR, UNKNOWN),
        (NEWCOMER, COLLEAGUES),
        (FIRMS_SYSTEM, FORMER),
    ],
)
def test_another_persons_card_is_refused_and_not_replaced(actor: Actor, stated: str) -> None:
    with pytest.raises(Refused) as refused:
        prepare(sample(input_card_number=stated), under(actor))
    [problem] = [one for one in refused.value.problems if one.severity == "error"]
    assert (problem.code, problem.field, problem.value) == ("card_not_yours", "input_card_number", stated)
    assert problem.remedy is not None


def answer(stated: str, actor: Actor) -> str:
    """All that a sender is told, without the number they gave."""
    context = under(actor)
    try:
        prepared = prepare(sample(input_card_number=stated), context)
        told = repr((prepared.filled, prepared.checked.document.values, prepared.checked.problems))
    except Refused as refused:
        told = repr(refused.problems)
    return told.replace(stated, "")


@pytest.mark.parametrize("actor", [ACTOR, NEWCOMER, FIRMS_SYSTEM])
def test_nobody_learns_whose_people_hold_a_card(actor: Actor) -> None:
    assert answer(STRANGERS, actor) == answer(UNKNOWN, actor)


@pytest.mark.parametrize("actor", [NEWCOMER, FIRMS_SYSTEM])
@pytest.mark.parametrize("stated", [STRANGERS, UNKNOWN])
def test_a_card_that_nobody_of_the_party_is_known_to_hold_is_put_aside_and_said(
    actor: Actor, stated: str
) -> None:
    prepared = prepare(sample(input_card_number=stated), under(actor))
    assert "input_card_number" not in prepared.filled
    assert typist(prepared) is None
    assert [(one.code, one.field) for one in prepared.checked.problems] == [
        ("filled_by_system", "input_card_number")
    ]

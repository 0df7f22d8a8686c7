"""Every outcome has a word; a consignment is called after the document somebody must look at."""

from __future__ import annotations

from typing import Any

import pytest

from singlewindow.hub.portal import states
from singlewindow.hub.portal.names import Partner
from singlewindow.hub.process import overall
from singlewindow.hub.ui.templatetags.ui import KINDS
from singlewindow.kernel.messages import Outcome, Text


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_is_named_in_both_languages(outcome: Outcome) -> None:
    state = states.of_outcome(outcome)
    assert state.word.zh
    assert state.word.en
    assert state.kind in KINDS


def test_ranks_are_distinct() -> None:
    ranks = [state.rank for state in states.states().values()]
    assert len(ranks) == len(set(ranks))


CUSTOMS = Partner("customs", Text("海关", "Customs"), "关", letters={"P": Text("已放行", "Released")})
QUEUED: dict[str, Any] = {"dead": False, "attempts": 0, "paused_at": None}
RESTS = {"paused_at": "2026-11-21T09:00:00+00:00"}
DEAD = QUEUED | {"dead": True, "attempts": 12}


@pytest.mark.parametrize(
    ("phase", "delivery", "expected"),
    [
        (None, None, "waiting"),
        ("submitted", None, "waiting"),
        (None, QUEUED, "queued"),
        (None, QUEUED | {"attempts": 3}, "retrying"),
        (None, QUEUED | {"attempts": 3} | RESTS, "paused"),
        (None, DEAD | RESTS, "undelivered"),
        ("accepted", DEAD, "undelivered"),
        ("returned", None, "returned"),
        ("inspection", None, "inspect"),
    ],
)
def test_a_document_says_how_far_it_is(
    phase: str | None, delivery: dict[str, Any] | None, expected: str
) -> None:
    standing = {"phase": phase, "code": ""} if phase else None
    assert states.of_document(CUSTOMS, standing, delivery).state.id == expected


def test_a_document_is_called_by_the_partners_own_word_for_its_letter() -> None:
    stand = states.of_document(CUSTOMS, {"phase": "released", "code": "P"}, None)
    assert (stand.word.zh, stand.code) == ("已放行", "P")
    unheard = states.of_document(CUSTOMS, {"phase": "released", "code": "Q"}, None)
    assert (unheard.word, unheard.code) == (states.states()["released"].word, "Q")
    assert states.of_document(CUSTOMS, {"phase": "released", "code": "P"}, QUEUED).code == ""


def test_every_phase_of_a_document_has_a_state() -> None:
    for phase in overall.shipped():
        if phase != "draft":  # a partner is sent no drafts
            assert states.of_document(CUSTOMS, {"phase": phase, "code": ""}, None).word.zh


@pytest.mark.parametrize(
    ("several", "expected"),
    [
        ((), "queued"),
        (("released", "closed"), "released"),
        (("closed", "closed"), "closed"),
        (("released", "waiting"), "partly"),
        (("released", "inspect"), "inspect"),
        (("released", "retrying"), "retrying"),
        (("returned", "refused", "released"), "refused"),
        (("hold", "inspect"), "hold"),
        (("refused", "undelivered"), "undelivered"),
        (("accepted", "waiting"), "accepted"),
    ],
)
def test_a_consignment_is_as_its_most_pressing_document(several: tuple[str, ...], expected: str) -> None:
    table = states.states()
    assert states.together(table[name] for name in several).id == expected
    assert states.together(table[name] for name in reversed(several)).id == expected


def test_a_title_that_is_an_identity_key_says_which() -> None:
    assert states.called("CQX1", [("bill", "CQX1")]) == Text("提运单 CQX1", "Bill CQX1")
    assert states.called("W1", [("bill", "CQX1")]) == Text("W1", "W1")


@pytest.mark.parametrize(
    ("number", "several", "expected"),
    [
        (0, ("released", "waiting"), "partly"),  # never kept: by its parts
        (40, ("released", "accepted"), "released"),  # who is only told is not waited for
        (15, ("released", "accepted"), "partly"),
        (5, ("accepted", "waiting"), "partly_accepted"),
        (18, ("noted",), "tax"),
        (20, ("inspect",), "inspect"),
        (40, ("released", "undelivered"), "undelivered"),
        (40, ("released", "retrying"), "retrying"),
        (60, ("returned", "retrying"), "returned"),
        (32000, ("accepted",), "accepted"),
    ],
)
def test_the_whole_is_as_it_was_kept_unless_it_is_stuck(
    number: int, several: tuple[str, ...], expected: str
) -> None:
    table = states.states()
    assert states.whole(number, [table[name] for name in several]).id == expected


def test_every_phase_that_is_kept_has_a_state_of_its_own() -> None:
    kept = [phase for phase in overall.shipped().values() if phase.number > 0]
    nothing = states.together([])
    assert all(states.whole(phase.number, []) != nothing for phase in kept)


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ((), "waiting"),
        (("pending",), "waiting"),
        (("released",), "released"),
        (("released", "pending"), "partly"),
        (("released", "joint_inspection"), "joint"),
        (("held", "released", "single_inspection"), "hold"),
        (("not_released", "held"), "denied"),
    ],
)
def test_goods_alone_say_how_a_consignment_stands(kinds: tuple[str, ...], state: str) -> None:
    assert states.of_goods(kinds).id == state

"""A source document stands as its parts do, whatever their order."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singlewindow.hub.process.overall import ids, overall
from singlewindow.hub.ui.templatetags.ui import KINDS
from singlewindow.kernel.messages import Outcome
from unit.hub.process.shipped import PHASES

PROGRESS = sorted((p for p in PHASES.values() if p.progress is not None), key=lambda p: p.progress or 0)
REACHED = [p.id for p in PHASES.values() if p.progress is not None or p.attention is not None]
SEVERAL = st.lists(st.sampled_from(REACHED), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([], "submitted"),
        (["draft"], "draft"),
        (["submitted", "accepted"], "partly_accepted"),
        (["accepted", "accepted"], "accepted"),
        (["submitted", "released"], "partly_released"),
        (["submitted", "closed"], "partly_released"),
        (["accepted", "released"], "partly_released"),
        (["released", "closed"], "released"),
        (["closed"], "closed"),
        (["released", "informed"], "released"),
        (["informed"], "informed"),
        (["informed", "inspection"], "inspection"),
        (["released", "inspection"], "inspection"),
        (["tax", "inspection", "hold", "released"], "hold"),
        (["returned", "refused", "closed"], "refused"),
    ],
)
def test_the_whole(parts: Sequence[str], whole: str) -> None:
    assert overall(PHASES, parts).id == whole


@given(SEVERAL, st.randoms())
def test_order_and_repetition_change_nothing(parts: list[str], shuffled: object) -> None:
    again = [*parts, *parts[:2]]
    shuffled.shuffle(again)  # type: ignore[attr-defined]
    assert overall(PHASES, again) == overall(PHASES, parts)


@given(SEVERAL)
def test_what_needs_attention_stands_in_front(parts: list[str]) -> None:
    urgent = [part for part in parts if PHASES[part].attention is not None]
    assert (overall(PHASES, parts).attention is not None) == bool(urgent)


@given(st.lists(st.integers(0, len(PROGRESS) - 2), min_size=1, max_size=5), st.data())
def test_progress_of_a_part_never_lowers_the_whole(parts: list[int], data: st.DataObject) -> None:
    order = ["draft", "submitted", "partly_accepted", "accepted", "partly_released", "released", "closed"]
    which = data.draw(st.integers(0, len(parts) - 1))
    further = [part + (n == which) for n, part in enumerate(parts)]
    before, after = (overall(PHASES, [PROGRESS[part].id for part in each]).id for each in (parts, further))
    assert order.index(before) <= order.index(after)


def test_numbers_agree_with_the_outcomes_of_receipts() -> None:
    for outcome in Outcome:
        same = {"noted": "submitted", "inspect": "inspection"}.get(outcome.name.lower(), outcome.name.lower())
        assert PHASES[same].number == outcome


def test_a_phase_is_found_by_the_number_that_is_kept_of_it() -> None:
    assert {number: PHASES[id_].number for number, id_ in ids().items()} == {n: n for n in ids()}
    assert set(ids().values()) == PHASES.keys()


def test_every_phase_is_named_and_shaped() -> None:
    for phase in PHASES.values():
        assert phase.name.zh
        assert phase.name.en
        assert phase.kind in KINDS
        assert not phase.partly or phase.partly in PHASES

"""Which receipt raises a document, and what is written of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from singlewindow.hub.process import keeping
from singlewindow.hub.process.keeping import Document, Heard, Rank
from singlewindow.hub.process.workflow import Standing

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
SUBMISSION, ID = UUID(int=1), UUID(int=2)
FRESH = Document(SUBMISSION, ID, "kind", "customs", 2, 0, "", None, None, None, None, None)
RANKS = st.tuples(
    st.sampled_from([0, 10, 40]), st.sampled_from([AT, AT + timedelta(1)]), st.sampled_from("LP")
)


def heard(rank: Rank, version: int = 2) -> Heard:
    return Heard(SUBMISSION, ID, AT, lambda _, newest: Standing(newest, {}), version, rank)


@given(ranks=st.lists(RANKS, min_size=1), cut=st.integers(0, 8))
def test_in_any_order_and_any_batches_the_greatest_raises(ranks: list[Rank], cut: int) -> None:
    document = FRESH
    for part in (ranks[:cut], ranks[cut:]):
        if best := keeping.raised(document, [heard(rank) for rank in part]):
            state, state_at, code = best.rank
            document = replace(document, state=state, state_at=state_at, code=code)
    assert document.rank == max(ranks)
    assert keeping.raised(document, [heard(rank) for rank in ranks]) is None


def test_what_is_said_of_an_earlier_version_raises_nothing() -> None:
    assert keeping.raised(FRESH, [heard((40, AT, "P"), version=1)]) is None


def test_what_no_receipt_says_raises_nothing() -> None:
    event = Heard(SUBMISSION, ID, AT, lambda _, newest: Standing(newest, {}))
    assert keeping.raised(replace(FRESH, version=0), [event]) is None


def test_of_a_document_that_only_rises_the_standing_stays_as_it_was() -> None:
    known = replace(FRESH, stood=2, phase="accepted", letter="L", marks=b"{}")
    written = keeping.row(known, heard((40, AT, "P")), None)
    assert written == (SUBMISSION, ID, 2, 40, "P", AT, AT, 2, "accepted", "L", b"{}")

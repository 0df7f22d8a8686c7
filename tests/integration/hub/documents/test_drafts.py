"""Drafts are one party's own, and a newer version is never overwritten unseen."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection
from django.db.utils import IntegrityError
from msgspec.structs import replace

from singlewindow.hub.documents import drafts
from singlewindow.hub.documents.drafts import Sheet, Stale
from singlewindow.kernel.messages import Viewer

pytestmark = pytest.mark.database
Reading = Callable[..., AbstractContextManager[None]]
AT = datetime(2026, 11, 21, 1, 41, 6, tzinfo=UTC)
DRAFT = UUID("01a1fc2b-0000-7000-8000-000000000001")
SUBMISSION = UUID("01a1fc2b-0000-7000-8000-000000000002")
YI, BING = 7, 9


def viewer(party: int) -> Viewer:
    return Viewer((party,), person=party * 10, name="申报员", party=party)


def sheet(**values: Any) -> Sheet:
    return Sheet("goods_declaration", "1", values, str(values.get("bill_number", "")), len(values))


def keep(version: int, party: int = YI, **values: Any) -> int:
    return drafts.keep(DRAFT, version, sheet(**values), viewer(party), AT + timedelta(minutes=version))


def test_what_was_typed_comes_back_right_or_wrong(reading: Reading) -> None:
    typed = {"bill_number": "CQX 1", "package_count": "四十六", "unheard_of": {"deep": [1, None]}}
    with reading(YI):
        assert keep(0, **typed) == 1
        kept = drafts.read(DRAFT)
    assert kept is not None
    assert kept.values == typed
    assert (kept.version, kept.kind, kept.submission_id) == (1, "goods_declaration", None)


def test_an_older_window_is_told_and_overwrites_nothing(reading: Reading) -> None:
    with reading(YI):
        keep(0, marks="first")
        assert keep(1, marks="second") == 2
        with pytest.raises(Stale) as stale:
            keep(1, marks="of the older window")
    assert stale.value.now is not None
    assert stale.value.now.version == 2
    assert stale.value.now.values == {"marks": "second"}


def test_a_second_beginning_of_the_same_draft_is_stale(reading: Reading) -> None:
    with reading(YI):
        keep(0, marks="first")
        with pytest.raises(Stale) as stale:
            keep(0, marks="again")
    assert stale.value.now is not None
    assert stale.value.now.digest == sheet(marks="first").digest


def test_who_reads_for_two_firms_changes_nothing_of_the_one_they_do_not_act_for(reading: Reading) -> None:
    with reading(YI):
        keep(0, bill_number="CQX1")
    with reading(BING, YI):
        assert drafts.read(DRAFT) is not None
        assert drafts.locked(DRAFT) is None, "nothing that may not be changed is handed in"
        assert not drafts.discard(DRAFT)
        assert drafts.close(DRAFT, SUBMISSION) is None
        with pytest.raises(Stale):
            keep(1, BING, bill_number="IN THE OTHER'S NAME")
    with reading(YI):
        kept = drafts.read(DRAFT)
        assert kept is not None
        assert (kept.version, kept.values, kept.submission_id) == (1, {"bill_number": "CQX1"}, None)
    with pytest.raises(ProgrammingError, match="row-level security"), reading(BING, YI):
        drafts.keep(UUID(int=3), 0, sheet(), viewer(YI), AT)


def test_another_party_finds_nothing_and_changes_nothing(reading: Reading) -> None:
    with reading(YI):
        keep(0, bill_number="CQX1")
    with reading(BING):
        assert drafts.read(DRAFT) is None
        assert drafts.listed("goods_declaration", viewer(BING)) == []
        assert not drafts.discard(DRAFT)
        with pytest.raises(Stale) as stale:
            keep(1, BING, bill_number="STOLEN")
        assert stale.value.now is None
    with reading(YI):
        kept = drafts.read(DRAFT)
    assert kept is not None
    assert kept.values == {"bill_number": "CQX1"}


def test_nobody_keeps_a_draft_in_another_partys_name(reading: Reading) -> None:
    with pytest.raises((ProgrammingError, IntegrityError), match="row-level security"), reading(BING):
        keep(0, YI, marks="forged")


def test_viewers_are_the_party_and_nobody_else(reading: Reading) -> None:
    with reading(YI):
        keep(0, marks="first")
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        reading(YI, BING),
        connection.cursor() as cursor,
    ):
        cursor.execute("update draft set viewers = array[7, 9] where id = %s", [DRAFT])


def test_a_draft_handed_in_is_closed_for_good(reading: Reading) -> None:
    with reading(YI):
        keep(0, marks="first")
        drafts.close(DRAFT, SUBMISSION)
        drafts.close(DRAFT, UUID(int=3))
        kept = drafts.locked(DRAFT)
        assert kept is not None
        assert kept.submission_id == SUBMISSION
        assert drafts.listed("goods_declaration", viewer(YI)) == []
        assert not drafts.discard(DRAFT)
        with pytest.raises(Stale):
            keep(1, marks="too late")


def test_what_mends_a_return_is_one_draft_and_tells_what_it_became(reading: Reading) -> None:
    mends = UUID(int=77)
    with reading(YI):
        drafts.keep(DRAFT, 0, replace(sheet(marks="mended"), mends=mends), viewer(YI), AT)
        assert (drafts.mending(mends), drafts.mended(mends)) == (DRAFT, None)
        kept = drafts.read(DRAFT)
        assert kept is not None
        assert kept.mends == mends
        keep(1, marks="saved again")
        assert drafts.close(DRAFT, SUBMISSION) == mends
        assert drafts.close(DRAFT, SUBMISSION) is None, "it is answered once"
        assert (drafts.mending(mends), drafts.mended(mends)) == (None, SUBMISSION)
    with reading(BING):
        assert drafts.mended(mends) is None


def test_the_list_is_newest_first_and_bounded(reading: Reading) -> None:
    with reading(YI):
        for at in range(4):
            one = sheet(bill_number=f"BILL{at}")
            drafts.keep(UUID(int=at + 1), 0, one, viewer(YI), AT + timedelta(minutes=at))
        found = drafts.listed("goods_declaration", viewer(YI), most=3)
        rest = drafts.listed("goods_declaration", viewer(YI), 3, (found[-1].updated_at, found[-1].id))
    assert [line.title for line in found] == ["BILL3", "BILL2", "BILL1"]
    assert [line.title for line in rest] == ["BILL0"]


def test_drafts_of_one_moment_are_listed_once_each(reading: Reading) -> None:
    with reading(YI):
        for at in range(3):
            drafts.keep(UUID(int=at + 1), 0, sheet(bill_number=f"BILL{at}"), viewer(YI), AT)
        place, titles = None, []
        while found := drafts.listed("goods_declaration", viewer(YI), 1, place):
            titles.append(found[0].title)
            place = found[0].updated_at, found[0].id
    assert titles == ["BILL0", "BILL1", "BILL2"]


def test_a_draft_can_be_thrown_away(reading: Reading) -> None:
    with reading(YI):
        keep(0, marks="first")
        assert drafts.discard(DRAFT)
        assert drafts.read(DRAFT) is None

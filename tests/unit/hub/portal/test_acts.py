"""What the platform did stands on the axis between the partners' answers, each on its track."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from singlewindow.hub.portal import acts, timeline, words

START = datetime(2025, 11, 18, 1, 52, 50, tzinfo=UTC)
DID = ("ordered", "normal", "released", "replaced", "revoked", "left", "strayed", "back")


def test_every_act_is_an_event_in_its_order_on_its_track() -> None:
    rows = [
        {"what": what, "at": START + timedelta(minutes=n), "number": "FX202511180000912", "shared": False}
        for n, what in enumerate(DID)
    ]
    columns, left_out = timeline.columns(acts.events(reversed(rows)))
    assert left_out == 0
    assert [column.title.en for column in columns] == [words.word("act", what).text.en for what in DID]
    assert [column.track for column in columns] == ["documents"] * 5 + ["logistics"] * 3
    assert [column.kind for column in columns] == ["ins", "ok", "ok", "off", "back", "ok", "deny", "back"]


def test_a_release_is_named_by_the_end_of_its_number_and_told_whole() -> None:
    (event,) = acts.events(
        [{"what": "released", "at": START, "number": "FX202511180000912", "shared": False}]
    )
    assert (event.note.zh, event.detail.zh) == ("…0912", "FX202511180000912")
    (event,) = acts.events([{"what": "ordered", "at": START, "number": "CQXU2045171", "shared": False}])
    assert (event.note.en, event.detail.en) == ("CQXU2045171", "")


def test_what_was_ordered_on_a_whole_container_says_so() -> None:
    (event,) = acts.events([{"what": "ordered", "at": START, "number": "CQXU2045171", "shared": True}])
    assert (event.note.zh, event.detail.zh) == ("CQXU2045171", "拼箱：整箱查验")

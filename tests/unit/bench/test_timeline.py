"""How long a receipt takes from its commit to the page, worked out from what pages showed and heard."""

from __future__ import annotations

import pytest
from bench.bed.browser import Page
from bench.timeline import delays, middle_and_worst

PART = "<sw-live about='a' hx-get='/consignments/a/live'></sw-live>"


def page_of(*shown: tuple[float, dict[str, int]], events: tuple[float, ...] = ()) -> Page:
    page = Page("a", PART, at=10.0)
    page.shown = list(shown)
    page.events = list(events)
    return page


def test_each_receipt_counts_from_its_commit_to_the_answer_that_shows_it() -> None:
    page = page_of((10.0, {}), (11.0, {"d": 1}), (13.0, {"d": 2, "e": 1}), events=(10.5, 12.25))
    rows = [("a", "d", 10.25, 10.5), ("a", "d", 11.5, 12.0), ("a", "e", 12.0, 12.25)]
    shown, read = delays({"a": page}, rows)
    assert shown == [0.75, 1.5, 1.0]
    assert read == [0.25, 0.75, 0.25]


def test_an_event_from_before_the_receipt_had_its_number_is_not_of_it() -> None:
    page = page_of((10.0, {}), (12.0, {"d": 1}), events=(11.0, 11.75))
    assert delays({"a": page}, [("a", "d", 10.5, 11.5)]) == ([1.5], [1.25])


def test_what_stood_there_when_the_page_was_opened_was_not_waited_for() -> None:
    page = page_of((10.0, {"d": 1}), (12.0, {"d": 2}))
    assert delays({"a": page}, [("a", "d", 9.0, 9.5), ("a", "d", 11.0, None)]) == ([1.0], [])


def test_a_receipt_that_no_page_ever_showed_is_no_result() -> None:
    page = page_of((10.0, {}), (12.0, {"d": 1}))
    with pytest.raises(LookupError, match="2 receipts of document d"):
        delays({"a": page}, [("a", "d", 11.0, 11.5), ("a", "d", 11.0, 11.5)])


def test_of_all_delays_the_middle_and_what_one_in_a_hundred_exceeds() -> None:
    assert middle_and_worst([each / 100 for each in range(100)]) == [0.495, 0.99]
    assert middle_and_worst([]) == []

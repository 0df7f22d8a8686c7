"""What an address asks of the standards' pages is bounded; nonsense asks for what is usual."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import RequestFactory

import plain_django  # noqa: F401 - before what needs it
from singlewindow.hub.identity.roles import book
from singlewindow.hub.portal.standards import pages

TODAY = date(2026, 11, 21)
ROWS = list(range(250))


@pytest.mark.parametrize(
    ("asked", "first", "number"),
    [
        ("1", 0, 1),
        ("3", 200, 3),
        ("4", 200, 3),
        ("0", 0, 1),
        ("-1", 0, 1),
        ("²", 0, 1),
        ("9" * 999, 0, 1),
        ("", 0, 1),
    ],
)
def test_a_page_is_one_of_those_there_are(asked: str, first: int, number: int) -> None:
    request = RequestFactory().get("/standards", {"page": asked})
    shown, page, count = pages._page(request, ROWS, 100)
    assert (shown[0], page, count) == (first, number, 3)
    assert len(shown) <= 100


def test_nothing_found_is_one_empty_page() -> None:
    assert pages._page(RequestFactory().get("/standards"), [], 100) == ([], 1, 1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2018-07-31", date(2018, 7, 31)),
        ("", TODAY),
        ("yesterday", TODAY),
        ("2026-02-30", TODAY),
        ("0001-01-01", pages.EARLIEST),
        ("9999-12-31", pages.LATEST),
    ],
)
def test_a_day_is_one_people_mean(text: str, day: date) -> None:
    assert pages._day(text, TODAY) == day


def test_a_query_is_cut_and_kept_by_the_pager() -> None:
    request = RequestFactory().get("/standards", {"q": " 甲 & 乙" + "x" * 100})
    assert len(pages._query(request)) == pages.LONGEST_QUERY
    values = pages._pager(request, 2, 3, {"all": "1"})
    assert values["earlier"].startswith("?all=1&q=%E7%94%B2+%26+")
    assert values["earlier"].endswith("&page=1")
    assert values["later"].endswith("&page=3")


def test_every_role_may_read_the_standards() -> None:
    assert pages.elements.permission == pages.code_list.permission == pages.READ  # type: ignore[attr-defined]
    assert {name for name, role in book().roles.items() if pages.READ not in role.permissions} == set()

"""What the public home tells anybody."""

from __future__ import annotations

from datetime import date

from singlewindow.hub.portal import home
from singlewindow.hub.process import limits


def test_the_time_limits_of_a_day_are_told_with_their_source() -> None:
    found = {term.name.zh: term for term in home.terms(date(2026, 11, 23))}
    assert found["申报期限"].counted.zh.startswith("14 天")
    assert "关税法" in found["缴税期限"].source.zh
    assert all(term.source.zh and term.source.en and term.counted.en for term in found.values())


def test_a_limit_that_is_not_in_force_is_not_told() -> None:
    before = {term.name.zh for term in home.terms(date(2005, 1, 1))}
    assert "缴税期限" not in before
    assert len(before) < len(limits.shipped())

"""What a value must look like, and how a sloppy one is put right."""

from __future__ import annotations

import re

import pytest

from singlewindow.hub.documents.forms import form_of
from singlewindow.hub.standards.elements import load_elements
from singlewindow.hub.standards.representation import parse_representation


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("-12.50", "-12.5"),
        ("-0.5", "-0.5"),
        ("-0", "0"),
        ("-0.000", "0"),
        ("+3", "3"),
        (".50", "0.5"),
        ("-.5", "-0.5"),
        ("7.", "7"),
        (".", None),
        ("-.", None),
        ("0.00010", "0.0001"),
        (" -7 ", "-7"),
        ("-1234567890123456", None),
        ("-0.0000001", None),
        ("--1", None),
        ("-", None),
        ("-1e3", None),
        ("−1", None),
        ("-١", None),
    ],
)
def test_what_may_be_below_zero(given: str, canonical: str | None) -> None:
    form = form_of(parse_representation("-d19,5"))
    assert form.settle(given) == canonical
    assert canonical is None or re.fullmatch(form.pattern, canonical)
    assert "可为负" in form.expected.zh
    assert "negative" in form.expected.en


@pytest.mark.parametrize("day", ["1900-01-01", "2199-12-31"])
@pytest.mark.parametrize(("kind", "hour"), [("date", ""), ("time", "T23:59:59+08:00")])
def test_the_first_and_last_day_that_may_be_named(kind: str, hour: str, day: str) -> None:
    form = form_of(parse_representation(kind))
    assert form.settle(f"{day}{hour}") == f"{day}{hour}"
    assert re.fullmatch(form.pattern, f"{day}{hour}")
    for beyond in ("1899-12-31", "2200-01-01", "0001-01-01", "9999-12-31"):
        assert form.settle(f"{beyond}{hour}") is None
        assert not re.fullmatch(form.pattern, f"{beyond}{hour}")


@pytest.mark.parametrize("given", ["-1", "-0.5"])
def test_other_decimals_may_not(given: str) -> None:
    assert form_of(parse_representation("d19,5")).settle(given) is None


@pytest.mark.parametrize("written", ["-0", "-0.0", "-0.50", "00", "-", "-.5", "1.", "+1"])
def test_the_pattern_takes_what_is_canonical_alone(written: str) -> None:
    assert not re.fullmatch(form_of(parse_representation("-d19,5")).pattern, written)


def test_only_other_charges_and_flash_points_may_lie_below_zero() -> None:
    below = {code for code, element in load_elements().items() if element.representation.signed}
    assert below == {"other_rate", "flash_point"}

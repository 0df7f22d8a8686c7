"""Shipped YAML: what is written is what is read."""

from __future__ import annotations

import pytest
import yaml

from singlewindow.kernel.facts import parse_yaml


@pytest.mark.parametrize("written", ["0100", "NO", "yes", "null", "1.50", "2026-11-21", "12:30:00", "~"])
def test_every_scalar_stays_as_it_is_written(written: str) -> None:
    assert parse_yaml(f"code: {written}") == {"code": written}
    assert parse_yaml(f"[{written}]") == [written]


def test_a_key_that_stands_twice_is_refused() -> None:
    with pytest.raises(yaml.YAMLError, match="'a' stands twice"):
        parse_yaml("{a: 1, b: {}, a: 2}")

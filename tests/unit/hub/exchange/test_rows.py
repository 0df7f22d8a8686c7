"""Rows packed for COPY: what they hold, and when an original stands for its own content."""

from __future__ import annotations

import json

import pytest

from platform_under_test import context, sample
from singlewindow.hub.exchange.rows import streams
from singlewindow.hub.exchange.submission import Prepared, prepare
from singlewindow.kernel import copying


def versions(prepared: Prepared) -> bytes:
    return dict(streams([prepared]))["copy_version"]


def test_an_original_that_says_the_very_same_is_kept_once() -> None:
    prepared = prepare(sample(), context())
    assert prepared.as_entered
    assert json.loads(prepared.original)["values"] == prepared.checked.document.values
    assert copying.NULL + copying.moment(prepared.context.at) in versions(prepared)


@pytest.mark.parametrize("changed", [{"gross_mass": "12946.50"}, {"package_count": 46}, {"stray": "1"}])
def test_what_was_mended_or_not_understood_is_kept_as_it_was_read(changed: dict[str, object]) -> None:
    prepared = prepare(sample(**changed), context())
    assert not prepared.as_entered
    assert copying.NULL + copying.moment(prepared.context.at) not in versions(prepared)


def test_every_stream_begins_and_ends_as_copy_wants_it() -> None:
    for name, stream in streams([prepare(sample(), context())]):
        assert stream.startswith(b"PGCOPY\n"), name
        assert stream.endswith(b"\xff\xff"), name

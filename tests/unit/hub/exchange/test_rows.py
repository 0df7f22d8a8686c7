"""Rows packed for COPY: what they hold, and when an original stands for its own content."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from psycopg.adapt import PyFormat, Transformer
from psycopg.types.numeric import Int2, Int4

from platform_under_test import context, sample
from singlewindow.hub.exchange.rows import streams
from singlewindow.hub.exchange.submission import Prepared, prepare
from singlewindow.hub.journal import columns
from singlewindow.kernel import copying

AT = datetime(2026, 11, 21, 2, 30, 0, 123456, tzinfo=UTC)
FIELDS = [
    (copying.text("集装箱"), "集装箱"),
    (copying.word(""), ""),
    (copying.data(b"\x00\xff"), b"\x00\xff"),
    (copying.uuid(UUID(int=7)), UUID(int=7)),
    (copying.int4(-3), Int4(-3)),
    (copying.int2(300), Int2(300)),
    (copying.moment(AT), AT),
    (copying.int4s((1, 70_000)), [Int4(1), Int4(70_000)]),
]


@pytest.mark.parametrize(("packed", "value"), FIELDS)
def test_a_field_is_what_the_driver_would_send(packed: bytes, value: object) -> None:
    dumped = bytes(Transformer().get_dumper(value, PyFormat.BINARY).dump(value) or b"")
    length, body = int.from_bytes(packed[:4], "big"), packed[4:]
    assert length == len(body)
    assert body == dumped


def test_an_empty_array_still_names_what_it_would_hold() -> None:
    assert copying.int4s(()) == (12).to_bytes(4, "big") + bytes(8) + (23).to_bytes(4, "big")


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
        assert stream.startswith(copying.START), name
        assert stream.endswith(copying.END), name


def test_a_column_is_the_array_the_driver_would_send() -> None:
    for column, values in (
        (columns.texts(["集装箱", ""]), ["集装箱", ""]),
        (columns.words(["customs"] * 2), ["customs"] * 2),
        (columns.uuids([UUID(int=7), UUID(int=8)]), [UUID(int=7), UUID(int=8)]),
    ):
        dumped = bytes(Transformer().get_dumper(values, PyFormat.BINARY).dump(values) or b"")
        assert column == dumped
        assert Transformer().get_dumper(column, PyFormat.BINARY).dump(column) == dumped

"""A column of values as one parameter."""

from __future__ import annotations

from uuid import UUID

from psycopg.adapt import PyFormat, Transformer

from singlewindow.hub.journal import columns


def test_a_column_is_the_array_the_driver_would_send() -> None:
    for column, values in (
        (columns.texts(["集装箱", ""]), ["集装箱", ""]),
        (columns.words(["customs"] * 2), ["customs"] * 2),
        (columns.uuids([UUID(int=7), UUID(int=8)]), [UUID(int=7), UUID(int=8)]),
    ):
        dumped = bytes(Transformer().get_dumper(values, PyFormat.BINARY).dump(values) or b"")
        assert column == dumped
        assert Transformer().get_dumper(column, PyFormat.BINARY).dump(column) == dumped

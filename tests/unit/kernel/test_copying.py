"""Fields and rows of a binary COPY stream: as the driver would send them, framed as PostgreSQL wants."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from psycopg.adapt import PyFormat, Transformer
from psycopg.types.numeric import Int2, Int4, Int8

from singlewindow.kernel import copying

AT = datetime(2026, 11, 21, 2, 30, 0, 123456, tzinfo=UTC)
FIELDS = [
    (copying.text("集装箱"), "集装箱"),
    (copying.word(""), ""),
    (copying.data(b"\x00\xff"), b"\x00\xff"),
    (copying.uuid(UUID(int=7)), UUID(int=7)),
    (copying.int4(-3), Int4(-3)),
    (copying.int2(300), Int2(300)),
    (copying.int8(1 << 40), Int8(1 << 40)),
    (copying.boolean(True), True),
    (copying.moment(AT), AT),
    (copying.int4s((1, 70_000)), [Int4(1), Int4(70_000)]),
    (copying.texts(["箱", ""]), ["箱", ""]),
    (copying.uuids([UUID(int=7)]), [UUID(int=7)]),
]


@pytest.mark.parametrize(("packed", "value"), FIELDS)
def test_a_field_is_what_the_driver_would_send(packed: bytes, value: object) -> None:
    dumped = bytes(Transformer().get_dumper(value, PyFormat.BINARY).dump(value) or b"")
    length, body = int.from_bytes(packed[:4], "big"), packed[4:]
    assert length == len(body)
    assert body == dumped


def test_an_empty_array_still_names_what_it_would_hold() -> None:
    assert copying.int4s(()) == (12).to_bytes(4, "big") + bytes(8) + (23).to_bytes(4, "big")


@pytest.mark.parametrize(
    ("rows", "between"),
    [
        ([], b""),
        ([copying.fields(1) + copying.int2(7), b"\x00\x00"], b"\x00\x01\x00\x00\x00\x02\x00\x07\x00\x00"),
    ],
    ids=["none", "two"],
)
def test_a_stream_is_its_rows_between_signature_and_trailer(rows: list[bytes], between: bytes) -> None:
    signature, flags, extension, trailer = b"PGCOPY\n\xff\r\n\0", bytes(4), bytes(4), b"\xff\xff"
    assert copying.stream(iter(rows)) == signature + flags + extension + between + trailer

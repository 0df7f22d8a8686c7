"""Bytes that are no document: each fault named, each bound held, nothing slow."""

from __future__ import annotations

import json
import time
from random import Random

import pytest

from singlewindow.hub.documents.decoding import (
    MOST_BYTES,
    MOST_DEPTH,
    MOST_NAMED,
    MOST_VALUES,
    begins_as_xml,
    decode_json,
)
from singlewindow.kernel.messages import Unreadable

SEED = 20261121


def codes(body: bytes) -> list[str]:
    with pytest.raises(Unreadable) as refused:
        decode_json(body)
    for problem in refused.value.problems:
        assert any("\u4e00" <= c <= "\u9fff" for c in problem.text.zh)
        assert problem.remedy is not None
    return [problem.code for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": 1.50}', {"a": "1.50"}),
        (b'{"a": 1e999}', {"a": "1e999"}),
        (b'{"a": 0.1, "b": [1, true, null]}', {"a": "0.1", "b": [1, True, None]}),
        (b'{"a" : "x"}', {"a": "x"}),
        (b'{"a": "say \\"b\\": no"}', {"a": 'say "b": no'}),
        ('{"品名": "胶 :"}'.encode(), {"品名": "胶 :"}),
        (b'{"a": "\\u0000\\ud83d\\ude00"}', {"a": "\x00😀"}),
        (b"{}", {}),
        (b'\n{"a":{"a":{"a":"a"}}}\n', {"a": {"a": {"a": "a"}}}),
    ],
)
def test_json_is_read_without_losing_a_digit(body: bytes, value: object) -> None:
    assert decode_json(body) == value


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1, "a": 2}',
        b'{"a" : 1, "a" : 2}',
        b'{"a"\t: 1, "a"\n: 2}',
        b'{"a"\t: 1, "a": 2}',
        b'{"a"\n: 1, "a": 2}',
        b'{"a"\r: 1, "a": 2}',
        b'{"a": 1, "\\u0061": 2}',
        b'{"x": [{"a": 1, "b": 2, "a": 3}]}',
        b'{"q\\"": 1, "q\\"": 2}',
        b'{"q\\\\": 1, "q\\\\": 2}',
        b'{"t": "\\":", "a": 1, "a": 2}',
        b'{"": 1, "": 2}',
        b'{"a": {"a": 1}, "a": 1.5}',
        b'{"a": 1e400, "a": ' + b"9" * 400 + b"}",
    ],
)
def test_a_key_that_stands_twice_is_named(body: bytes) -> None:
    assert codes(body) == ["duplicate_key"]


def test_every_repeated_key_is_named_once() -> None:
    with pytest.raises(Unreadable) as refused:
        decode_json(b'{"a": 1, "b": 1, "a": 2, "a": 3, "b": 2, "c": 1}')
    assert [problem.field for problem in refused.value.problems] == ["a", "b"]


def test_fifty_thousand_repeated_keys_are_refused_quickly() -> None:
    pairs = ",".join(f'"k{i}":1' for i in range(45_000))
    began = time.process_time()
    assert codes(f"{{{pairs},{pairs}}}".encode()) == ["duplicate_key"] * MOST_NAMED
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b'{"a": NaN}', "not_json"),
        (b'{"a": -Infinity}', "not_json"),
        (b'{"a": 01}', "not_json"),
        (b"{'a': 1}", "not_json"),
        (b'{"a": 1} x', "not_json"),
        (b'{"a": "\\ud800"}', "not_json"),
        (b'{"a": "\\udc00\\ud800"}', "not_json"),
        (b'{"a": "b\x00"}', "not_json"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "not_json"),
        (b'\n<?xml version="1.0"?><Manifest/>', "unknown_format"),
        (b"UNB+UNOA:2+ME+YOU'", "unknown_format"),
        (b"\xef\xbb\xbfUNA:+.? '\nUNB+UNOC:3'", "unknown_format"),
        (b"[]", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b"null", "not_an_object"),
        (b'\xef\xbb\xbf{"a": 1}', "byte_order_mark"),
        ('{"a": 1}'.encode("utf-16"), "byte_order_mark"),
        ('{"a": "中"}'.encode("utf-16-le"), "not_json"),
        ('{"品名": "胶粘剂"}'.encode("gbk"), "not_utf8"),
        (b'{"a": "\xed\xa0\x80"}', "not_utf8"),
        (b'{"a": "\xc0\x80"}', "not_utf8"),
        (b'{"a": "\xff"}', "not_utf8"),
    ],
)
def test_what_is_no_json_object_in_utf8_is_refused(body: bytes, code: str) -> None:
    assert codes(body) == [code]


@pytest.mark.parametrize("depth", [MOST_DEPTH + 1, 100, 10_000, 1_000_000])
@pytest.mark.parametrize(("opens", "closes"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_depth_is_bounded(depth: int, opens: bytes, closes: bytes) -> None:
    body = b'{"a":' + opens * depth + b"1" + closes * depth + b"}"
    assert codes(body) == (["too_large"] if len(body) > MOST_BYTES else ["too_deep"])


def test_the_deepest_allowed_is_read() -> None:
    body = b'{"a":' + b"[" * (MOST_DEPTH - 1) + b"]" * (MOST_DEPTH - 1) + b"}"
    assert "a" in decode_json(body)


def test_size_is_bounded_to_the_byte() -> None:
    body = b'{"a":"' + b"x" * (MOST_BYTES - 8) + b'"}'
    assert len(body) == MOST_BYTES
    assert len(decode_json(body)["a"]) == MOST_BYTES - 8
    assert codes(body + b" ") == ["too_large"]


def test_the_number_of_values_is_bounded() -> None:
    assert codes(b'{"a":[' + b"0," * (MOST_VALUES + 1) + b"0]}") == ["too_many_values"]
    many = {f"k{i}": "" for i in range(MOST_VALUES)}
    assert len(decode_json(json.dumps(many, separators=(",", ":")).encode())) == MOST_VALUES


def test_mutated_bytes_are_read_or_refused_and_never_raise_anything_else() -> None:
    print(f"seed {SEED}")
    random = Random(SEED)
    body = json.dumps({"a": ["1", {"b": "中", 'q"': 1.5}], "c\\": None}, ensure_ascii=False).encode()
    refused = 0
    for _ in range(5_000):
        mutated = bytearray(body)
        for _ in range(random.randint(1, 3)):
            mutated[random.randrange(len(mutated))] = random.randrange(256)
        try:
            decode_json(bytes(mutated))
        except Unreadable as error:
            refused += bool(error.problems)
    assert 0 < refused < 5_000


@pytest.mark.parametrize(
    ("body", "xml"),
    [
        (b"<DecMessage/>", True),
        (b'\xef\xbb\xbf\r\n <?xml version="1.0"?>', True),
        (b'\xef\xbb\xbf{"a": "<b/>"}', False),
        (b" " * 100 + b"<DecMessage/>", False),
        (b"", False),
    ],
    ids=["at once", "behind a byte order mark and space", "JSON", "too late", "nothing"],
)
def test_xml_is_known_by_its_first_character(body: bytes, xml: bool) -> None:
    assert begins_as_xml(body) is xml

"""Good bytes with a few things done to them, as lines, editors and careless programs do."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

TOKENS = (
    *(b"\0", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xd6\xd0", b"\r", b"\n", b"\x1f", b"\x7f"),
    *(b"'", b'"', b"<", b">", b"</", b"&", b"&#0;", b"&#xD800;", b"<!DOCTYPE a>", b"<![CDATA[", b"]]>"),
    *(b"<!--", b"<?x ?>", b"{", b"}", b"[", b"]", b",", b":", b"\\", b"\\ud800", b"\\u0000", b"[]", b"null"),
    *(b"NaN", b"true", b"1e999", b"-1", b"9" * 400, b"+", b"?", b"??'", b"UNH+", b"UNT+1+1'"),
    *("١٢".encode(), "８".encode(), "长".encode() * 50),
)
Change = tuple[int, int, int, bytes]


def mutated(samples: list[bytes]) -> st.SearchStrategy[bytes]:
    """One of the samples after up to four changes: cut, doubled, moved, overwritten."""
    change = st.tuples(
        st.integers(0, 3), st.integers(0, 1_000_000), st.integers(0, 60), st.sampled_from(TOKENS)
    )
    return st.builds(_after, st.sampled_from(samples), st.lists(change, min_size=1, max_size=4))


def _after(data: bytes, changes: list[Change]) -> bytes:
    for kind, place, length, token in changes:
        at = place % (len(data) + 1)
        data = _CHANGES[kind](data, at, length, token)
    return data


_CHANGES: tuple[Callable[[bytes, int, int, bytes], bytes], ...] = (
    lambda data, at, length, token: data[:at] + token + data[at:],
    lambda data, at, length, token: data[:at] + data[at + length :],
    lambda data, at, length, token: data[: at + length] + data[at:],
    lambda data, at, length, token: data[:at] + token + data[at + len(token) :],
)

"""The form of a token and of the header that bears it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singlewindow.hub.identity import tokens
from singlewindow.hub.identity.directory import Directory, Party, Snapshot, TokenRecord
from singlewindow.kernel.messages import Text

AT = datetime(2026, 11, 21, tzinfo=UTC)
TOKEN = tokens.new_token(lambda count: b"\x07" * count)
RECORD = TokenRecord(tokens.digest(TOKEN).hex(), 1, "system", frozenset({"declarations.read"}))
KNOWN = Directory(1, Snapshot([Party(1, "firm", "x", Text("甲", "A"))], [], [RECORD]))


@given(st.binary(min_size=32, max_size=32))
def test_every_token_has_the_form(secret: bytes) -> None:
    token = tokens.new_token(lambda count: secret)
    assert tokens.FORM.fullmatch(token)
    assert len(tokens.digest(token)) == 32


def test_tokens_differ() -> None:
    assert len({tokens.new_token() for _ in range(100)}) == 100


@pytest.mark.parametrize("header", [f"Bearer {TOKEN}", f"bearer  {TOKEN} "])
def test_a_bearer_reads_for_the_tokens_party_with_its_scopes(header: str) -> None:
    found = tokens.bearer(header, KNOWN, AT)
    assert found is not None
    actor, viewer = found
    assert (actor.kind, actor.party, viewer.parties) == ("token", 1, (1,))
    assert viewer.permissions == {"declarations.read"}


@pytest.mark.parametrize(
    "header", ["", TOKEN, "Bearer", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer sw_" + "x" * 43]
)
def test_anything_else_is_nobody(header: str) -> None:
    assert tokens.bearer(header, KNOWN, AT) is None


def test_a_token_of_an_unknown_party_is_nobody() -> None:
    assert tokens.bearer(f"Bearer {TOKEN}", Directory(1, Snapshot([], [], [RECORD])), AT) is None


def test_what_is_no_token_has_no_digest() -> None:
    with pytest.raises(ValueError, match="sw_"):
        tokens.digest("sw_short")

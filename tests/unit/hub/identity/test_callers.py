"""Whose share of a process a request takes: a party's programs, a session, an address."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

import plain_django  # noqa: F401 - configures Django
from singlewindow.hub.identity import sessions, tokens
from singlewindow.hub.identity.callers import caller_by
from singlewindow.hub.identity.directory import Directory, Party, Snapshot, StaleDirectoryError, TokenRecord
from singlewindow.kernel.messages import Text

TOKENS = [tokens.new_token(lambda count, n=n: bytes([n]) * count) for n in range(3)]  # type: ignore[misc]
RECORDS = [
    TokenRecord(tokens.digest(token).hex(), party, f"program {party}", frozenset())
    for token, party in zip(TOKENS, (1, 1, 2), strict=True)
]
PARTIES = [Party(n, "firm", str(n), Text("甲", "A")) for n in (1, 2)]


class Live:
    current = Directory(1, Snapshot(PARTIES, [], RECORDS))


class Stale:
    @property
    def current(self) -> Directory:
        raise StaleDirectoryError("not read for too long")


@pytest.fixture(autouse=True)
def directory() -> Any:
    sessions.use(Live())  # type: ignore[arg-type]
    yield
    sessions.use(None)


def of(*headers: tuple[str, str], client: str = "10.0.0.1", proxied: bool = False) -> str:
    named = [(name.encode(), value.encode()) for name, value in headers]
    return caller_by(proxied=proxied)({"headers": named, "client": (client, 1)})


def cookie(key: str) -> tuple[str, str]:
    return "cookie", f"other=1; {settings.SESSION_COOKIE_NAME}={key}"


def test_all_programs_of_a_party_are_one_caller() -> None:
    first, second, other = (of(("authorization", f"Bearer {token}")) for token in TOKENS)
    assert first == second != other


def test_a_session_is_one_and_a_token_counts_before_it() -> None:
    assert of(cookie("a")) == of(cookie("a"), client="10.0.0.2") != of(cookie("b"))
    program = ("authorization", f"Bearer {TOKENS[0]}")
    assert of(cookie("a"), program) == of(program)


@pytest.mark.parametrize("said", ["", "Bearer", "Bearer sw_" + "x" * 43, f"Basic {TOKENS[0]}"])
def test_who_says_what_is_worth_nothing_is_one_with_its_address(said: str) -> None:
    assert of(("authorization", said), cookie("a")) == of() == "address 10.0.0.1"
    assert of(client="2001:db8:0:1::7") == of(client="2001:db8:0:1::8") != of(client="2001:db8:0:2::7")


def test_behind_a_proxy_its_own_word_counts() -> None:
    said = ("x-forwarded-for", "203.0.113.9, 198.51.100.1")
    assert of(said, proxied=True) == "address 198.51.100.1"
    assert of(said) == "address 10.0.0.1"


def test_while_nobody_is_known_programs_count_by_address() -> None:
    sessions.use(Stale())  # type: ignore[arg-type]
    assert of(("authorization", f"Bearer {TOKENS[0]}")) == "address 10.0.0.1"

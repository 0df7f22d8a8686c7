"""Passwords: right, wrong, of nobody, and too many at a time."""

from __future__ import annotations

import pytest

from singlewindow.hub.identity import passwords


def test_a_password_matches_its_own_hash_only() -> None:
    stored = passwords.hashed("马 correct")
    assert stored.startswith("$argon2id$")
    assert passwords.matches(stored, "马 correct")
    assert not passwords.matches(stored, "马 Correct")


@pytest.mark.parametrize("stored", [None, "", "not a hash"])
def test_nobodys_password_never_matches(stored: str | None) -> None:
    assert not passwords.matches(stored, "")
    assert not passwords.matches(stored, "\ud800")


def test_nobodys_hash_costs_a_verification(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(passwords, "_verified", lambda stored, password: bool(asked.append(stored)) or True)
    assert not passwords.matches(None, "x")
    assert asked[0].startswith("$argon2id$")


def test_too_many_at_a_time_decide_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.01)
    slots = [passwords._slots.acquire(timeout=1) for _ in range(passwords.AT_ONCE)]
    try:
        with pytest.raises(passwords.BusyError):
            passwords.matches(None, "x")
    finally:
        for _ in slots:
            passwords._slots.release()
    assert not passwords.matches(None, "x")


def test_a_password_is_bounded() -> None:
    with pytest.raises(ValueError, match="1024"):
        passwords.hashed("x" * 1025)

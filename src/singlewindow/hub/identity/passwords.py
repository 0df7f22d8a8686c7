"""Passwords as argon2id; a bounded number of hashes at a time, so that sign-ins cannot take all memory."""

from __future__ import annotations

import os
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from singlewindow.kernel.ids import Random

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # 32 signs: none that looks like another, every byte even
LONGEST = 1024  # characters of a password that are looked at
AT_ONCE = 2  # hashes in one process, 64 MiB each
WAIT_SECONDS = 1.0  # a transaction is open meanwhile

_hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
_slots = BoundedSemaphore(AT_ONCE)


class BusyError(RuntimeError):
    """No slot for a hash within the bound; nothing was decided."""


def hashed(password: str) -> str:
    """The argon2id hash to store; raises BusyError where too many are being made."""
    if len(password) > LONGEST:
        raise ValueError(f"a password has at most {LONGEST} characters")
    if not _slots.acquire(timeout=WAIT_SECONDS):
        raise BusyError
    try:
        return _hasher.hash(password)
    finally:
        _slots.release()


def one_time(random: Random = os.urandom) -> str:
    """A password of 80 bits to be read aloud: four groups of letters and digits that look unlike."""
    letters = [ALPHABET[byte % len(ALPHABET)] for byte in random(16)]
    return "-".join("".join(letters[at : at + 4]) for at in range(0, 16, 4))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; as slow for nobody's hash (None) as for a real one."""
    if not _slots.acquire(timeout=WAIT_SECONDS):
        raise BusyError
    try:
        right = _verified(_nobodys() if stored is None else stored, password[:LONGEST])
        return right and stored is not None
    finally:
        _slots.release()


def _verified(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password.encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _hasher.hash("")

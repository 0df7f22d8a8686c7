"""What an officer had read of goods when deciding on them, as a mark that comes back with the decision. Pure.

It holds what the decision rests on: what bars each of them, whether the own release is missing, and the
versions of the agency's own documents. What others release meanwhile is no reason to look again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import sha256

import msgspec
from msgspec import Struct

_JSON = msgspec.json.Encoder(order="deterministic")
DIGITS = 16


class Standing(Struct, frozen=True, order=True):
    """How a unit stands for one agency: by its key, who bars it how, whether the own release is missing."""

    key: str
    kind: str
    agencies: tuple[str, ...]
    awaited: bool


def standing(
    agency: str, key: str, kind: str, barring: Collection[str], missing: Collection[str]
) -> Standing:
    """Of a unit's composite disposition; what bars nothing is all the same, whoever else is missing."""
    return Standing(key, str(kind) if barring else "", tuple(sorted(barring)), agency in missing)


def mark(units: Iterable[Standing], versions: int, sent_back: bool) -> str:
    """The versions of the agency's own documents, counted together, and how the units stand, digested.

    ``sent_back``: the newest of the documents came back, or never arrived.
    """
    digest = sha256(_JSON.encode(sorted(units))).hexdigest()[:DIGITS]
    return f"{versions}{'b' if sent_back else ''}-{digest}"


def versions_of(marked: str) -> str:
    """The part of a mark that speaks of the documents."""
    return marked.partition("-")[0]

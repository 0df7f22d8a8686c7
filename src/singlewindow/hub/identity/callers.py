"""Whose share of a process a request takes, told before anybody has looked: nothing is granted by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from singlewindow.hub.identity.directory import StaleDirectoryError
from singlewindow.hub.identity.pace import address_in, subscriber
from singlewindow.hub.identity.sessions import session_key, token_in

Scope = Mapping[str, Any]


def caller_by(*, proxied: bool) -> Callable[[Scope], str]:
    """The party of a token in force, a session, or a network address; ``proxied``: a proxy tells addresses.

    All tokens of a party are one caller, each session of a person is one.
    """

    def caller(scope: Scope) -> str:
        authorization = dict(scope["headers"]).get(b"authorization")
        if authorization is None:
            known = f"session {key}" if (key := session_key(scope)) else None
        else:
            known = _program(authorization.decode("latin-1"))
        return known or f"address {subscriber(address_in(scope, proxied=proxied))}"

    return caller


def _program(authorization: str) -> str | None:
    try:
        found = token_in(authorization)
    except StaleDirectoryError:
        return None
    return f"party {found[1].party}" if found else None

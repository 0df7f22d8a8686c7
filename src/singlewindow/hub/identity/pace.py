"""How often somebody at one network address may try to sign in: many in a row, then one every few seconds."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

IN_A_ROW = 30  # a whole office may stand behind one address
EVERY_S = 2.0  # then one try in this time
MOST_ADDRESSES = 10_000  # that are remembered; the one that tried longest ago is forgotten first
# Under this name a request's scope says that no password is looked at, and why.
TURNED_AWAY, TOO_OFTEN, BUSY = "singlewindow.turned_away", "too often", "busy"
FROM = "singlewindow.from"  # under this one, which subscriber asks; empty where no address can be read
SITE_BITS = 64  # of an IPv6 address: what is behind it belongs to one subscriber


class Pace:
    """Tries of one process, which fall due again by themselves. ``clock`` counts seconds."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        in_a_row: int = IN_A_ROW,
        every_s: float = EVERY_S,
        most: int = MOST_ADDRESSES,
    ) -> None:
        self._clock = clock
        self._in_a_row = in_a_row
        self._every_s = every_s
        self._most = most
        self._made: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tries that count still, and when

    def __len__(self) -> int:
        return len(self._made)

    def allows(self, address: str) -> bool:
        """Count a try; False where there were too many. An address nobody can read is not counted."""
        key, at = subscriber(address), self._clock()
        if not key:
            return True
        made = self._due(key, at)
        allowed = made + 1 <= self._in_a_row
        self._keep(key, made + 1 if allowed else made, at)
        return allowed

    def forgive(self, address: str) -> None:
        """The try was right: whoever knows their password is no guesser."""
        key, at = subscriber(address), self._clock()
        if key in self._made:
            self._keep(key, max(self._due(key, at) - 1, 0.0), at)

    def _due(self, key: str, at: float) -> float:
        made, since = self._made.get(key, (0.0, at))
        return max(made - (at - since) / self._every_s, 0.0)

    def _keep(self, key: str, made: float, at: float) -> None:
        self._made[key] = (made, at)
        self._made.move_to_end(key)
        if len(self._made) > self._most:
            self._made.popitem(last=False)


def address_in(scope: Mapping[str, Any], *, proxied: bool) -> str:
    """From where an ASGI request comes. Behind a proxy only what the proxy itself added last counts."""
    if proxied:
        headers: Mapping[bytes, bytes] = dict(scope["headers"])
        return headers.get(b"x-forwarded-for", b"").decode("latin-1").rpartition(",")[2]
    client = scope.get("client")
    return str(client[0]) if client else ""


def subscriber(address: str) -> str:
    """What counts as one place; empty for what is no address."""
    try:
        read = ip_address(address.strip())
    except ValueError:
        return ""
    if isinstance(read, IPv6Address):
        if read.ipv4_mapped:
            return str(read.ipv4_mapped)
        return str(ip_network((int(read), SITE_BITS), strict=False))
    return str(read)

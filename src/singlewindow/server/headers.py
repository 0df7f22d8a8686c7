"""Headers every answer carries: what the browser may load, frame, guess and tell others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
HSTS_S = 365 * 24 * 3600
# Of whatever answers: a page, a door, a file, a stream, a refusal.
EVERYWHERE = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": PERMISSIONS,
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
UNDER_TLS = {"Strict-Transport-Security": f"max-age={HSTS_S}"}

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Headers = tuple[tuple[bytes, bytes], ...]


def everywhere(*, https: bool) -> Headers:
    """They, as ASGI has them."""
    named = EVERYWHERE | (UNDER_TLS if https else {})
    return tuple((name.lower().encode(), value.encode()) for name, value in named.items())


def completing(send: Send, headers: Headers) -> Send:
    """Sends an answer with those of the headers that it has not stated itself."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = [(name.lower(), value) for name, value in message.get("headers", ())]
            stated = {name for name, _ in own}
            message["headers"] = [*own, *(one for one in headers if one[0] not in stated)]
        await send(message)

    return sent

"""Headers every page carries: what the browser may load, frame and tell others."""

from __future__ import annotations

from collections.abc import Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class SecurityHeaders:
    """Django's own middleware sets the rest (nosniff, referrer, opener); this adds what it lacks."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if iscoroutinefunction(self.get_response):
            return self.later(request)  # type: ignore[return-value]
        return guarded(self.get_response(request))

    async def later(self, request: HttpRequest) -> HttpResponse:
        """The same where the next in line is asynchronous."""
        return guarded(await self.get_response(request))  # type: ignore[misc]


def guarded(response: HttpResponse) -> HttpResponse:
    """A page may state a policy of its own; none goes without."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("Permissions-Policy", PERMISSIONS)
    if not response.has_header("Cache-Control"):
        response.headers["Cache-Control"] = "no-store"
    return response

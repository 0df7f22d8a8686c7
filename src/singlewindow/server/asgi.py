"""The one ASGI application: native answers by path prefix, Django for everything else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any

from singlewindow.server import applications, headers, registry
from singlewindow.server import configuration as settings
from singlewindow.server.bounded import UNREAD, Bounded, oversize
from singlewindow.server.composition import name_things
from singlewindow.server.configuration import Configuration
from singlewindow.server.entrance import Entrance
from singlewindow.server.paths import canonical
from singlewindow.server.turns import Turns

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

ASKING = ("GET", "HEAD")


class Composition:
    """Chooses by method and path, or by the longest prefix; opens and closes what the chosen need."""

    def __init__(
        self, native: Mapping[str, Application], rest: Application, more: headers.Headers = ()
    ) -> None:
        self.exact = {key: application for key, application in native.items() if " " in key}
        prefixes = [item for item in native.items() if " " not in item[0]]
        self.native = sorted(prefixes, key=lambda item: -len(item[0]))
        self.rest = rest
        self.more = more  # headers that every answer has, if it says nothing else

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.live(receive, send)
            return
        # Django takes “post” for POST; nobody gets past what looks at one of them only.
        scope["method"] = scope["method"].upper()
        send = headers.completing(send, self.more)
        if why := oversize(scope):
            scope[UNREAD] = why
            await self.rest(scope, receive, send)
        else:
            scope["path"] = canonical(scope["path"])
            exact = self.exact.get(f"{scope['method']} {scope['path']}")
            await (exact or self.chosen(scope["method"], scope["path"]))(scope, receive, send)

    def chosen(self, method: str, path: str) -> Application:
        """Who answers a path; a prefix matches whole segments only, and takes nothing that is sent."""
        if method not in ASKING:
            return self.rest
        for prefix, application in self.native:
            if path == prefix or path.startswith(prefix if prefix.endswith("/") else f"{prefix}/"):
                return application
        return self.rest

    async def live(self, receive: Receive, send: Send) -> None:
        """ASGI's lifespan: start-up, and everything closed in reverse order at the end."""
        await receive()
        async with AsyncExitStack() as opened:
            try:
                for application in (*self.exact.values(), *dict(self.native).values()):
                    if isinstance(application, AbstractAsyncContextManager):
                        await opened.enter_async_context(application)
            except Exception as error:
                await send({"type": "lifespan.startup.failed", "message": repr(error)})
                raise
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


def composed(configuration: Configuration) -> Composition:
    """Everything the web role answers; imports Django, opens nothing."""
    settings.use(configuration)
    import django

    from singlewindow.hub.identity.callers import caller_by

    django.setup(set_prefix=False)
    from singlewindow.server.handler import Handler

    rest: Any = Handler()
    name_things()
    applications.offer()
    native = {prefix: registry.resolve(path)(configuration) for prefix, path in registry.NATIVE.items()}
    pages = Entrance(Turns(rest), proxied=configuration.https)
    bounded = Bounded(pages, caller_by(proxied=configuration.https))
    return Composition(native, bounded, headers.everywhere(https=configuration.https))

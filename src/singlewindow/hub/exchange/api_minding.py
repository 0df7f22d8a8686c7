"""How programs decide what those who mind lanes may decide: for a reason, and once under a key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from django.db import connection
from django.http import HttpRequest
from pydantic import StringConstraints

from singlewindow.hub.exchange import services
from singlewindow.hub.identity import refusals
from singlewindow.hub.identity.once import once
from singlewindow.hub.identity.programs import Denied, actor_in
from singlewindow.hub.identity.shapes import Given, Sentence, Shape
from singlewindow.kernel.clock import now
from singlewindow.kernel.messages import Problem


class ReasonGiven(Given):
    """Why it is decided so; kept with name and time, and on record."""

    reason: Annotated[
        Sentence,
        StringConstraints(min_length=1, max_length=services.LONGEST_REASON, strip_whitespace=True),
    ]


def decided(
    request: HttpRequest,
    key: str,
    answer: type[Shape],
    refusal: Problem,
    act: Callable[..., Any],
    *,
    seen: Callable[[], Any],
    afterwards: Callable[[], Any] | None = None,
) -> Any:
    """Act, and answer what is ``seen`` afterwards; refused where ``act`` finds nothing to decide.

    What may not be seen is refused first, by ``seen`` itself. ``afterwards`` tells it instead where what
    was decided is no longer among what is seen.
    """

    def done() -> Any:
        seen()
        with connection.cursor() as cursor:
            if not act(actor_in(request), cursor, at=now()):
                raise Denied(refusals.answer(422, refusal))
        return (afterwards or seen)()

    return once(request, key, answer, done)

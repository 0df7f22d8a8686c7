"""What the viewer's firms declared today, and what of theirs was released: the hall's corner of figures."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from msgspec import Struct

from singlewindow.hub.documents.stretches import EARLIEST, NEVER, midnight, stretch
from singlewindow.hub.identity.asking import asking
from singlewindow.hub.identity.permissions import permission, view_under
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.portal import states
from singlewindow.hub.portal.apps import DECLARATIONS, READ
from singlewindow.hub.portal.standing import SENT_BACK
from singlewindow.hub.process import overall
from singlewindow.hub.ui import moments
from singlewindow.kernel.clock import local_day
from singlewindow.kernel.messages import Text

MOST = 500  # of the newest declarations, which are counted
MOST_TOLD = 2_000  # of the newest notices, among which releases are looked for

_ask = asking(statements_beside(__file__, "today.sql"))


class Today(Struct, frozen=True):
    """Counts of declarations; ``typed`` and ``made`` count boxes of what was declared today.

    ``released`` today, whenever declared; ``earlier``: how many of these before today. ``median`` is from
    entry to release. ``more``: more was declared than was counted; ``further``: more may have been released.
    """

    declared: int
    returned: int
    released: int
    earlier: int
    median: timedelta | None
    typed: int
    made: int
    more: bool
    further: bool

    @property
    def took(self) -> Text | None:
        """The median as people say it."""
        return moments.span(self.median) if self.median is not None else None

    @property
    def saved(self) -> int:
        """The boxes of agencies' documents that nobody typed a second time."""
        return max(self.made - self.typed, 0)


@permission(READ)
@require_safe
@never_cache
def today(request: HttpRequest) -> HttpResponse:
    """The figures, loaded beside the hall's list, of the same parties' declarations."""
    view_under(request, DECLARATIONS)
    return render(request, "portal/today_live.html", {"today": figures(now())})


def figures(at: datetime, most: int = MOST, told: int = MOST_TOLD) -> Today:
    """Those of an instant's day, from its newest ``most`` declarations and the newest ``told`` notices."""
    day = local_day(at)
    bounds = stretch(midnight(day) or EARLIEST, midnight(day, later=1) or NEVER, None, oldest=False)
    (row,) = _ask("of_day", **bounds, look=most + 1, most=most, told=told, back=_sent_back())
    return Today(**row)


@cache
def _sent_back() -> list[int]:
    return [number for number in overall.ids() if states.whole(number, (), ()).id in SENT_BACK]

"""The lists as pages: everything that narrows or orders one stands in its address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from msgspec import Struct, structs

from singlewindow.hub.documents import stretches
from singlewindow.hub.documents.pages import WRITE
from singlewindow.hub.identity import paging
from singlewindow.hub.identity import queries as identity
from singlewindow.hub.identity.permissions import permission, view_under
from singlewindow.hub.identity.programs import Denied
from singlewindow.hub.identity.roles import MANAGE, book
from singlewindow.hub.portal import home, listing, queries, walking, worklist
from singlewindow.hub.portal.apps import DECLARATIONS, READ
from singlewindow.hub.portal.clearance import who
from singlewindow.hub.portal.forwarding import pages as entrusted
from singlewindow.hub.portal.forwarding import queries as forwarding
from singlewindow.hub.portal.frame import framed
from singlewindow.hub.portal.listing import Line
from singlewindow.hub.portal.walking import CHANGED, DUE, NEWEST, OLDEST, Asked, Place
from singlewindow.hub.process.queries import Place as Pressing
from singlewindow.hub.process.queries import open_matters
from singlewindow.kernel.clock import local_day
from singlewindow.kernel.messages import Text

TITLES = {
    "hall": Text("办事大厅", "Hall"),
    "declarations": Text("货物申报", "Goods declarations"),
    "consignments": Text("货物档案", "Consignments"),
}
SORTS = {
    NEWEST: (Text("最新", "Newest"), Text("最新在上", "Newest first")),
    CHANGED: (Text("变动", "Changed"), Text("最近变动在上", "Last changed first")),
    OLDEST: (Text("最早", "Oldest"), Text("最早在上", "Oldest first")),
    DUE: (
        Text("期限", "Deadline"),
        Text("有待办的，最急在上", "With something to do, nearest deadline first"),
    ),
}


class Sort(Struct, frozen=True):
    """An order of a list, and where the list stands in it."""

    id: str
    name: Text
    href: str
    current: bool


class Address(Struct, frozen=True):
    """What an address of a list says: which, and in which order."""

    route: str
    state: str
    words: str
    since: date | None
    until: date | None
    sort: str

    def href(self, **changed: Any) -> str:
        """The address with some of it changed; the place is kept only where it is given."""
        said = {
            "state": "" if self.state == "all" else self.state,
            "words": self.words,
            "since": self.since or "",
            "until": self.until or "",
            "sort": "" if self.sort == NEWEST else self.sort,
        } | changed
        asked = urlencode({name: value for name, value in said.items() if value})
        return f"{reverse(self.route)}?{asked}" if asked else reverse(self.route)

    @property
    def narrowed(self) -> bool:
        """Whether words or days leave something out."""
        return bool(self.words or self.since or self.until)


@permission(READ)
@require_safe
@never_cache
def hall(request: HttpRequest) -> HttpResponse:
    """What is to be done by deadline, counts by state that filter, and the newest declarations."""
    return entrusted.page(request, "hall") if entrusted.only_forwards(request) else _list(request, "hall")


@permission(READ)
@require_safe
@never_cache
def declarations(request: HttpRequest) -> HttpResponse:
    """Declarations as they were handed in."""
    return redirect("consignments") if entrusted.only_forwards(request) else _list(request, "declarations")


@permission(READ)
@require_safe
@never_cache
def consignment_list(request: HttpRequest) -> HttpResponse:
    """Consignments by their numbers."""
    if entrusted.only_forwards(request):
        return entrusted.page(request, "consignments")
    return _list(request, "consignments")


def received(request: HttpRequest, at: datetime) -> queries.Received | None:
    """Officers and terminals list what their party was sent; firms what they declared."""
    partner = who.partner(request)
    return queries.Received(partner, at - queries.HORIZON) if partner else None


def others(request: HttpRequest, lines: Sequence[Line]) -> bool:
    """Whether somebody else declared some of these; a column of one's own name tells nothing."""
    party = request.viewer.party  # type: ignore[attr-defined]
    own = queries.party(party) if party else None
    return any(line.party != own for line in lines)


def _list(request: HttpRequest, route: str) -> HttpResponse:
    at, place = now(), Place.read(request.GET.get("place", ""))
    of = received(request, at)
    forwards = of is None and route == "consignments" and bool(forwarding.newest(forwarding.NEWEST, 1))
    if of is None:
        view_under(request, DECLARATIONS)  # parties whose consignments one only follows are on the other list
    address = _address(request, route, partner=of is not None)
    asked = Asked(
        listing.wanted(address.state), address.words, address.since, address.until, address.sort, place, of
    )
    found = walking.walk(asked)
    lines = listing.lines(queries.chosen(found.ids, of), at)
    if address.sort == CHANGED:
        lines = listing.changed(lines, dict(zip(found.ids, found.stands, strict=True)))
    values = {
        "route": route,
        "title": TITLES[route],
        "address": address,
        "wide": address.href(words="", since="", until=""),
        "stateless": address.href(state=""),
        "start": address.href(),
        "lines": lines,
        "sorts": _sorts(address, partner=of is not None),
        "heading": SORTS[address.sort][1],
        "horizon": of is not None and not (address.since or address.until),
        "among": walking.among(asked) if walking.left_out(asked) else 0,
        "first": place is None,
        "deep": walking.deep(asked, found),
        "show_principal": of is None and any(line.principal for line in lines),
        "show_keys": route == "consignments",
        "forwards": forwards,
        "show_party": others(request, lines),
        "show_due": of is None
        and (address.sort == DUE or (route != "hall" and any(line.due for line in lines))),
        "trouble": home.trouble(queries.lanes()),
        "read_at": at,
        "declares": of is None,
        "declarants": 0 if lines else _declarants(request),
        "may_write": WRITE in request.viewer.permissions,  # type: ignore[attr-defined]
        **_onwards(address, found),
        **_earlier(address, walking.ends(asked)),
        **(_counts(address, asked) if place is None else {}),
        **(_tasks(request, at) if route == "hall" and place is None else {}),
    }
    return framed(request, "portal/list.html", values, live="portal/list_live.html")


def _declarants(request: HttpRequest) -> int:
    """How many people of the viewer's party may declare, for who could admit one."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if MANAGE not in viewer.permissions:
        return 0
    with connection.cursor() as cursor:
        people = identity.people(viewer, cursor)
    return sum(one.works and WRITE in book().held(one.roles) for one in people)


def _address(request: HttpRequest, route: str, partner: bool) -> Address:
    said = request.GET
    sort = said.get("sort", "")
    since, until = stretches.day(said.get("since", "")), stretches.day(said.get("until", ""))
    if since and until and since > until:
        since, until = until, since  # two days are a stretch in whichever order they were given
    return Address(
        route=route,
        state=listing.chosen(said.get("state", "")),
        words=said.get("words", "").replace("\x00", "").strip()[: queries.MAX_QUERY],
        since=since,
        until=until,
        sort=sort if sort in SORTS and not (partner and sort == DUE) else NEWEST,
    )


def _sorts(address: Address, partner: bool) -> dict[str, Sort]:
    """The orders there are; nobody but who declared has something to do by a deadline."""
    return {
        each: Sort(each, name, address.href(sort="" if each == NEWEST else each), each == address.sort)
        for each, (name, _) in SORTS.items()
        if not (partner and each == DUE)
    }


def _onwards(address: Address, found: walking.Found) -> dict[str, Any]:
    """Where the list goes on, and how far was looked where that is not as far as it goes."""
    place = found.following
    return {
        "following": address.href(place=str(place)) if place else "",
        "cut": found.cut,
        "looked": found.looked,
        "looked_until": place.at if place and found.cut and place.at < stretches.NEVER else None,
    }


def _earlier(address: Address, ends: datetime | None) -> dict[str, Any]:
    """Where a list ends that does not go back to the beginning: with which day, and the days before."""
    if ends is None:
        return {}
    # The hall has no days to choose. What is left of a day that was cut is among those before.
    route = "declarations" if address.route == "hall" else address.route
    before = local_day(ends - datetime.resolution)
    return {
        "first_day": local_day(ends),
        "earlier": structs.replace(address, route=route).href(until=before),
    }


def _counts(address: Address, asked: Asked) -> dict[str, Any]:
    """The questions with how many answer each; beyond what is counted, that there are more."""
    counted = walking.counted(asked)
    return {
        "counts": [
            (count, address.href(state="" if count.id == "all" else count.id))
            for count in listing.counts(counted, address.state)
        ],
        "to_act_on": next(c.number for c in listing.counts(counted, address.state) if c.id == "act"),
        "counted": counted,
    }


def _tasks(request: HttpRequest, at: datetime) -> dict[str, Any]:
    """The work-list, from its most pressing line or (``?due=``) from where a page of it ended."""
    after = _due(request.GET.get("due", ""))
    most = worklist.PAGE if after else worklist.MOST
    with connection.cursor() as cursor:
        found = open_matters(request.viewer, cursor, most + 1, after)  # type: ignore[attr-defined]
    tasks = worklist.tasks(found, at, most, first=after is None)
    return {"tasks": tasks, "further": paging.cursor(*tasks.following) if tasks.following else ""}


def _due(asked: str) -> Pressing | None:
    """A place in the work-list; what cannot be read means its beginning."""
    try:
        place: Pressing | None = paging.begin(asked[: queries.MAX_QUERY * 8], Pressing)
    except Denied:
        return None
    return place

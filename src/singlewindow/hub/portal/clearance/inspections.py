"""Pages of joint inspections: the work-list, one order, and what may be done to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localtime, make_aware, now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from msgspec import structs

from singlewindow.hub.coordination import inspection_lists, services
from singlewindow.hub.coordination import queries as coordination
from singlewindow.hub.coordination.cases import NOBODYS
from singlewindow.hub.coordination.inspection_lists import Show
from singlewindow.hub.coordination.orders import Appointment
from singlewindow.hub.identity.asking import Row
from singlewindow.hub.identity.permissions import permission
from singlewindow.hub.portal import shares
from singlewindow.hub.portal.clearance import history, inside, listed, orders, queries, who
from singlewindow.hub.portal.clearance.asking import Asked, asked, left
from singlewindow.hub.portal.frame import framed
from singlewindow.hub.portal.words import word
from singlewindow.hub.ui import numbers
from singlewindow.kernel.clock import FIRST_YEAR, LAST_YEAR, local_day
from singlewindow.kernel.messages import Text

SEE, PLAN, REPORT = "instructions.read", "inspections.plan", "inspections.report"
NOTE_MOST, PLACE_MOST, ITEMS_MOST = 500, 100, 200
PAGE = 100  # orders of one page of the list


@permission(SEE)
@require_safe
@never_cache
def inspections(request: HttpRequest) -> HttpResponse:
    """The orders that concern the viewer, the next due first."""
    values = paged(request)
    if not values["listed"] and values["page"] > 1:
        return redirect(f"{reverse('inspections')}?{urlencode({'show': values['show']})}")
    values["read_at"] = now()
    return framed(
        request, "portal/clearance/inspections.html", values, live="portal/clearance/inspections_live.html"
    )


@permission(SEE)
@require_safe
@never_cache
def inspection(request: HttpRequest, order: UUID) -> HttpResponse:
    """One order: its steps, its facts, its checklist, who is there, what it comes to."""
    values = _order(request, order)
    return framed(
        request, "portal/clearance/inspection.html", values, live="portal/clearance/inspection_live.html"
    )


@permission(PLAN)
@require_POST
def appoint(request: HttpRequest, order: UUID) -> HttpResponse:
    """Agree on a time and a place."""
    when, place = _moment(request.POST.get("when", "")), request.POST.get("place", "")[:PLACE_MOST].strip()
    return _ask(request, order, services.appoint, when=when, place=place, seen=_seen(request.POST))


@permission(PLAN)
@require_POST
def call_off(request: HttpRequest, order: UUID) -> HttpResponse:
    """The appointment cannot be kept, for a reason that all are told."""
    reason = request.POST.get("reason", "")[:NOTE_MOST]
    return _ask(request, order, services.call_off, reason=reason, seen=_seen(request.POST))


@permission(PLAN)
@require_POST
def ready(request: HttpRequest, order: UUID) -> HttpResponse:
    """The subject stands in the yard."""
    return _ask(request, order, services.ready)


@permission(PLAN)
@require_POST
def not_ready(request: HttpRequest, order: UUID) -> HttpResponse:
    """It does not stand there after all, for a reason that stays on record."""
    return _ask(request, order, services.not_ready, reason=request.POST.get("reason", "")[:NOTE_MOST])


@permission(REPORT)
@require_POST
def start(request: HttpRequest, order: UUID) -> HttpResponse:
    """The inspection begins."""
    return _ask(request, order, services.start)


@permission(REPORT)
@require_POST
def not_started(request: HttpRequest, order: UUID) -> HttpResponse:
    """It has not begun after all, for a reason that stays on record."""
    return _ask(request, order, services.not_started, reason=request.POST.get("reason", "")[:NOTE_MOST])


@permission(REPORT)
@require_POST
def record(request: HttpRequest, order: UUID) -> HttpResponse:
    """What the own agency found, and its conclusion if it has come to one."""
    more = {
        "conclusion": request.POST.get("conclusion", ""),
        "seal": request.POST.get("seal", "").strip()[:40],
    }
    return _ask(
        request,
        order,
        services.record_result,
        agency=who.own(request),
        results=_found(request.POST),
        read=_read(request.POST),
        **more,
    )


@permission(REPORT)
@require_POST
def reopen(request: HttpRequest, order: UUID) -> HttpResponse:
    """Take the own agency's conclusion back."""
    return _ask(request, order, services.reopen, agency=who.own(request))


@permission(REPORT)
@require_POST
def recognise(request: HttpRequest, order: UUID) -> HttpResponse:
    """Take the earlier result for the own agency's."""
    return _ask(request, order, services.recognise, agency=who.own(request))


@permission(REPORT)
@require_POST
def again(request: HttpRequest, order: UUID) -> HttpResponse:
    """Look once more, for a reason that stays on record."""
    reason = request.POST.get("reason", "")[:NOTE_MOST]
    return _ask(request, order, services.inspect_again, agency=who.own(request), reason=reason)


def paged(request: HttpRequest) -> dict[str, Any]:
    """The page asked for of what is to be shown, and whether there is a further one."""
    page, at = numbers.page(request.GET.get("page", "")), now()
    asked_for = request.GET.get("show", "")
    show = Show(asked_for) if asked_for in [*Show] else Show.OPEN
    viewer, own = request.viewer, who.own(request)  # type: ignore[attr-defined]
    acts = bool(viewer.permissions & {PLAN, REPORT})
    with connection.cursor() as cursor:
        found = inspection_lists.shown(
            viewer, cursor, show, at, agency=own, plans=PLAN in viewer.permissions,
            most=PAGE + 1, skip=(page - 1) * PAGE,
        )  # fmt: skip
    questions = [one for one in Show if acts or one is not Show.OURS]
    return {
        "listed": _lines(request, found.orders[:PAGE], at),
        "show": show,
        "questions": [
            (one, word("show", one), found.numbers.get(one), found.numbers["open"] >= inspection_lists.LOOKED)
            for one in questions
        ],
        "page": page,
        "further": len(found.orders) > PAGE,
    }


def _lines(
    request: HttpRequest, found: Sequence[coordination.Ordered], at: datetime
) -> tuple[listed.Listed, ...]:
    parts = queries.ask("parts_of", orders=[order.id for order in found])
    return listed.listed(found, parts, who.agencies(), inside.called(found), who.own(request), at)


def _listed(request: HttpRequest) -> tuple[listed.Listed, ...]:
    """What stands open beside an order."""
    viewer = request.viewer  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        found = coordination.open_orders(viewer, cursor, who.own(request) or None)
    return _lines(request, found, now())


def _order(request: HttpRequest, id_: UUID) -> dict[str, Any]:
    viewer = request.viewer  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        detail = coordination.inspection(viewer, cursor, id_)
        if detail is None:
            raise Http404
    consignments = inside.of(detail.order)
    said, partner, asks = asked(request), who.partner(request), inside.told(detail.order)
    return {
        "sheet": orders.sheet(
            detail,
            who.agencies(),
            who.own(request),
            viewer.permissions,
            _told(detail.order, asks["moments"]),
            _typed(said),
            viewer.party,
        ),
        "asked": said,
        "listed": _listed(request),
        "consignments": inside.linked(consignments),
        "shared": detail.order.dossier == NOBODYS and detail.order.kind == "container",
        "live": "*" if detail.order.dossier == NOBODYS else detail.order.dossier,
        "notified": _concerned(request, detail.order, consignments, partner),
        "box": inside.box(detail.order, consignments),
        "grounds": _grounds(detail),
        "history": history.lines(
            queries.ask(asks["history"], order=detail.order.id, dossier=detail.order.dossier)
        ),
        "when": _form_time(said, detail.order.appointed_at),
        "place": (said and said.typed.get("place")) or detail.order.place,
        "choices": tuple(word("result", one) for one in ("normal", "abnormal", "waived")),
        "read_at": now(),
    }


def _told(order: coordination.Ordered, question: str) -> dict[str, datetime]:
    rows = queries.ask(question, order=order.id, dossier=order.dossier)
    return {row["verb"]: row["at"] for row in rows}


def _typed(said: Asked | None) -> Mapping[str, tuple[str, str]]:
    results = said.typed.get("results", {}) if said else {}
    return {item: (found[0], found[1]) for item, found in results.items()}


def _concerned(
    request: HttpRequest, order: coordination.Ordered, consignments: Sequence[Row], partner: str
) -> list[dict[str, Any]]:
    """Who is told, each once: of a container that several consignments share, by those the viewer reads."""
    viewer, found = request.viewer, []  # type: ignore[attr-defined]
    for dossier in [one["dossier"] for one in consignments][: inside.MOST]:
        with connection.cursor() as cursor:
            about = structs.replace(order, dossier=dossier)
            recipients = coordination.notices(viewer, cursor, about, local_day(now()))
        found += [one for one in _named(dossier, recipients, partner) if one not in found]
    return found


def _named(dossier: UUID, recipients: list[coordination.Recipient], partner: str) -> list[dict[str, Any]]:
    """Who is told; a partner reads the names of those whom its own document names, and of terminals."""
    ids = [one.party for one in recipients]
    found_by = {"ids": ids} | ({"dossier": dossier} if partner else {})
    rows = {row["id"]: row for row in queries.ask("parties_named" if partner else "of_firms", **found_by)}
    unnamed, found = shares.unnamed(partner), []
    for one in recipients:
        row = rows.get(one.party)
        named = row and one.role not in unnamed
        if partner or named:
            name = Text(row["name_zh"], row["name_en"]) if row and named else None
            found.append({"name": name, "role": word("role", one.role).text})
    return found


def _grounds(detail: coordination.Detail) -> tuple[orders.Ground, ...]:
    named = [name.split("/") for part in detail.parts for name in part["instructions"]]
    whole = [name for name in named if len(name) > 3]
    rows = queries.ask(
        "asked_for",
        agencies=[name[0] for name in whole],
        channels=[name[1] for name in whole],
        # An agency's own number may hold a stroke itself.
        ids=["/".join(name[2:-1]) for name in whole],
        versions=[int(name[-1]) for name in whole],
    )
    return orders.grounds(rows, who.agencies())


def _form_time(said: Asked | None, kept: datetime | None) -> str:
    typed = said.typed.get("when") if said else None
    at = datetime.fromisoformat(typed) if typed else kept
    return f"{localtime(at):%Y-%m-%dT%H:%M}" if at else ""


def _seen(posted: Mapping[str, str]) -> Appointment:
    """The appointment that the page showed."""
    return Appointment(_moment(posted.get("seen-when", "")), posted.get("seen-place", ""))


def _moment(text: str) -> datetime | None:
    """What a date-time field holds, in the port's time zone; None leaves the refusal to the worker."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:  # no other zone has the ends of the calendar
        return None
    return at if at.tzinfo else make_aware(at)


def _entered(posted: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The lines of the checklist that are the viewer's to enter: their numbers and items."""
    for place in range(1, ITEMS_MOST + 1):
        if item := posted.get(f"item-{place}"):
            yield str(place), item


def _found(posted: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """The lines that have a result, or a note without one: that is refused, and not lost."""
    found = {}
    for place, item in _entered(posted):
        result, note = posted.get(f"result-{place}", ""), posted.get(f"note-{place}", "")[:NOTE_MOST].strip()
        if result in ("normal", "abnormal", "waived"):
            found[item] = (result, note)
        elif note:
            found[item] = ("", note)
    return found


def _read(posted: Mapping[str, str]) -> dict[str, datetime | None]:
    """When what the page showed in each line was entered."""
    return {item: _moment(posted.get(f"seen-{place}", "")) for place, item in _entered(posted)}


def _ask(request: HttpRequest, order: UUID, verb: Callable[..., None], **given: Any) -> HttpResponse:
    """Leave the request with the worker and go back to the order, which tells what became of it."""
    with connection.cursor() as cursor:
        if coordination.inspection(request.viewer, cursor, order) is None:  # type: ignore[attr-defined]
            raise Http404
    return left(request, verb, reverse("inspection", args=[order]), {}, order=order, **given)

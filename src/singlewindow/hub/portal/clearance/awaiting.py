"""An officer's work-list of what waits for the agency's release, and releasing several of it in one step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct, structs

from singlewindow.hub.coordination import facts, services
from singlewindow.hub.coordination.declined import Declined
from singlewindow.hub.identity.asking import Row, read_jsonb
from singlewindow.hub.identity.permissions import permission
from singlewindow.hub.portal import queries as pages
from singlewindow.hub.portal.clearance import awaited, queries, who
from singlewindow.hub.portal.clearance.awaited import Line
from singlewindow.hub.portal.clearance.awaited_queries import ask, grounds_of, walk
from singlewindow.hub.portal.clearance.instructions import GIVE, TEXT_MOST, subject_of
from singlewindow.hub.portal.frame import framed
from singlewindow.hub.portal.walking import Place
from singlewindow.hub.portal.words import Word, word
from singlewindow.kernel.clock import local_day
from singlewindow.kernel.codes.calls import box_number
from singlewindow.kernel.ids import uuid7
from singlewindow.kernel.messages import Problem, Subject, Text

_PROBLEMS = msgspec.json.Decoder(tuple[Problem, ...])


class Became(Struct, frozen=True):
    """What became of one of several: not yet, done, or not done with problems."""

    subject: Word
    number: str
    bill: str
    submission: UUID | None
    waiting: bool
    problems: tuple[Problem, ...]


@permission(GIVE)
@require_safe
@never_cache
def instructions(request: HttpRequest) -> HttpResponse:
    """What waits for the agency's release, newest first, and what became of those released last."""
    if not who.own(request):
        raise Http404
    return _page(request)


@permission(GIVE)
@require_POST
def release(request: HttpRequest) -> HttpResponse:
    """Release what was chosen: an instruction each, refused by itself where it cannot be."""
    own, posted, at = who.own(request), request.POST, now()
    several = [chosen(one) for one in dict.fromkeys(posted.getlist("chosen"))]
    if not own or not readable({one.dossier for one in several}):
        raise Http404
    together = uuid7(at)
    basis, text = (posted.get(name, "")[: TEXT_MOST + 1].strip() for name in ("basis", "text"))
    actor = request.actor  # type: ignore[attr-defined]
    try:
        with connection.cursor() as cursor:
            services.release_together(
                actor, cursor, together=together, at=at, agency=own, chosen=several, basis=basis, text=text
            )
    except Declined as declined:
        return _page(request, declined.problem, status=declined.status)
    return redirect(f"{reverse('instructions')}?{urlencode({'together': together})}")


def _page(request: HttpRequest, refused: Problem | None = None, status: int = 200) -> HttpResponse:
    own, at = who.own(request), now()
    place = Place.read(request.GET.get("place", ""))
    found = walk(own, place, local_day(at))
    lines = _lines(own, found.submissions, at)
    ended = became(request.GET.get("together", ""))
    values = {
        "agency": who.agencies()[own],
        "lines": lines,
        "show_firm": any(line.firm for line in lines),
        "first": place is None,
        "following": found.following,
        "cut": found.cut,
        "most": facts.released_at_once(),
        "text_most": TEXT_MOST,
        "bases": list(dict.fromkeys(row["basis"] for row in queries.ask("bases_of", agency=own))),
        "never": not awaited.needs(own, local_day(at)),
        "refused": refused,
        "address": reverse("instructions") + (f"?{request.GET.urlencode()}" if request.GET else ""),
        "became": ended,
        "waiting": sum(one.waiting for one in ended),
        "failed": sum(bool(one.problems) for one in ended),
        "done": sum(not one.waiting and not one.problems for one in ended),
        "read_at": at,
    }
    page, live = "portal/clearance/instructions.html", "portal/clearance/instructions_live.html"
    answer = framed(request, page, values, live=live)
    answer.status_code = status
    return answer


def _lines(own: str, submissions: Mapping[UUID, UUID], at: datetime) -> list[Line]:
    """The rows of these consignments, with who declared them as far as the agency is told."""
    rows = pages.chosen(list(submissions.values()), pages.Received(own, at))
    firms = {row["submission_id"]: Text(row["name_zh"], row["name_en"]) for row in rows if row["name_zh"]}
    return [
        structs.replace(line, firm=firms.get(line.submission))
        for ground in grounds_of(own, submissions, at)
        for line in awaited.lines(ground)
    ]


def chosen(text: str) -> services.Chosen:
    """A row as the page hands it in: ``dossier|kind|number|mark``. Raises ``Http404``."""
    thing, _, mark = text.rpartition("|")
    dossier, kind, number = subject_of(thing)
    if not mark:
        raise Http404
    return services.Chosen(dossier, Subject(kind, number), mark[:100])


def readable(dossiers: Iterable[UUID]) -> bool:
    """Whether the viewer reads all of them: no right and does not exist look the same."""
    ids = list(dossiers)
    return not ids or len(ask("dossiers", ids=ids)) == len(ids)


def became(text: str) -> list[Became]:
    """Of what was asked for in one step, what became of each; what is not the viewer's is none."""
    try:
        rows = ask("together", together=UUID(text))
    except ValueError:
        return []
    given = [read_jsonb(row["arguments"]) for row in rows]
    names = {row["id"]: row for row in ask("named", ids=[UUID(one["dossier"]) for one in given])}
    found = [
        _outcome(row, one, names.get(UUID(one["dossier"]))) for row, one in zip(rows, given, strict=True)
    ]
    return sorted(found, key=lambda one: (not one.problems, not one.waiting))


def _outcome(row: Row, given: Row, named: Row | None) -> Became:
    kind, key = given["subject"]["kind"], given["subject"]["id"]
    return Became(
        word("subject", kind),
        box_number(key) if kind == "container" else "",
        named["name"] if named else "",
        named["submission_id"] if named else None,
        row["applied_at"] is None,
        _PROBLEMS.decode(msgspec.json.encode(read_jsonb(row["problems"]))),
    )

"""The officer's screen for an agency without a system of its own: give an instruction, take one back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from singlewindow.hub.coordination import counting, facts, services
from singlewindow.hub.identity.asking import Row
from singlewindow.hub.identity.permissions import permission
from singlewindow.hub.portal.clearance import awaited, matrix, queries, who
from singlewindow.hub.portal.clearance.asking import asked, left
from singlewindow.hub.portal.clearance.awaited_queries import grounds_of
from singlewindow.hub.portal.clearance.pages import STRONGEST_FIRST
from singlewindow.hub.portal.frame import framed
from singlewindow.hub.portal.words import word
from singlewindow.kernel.codes.calls import box_number
from singlewindow.kernel.messages import Order, Subject

GIVE = "instructions.give"
ITEMS_MOST, ITEM_MOST, TEXT_MOST = 50, 120, 500
ORDERS = (Order.INSPECT, Order.HOLD, Order.DENY, Order.RELEASE)


@permission(GIVE)
@require_safe
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """What may be instructed on one consignment, and what was, by the viewer's agency."""
    own = who.own(request)
    if not own:
        raise Http404
    about = _uuid(request.GET.get("about", ""))
    values = _values(request, about, own)
    return framed(
        request, "portal/clearance/instruction.html", values, live="portal/clearance/instruction_live.html"
    )


@permission(GIVE)
@require_POST
def issue(request: HttpRequest) -> HttpResponse:
    """Give an instruction on a subject of a consignment."""
    posted = request.POST
    named = posted.get("subject", "")
    dossier, kind, number = subject_of(named)
    return _ask(
        request,
        services.issue_instruction,
        dossier=dossier,
        instruct=_order(posted.get("order", "")),
        subject=Subject(kind, number),
        method=posted.get("method", "") if posted.get("method") in facts.methods() else "",
        items=_items(posted.get("items", "")),
        basis=posted.get("basis", "")[:TEXT_MOST].strip(),
        text=posted.get("text", "")[:TEXT_MOST].strip(),
        seen=_seen(named, posted.getlist("seen")),
    )


@permission(GIVE)
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take back what was given on this screen."""
    named, reason = request.POST.get("instruction", "")[:100], request.POST.get("reason", "")[:TEXT_MOST]
    return _ask(request, services.withdraw_instruction, instruction=named, reason=reason)


def _values(request: HttpRequest, about: UUID, own: str) -> dict[str, Any]:
    dossiers = queries.ask("dossiers", submission=about)
    if not dossiers:
        raise Http404
    ids = [row["id"] for row in dossiers]
    said, kept, at = asked(request), queries.kept_of(about), now()
    typed = said.typed if said and said.verb == "issue_instruction" else {}
    return {
        "about": about,
        "dossiers": ids,
        "title": dossiers[0]["name"],
        "agency": who.agencies()[own],
        "subjects": _subjects(dossiers, queries.ask("containers", dossiers=ids), typed),
        "orders": [
            (order, word("order", int(order)), typed.get("order", Order.INSPECT) == order) for order in ORDERS
        ],
        "methods": [(one, name, typed.get("method") == one) for one, name in facts.methods().items()],
        "typed": typed,
        "items": "\n".join(typed.get("items", ())),
        "marks": _marks(own, about, ids, at),
        "given": _given(_own(ids, own)),
        "others": _others(kept["instructions"], own),
        "bases": list(dict.fromkeys(row["basis"] for row in queries.ask("bases_of", agency=own))),
        "matrix": matrix.matrix(kept, at),
        "strength": [word("order", int(order)) for order in STRONGEST_FIRST],
        "may_see_orders": True,
        "asked": said,
        "read_at": at,
    }


def _marks(own: str, about: UUID, dossiers: list[UUID], at: datetime) -> list[str]:
    """By each thing that may be released, the mark of what is read of it here."""
    grounds = grounds_of(own, dict.fromkeys(dossiers, about), at)
    return [
        f"{ground.dossier['id']}|{kind}|{number}|{mark}"
        for ground in grounds
        for (kind, number), mark in awaited.marks(ground).items()
    ]


def _others(rows: list[Row], own: str) -> tuple[str, ...]:
    """What other agencies ask to look at: an item of the same words is looked at once, for all."""
    newest: dict[tuple[str, ...], Row] = {}
    for row in sorted(rows, key=lambda one: int(one["version"])):
        newest[row["agency"], row["channel"], row["id"]] = row
    asks = [row for row in newest.values() if row["order"] == Order.INSPECT and not row["withdrawn"]]
    return tuple(dict.fromkeys(item for row in asks if row["agency"] != own for item in row["items"]))


def _subjects(dossiers: list[Row], containers: list[Row], typed: dict[str, Any]) -> list[dict[str, Any]]:
    """What an instruction may name, as its field's value and in words."""
    found: list[tuple[UUID, str, str, str]] = []
    for row in dossiers:
        found += [
            (row["id"], "container", box["number"], box["number"])
            for box in containers
            if box["dossier"] == row["id"]
        ]
        found.append((row["id"], row["goods"], str(row["id"]), row["name"]))
        if row["call"]:
            found.append((row["id"], "conveyance", row["call"], row["call"]))
    chosen = typed.get("subject", {})
    return [
        {
            "value": f"{dossier}|{kind}|{number}",
            "word": word("subject", kind).text,
            "name": name,
            "chosen": chosen == {"kind": kind, "id": number},
        }
        for dossier, kind, number, name in found
    ]


def _own(dossiers: list[UUID], own: str) -> list[Row]:
    """What this agency gave here and counts: not on a document in whose place it was sent a newer one."""
    replaced = counting.replaced_by(queries.ask("sent", dossiers=dossiers, shared=[]))
    return [
        row
        for row in queries.ask("own_instructions", dossiers=dossiers, agencies=[own])
        if counting.outlives(str(row["origin"] or ""), row["subject_kind"], replaced)
    ]


def _given(rows: list[Row]) -> list[dict[str, Any]]:
    found = []
    for row in rows:
        kind, name = word("subject", row["subject_kind"]), box_number(row["subject_key"])
        named = name if row["subject_kind"] in ("container", "conveyance") else ""
        found.append({**row, "word": word("order", row["order"]), "kind": kind, "name": named})
    return found


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def subject_of(text: str) -> tuple[UUID, str, str]:
    """Dossier, kind and number of what a page offers to instruct about. Raises ``Http404``."""
    dossier, _, rest = text.partition("|")
    kind, _, number = rest.partition("|")
    if kind not in ("container", "bill", "express", "postal", "conveyance"):
        raise Http404
    return _uuid(dossier), kind, number[:100]


def _order(text: str) -> Order:
    if text not in [str(int(order)) for order in ORDERS]:
        raise Http404
    return Order(int(text))


def _seen(named: str, marks: Sequence[str]) -> str:
    """The mark of what the page showed of the thing that is named."""
    found = (mark for thing, _, mark in (one.rpartition("|") for one in marks) if thing == named)
    return next(found, "")[:100]


def _items(text: str) -> tuple[str, ...]:
    """One item a line, each once."""
    lines = (line.strip()[:ITEM_MOST] for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))[:ITEMS_MOST]


def _ask(request: HttpRequest, verb: Callable[..., None], **given: Any) -> HttpResponse:
    about, own = _uuid(request.POST.get("about", "")), who.own(request)
    dossiers = {row["id"] for row in queries.ask("dossiers", submission=about)}
    if not own or not dossiers or given.get("dossier", next(iter(dossiers))) not in dossiers:
        raise Http404
    return left(request, verb, reverse("instruction-new"), {"about": about}, agency=own, **given)

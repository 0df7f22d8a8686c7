"""The form of a document and what it asks while somebody fills it in: check, keep, hand in, read a file.

Everything about a kind of document comes from its definition; ``form_paths`` hangs one kind under a path.
"""

from __future__ import annotations

import time
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, RawPostDataException
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from singlewindow.hub.documents import answers, desk, drafts, formats
from singlewindow.hub.documents.carrying import restored
from singlewindow.hub.documents.copying import Copied, copied
from singlewindow.hub.documents.decoding import decode_json
from singlewindow.hub.documents.definition import Definition
from singlewindow.hub.documents.desk import Known
from singlewindow.hub.documents.drafts import Draft, Sheet, Stale
from singlewindow.hub.documents.form import Form, bands, layout
from singlewindow.hub.documents.handing import handed_in
from singlewindow.hub.documents.knowing import by_code, own
from singlewindow.hub.documents.lineage import destinations
from singlewindow.hub.documents.samples import samples_in
from singlewindow.hub.documents.visible import Seen, visible_of
from singlewindow.hub.documents.words import WORDS
from singlewindow.hub.identity import refusals
from singlewindow.hub.identity.directory import StaleDirectoryError
from singlewindow.hub.identity.permissions import permission
from singlewindow.hub.ui.templatetags.text import language, say
from singlewindow.kernel.clock import now
from singlewindow.kernel.ids import uuid7
from singlewindow.kernel.messages import Text, Unreadable

WRITE, SUBMIT = "declarations.write", "declarations.submit"


def definition_of(kind: str, version: str | None = None) -> Definition:
    """A version of a kind of document, the newest unless said; Http404 where there is none."""
    registry = desk.current().registry
    try:
        return registry.current(kind) if version is None else registry.definitions[kind, version]
    except KeyError:
        raise Http404 from None


@permission(WRITE)
@require_safe
@never_cache
def new(request: HttpRequest, kind: str, samples: Path | None = None) -> HttpResponse:
    """An empty form, or what was declared in a submission: to copy it (``?of=``), without what was said of
    that shipment alone, or to mend what was sent back (``?mends=``), which is one draft however often it is
    asked for; none is kept before it is saved."""
    definition = definition_of(kind)
    seen = _seen(request, kind)
    mends = seen.submission_id if seen and "mends" in request.GET else None
    if mends and (begun := drafts.mending(mends)):
        return redirect(_url(kind, begun))
    if seen and not mends:
        copy = copied(definition, _entered(seen))
        return _page(request, definition, uuid7(now()), None, samples, copy.values, None, copy)
    values = definition.typed(_entered(seen)) if seen else own(definition, _known(request, kind))
    return _page(request, definition, uuid7(now()), None, samples, values, mends)


@permission(WRITE)
@require_safe
@never_cache
def draft(request: HttpRequest, kind: str, draft_id: UUID, samples: Path | None = None) -> HttpResponse:
    """A draft; once handed in, the way to what it became."""
    kept = drafts.read(draft_id)
    if kept is None or kept.kind != kind:
        raise Http404
    if kept.submission_id is not None:
        return redirect(desk.current().followed_at(kept.submission_id))
    definition = definition_of(kind, kept.definition_version)
    return _page(request, definition, draft_id, kept, samples, kept.values, kept.mends)


@permission(WRITE)
@require_POST
def check(request: HttpRequest, kind: str, draft_id: UUID) -> HttpResponse:
    """Every problem at once, and what the receivers would get; nothing is kept."""
    started = time.perf_counter()
    try:
        sheet, _ = _posted(request, kind)
        finding = desk.current().find(kind, sheet.definition_version, sheet.values, request.actor)  # type: ignore[attr-defined]
    except Unreadable as error:
        return refusals.answer(400, *error.problems)
    except StaleDirectoryError:
        return refusals.answer(503, refusals.UNAVAILABLE)
    took = round((time.perf_counter() - started) * 1000)
    form = form_of(kind, sheet.definition_version)
    # Counted as a draft's are: what is typed, right or wrong.
    counted = {"ms": took, "entries": sheet.entries}
    return JsonResponse(answers.finding(form, finding, desk.current().lists, _today()) | counted | _at())


@permission(WRITE)
@require_POST
def save(request: HttpRequest, kind: str, draft_id: UUID) -> HttpResponse:
    """Keep what was typed, right or wrong; where just this was handed in, the way there."""
    try:
        sheet, version = _posted(request, kind)
        kept = drafts.keep(draft_id, version, sheet, request.viewer, now())  # type: ignore[attr-defined]
    except Unreadable as error:
        return refusals.answer(400, *error.problems)
    except Stale as stale:
        return _overtaken(stale, sheet)
    return JsonResponse(_saved(kind, draft_id, kept))


@permission(SUBMIT)
@require_POST
def submit(request: HttpRequest, kind: str, draft_id: UUID) -> HttpResponse:
    """Keep it and hand it in, once however often it is asked: the message id is the draft's own."""
    try:
        sheet, version = _posted(request, kind)
        kept = _kept(request, draft_id, version, sheet)
    except Unreadable as error:
        return refusals.answer(400, *error.problems)
    except Stale as stale:
        return _overtaken(stale, sheet)
    request.keeps_changes = True  # type: ignore[attr-defined]
    handed = desk.current().submit(
        kind,
        sheet.definition_version,
        sheet.values,
        request.actor,  # type: ignore[attr-defined]
        str(draft_id),
    )
    if handed.submission_id is None:
        return answers.not_taken(handed, _saved(kind, draft_id, kept))
    handed_in(draft_id, handed.submission_id, request.actor)  # type: ignore[attr-defined]
    return answers.conflict(handed.submission_id) if handed.conflict else _to(handed.submission_id)


@permission(WRITE)
@require_POST
def discard(request: HttpRequest, kind: str, draft_id: UUID) -> HttpResponse:
    """Throw a draft away."""
    if not drafts.discard(draft_id):
        raise Http404
    return redirect(desk.current().listed_at())


@permission(WRITE)
@require_POST
def read_file(request: HttpRequest, kind: str) -> HttpResponse:
    """A file in any format that doors take, as values for the form; nothing of it is left out."""
    try:
        read = desk.current().read(_sent(request))
    except Unreadable as error:
        return refusals.answer(400, *error.problems)
    if read.kind != kind:
        return refusals.answer(422, answers.other_kind(definition_of(kind).name, read.kind))
    return JsonResponse({"format": say(_format(kind, read.format))} | _filled(form_of(kind), read.values))


@permission(WRITE)
@require_safe
def sample(request: HttpRequest, kind: str, name: str, samples: Path | None = None) -> HttpResponse:
    """A sample of the application as if written today, in a demonstration only."""
    found = next((one for one in _samples(samples) if one.id == name), None)
    if found is None:
        raise Http404
    form = form_of(kind)
    return JsonResponse(
        {"format": say(formats.NAME)} | _filled(form, found.values(form.definition, _today()))
    )


@permission(WRITE)
@require_safe
def lineage(request: HttpRequest, kind: str, version: str) -> HttpResponse:
    """For each entry the boxes of the partners' documents that it fills."""
    response = HttpResponse(_lineage(kind, version, language()), content_type="application/json")
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _page(
    request: HttpRequest,
    definition: Definition,
    draft_id: UUID,
    kept: Draft | None,
    samples: Path | None,
    values: dict[str, Any],
    mends: UUID | None,
    copy: Copied | None = None,
) -> HttpResponse:
    form = form_of(definition.id, definition.version)
    parties = by_code(_known(request, definition.id))
    data = {
        "version": kept.version if kept else 0,
        "definition": definition.version,
        "conditions": definition.conditions,
        "words": {name: say(text) for name, text in WORDS.items()},
        "partners": answers.partners(definition, desk.current()),
        "language": language(),
        "mends": mends and str(mends),
        "parties": parties,
        "copied": {"values": copy.whole, "left": len(copy.left)} if copy else None,
        **_filled(form, copy.whole if copy else values),
        "values": values,
    }
    shown = {
        "form": form,
        "definition": definition,
        "draft_id": draft_id,
        "draft": kept,
        "data": data,
        "sheet": _rendered(
            definition.id, definition.version, language(), _today().toordinal(), desk.current().edition
        ),
        "samples": _samples(samples),
        "base": _url(definition.id, draft_id),
        "left": [say(name) for name in copy.left] if copy else [],
        "party": answers.party(request.viewer.party),  # type: ignore[attr-defined]
        "mended_at": desk.current().followed_at(mends) if mends else "",
        "parties": parties,
        "returned": desk.current().returned(mends) if mends else (),
    }
    return render(request, "documents/form.html", shown)


def _known(request: HttpRequest, kind: str) -> list[Known]:
    return desk.current().known(request.viewer.party, kind)  # type: ignore[attr-defined]


def _seen(request: HttpRequest, kind: str) -> Seen | None:
    """The other declaration of the kind that the address names, for who may read it."""
    asked = request.GET.get("mends") or request.GET.get("of")
    if asked is None:
        return None
    try:
        seen = visible_of(kind, UUID(asked), request.viewer)  # type: ignore[attr-defined]
    except ValueError:
        raise Http404 from None
    if seen is None:
        raise Http404
    return seen


def _format(kind: str, format_: str) -> Text:
    called = {each.partner: each.format for each in desk.current().partners(definition_of(kind))}
    unknown = Text(format_, format_)
    return formats.named(format_, desk.current().registry, lambda partner: called.get(partner, unknown))


def _entered(seen: Seen) -> dict[str, Any]:
    """The values, and in JSON what no definition names: a draft is JSON, and no other format."""
    return restored(seen.values, seen.extension) if seen.format == formats.OWN else seen.values


@lru_cache(maxsize=64)
def _rendered(kind: str, version: str, language: str, day: int, edition: int) -> str:
    """The ruled paper without anybody's values: the same for all, once a day, edition and language."""
    form = form_of(kind, version)
    return render_to_string(
        "documents/sheet.html",
        {
            "form": form,
            "bands": bands(form.lines),
            "choices": answers.choices(form, desk.current(), _today()),
        },
    )


def form_of(kind: str, version: str | None = None) -> Form:
    """The laid-out form of a definition."""
    definition = definition_of(kind, version)
    return _laid_out(definition.id, definition.version, _today().toordinal(), desk.current().edition)


@lru_cache(maxsize=64)
def _laid_out(kind: str, version: str, day: int, edition: int) -> Form:
    return layout(definition_of(kind, version), desk.current().lists, _today())


@lru_cache(maxsize=64)
def _lineage(kind: str, version: str, language: str) -> bytes:
    found = destinations(desk.current().registry.made_from(kind, version))
    rows = {
        path: [[box.partner, say(box.name), box.wire.rpartition(".")[2], box.changed] for box in boxes]
        for path, boxes in found.items()
    }
    return msgspec.json.encode(rows)


def _sent(request: HttpRequest) -> bytes:
    """The body as it came; a form around it would have to be taken apart first, and is refused."""
    try:
        return request.body
    except RawPostDataException:
        raise Unreadable(answers.A_FORM) from None


def _posted(request: HttpRequest, kind: str) -> tuple[Sheet, int]:
    """What the page sent: ``{"version": 0, "definition": "1", "values": {…}, "mends": …}``; or Unreadable.

    A draft is begun to mend only what may be seen; later it may not be seen any more.
    """
    raw = decode_json(_sent(request))
    values, version, definition = raw.get("values"), raw.get("version"), raw.get("definition")
    if type(values) is not dict or type(version) is not int or type(definition) is not str:
        raise Unreadable(answers.NOT_A_SHEET)
    found = definition_of(kind, definition)
    called, entries = drafts.called(values.get(found.reference)), answers.count(values)
    mends = _mends(raw.get("mends"))
    if mends and not version and visible_of(kind, mends, request.viewer) is None:  # type: ignore[attr-defined]
        raise Http404
    return Sheet(kind, definition, values, called, entries, mends), version


def _mends(asked: Any) -> UUID | None:
    try:
        return UUID(asked) if asked else None
    except (ValueError, TypeError, AttributeError):
        raise Unreadable(answers.NOT_A_SHEET) from None


def _kept(request: HttpRequest, draft_id: UUID, version: int, sheet: Sheet) -> int:
    """The version under which this content is kept; raises Stale."""
    there = drafts.locked(draft_id)
    if there is not None and there.submission_id is not None:
        raise Stale(there)
    if there is not None and there.version == version and there.digest == sheet.digest:
        return version
    return drafts.keep(draft_id, version, sheet, request.viewer, now())  # type: ignore[attr-defined]


def _saved(kind: str, draft_id: UUID, version: int) -> dict[str, Any]:
    return {"version": version, "url": _url(kind, draft_id)} | _at()


def _overtaken(stale: Stale, sheet: Sheet) -> HttpResponse:
    if stale.now is None:
        return refusals.answer(404, refusals.NOT_FOUND)
    if stale.now.submission_id and stale.now.digest == sheet.digest:
        return _to(stale.now.submission_id)
    return answers.stale(stale.now, uuid7(now()))


def _filled(form: Form, values: dict[str, Any]) -> dict[str, Any]:
    return {"values": values, "names": answers.names(form, values, desk.current().lists, _today())}


def _samples(folder: Path | None) -> list[Any]:
    return samples_in(folder) if folder is not None and getattr(settings, "DEMONSTRATION", False) else []


def _to(submission: UUID) -> HttpResponse:
    return JsonResponse({"location": desk.current().followed_at(submission)})


def _url(kind: str, draft_id: UUID) -> str:
    return reverse(f"{kind}-draft", args=[draft_id])


def _at() -> dict[str, str]:
    return {"at": localtime(now()).strftime("%H:%M:%S")}


def _today() -> Any:
    return localtime(now()).date()

"""Parts of the form that templates draw: one control an entry, and the list of drafts."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from singlewindow.hub.documents import drafts as kept
from singlewindow.hub.documents.form import Entry

register = template.Library()


@register.inclusion_tag("documents/control.html", takes_context=True)
def control(context: Context, entry: Entry, labelled: bool = False) -> dict[str, Any]:
    """What somebody types or chooses; ``labelled`` where several share a cell under one heading."""
    return {"entry": entry, "labelled": labelled, "options": context["choices"].get(entry.codes, ())}


@register.inclusion_tag("documents/drafts.html", takes_context=True)
def drafts(context: Context, kind: str) -> dict[str, Any]:
    """The drafts of the viewer's party, and the way to a new one."""
    viewer = context["request"].viewer
    return {
        "kind": kind,
        "drafts": kept.listed(kind, viewer),
        "may_write": "declarations.write" in viewer.permissions,
    }

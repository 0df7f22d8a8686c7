"""Paths of the documents room: the code tables, and one form a kind of document."""

from __future__ import annotations

from pathlib import Path

from django.urls import URLPattern, path

from singlewindow.hub.documents import codes, pages

urlpatterns = [path("codes/<slug:list_id>", codes.codes, name="codes")]


def form_paths(kind: str, prefix: str, samples: Path | None = None) -> list[URLPattern]:
    """The pages of one kind of document; ``samples`` is a folder of its application."""
    known, shown = {"kind": kind}, {"kind": kind, "samples": samples}
    one = f"{prefix}<uuid:draft_id>"
    return [
        path(f"{prefix}new", pages.new, shown, name=f"{kind}-new"),
        path(f"{prefix}import", pages.read_file, known, name=f"{kind}-import"),
        path(f"{prefix}lineage/<str:version>", pages.lineage, known, name=f"{kind}-lineage"),
        path(f"{prefix}samples/<slug:name>", pages.sample, shown, name=f"{kind}-sample"),
        path(one, pages.draft, shown, name=f"{kind}-draft"),
        path(f"{one}/check", pages.check, known, name=f"{kind}-check"),
        path(f"{one}/save", pages.save, known, name=f"{kind}-save"),
        path(f"{one}/submit", pages.submit, known, name=f"{kind}-submit"),
        path(f"{one}/discard", pages.discard, known, name=f"{kind}-discard"),
    ]

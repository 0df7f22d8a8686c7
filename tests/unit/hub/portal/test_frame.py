"""A page in its frame, and the part of it that a refresh asks for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from singlewindow.hub.portal import frame
from singlewindow.kernel.messages import Text

FIRM = Text("货主", "Importer")


@pytest.mark.parametrize(
    ("party", "headers", "live", "rendered"),
    [
        (7, {}, "live.html", ("page.html", {"said": 1, "party": FIRM})),
        (0, {}, "live.html", ("page.html", {"said": 1, "party": None})),
        (7, {"HX-Request": "true"}, "live.html", ("live.html", {"said": 1})),
        (7, {"HX-Request": "true"}, "", ("page.html", {"said": 1, "party": FIRM})),
    ],
    ids=["a firm's", "nobody's", "refreshed", "without a part that is refreshed"],
)
def test_a_page_bears_its_party_and_a_refresh_brings_its_part(
    monkeypatch: pytest.MonkeyPatch, party: int, headers: dict[str, str], live: str, rendered: Any
) -> None:
    monkeypatch.setattr(frame, "render", lambda _, template, values: (template, values))
    monkeypatch.setattr(frame.queries, "party", {7: FIRM}.__getitem__)
    request: Any = SimpleNamespace(viewer=SimpleNamespace(party=party), headers=headers)
    assert frame.framed(request, "page.html", {"said": 1}, live) == rendered

"""The goods declaration on every shipped agency's document: one entry, equal wherever it appears."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from singlewindow.hub.documents.decoding import decode_json
from singlewindow.hub.documents.projection import Origin, Projection
from singlewindow.hub.documents.registry import Route
from singlewindow.kernel.messages import Document
from singlewindow.server.composition import registry

SAMPLES = Path(__file__).parents[3] / "src" / "singlewindow" / "apps" / "declarations" / "samples"
ON = date(2026, 11, 21)
SOURCE = ("goods_declaration", "1")
PROJECTIONS = list(registry().made_from(*SOURCE))


@pytest.fixture(scope="module", params=["guoyuan_sea_import", "minimal"])
def document(request: pytest.FixtureRequest) -> Document:
    values = decode_json((SAMPLES / f"{request.param}.json").read_bytes())["values"]
    checked = registry().checks[SOURCE](values, ON)
    assert checked.errors == ()
    return checked.document


def boxes(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, str):
            yield prefix + name, value
        else:
            for line in value:
                yield from boxes(line, f"{prefix}{name}.")


def plain_copies(projection: Projection) -> dict[str, Origin]:
    return {
        path: origin
        for path, origin in projection.lineage.items()
        if origin.source and not origin.by and not origin.codes
    }


def entered(document: Document) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path, value in boxes(document.values):
        found.setdefault(path, set()).add(value)
    return found


@pytest.mark.parametrize("route", PROJECTIONS, ids="·".join)
def test_every_filled_box_has_an_origin(route: Route, document: Document) -> None:
    projection = registry().projections[route]
    filled = {path for path, _ in boxes(projection.project(document).values)}
    assert filled
    assert filled <= set(projection.lineage)


@pytest.mark.parametrize("route", PROJECTIONS, ids="·".join)
def test_a_copied_box_holds_what_was_entered(route: Route, document: Document) -> None:
    projection = registry().projections[route]
    copies, source = plain_copies(projection), entered(document)
    for path, value in boxes(projection.project(document).values):
        if path in copies:
            assert value in source[copies[path].source], (path, value)


@pytest.mark.parametrize("route", PROJECTIONS, ids="·".join)
def test_an_origin_names_a_field_of_the_source(route: Route) -> None:
    projection = registry().projections[route]
    fields = {path for path, _ in projection.source.paths()}
    groups = {path.rpartition(".")[0] for path in fields}
    for path, origin in projection.lineage.items():
        assert origin.constant or origin.source in (groups if origin.by == "number" else fields), path
        assert path in dict(projection.target.paths())

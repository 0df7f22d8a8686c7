"""Whatever is declared, two agencies never read two different things where both are told the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings

from singlewindow.hub.documents.projection import Projection
from singlewindow.hub.standards.codelists import load
from singlewindow.kernel.messages import Document
from singlewindow.server.composition import registry
from unit.hub.documents.documents_at_random import documents

SEED = 20261121
ON = date(2026, 11, 21)
SOURCE = registry().definitions["goods_declaration", "1"]
LISTS = load()
PROJECTIONS = {"·".join(r): p for r, p in registry().made_from(SOURCE.id, SOURCE.version).items()}
unhurried = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.fixture(scope="module", autouse=True)
def _seed() -> None:
    print(f"seed {SEED}")


def boxes(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, str):
            yield prefix + name, value
        else:
            for line in value:
                yield from boxes(line, f"{prefix}{name}.")


def copied(projection: Projection, document: Document) -> dict[str, set[str]]:
    """What the partner reads, by the one entry it was copied from."""
    found: dict[str, set[str]] = defaultdict(set)
    for path, value in boxes(projection.project(document).values):
        origin = projection.lineage[path]
        if origin.source and not origin.by and not origin.codes:
            found[origin.source].add(value)
    return found


def test_an_element_has_one_origin_whoever_receives_it() -> None:
    origins: dict[str, set[str]] = defaultdict(set)
    for projection in PROJECTIONS.values():
        elements = {path: each.element.code for path, each in projection.target.paths()}
        for path, origin in projection.lineage.items():
            if origin.source and origin.by != "number":
                origins[elements[path]].add(origin.source)
    assert len(origins) > 150
    assert {element: found for element, found in origins.items() if len(found) > 1} == {}


def test_every_box_that_somebody_may_fill_reaches_somebody() -> None:
    told = {o.source for projection in PROJECTIONS.values() for o in projection.lineage.values()}
    # Counted from the lines below, or the order of the lines themselves, which each partner numbers.
    counted = {"container_count", "goods.line_number"}
    # Says that the file kept beside the declaration is the one that was meant.
    kept = {"attachments.attachment_digest"}
    assert {path for path, _ in SOURCE.paths()} - told == counted | kept


@pytest.mark.parametrize("pair", list(combinations(sorted(PROJECTIONS), 2)), ids="-".join)
def test_any_two_partners_share_something_to_agree_on(pair: tuple[str, str]) -> None:
    one, other = ({o.source for o in PROJECTIONS[name].lineage.values() if o.source} for name in pair)
    assert one & other


@seed(SEED)
@unhurried
@given(documents(SOURCE, LISTS, ON))
def test_two_partners_read_the_same_where_both_are_told(values: dict[str, Any]) -> None:
    document = Document(SOURCE.id, SOURCE.version, values)
    entered: dict[str, set[str]] = defaultdict(set)
    for path, value in boxes(values):
        entered[path].add(value)
    read = {name: copied(projection, document) for name, projection in PROJECTIONS.items()}
    for name, found in read.items():
        for source, told in found.items():
            assert told <= entered[source], (name, source)
    for one, other in combinations(sorted(read), 2):
        for source in read[one].keys() & read[other].keys():
            if "." not in source:  # of lines a partner may be told some only
                assert read[one][source] == read[other][source], (one, other, source)


@seed(SEED)
@unhurried
@given(documents(SOURCE, LISTS, ON))
def test_every_box_filled_has_an_entry_it_came_from(values: dict[str, Any]) -> None:
    for projection in PROJECTIONS.values():
        projected = projection.project(Document(SOURCE.id, SOURCE.version, values)).values
        for path, _ in boxes(projected):
            origin = projection.lineage[path]
            assert origin.constant or origin.source, path

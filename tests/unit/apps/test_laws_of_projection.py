"""Whatever is declared, two agencies never read two different things where both are told the same."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from msgspec import structs

from platform_under_test import SAMPLE
from singlewindow.hub.documents.boxes import boxes
from singlewindow.hub.documents.projection import Origin, Projection
from singlewindow.hub.documents.registry import MAPPINGS, partner_of
from singlewindow.hub.standards.codelists import load
from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Document
from singlewindow.server import rooms
from singlewindow.server.composition import registry
from unit.hub.documents.documents_at_random import documents

SEED = 20261121
ON = date(2026, 11, 21)
LINE = re.compile(r"\[\d+\]")
Row = dict[str, Any]
SOURCE = registry().definitions["goods_declaration", "1"]
LISTS = load()
PROJECTIONS = {
    "·".join((r.partner, r.target)): p for r, p in registry().made_from(SOURCE.id, SOURCE.version).items()
}
unhurried = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.fixture(scope="module", autouse=True)
def _seed() -> None:
    print(f"seed {SEED}")


def filled(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every box with its line, ``goods[1].un_number``, and what stands in it."""
    for name, value in values.items():
        if isinstance(value, str):
            yield prefix + name, value
        else:
            for at, line in enumerate(value):
                yield from filled(line, f"{prefix}{name}[{at}].")


def path_of(box: str) -> str:
    return LINE.sub("", box)


@cache
def narrowed() -> dict[str, dict[str, dict[str, str]]]:
    """By mapping and group of its document, of which lines of the declaration only those are told that have
    a box filled: read from the mappings themselves, not from what they were compiled to."""
    found = {}
    for path in (path for places in MAPPINGS for path in rooms.PACKAGE.glob(places)):
        raw = parse_yaml(path.read_text("utf-8"))
        if raw["source"] == {"id": SOURCE.id, "version": SOURCE.version}:
            partner = partner_of(path.relative_to(rooms.PACKAGE))
            found[f"{partner}·{raw['target']['id']}"] = dict(only(raw, "", "", {}))
    return found


def only(
    raw: Mapping[str, Any], to: str, at: str, outer: dict[str, str]
) -> Iterator[tuple[str, dict[str, str]]]:
    for group in raw.get("groups", ()):
        here = outer | ({at + group["from"]: group["only"]} if "only" in group else {})
        yield to + group["to"], here
        yield from only(group, f"{to}{group['to']}.", f"{at}{group['from']}.", here)


def entered(values: Row, origin: Origin, narrow: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a box that is copied must tell: every entry of its kind, line for line."""
    group, _, name = origin.source.rpartition(".")
    asked = origin.when
    return [
        (at + name, line[name])
        for at, line in lines(values, group, narrow)
        if line.get(name) and (not asked or (values if asked[0] == "/" else line).get(asked.lstrip("/")))
    ]


def lines(values: Row, group: str, narrow: Mapping[str, str]) -> Iterator[tuple[str, Row]]:
    if not group:
        yield "", values
        return
    outer, _, name = group.rpartition(".")
    for at, around in lines(values, outer, narrow):
        for n, line in enumerate(around.get(name, ())):
            if group not in narrow or line.get(narrow[group]):
                yield f"{at}{name}[{n}].", line


def agrees(name: str, projection: Projection, document: Document) -> dict[str, str]:
    """What a partner is told by copies, entry by entry: all of it, in its order, each line from one line."""
    made = [*boxes(projection, document)]
    assert [(one.box, one.value) for one in made] == [*filled(projection.project(document).values)], name
    told: dict[str, list[tuple[str, str]]] = defaultdict(list)
    places: dict[str, set[str]] = defaultdict(set)
    for one in made:
        origin = projection.lineage[path_of(one.box)]
        if origin.source and not (origin.by or origin.codes):
            assert one.entry is not None
            told[path_of(one.box)].append((one.entry, one.value))
            places[one.box.rpartition(".")[0]].add(one.entry.rpartition(".")[0])
    for box, origin in projection.lineage.items():
        if origin.source and not (origin.by or origin.codes):
            narrow = narrowed()[name].get(box.rpartition(".")[0], {})
            assert told[box] == entered(document.values, origin, narrow), (name, box)
    assert [line for line, from_ in places.items() if len(from_) > 1] == [], name
    return {entry: value for found in told.values() for entry, value in found}


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
    assert {path for path, _ in SOURCE.paths()} - told == counted


@pytest.mark.parametrize("pair", list(combinations(sorted(PROJECTIONS), 2)), ids="-".join)
def test_any_two_partners_share_something_to_agree_on(pair: tuple[str, str]) -> None:
    one, other = ({o.source for o in PROJECTIONS[name].lineage.values() if o.source} for name in pair)
    assert one & other


@seed(SEED)
@unhurried
@given(documents(SOURCE, LISTS, ON))
def test_two_partners_read_the_same_where_both_are_told(values: dict[str, Any]) -> None:
    document = Document(SOURCE.id, SOURCE.version, values)
    read = {name: agrees(name, projection, document) for name, projection in PROJECTIONS.items()}
    for one, other in combinations(sorted(read), 2):
        shared = read[one].keys() & read[other].keys()
        assert {at: read[one][at] for at in shared} == {at: read[other][at] for at in shared}, (one, other)


def backwards(values: Row) -> Row:
    return {name: told[::-1] if isinstance(told, list) else told for name, told in values.items()}


def first_lines(values: Row) -> Row:
    return {name: told[:1] if isinstance(told, list) else told for name, told in values.items()}


def crossed(values: Row) -> Row:
    """One box of each line is its neighbour's."""
    made = dict(values)
    for group, rows in values.items():
        if isinstance(rows, list):
            box = next(name for name, value in rows[-1].items() if isinstance(value, str))
            beside = [row.get(box) for row in rows]
            turned = zip(rows, [*beside[1:], beside[0]], strict=True)
            made[group] = [row | ({box: other} if other else {}) for row, other in turned]
    return made


def altered(values: Row) -> Row:
    return {name: f"{told}X" if isinstance(told, str) else told for name, told in values.items()}


def lost(values: Row) -> Row:
    return {name: told for name, told in values.items() if isinstance(told, list)}


@pytest.mark.parametrize("name", sorted(PROJECTIONS))
@pytest.mark.parametrize("broken", [backwards, first_lines, crossed, altered, lost])
def test_the_law_is_broken_by_a_projection_that_does_not_keep_it(
    name: str, broken: Callable[[Row], Row]
) -> None:
    document = Document(SOURCE.id, SOURCE.version, json.loads(SAMPLE.read_text("utf-8"))["values"])
    sound = PROJECTIONS[name]
    assert agrees(name, sound, document)
    with pytest.raises(AssertionError):
        agrees(name, structs.replace(sound, run=lambda values: broken(sound.run(values))), document)


@seed(SEED)
@unhurried
@given(documents(SOURCE, LISTS, ON))
def test_every_box_filled_has_an_entry_it_came_from(values: dict[str, Any]) -> None:
    for projection in PROJECTIONS.values():
        projected = projection.project(Document(SOURCE.id, SOURCE.version, values)).values
        for box, _ in filled(projected):
            path = path_of(box)
            origin = projection.lineage[path]
            assert origin.constant or origin.source, path

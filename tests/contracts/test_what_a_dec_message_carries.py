"""The same declaration as JSON and as DecMessage, receiver by receiver and box by box.

The boxes are the same but for those made from what a DecMessage has no place for: ``not_in_dec_message.csv``
names it, an element a row, with a ``value`` where that alone is lost, and an ``example`` for these tests.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from platform_under_test import AT, context, sample
from singlewindow.hub.documents.boxes import boxes
from singlewindow.hub.documents.definition import SYSTEM, Field
from singlewindow.hub.exchange.submission import Prepared, prepare
from singlewindow.kernel.messages import Document, Envelope
from singlewindow.server import rooms
from singlewindow.server.composition import connectors, readers, registry

SAMPLES = rooms.PACKAGE / "connectors/customs/samples"
LINE = re.compile(r"\[\d+\]")


class Lost(NamedTuple):
    """One row of the table."""

    element: str
    value: str
    example: str
    reason: str
    source: str


with (Path(__file__).parent / "not_in_dec_message.csv").open(encoding="utf-8", newline="") as file:
    TABLE = [Lost(**row) for row in csv.DictReader(file)]
WHOLLY = {row.element for row in TABLE if not row.value}
IN_PART = {(row.element, row.value) for row in TABLE if row.value}


def is_lost(element: str, value: str) -> bool:
    return element in WHOLLY or (element, value) in IN_PART


def whole(name: str) -> bytes:
    """What a foreign message's sender meant, with everything beside it that the table says it cannot say."""
    document = json.loads((SAMPLES / f"{name}.json").read_bytes())
    values = document["values"]
    dangerous = [line for line in values["goods"] if "un_number" in line]
    places = {"": [values], "goods": dangerous, "containers": values.get("containers", [])}
    for row in TABLE:
        group, _, element = row.element.rpartition(".")
        for place in places[group]:
            place.setdefault(element, row.example)
    return json.dumps(document, ensure_ascii=False).encode()


def carried_by_json_alone(name: str) -> list[tuple[bytes, bytes]]:
    return [(whole(name), path.read_bytes()) for path in sorted(SAMPLES.glob(f"{name}.*xml"))]


def customs_message() -> bytes:
    """The story's declaration as customs gets it."""
    return next(one.payload for one in prepare(sample(), context()).issued if one.partner == "customs")


def pairs() -> list[tuple[bytes, bytes]]:
    """Declarations as JSON, each beside a DecMessage of the same."""
    foreign = [pair for name in ("foreign-spindles", "foreign-cars") for pair in carried_by_json_alone(name)]
    return [(sample(), customs_message()), *foreign]


class Made(NamedTuple):
    """One box of one receiver, and the element of the form that it was made from."""

    partner: str
    box: str
    value: str
    element: str


def made(prepared: Prepared) -> set[Made]:
    """Every box of every receiver's own document."""
    document = prepared.checked.document
    return {
        Made(one.partner, box.box, box.value, projection.lineage[LINE.sub("", box.box)].source)
        for one in prepared.issued
        for projection in [registry().principal[one.partner]]
        for box in boxes(projection, document)
    }


def test_boxes_made_of_either_are_the_same_but_for_what_is_lost() -> None:
    lost: set[tuple[str, str]] = set()
    for as_json, as_message in pairs():
        entered, read = made(prepare(as_json, context())), made(prepare(as_message, context()))
        assert {one.partner for one in entered} == {one.partner for one in read} == set(registry().principal)
        assert read == {one for one in entered if not is_lost(one.element, one.value)}
        lost |= {(one.element, one.value) for one in entered - read}
    for row in TABLE:  # nothing stands in the table that is not lost
        assert any(is_lost_by(row, element, value) for element, value in lost), row.element


def is_lost_by(row: Lost, element: str, value: str) -> bool:
    return element == row.element and row.value in ("", value)


def test_without_what_is_lost_every_receiver_gets_the_same_bytes() -> None:
    for as_json, as_message in pairs():
        document = json.loads(as_json)
        document["values"] = without(document["values"], "")
        entered = prepare(json.dumps(document, ensure_ascii=False).encode(), context())
        read = prepare(as_message, context())
        for ours, theirs in zip(entered.issued, read.issued, strict=True):
            beside = theirs.partner == "customs" and read.checked.document.extension
            assert ours.payload == theirs.payload or beside, theirs.partner


def without(values: dict[str, Any], prefix: str) -> dict[str, Any]:
    """The same without what the table names."""
    kept: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, list):
            kept[name] = [without(line, f"{prefix}{name}.") for line in value]
        elif not is_lost(prefix + name, value):
            kept[name] = value
    return kept


def fillable() -> dict[str, Field]:
    """The boxes of the form that somebody may fill, by their paths without lines."""
    source = registry().principal["customs"].source
    return {path: field for path, field in source.paths() if field.filled_by != SYSTEM}


def test_the_table_names_what_customs_own_document_has_no_box_for_and_nothing_else() -> None:
    projection = registry().principal["customs"]
    has = {origin.source for origin in projection.lineage.values()}
    assert fillable().keys() - has == WHOLLY
    assert {element for element, _ in IN_PART} <= fillable().keys() & has
    assert len(TABLE) == len({row[:2] for row in TABLE})
    assert all(row.reason and row.source for row in TABLE)


PROCEDURES = {"declaration_type", "paperless_tax", "self_assessment", "periodic_duty", "two_step_declaration"}
SAID_TOGETHER = (
    {"declaration_type": "ML"},
    {"paperless_tax": "1", "self_assessment": "1"},
    {"self_assessment": "1", "periodic_duty": "1", "two_step_declaration": "1"},
    dict.fromkeys(sorted(PROCEDURES - {"declaration_type"}), "0"),
)


def filled(procedure: dict[str, str]) -> dict[str, Any]:
    """Every box filled as its representation wants it, every group with two lines; of the procedures one."""
    values: dict[str, Any] = {}
    for path, field in fillable().items():
        for level, name in _levels(values, path.split(".")):
            level[name] = _value(field)
    return {name: value for name, value in values.items() if name not in PROCEDURES} | procedure


def _levels(values: dict[str, Any], steps: list[str]) -> Iterator[tuple[dict[str, Any], str]]:
    name, *rest = steps
    if not rest:
        yield values, name
        return
    for line in values.setdefault(name, [{}, {}]):
        yield from _levels(line, rest)


def _value(field: Field) -> str:
    form = field.element.representation
    by_kind = {"flag": "1", "date": "2026-11-16", "time": "2026-11-16T09:30", "d": "7.5", "text": "文 & <x>"}
    letter = "1" if form.kind == "n" else "A"
    return by_kind.get(form.kind) or letter * form.least


@pytest.mark.parametrize("procedure", SAID_TOGETHER, ids=" ".join)
def test_every_box_that_customs_gets_is_read_from_its_message_again(procedure: dict[str, str]) -> None:
    projection, (reader, *_) = registry().principal["customs"], readers()
    source = projection.source
    check = registry().checks[source.id, source.version]
    entered = check(filled(procedure), AT.date()).document
    assert entered.extension == {}
    message = connectors()["customs"].codec.encode(
        projection.project(Document(source.id, source.version, entered.values)),
        Envelope("m-1", "S", "R", AT, "W000000000000000001"),
    )
    assert check(reader.read(message).values, AT.date()).document.values == without(entered.values, "")

"""The composite form on its way to customs: every box of ours that customs has is filled from it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from singlewindow.connectors.customs.codec import encode
from singlewindow.connectors.customs.counterpart import DESK, prepare_endpoint
from singlewindow.hub.documents.definition import Definition, parse_definition
from singlewindow.hub.documents.projection import Projection, compile_mapping
from singlewindow.hub.standards.elements import load_elements
from singlewindow.kernel.messages import Document, Envelope
from singlewindow.rehearsal import sftp
from singlewindow.rehearsal.file_agency import FileAgency
from singlewindow.rehearsal.ledger import Ledger
from singlewindow.rehearsal.script import PROMPT, Script

FOLDER = Path(__file__).parents[1]
FORM = FOLDER.parents[1] / "apps" / "declarations" / "documents" / "goods_declaration.yaml"
ENVELOPE = Envelope("m-1", "a", "b", datetime(2026, 11, 21, tzinfo=UTC), "S1")


@pytest.fixture(scope="module")
def projection() -> Projection:
    elements = load_elements()
    paths = (FORM, FOLDER / "documents" / "customs_declaration.yaml")
    defined = [parse_definition(path.read_text("utf-8"), elements) for path in paths]
    mapping = (FOLDER / "mapping.yaml").read_text("utf-8")
    return compile_mapping(mapping, {(d.id, d.version): d for d in defined}, {})


def filled(definition: Definition) -> dict[str, Any]:
    """Every box filled with its own name, every group with two lines."""
    values: dict[str, Any] = {field.name: field.name for field in definition.head()}
    for section in definition.groups():
        line = {field.name: field.name for field in section.fields}
        line |= {s.id: [{f.name: f.name for f in s.fields}] for s in section.sections}
        values[section.id] = [line, dict(line)]
    return values


def test_a_full_form_fills_every_box_of_customs(projection: Projection) -> None:
    sent = projection.project(Document("goods_declaration", "1", filled(projection.source))).values
    targets = {path for path, _ in projection.target.paths()}
    assert targets == set(projection.lineage)
    for path in targets:
        value: Any = sent
        for step in path.split("."):
            value = (value[0] if isinstance(value, list) else value)[step]
        assert value == ("1" if path == "DecLists.GNo" else projection.lineage[path].source.split(".")[-1])


def test_charges_without_a_mark_are_not_sent(projection: Projection) -> None:
    form = {"freight_rate": "860", "freight_currency": "USD", "insurance_mark": "1", "insurance_rate": "0.3"}
    sent = projection.run(form)
    assert sent == {"InsurMark": "1", "InsurRate": "0.3"}


def test_the_node_accepts_what_the_form_became(projection: Projection, tmp_path: Path) -> None:
    form = filled(projection.source) | {
        "trade_direction": "I",
        "declaration_office": "8013",
        "gross_mass": "2",
        "net_mass": "1",
        "entry_exit_date": "2026-11-21",
    }
    prepare_endpoint(tmp_path, 0)
    node = FileAgency(DESK, Ledger(tmp_path / "ledger.db"), Script(profile=PROMPT), sftp.root(tmp_path))
    body = encode(projection.project(Document("goods_declaration", "1", form)), ENVELOPE)
    (node.outbox / "one.xml").write_bytes(body)
    node.take_file(node.outbox / "one.xml")
    assert node.ledger.received == 1
    assert node.ledger.outstanding >= 2

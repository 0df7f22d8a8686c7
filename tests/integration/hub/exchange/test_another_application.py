"""A second application: its document goes to partners that are connected already, to one in two kinds."""

from __future__ import annotations

import re
from base64 import b64decode
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from msgspec.structs import replace

from integration.hub.exchange.test_write_path import apply, receipt, stored
from platform_under_test import AT, context, sample
from singlewindow.hub.documents.registry import Registry, assemble
from singlewindow.hub.exchange.ledger import Answer, Ledger
from singlewindow.hub.exchange.submission import Context, Issued, Subscription, prepare, reference_of
from singlewindow.kernel.messages import Outcome
from singlewindow.server import composition, rooms

TRANSIT = """
id: transit_notice
version: "1"
valid_from: "2020-01-01"
name: {zh: 转关通知, en: Transit notice}
sections:
  - id: head
    name: {zh: 表头, en: Header}
    fields:
      - {element: trade_direction, required: "yes"}
      - {element: bill_number, required: "yes"}
      - {element: conveyance_name}
"""
MAPPING = """
source: {id: transit_notice, version: "1"}
target: {id: %s, version: "1"}
fields: [{to: %s, from: bill_number}]
"""
SENT = {
    ("customs", "customs_declaration"): "BillNo",
    ("terminal", "delivery_notice"): "billNumber",
    ("terminal", "yard_notice"): "billNumber",
}
YARD = TRANSIT.replace("transit_notice", "yard_notice").replace(
    "bill_number,", "bill_number, as: billNumber,"
)
BODY = msgspec.json.encode(
    {"document": "transit_notice", "values": {"trade_direction": "I", "bill_number": "TRANSIT0001"}}
)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """All that is shipped, an application more, and a document more for the terminal."""
    root, shipped = tmp_path_factory.mktemp("package"), composition.registry()
    for path in rooms.PACKAGE.glob("[ac]*/*/**/*.yaml"):
        (found := root / path.relative_to(rooms.PACKAGE)).parent.mkdir(parents=True, exist_ok=True)
        found.symlink_to(path)
    put(root / "connectors/terminal/documents/yard_notice.yaml", YARD)
    put(root / "apps/transit/documents/transit_notice.yaml", TRANSIT)
    for (partner, target), box in SENT.items():
        put(root / f"apps/transit/mappings/{partner}/{target}.yaml", MAPPING % (target, box))
    return assemble(root, shipped.elements, shipped.listings, shipped.rules, {})


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def with_transit(registry: Registry, **others: Any) -> Context:
    """The usual circumstances, and who is sent what of a transit notice."""
    rows = [Subscription(who[0], "transit_notice", who[1], "", date(2020, 1, 1)) for who in SENT]
    usual = context(**others)
    known = replace(usual.knowledge, registry=registry, subscriptions=(*usual.knowledge.subscriptions, *rows))
    return replace(usual, knowledge=known)


def test_each_application_has_its_own_documents_made_for_the_same_partners(registry: Registry) -> None:
    transit = prepare(BODY, with_transit(registry))
    assert [(one.partner, one.kind, one.boxes) for one in transit.issued] == [(*who, 1) for who in SENT]
    assert [b"TRANSIT0001" in payload(one) for one in transit.issued] == [True] * len(SENT)
    goods = prepare(sample(), with_transit(registry))
    assert [one.payload for one in goods.issued] == [
        one.payload for one in prepare(sample(), context()).issued
    ]


def payload(issued: Issued) -> bytes:
    """The business message, out of its envelope where it has one."""
    inside = re.search(rb"(?<=<Data>).*(?=</Data>)", issued.payload)
    return b64decode(inside[0]) if inside else issued.payload


@pytest.mark.database
async def test_what_one_partner_answers_of_two_documents_is_told_apart(
    database: Any, registry: Registry
) -> None:
    prepared = prepare(BODY, with_transit(registry))
    await stored(database, prepared)
    customs, delivery, yard = prepared.issued
    assert customs.reference == delivery.reference == reference_of(prepared.submission_id)
    assert yard.reference == reference_of(yard.document_id) != delivery.reference
    said = [
        receipt(delivery.reference, "r-1", Outcome.ACCEPTED, 1),
        receipt(yard.reference, "r-2", Outcome.REFUSED, 2),
    ]
    async with await psycopg.AsyncConnection.connect(
        database.dsn("sw_component_terminal"), autocommit=True
    ) as line:
        await Ledger(line, "terminal", "terminal").keep([Answer("a-1", b"a-1", tuple(said))], AT)
    await apply(database)
    found = database.execute("postgres", "select document_id, receipt_id from sw.receipt order by 2")
    assert found == [(delivery.document_id, "r-1"), (yard.document_id, "r-2")]

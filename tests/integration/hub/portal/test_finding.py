"""Whoever was sent a document finds its consignment by the number on it, however it is written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest

from integration.hub.dossier.declared import joined
from integration.hub.yard_of_many import Yard
from singlewindow.hub.portal import queries
from singlewindow.server import loaders

pytestmark = pytest.mark.database
Reading = Callable[..., AbstractContextManager[None]]


async def _declared(database: Any) -> Yard:
    yard = Yard(database, 2, seed=20261123)
    made = [await yard.declare(importer) for importer in range(2)]
    await joined(database, [one.prepared.submission_id for one in made])
    return yard


@pytest.fixture
def yard(database: Any) -> Yard:
    with psycopg.connect(database.dsn("sw_engine")) as connection:
        loaders.code_lists(connection, database.configuration)
    return asyncio.run(_declared(database))


@pytest.mark.parametrize("written", ["{}", " {} ", "lower"])
def test_a_bill_is_found_by_declarant_and_by_every_receiver(
    yard: Yard, reading: Reading, written: str
) -> None:
    first, second = yard.consignments
    number = first.prepared.title.lower() if written == "lower" else written.format(first.prepared.title)
    receivers = {issued.partner for issued in first.prepared.issued}
    readers = [first.importer, *(one for one in yard.agencies if one.partner in receivers)]
    assert len(readers) > 1
    for reader in readers:
        with reading(reader.id):
            assert queries.find(number) == [first.prepared.submission_id], reader.name.zh
    for stranger in (second.importer.id, 999):
        with reading(stranger):
            assert queries.find(number) == []

"""Consignments of many importers through the real write path: each marked, so that a leak is recognised.

Every word an importer can write carries the importer's own mark; whatever a stranger may read is
searched for marks of others.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import zstandard
from psycopg import sql

from platform_under_test import AT, sample
from singlewindow.hub.coordination import gathering
from singlewindow.hub.coordination.acting import tick
from singlewindow.hub.coordination.means import Means
from singlewindow.hub.coordination.receiving import Coordination
from singlewindow.hub.exchange.ledger import Answer, Ledger
from singlewindow.hub.exchange.receiving import Receiver
from singlewindow.hub.exchange.storing import store
from singlewindow.hub.exchange.submission import Context, Knowledge, Prepared, Subscription, prepare
from singlewindow.hub.identity.directory import Directory, Party, Snapshot
from singlewindow.hub.process import task as process
from singlewindow.kernel.codes.uscc import check_character
from singlewindow.kernel.crypto.signing import SigningKey
from singlewindow.kernel.ids import uuid7
from singlewindow.kernel.messages import Actor, Instruction, Outcome, Receipt, Stage, Text
from singlewindow.server import rooms
from singlewindow.server.composition import connectors, readers, registry

READABLE = """
select c.relname from pg_class c
where c.relnamespace = 'sw'::regnamespace and c.relkind in ('r', 'p', 'v')
  and has_any_column_privilege(%s, c.oid, 'select') order by 1
"""
COLUMNS = """
select attname from pg_attribute
where attrelid = ('sw.' || quote_ident(%s))::regclass and attnum > 0 and not attisdropped
  and has_column_privilege(%s, attrelid, attnum, 'select') order by attnum
"""


@dataclass(frozen=True)
class Consignment:
    """One importer's, with the mark that no other bears."""

    importer: Party
    mark: str
    prepared: Prepared


class Yard:
    """A data base with agencies, an operator and as many importers as asked for."""

    def __init__(self, database: Any, importers: int, seed: int) -> None:
        print(f"seed {seed}")
        self.database, self.chance, self.clock = database, random.Random(seed), AT
        self.agencies = [self._party("agency", name, name, name) for name in connectors()]
        self.importers = [self._party("firm", _code(n), None, f"进口商{n}") for n in range(importers)]
        rows = tuple(
            Subscription(name, "goods_declaration", c.manifest.document, "", date(2018, 8, 1))
            for name, c in connectors().items()
        )
        directory = Directory(1, Snapshot([*self.agencies, *self.importers], [], []))
        self.knowledge = Knowledge(registry(), readers(), connectors(), directory, rows)
        self.consignments: list[Consignment] = []
        key = SigningKey.generate()
        self.means = Means(key, lambda: self.clock, self._new_id)

    def _party(self, kind: str, code: str, partner: str | None, name: str) -> Party:
        rows = self.database.execute(
            "sw_engine",
            "insert into party (kind, code, partner, name_zh, name_en) values (%s, %s, %s, %s, %s)"
            " returning id",
            kind, code, partner, name, name,
        )  # fmt: skip
        return Party(rows[0][0], kind, code, Text(name, name), partner)

    def _new_id(self) -> UUID:
        return uuid7(AT, self.chance.randbytes)

    async def declare(self, importer: int, **values: Any) -> Consignment:
        """One marked declaration, by the importer itself."""
        party, number = self.importers[importer], len(self.consignments)
        mark = f"QZX{number:03d}"
        body = sample(**marked(mark, party.code), **values)
        actor = Actor("person", f"p{importer}", f"{mark} clerk", party.id)
        context = Context(self.knowledge, actor, party, "http", f"m-{mark}", AT, self._new_id)
        made = Consignment(party, mark, prepare(body, context))
        async with await self.database.connect("sw_intake") as connection, connection.cursor() as cursor:
            await store(cursor, [made.prepared])
        self.consignments.append(made)
        return made

    def receipt(
        self,
        about: Consignment,
        partner: str,
        outcome: Outcome,
        *given: Instruction,
        text: str = "",
        **facts: str,
    ) -> tuple[str, Receipt]:
        """What a partner answers, some time after everything it said before."""
        message = next(str(i.message) for i in about.prepared.issued if i.partner == partner)
        self.clock += timedelta(seconds=1)
        stage = Stage.TECHNICAL if outcome is Outcome.NOTED and not facts else Stage.BUSINESS
        answer = Receipt(
            str(uuid4()), message, stage, "K", outcome, self.clock, text, facts, instructions=tuple(given)
        )
        return partner, answer

    async def answered(self, *answers: tuple[str, Receipt]) -> None:
        """Kept by the components, applied by the worker with the handlers it really has."""
        for partner, receipt in answers:
            dsn = self.database.dsn(f"sw_component_{partner}")
            connection = await psycopg.AsyncConnection.connect(dsn, autocommit=True)
            async with connection:
                ledger = Ledger(connection, partner, partner)
                await ledger.keep([Answer(str(uuid4()), uuid4().bytes, (receipt,))], self.clock)
        keeper = process.shipped(sorted(rooms.PACKAGE.glob("apps/*/workflows/*.yaml")))
        handlers = (keeper.handle, Coordination(self.means).handle)
        engine = await psycopg.AsyncConnection.connect(self.database.dsn("sw_engine"), autocommit=True)
        async with engine:
            receiver = Receiver(uuid4, handlers=handlers)
            while await receiver.apply(engine):
                pass
            while await gathering.once(engine, self.means):
                pass
        async with await self.database.connect("sw_engine") as connection, connection.cursor() as cursor:
            await tick(cursor, self.means)

    def leaks(self, reader: Party, own: Sequence[str]) -> list[tuple[str, str]]:
        """Table and mark of everything the reader can read that bears somebody else's mark."""
        foreign = [one.mark for one in self.consignments if one.mark not in own]
        return [(table, mark) for table, text in self.read(reader) for mark in foreign if mark in text]

    def read(self, reader: Party) -> Iterator[tuple[str, str]]:
        """Every row that the portal's role reads for a party, with what is packed in it unpacked."""
        with psycopg.connect(self.database.dsn("sw_web")) as connection:
            connection.execute("select set_config('sw.viewers', %s, true)", [f"{{{reader.id}}}"])
            for table in (name for (name,) in connection.execute(READABLE, ["sw_web"]).fetchall()):
                columns = [c for (c,) in connection.execute(COLUMNS, [table, "sw_web"]).fetchall()]
                names = sql.SQL(", ").join(map(sql.Identifier, columns))
                query = sql.SQL("select {} from sw.{}").format(names, sql.Identifier(table))
                for row in connection.execute(query):
                    yield table, " ".join(map(unpacked, row))


def unpacked(value: object) -> str:
    """A column as text; compressed content as what it holds."""
    if not isinstance(value, bytes):
        return str(value)
    with suppress(zstandard.ZstdError):
        value = zstandard.decompress(value, max_output_size=1_000_000)
    return value.decode("utf-8", "replace")


def marked(mark: str, code: str) -> dict[str, Any]:
    """Everything an importer may word freely, bearing the mark."""
    fields = (
        "contract_number", "remarks", "consignee_name", "consignee_name_en", "consignee_address",
        "overseas_consignor_name", "end_user_name", "declarant_name", "goods_place", "marks",
        "bill_number", "bill_of_lading_number", "delivery_number", "ship_agent_name",
    )  # fmt: skip
    parties = dict.fromkeys(("consignee_code", "end_user_code", "declarant_code"), code)
    return {name: f"{mark}{place}" for place, name in enumerate(fields)} | parties


def lot(number: str, seal: str, less: bool) -> list[dict[str, str]]:
    """The container line of one importer's goods, all or a part of what is in it."""
    line = {"container_number": number, "container_type": "21", "seal_number": seal}
    return [line | {"goods_line_numbers": "1,2,3", "less_than_container_load": "1" if less else "0"}]


def _code(number: int) -> str:
    body = f"91500112MADEM{number:04d}"
    return body + check_character(body)

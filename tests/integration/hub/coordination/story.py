"""The story's consignment through the worker's own path: stored, answered, applied, decided."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from uuid import UUID, uuid4

import psycopg

from integration.hub.dossier.declared import declare, seen
from platform_under_test import SAMPLE
from singlewindow.hub.coordination import queries, services
from singlewindow.hub.coordination.acting import tick
from singlewindow.hub.coordination.departing import Departures
from singlewindow.hub.coordination.means import Means
from singlewindow.hub.coordination.receiving import Coordination
from singlewindow.hub.exchange.arrived import Arrived
from singlewindow.hub.exchange.notifying import goods_only
from singlewindow.hub.identity.people import array
from singlewindow.hub.identity.sessions import VIEWERS
from singlewindow.kernel.crypto.signing import SigningKey
from singlewindow.kernel.messages import (
    Actor,
    Instruction,
    Order,
    Outcome,
    Receipt,
    Stage,
    Subject,
    Viewer,
)

__all__ = ["Port", "declare", "seen"]

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
VALUES = json.loads(Path(SAMPLE).read_text("utf-8"))["values"]
ONE, TWO = "CQXU2045171", "CQXU3188623"
OPERATOR = "91500112MADEM0T1XF"


class Port:
    """A data base with agencies and a terminal in it, and a clock that tests move."""

    def __init__(self, database: Any) -> None:
        self.database = database
        self.now = AT
        self.key = SigningKey.generate()
        self.means = Means(self.key, lambda: self.now, uuid4)
        self.party: dict[str, int] = {}
        offices = ("customs", "quarantine", "border", "maritime", OPERATOR)
        for code in offices:
            operator = code == OPERATOR
            ((id_,),) = database.execute(
                "sw_engine",
                "insert into party (kind, code, partner, name_zh, name_en) values (%s, %s, %s, %s, %s)"
                " returning id",
                "operator" if operator else "agency", code, "terminal" if operator else code, code, code,
            )  # fmt: skip
            self.party["terminal" if operator else code] = id_

    def operated(self) -> Self:
        """With the operator of the platform in it, too."""
        ((self.party["platform"],),) = self.rows(
            "insert into sw.party (kind, code, name_zh, name_en) values ('platform', 'P', 'P', 'P')"
            " returning id"
        )
        return self

    def joined_by(self, *firms: int) -> Self:
        """With firms of these ids in it, too."""
        for id_ in firms:
            self.rows(
                "insert into sw.party (id, kind, code, name_zh, name_en) overriding system value"
                " values (%s, 'firm', %s, 'x', 'x')",
                id_,
                f"F{id_}",
            )
        return self

    def declare(
        self, partners: Sequence[str] = ("customs", "quarantine"), viewers: Any = (107, 108), **values: Any
    ) -> UUID:
        (submission,) = declare(self.database, [VALUES | values], [viewers], partners=partners, at=AT)
        return submission

    def document(self, submission: UUID, partner: str) -> UUID:
        rows = self.database.execute(
            "postgres",
            "select id from sw.document where submission_id = %s and partner = %s",
            submission,
            partner,
        )
        return rows[0][0]

    def answer(
        self,
        submission: UUID,
        partner: str,
        outcome: Outcome,
        seconds: float = 0,
        *given: Instruction,
        **facts: str,
    ) -> Arrived:
        at = AT + timedelta(seconds=seconds)
        receipt = Receipt(
            str(uuid4()), "m", Stage.BUSINESS, "X", outcome, at, facts=facts, instructions=tuple(given)
        )
        return Arrived(partner, receipt, at, submission, self.document(submission, partner), [107, 108])

    async def receive(self, *arrived: Arrived) -> None:
        async with await self.database.connect("sw_engine") as connection, connection.cursor() as cursor:
            await goods_only(Coordination(self.means).handle)(cursor, arrived)
            await Departures(self.means).handle(cursor, arrived)

    def dispositions(self) -> dict[str, str]:
        rows = self.database.execute("postgres", "select number, kind from sw.disposition")
        return dict(rows)  # type: ignore[arg-type]

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.database.execute("postgres", statement, *values)

    def parts(self) -> list[tuple[str, str, str, list[str]]]:
        """Of every order that is not called off, by its name, who takes part, how, and looks for what."""
        rows = self.rows(
            "select o.name, p.agency, p.standing, coalesce(n.items, '{}') from sw.inspection_order o"
            " join sw.inspection_part p on p.inspection_order = o.id left join sw.inspection_need n"
            " on n.inspection_order = o.id and n.agency = p.agency where o.state <> 'cancelled'"
            ' order by o.name, p.agency, n.name collate "C"'
        )
        found: dict[tuple[str, str, str], list[str]] = {}
        for *part, items in rows:
            found.setdefault((part[0], part[1], part[2]), []).extend(items)
        return [(*part, list(dict.fromkeys(items))) for part, items in found.items()]

    def verbs(self) -> list[str]:
        return [verb for (verb,) in self.rows("select verb from sw.journal_entry order by id")]

    def web(self, *viewers: int) -> psycopg.Connection[Any]:
        """A portal request of somebody who reads for these parties; the caller closes it."""
        connection = psycopg.connect(self.database.dsn("sw_web"))
        connection.execute(VIEWERS, [array(viewers), str(viewers[0]) if viewers else ""])
        return connection


class Yard(Port):
    """A port whose people ask for things on their screens."""

    def actor(self, office: str) -> Actor:
        return Actor("person", "1", f"{office} 01", self.party[office])

    async def ask(self, office: str, verb: str, **given: Any) -> queries.Request:
        """Ask as somebody of an office, let the worker do it, read what became of it."""
        request, party = uuid4(), self.party[office]
        with self.web(party) as connection, connection.cursor() as cursor:
            getattr(services, verb)(self.actor(office), cursor, request=request, at=self.now, **given)
        await self.work()
        with self.web(party) as connection, connection.cursor() as cursor:
            found = queries.request(Viewer((party,)), cursor, request)
        assert found is not None
        assert found.applied_at is not None
        return found

    async def work(self) -> None:
        async with await self.database.connect("sw_engine") as connection, connection.cursor() as cursor:
            await tick(cursor, self.means)

    def order(self) -> UUID:
        (row,) = self.rows("select id from sw.inspection_order where state not in ('closed', 'cancelled')")
        return row[0]

    def state(self) -> str:
        return self.rows("select state from sw.inspection_order order by opened_at desc, id desc")[0][0]


def said(
    partner: str, order: Order, number: str, version: int = 1, items: Sequence[str] = (), **more: Any
) -> Instruction:
    kind = more.pop("kind", "container")
    name = f"{partner}-{number}"
    return Instruction(name, partner, order, Subject(kind, number), AT, version, items=tuple(items), **more)


def found(items: Sequence[str], **other: str) -> dict[str, tuple[str, str]]:
    """What an officer writes for each item: nothing remarkable, unless said otherwise."""
    return {item: (other.get(item, "normal"), "") for item in items}

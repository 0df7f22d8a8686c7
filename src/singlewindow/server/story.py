"""The story of the platform, step by step against a running one: every step is asked for and looked at."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg

from singlewindow.hub.coordination import gate, queries, services
from singlewindow.hub.coordination.gate import Verdict
from singlewindow.hub.documents.samples import samples_in
from singlewindow.hub.identity.people import array
from singlewindow.hub.identity.sessions import VIEWERS
from singlewindow.kernel.clock import local_day, now
from singlewindow.kernel.messages import Actor, Text, Viewer
from singlewindow.server import rooms
from singlewindow.server.calling import call
from singlewindow.server.composition import registry
from singlewindow.server.configuration import ENGINE, WEB, Configuration
from singlewindow.server.doors import new_id

SAMPLES, SAMPLE = rooms.PACKAGE / "apps/declarations/samples", "guoyuan_sea_import"
KIND = "goods_declaration"
INSPECTED, FREE = "CQXU2045171", "CQXU3188623"
SEALS = {INSPECTED: "DM990001", FREE: "DM884121"}  # the first is the one put on after the inspection
PLATE = "渝A88888"
RECEIVERS = {"border", "customs", "maritime", "quarantine", "terminal"}
INSPECTING = {"customs", "quarantine"}
TOLD = {"declarant", "forwarder", "importer", "terminal"}
USED = gate.USED.code
# The reason must be the story's own, not that the data are old: nothing is released; or the box left the last
# time the story was played, and that pass is used.
BARRED = frozenset({"G-21", USED})
STEP_S = 30.0
LOOK_S = 0.2


class NotHappenedError(RuntimeError):
    """A step that should have happened did not, within its time."""


@dataclass
class Story:
    """One run: what has been learnt so far. Each run is a ship's call of its own."""

    configuration: Configuration
    mark: str
    submission: dict[str, Any] = field(default_factory=dict)
    body: bytes = b""
    missing: str = ""

    def steps(self) -> Iterator[tuple[Text, Callable[[], str]]]:
        """What happens, in order; each returns a word on how."""
        yield Text("一次录入，申报", "One entry, submitted"), self.submit
        yield (
            Text("五家各收到自己的单证并回执", "Five receivers answer, each its own document"),
            self.answered,
        )
        yield (
            Text(
                "海关、检验检疫要查同一箱：一张查验单", "Customs, inspection and quarantine: one joint order"
            ),
            self.ordered,
        )
        yield (
            Text("收货人、货代、报关、码头都得通知", "Importer, forwarder, broker and terminal are told"),
            self.told,
        )
        yield Text("没人要查的箱子自动放行", "The box nobody wants is released by itself"), self.freed
        yield Text("卡口拒绝未放行的箱子", "The gate refuses the box not released"), self.refused
        yield Text("约时间、到位、开始查验", "Appointment, ready, under way"), self.begun
        yield Text("两家各录结果，合并为一份", "Each records; one consolidated result"), self.concluded
        yield Text("查验的箱子放行", "The inspected box is released"), self.released
        yield Text("卡口放行一次，再来拒绝", "The gate lets it out once, never twice"), self.gone
        yield Text("重复申报得到原回执", "Submitted again: the original receipt"), self.repeated

    def submit(self) -> str:
        definition = registry().current(KIND)
        told = next(sample for sample in samples_in(SAMPLES) if sample.id == SAMPLE)
        values = told.values(definition, local_day(now()))
        values |= {"bill_number": f"CQX2511070386-{self.mark}", "voyage_number": self.mark}
        document = {"document": KIND, "version": definition.version, "values": values}
        self.body = json.dumps(document, ensure_ascii=False).encode()
        answer = self._post()
        if answer.status_code != 202:
            raise NotHappenedError(answer.text)
        self.submission = answer.json()
        return str(self.submission["submission_id"])

    def answered(self) -> str:
        def look() -> str:
            found = call(self.configuration, "GET", f"/api/v1/submissions/{self.submission['submission_id']}")
            answered = {
                document["receiver"]
                for document in found.json()["documents"]
                if any(receipt["stage"] == "business" for receipt in document["receipts"])
            }
            return self._all_of(RECEIVERS, answered)

        return self._until(look)

    def ordered(self) -> str:
        def look() -> str:
            parts = self._ask(
                "select agency, inspection_order from inspection_part where inspection_order in"
                " (select id from inspection_order where subject_key like %s and state <> 'cancelled')",
                f"{INSPECTED}@%/{self.mark}",
            )
            orders = {order for _, order in parts}
            if len(orders) > 1:
                raise NotHappenedError(f"{len(orders)} orders")
            agencies = self._all_of(INSPECTING, {agency for agency, _ in parts})
            return f"{agencies}: {len(self._items(orders.pop()))} 项 · items" if agencies else ""

        return self._until(look)

    def told(self) -> str:
        def look() -> str:
            rows = self._ask("select distinct role from notice where subject_id = %s", self._order())
            return self._all_of(TOLD, {row[0] for row in rows})

        return self._until(look)

    def freed(self) -> str:
        return self._until(lambda: self._released(FREE))

    def refused(self) -> str:
        verdict = self._gate(gate.check, container=INSPECTED)
        return self._barred(verdict, BARRED)

    def begun(self) -> str:
        order = self._order()
        when = now() + timedelta(hours=2)
        self._request("terminal", services.appoint, order=order, when=when, place="果园港 查验区 B-07")
        self._request("terminal", services.ready, order=order)
        self._request("customs", services.start, order=order)
        return self._same("in_progress", self._state(order))

    def concluded(self) -> str:
        order = self._order()
        for agency in ("customs", "quarantine"):
            items = self._ask(
                "select items from inspection_part where inspection_order = %s and agency = %s", order, agency
            )
            results = {item: ("normal", "") for item in items[0][0] if item not in self._recorded(order)}
            seal = {"seal": SEALS[INSPECTED]} if agency == "quarantine" else {}
            given = {"order": order, "agency": agency, "results": results, "conclusion": "normal", **seal}
            self._request(agency, services.record_result, **given)
        return self._same("normal", self._until(lambda: self._concluded(order)))

    def released(self) -> str:
        return self._until(lambda: self._released(INSPECTED))

    def gone(self) -> str:
        first = self._until_passed()
        second = self._gate(gate.gate_out, container=INSPECTED)
        return f"{first.number}；{self._barred(second, frozenset({USED}))}"

    def repeated(self) -> str:
        again = self._post().json()
        for name in ("submission_id", "received_at"):
            self._same(str(self.submission[name]), str(again[name]))
        return str(again["received_at"])

    def _all_of(self, wanted: set[str], seen: set[str]) -> str:
        """All of them by name, or nothing; who is missing is what a step that does not happen says."""
        self.missing = ", ".join(sorted(wanted - seen))
        return "" if self.missing else ", ".join(sorted(seen))

    def _barred(self, verdict: Verdict, codes: frozenset[str]) -> str:
        said = "；".join(reason.text.zh for reason in verdict.reasons)
        if verdict.passed or codes.isdisjoint(reason.code for reason in verdict.reasons):
            raise NotHappenedError(f"{INSPECTED}: {said or 'PASS'}")
        return said

    def _same(self, wanted: str, seen: str) -> str:
        if seen != wanted:
            raise NotHappenedError(f"{seen}, not {wanted}")
        return seen

    def _post(self) -> Any:
        headers = {"idempotency-key": f"story-{self.mark}"}
        return call(self.configuration, "POST", "/api/v1/submissions", content=self.body, headers=headers)

    def _order(self) -> UUID | None:
        key = f"{INSPECTED}@%/{self.mark}"
        rows = self._ask(
            "select id from inspection_order where subject_key like %s and state <> 'cancelled'", key
        )
        return rows[0][0] if rows else None

    def _items(self, order: UUID | None) -> set[str]:
        rows = self._ask("select unnest(items) from inspection_part where inspection_order = %s", order)
        return {row[0] for row in rows}

    def _recorded(self, order: UUID | None) -> set[str]:
        return {
            row[0]
            for row in self._ask("select item from inspection_result where inspection_order = %s", order)
        }

    def _state(self, order: UUID | None) -> str:
        return str(self._ask("select state from inspection_order where id = %s", order)[0][0])

    def _concluded(self, order: UUID | None) -> str:
        return str(self._ask("select conclusion from inspection_order where id = %s", order)[0][0] or "")

    def _released(self, container: str) -> str:
        rows = self._ask(
            "select releases[1] from gate_pass where key like %s and revoked_at is null",
            f"{container}@%/{self.mark}",
        )
        return str(rows[0][0]) if rows else ""

    def _until_passed(self) -> Verdict:
        """The gate trusts nothing older than its bound, so it may ask for a moment's patience."""
        until = time.monotonic() + STEP_S
        while True:
            verdict = self._gate(gate.gate_out, container=INSPECTED)
            if verdict.passed:
                return verdict
            if time.monotonic() > until:
                raise NotHappenedError("；".join(reason.text.zh for reason in verdict.reasons))
            time.sleep(LOOK_S)

    def _gate(self, verb: Callable[..., Verdict], *, container: str) -> Verdict:
        given: dict[str, Any] = {
            "plate": PLATE,
            "container": container,
            "seal": SEALS[container],
            "at": now(),
        }
        keeper = self._actor("terminal")
        with self._as(keeper) as connection, connection.cursor() as cursor:
            if verb is gate.gate_out:
                return gate.gate_out(keeper, cursor, gate="3", **given)
            return gate.check(cursor, **given)

    def _request(self, partner: str, verb: Callable[..., None], **given: Any) -> None:
        """Ask as somebody of a partner, and wait until the worker has done it."""
        actor, request = self._actor(partner), new_id()
        with self._as(actor) as connection, connection.cursor() as cursor:
            verb(actor, cursor, request=request, at=now(), **given)

        def look() -> str:
            with self._as(actor) as connection, connection.cursor() as cursor:
                found = queries.request(Viewer((actor.party,)), cursor, request)
            if found is None or found.applied_at is None:
                return ""
            if found.problems:
                raise NotHappenedError("；".join(problem.text.zh for problem in found.problems))
            return "done"

        self._until(look)

    def _actor(self, partner: str) -> Actor:
        rows = self._ask("select id, name_zh from party where partner = %s", partner)
        return Actor("person", f"story:{partner}", rows[0][1], rows[0][0])

    def _as(self, actor: Actor) -> psycopg.Connection[Any]:
        connection = psycopg.connect(self.configuration.dsn(WEB))
        connection.execute(VIEWERS, [array([actor.party]), str(actor.party)])
        return connection

    def _ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.configuration.dsn(ENGINE)) as connection:
            return connection.execute(query, values).fetchall()

    def _until(self, look: Callable[[], str]) -> str:
        self.missing = ""
        until = time.monotonic() + STEP_S
        while not (seen := look()):
            if time.monotonic() > until:
                missing = self.missing and f"：缺 · missing {self.missing}"
                raise NotHappenedError(f"未在 {STEP_S:.0f} 秒内 · not within {STEP_S:.0f} s{missing}")
            time.sleep(LOOK_S)
        return seen

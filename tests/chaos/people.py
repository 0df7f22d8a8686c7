"""An officer and a yard at work while processes die: containers that are looked into, and leave."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
from msgspec import Struct

from chaos.load import ANSWER_S, PATIENCE_S, PAUSE_S, Load
from programs import AGENCY, TERMINAL, YARD, issued
from running import Platform, declaration
from singlewindow.kernel.clock import now
from singlewindow.kernel.codes.container import check_digit

APART_S = 2.0  # between the first steps of two consignments
LOOK_S, GATE_S = 0.3, 1.0
AHEAD = timedelta(hours=2)  # the appointment
MOST = 40  # consignments, however long it takes
ITEM, PLATE, LANE = "核对铅封", "渝A88888", "3"
STEPS = ("inspection.scheduled", "inspection.ready", "inspection.started")
TOLD = "select verb from journal_entry where subject_id = %s::uuid and verb = any (%s)"
FOUND = "select item, agency, result from inspection_result where inspection_order = %s::uuid"
PASSAGES = """select (select count(*) from gate_event where number = %s and out),
                     (select count(*) from milestone m join gate_pass p on p.key = m.object_key
                       where p.number = %s and m.code = 'gate_out' and m.source = 'gate'),
                     (select count(*) from journal_entry where verb = 'gate.passed'
                         and convert_from(content, 'UTF8')::jsonb ->> 'number' = %s)"""
MAY_LEAVE = "select number from gate_pass where revoked_at is null and used_at is null and number = any (%s)"


class Work(Struct):
    """One consignment of theirs: the container that is looked into, by which order; whether it has left."""

    consignment: str
    container: str
    seal: str
    order: str = ""
    tries: int = 0
    left: bool = False


class People:
    """Each thing is asked for under one key until it is answered, as the API's guide tells programs to."""

    def __init__(self, load: Load) -> None:
        self.load, self.platform, self.works = load, load.platform, list[Work]()
        self.customs = issued(self.platform, "customs", AGENCY)
        self.yard = issued(self.platform, TERMINAL, YARD)

    def known(self) -> bool:
        """Whether the platform knows their tokens already."""
        heads = [{"authorization": f"Bearer {token}"} for token in (self.customs, self.yard)]
        asked = [httpx.get(f"{self.platform.url}/api/v1/me", headers=head, trust_env=False) for head in heads]
        return all(answer.status_code == httpx.codes.OK for answer in asked)

    async def run(self, end: asyncio.Event) -> None:
        """Begin with a consignment every ``APART_S`` until ``end`` is set, then finish what was begun."""
        async with self._client() as client, asyncio.TaskGroup() as under_way:
            for number in range(MOST):
                if end.is_set():
                    return
                under_way.create_task(self._whole(client, number, end))
                await asyncio.sleep(APART_S)

    async def clear(self) -> None:
        """Try the gate once more with whatever has not left."""
        async with self._client() as client:
            for work in self.works:
                if not work.left:
                    await self._leave(client, work)

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.platform.url, timeout=ANSWER_S, trust_env=False)

    async def _whole(self, client: httpx.AsyncClient, number: int, end: asyncio.Event) -> None:
        boxes = boxes_of(number)
        taken = await self.load.one(containers=boxes)
        if taken is None:
            return
        work = Work(taken.submission_id, boxes[0]["container_number"], boxes[0]["seal_number"])
        self.works.append(work)
        await self._inspect(client, work)
        while not (work.left or end.is_set()):
            await self._leave(client, work)
            await asyncio.sleep(GATE_S)

    async def _inspect(self, client: httpx.AsyncClient, work: Work) -> None:
        subject = {"kind": "container", "number": work.container}
        asked = {"consignment": work.consignment, "order": "inspect", "subject": subject, "items": [ITEM]}
        for _ in range(int(PATIENCE_S / LOOK_S)):  # the consignment is not known to customs at once
            if await self._act(client, self.customs, work, "instructions", asked):
                break
            await asyncio.sleep(LOOK_S)
        work.order = await self._ordered(client, work)
        place, when = f"inspections/{work.order}", (now() + AHEAD).isoformat()
        found = {"results": [{"item": ITEM, "result": "normal"}], "conclusion": "normal"}
        for token, step, body in (
            (self.yard, "appointment", {"when": when, "place": "B-07"}),
            (self.yard, "arrival", None),
            (self.customs, "beginning", None),
            (self.customs, "results", found),
        ):
            assert await self._act(client, token, work, f"{place}/{step}", body), (step, work)

    async def _ordered(self, client: httpx.AsyncClient, work: Work) -> str:
        path = f"/api/v1/inspections?open=true&consignment={work.consignment}"
        items = (await self._ask(client, "GET", path, self.customs)).json()["items"]
        (order,) = [one["id"] for one in items if one["name"] == work.container]
        return str(order)

    async def _leave(self, client: httpx.AsyncClient, work: Work) -> None:
        asked = {"gate": LANE, "plate": PLATE, "container": work.container, "seal": work.seal}
        key = self._key(work)
        answer = await self._ask(client, "POST", "/api/v1/gate/passages", self.yard, asked, key)
        assert answer.status_code == httpx.codes.OK, answer.text
        work.left = answer.json()["passed"]

    async def _act(
        self, client: httpx.AsyncClient, token: str, work: Work, path: str, body: Any = None
    ) -> bool:
        """Ask for something to be done; whether it was, once the worker has said so."""
        answer = await self._ask(client, "POST", f"/api/v1/{path}", token, body, self._key(work))
        if answer.status_code == httpx.codes.NOT_FOUND:
            return False
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        place = answer.json()["location"]
        begun = time.monotonic()
        while (became := (await self._ask(client, "GET", place, token)).json())["standing"] == "waiting":
            assert time.monotonic() - begun < PATIENCE_S, (path, became)
            await asyncio.sleep(LOOK_S)
        return bool(became["standing"] == "done")

    async def _ask(
        self, client: httpx.AsyncClient, method: str, path: str, token: str, body: Any = None, key: str = ""
    ) -> httpx.Response:
        """The answer, asked for again where none came or the platform failed."""
        told = {"authorization": f"Bearer {token}"} | ({"idempotency-key": key} if key else {})
        begun = time.monotonic()
        while time.monotonic() - begun < PATIENCE_S:
            try:
                answer = await client.request(method, path, json=body, headers=told)
            except httpx.TransportError:
                answer = None
            if answer is not None and not answer.is_server_error:
                return answer
            await asyncio.sleep(PAUSE_S)
        raise AssertionError(f"{method} {path} was not answered within {PATIENCE_S} s")

    def _key(self, work: Work) -> str:
        work.tries += 1
        return f"{work.container}-{work.tries}"


def boxes_of(number: int) -> list[dict[str, str]]:
    """The containers of the declaration, renamed: no other consignment's."""
    found: list[dict[str, str]] = json.loads(json.dumps(declaration()["values"]["containers"]))
    for place, box in enumerate(found):
        body = f"SWPU{len(found) * number + place:06d}"
        box["container_number"] = body + check_digit(body)
    return found


def prove_work(platform: Platform, works: list[Work]) -> None:
    """Each step took effect once, each box that the gate let out left once, and no other may leave."""
    for work in works:
        steps = Counter(verb for (verb,) in platform.ask(TOLD, work.order, list(STEPS)))
        assert steps == dict.fromkeys(STEPS, 1), work
        assert (ITEM, "customs", "normal") in platform.ask(FOUND, work.order), work
        once = int(work.left)
        assert platform.ask(PASSAGES, *[work.container] * 3) == [(once, once, once)], work
    kept = [work.container for work in works if not work.left]
    assert platform.ask(MAY_LEAVE, kept) == []

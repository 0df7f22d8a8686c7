"""The form's desk: what pages of documents ask of exchange, by the same write path as every door."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from django.db import connection
from django.urls import reverse
from psycopg import OperationalError

from singlewindow.hub.documents.definition import Definition
from singlewindow.hub.documents.desk import Finding, Handed, Known, Read, Receiver, Returned
from singlewindow.hub.documents.knowing import otherwise
from singlewindow.hub.documents.projection import Projection, count_boxes
from singlewindow.hub.documents.registry import Registry, Route
from singlewindow.hub.documents.wanting import unsaid
from singlewindow.hub.exchange.connector import Manifest
from singlewindow.hub.exchange.doors.http import Earlier
from singlewindow.hub.exchange.filling import completed, facts
from singlewindow.hub.exchange.group_commit import Full, GroupCommit, Unsettled
from singlewindow.hub.exchange.knowledge import LiveKnowledge
from singlewindow.hub.exchange.storing import Conflict, Taken
from singlewindow.hub.exchange.submission import (
    Context,
    Knowledge,
    Prepared,
    Refused,
    prepare,
    read_json,
    routed,
)
from singlewindow.hub.identity.directory import StaleDirectoryError
from singlewindow.hub.process import mending
from singlewindow.hub.process.queries import Duty
from singlewindow.hub.standards.codelists import CodeList
from singlewindow.kernel.clock import local_day, now
from singlewindow.kernel.ids import uuid7
from singlewindow.kernel.messages import Actor, Document, Severity, Text, Unreadable

DOOR = "portal"
CHECKED = "check"  # stands for the message id of what is only checked
DECLARING = ("firm", "individual")  # kinds of parties that declare
MOST_KNOWN = 500  # parties that a form offers
WAIT_S = 20.0  # for the commit; what took longer is asked again under the same message id
Answer = TypeVar("Answer")
_JSON = msgspec.json.Encoder()


class FormDesk:
    """Answers on the threads of Django's requests; commits on the loop of the doors."""

    def __init__(
        self,
        live: LiveKnowledge,
        committer: GroupCommit[Prepared, Taken | Conflict],
        earlier: Earlier,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.live, self.knowledge = live, live.current
        self.committer, self.earlier, self.loop = committer, earlier, loop

    @property
    def registry(self) -> Registry:
        return self.live.registry

    @property
    def lists(self) -> Mapping[str, CodeList]:
        return self.live.registry.listings

    @property
    def edition(self) -> int:
        return self.live.edition

    def find(self, kind: str, version: str, values: dict[str, Any], actor: Actor) -> Finding:
        """Every problem of the check, then those of the write path; receivers as far as it is filled."""
        known = self.knowledge()
        checked = known.registry.checks[kind, version](values, local_day(now()))
        problems = list(checked.problems)
        try:
            prepare(_body(kind, version, values), self._context(known, actor, CHECKED))
        except Refused as refused:
            problems += [problem for problem in refused.problems if problem not in checked.problems]
        definition = known.registry.definitions[kind, version]
        party = known.directory.party(actor.party)
        filled = facts(known.registry.systems[kind, version], party, actor, known.directory) if party else {}
        document = completed(checked.document, filled)
        routes = routed(known.subscriptions, definition, document.values, local_day(now()))
        wrong = {each.field for each in problems if each.severity is Severity.ERROR}
        doubts = [*otherwise(definition, document.values, self.known(actor.party, kind))]
        for name in definition.doubts:
            doubts += known.registry.rules[name](document.values, local_day(now()))
        doubts += unsaid([_made(known, route) for route in routes], document)
        problems += [each for each in doubts if each.field not in wrong]
        receivers = [_receiver(known, route, _boxes(known, route, document)) for route in routes]
        return Finding(tuple(problems), checked.boxes, tuple(receivers))

    def partners(self, definition: Definition) -> list[Receiver]:
        """Every partner with a mapping from this document."""
        known = self.knowledge()
        return [
            _receiver(known, route, 0)
            for route in known.registry.made_from(definition.id, definition.version)
            if route.partner in known.connectors
        ]

    def read(self, body: bytes) -> Read:
        """The values as they came; a check follows in the page."""
        reader = next((each for each in self.knowledge().readers if each.recognises(body)), None)
        try:
            reading = reader.read(body) if reader else read_json(body)
        except Refused as refused:
            raise Unreadable(*refused.problems) from refused
        return Read(reading.kind, reading.format, reading.values)

    def submit(
        self, kind: str, version: str, values: dict[str, Any], actor: Actor, message_id: str
    ) -> Handed:
        """The write path; a repeated message id gives the original submission, whatever has ended since."""
        body = _body(kind, version, values)
        try:
            context = self._context(self.knowledge(), actor, message_id)
        except StaleDirectoryError:
            return Handed(busy=True)
        try:
            return _handed(self._waited(self.committer.add(prepare(body, context))))
        except Refused as refused:
            return self._refused(refused, body, context)
        except (Unsettled, TimeoutError):
            return Handed(unsettled=True)
        except (Full, OperationalError):
            return Handed(busy=True)

    def _refused(self, refused: Refused, body: bytes, context: Context) -> Handed:
        """It was judged by what is known today; what was taken before stays so."""
        try:
            before = self._waited(self.earlier(body, context))
        except (OperationalError, TimeoutError):
            return Handed(unsettled=True)
        return _handed(before) if before else Handed(problems=tuple(refused.problems))

    def _waited(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """What the doors' loop makes of it; raises TimeoutError after ``WAIT_S``."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(WAIT_S)

    def known(self, party: int, kind: str) -> list[Known]:
        """A party and those for whom it may declare documents of a kind; its own stands first."""
        try:
            directory = self.knowledge().directory
        except StaleDirectoryError:
            return []
        own = directory.party(party)
        if own is None or own.kind not in DECLARING:
            return []
        principals = directory.principals(party, kind, local_day(now()))[:MOST_KNOWN]
        return [Known(each.code, each.name.zh, each.customs_code) for each in (own, *principals)]

    def returned(self, submission: UUID) -> list[Returned]:
        """What is asked to be mended in a submission, as far as the viewer may act for it."""
        manifests = self.knowledge().connectors
        with connection.cursor() as cursor:
            asked = mending.asked(cursor, submission)
        return [
            _returned(duty, manifests[duty.partner].manifest) for duty in asked if duty.partner in manifests
        ]

    def followed_at(self, submission: UUID) -> str:
        """The portal's page of a consignment."""
        return reverse("consignment", args=[submission])

    def listed_at(self) -> str:
        """The portal's list of declarations."""
        return reverse("declarations")

    def mended(self, submission: UUID, again: UUID, actor: Actor) -> None:
        """It was handed in again: what was asked of it is done, in the request's transaction."""
        with connection.cursor() as cursor:
            mending.answered(cursor, submission, again, actor, now())

    def _context(self, known: Knowledge, actor: Actor, message_id: str) -> Context:
        party = known.directory.party(actor.party)
        if party is None:
            raise StaleDirectoryError(f"party {actor.party} is not known yet")
        return Context(known, actor, party, DOOR, message_id, now(), lambda: uuid7(now()))


def _handed(taken: Taken | Conflict) -> Handed:
    return Handed(taken.submission_id, conflict=isinstance(taken, Conflict))


def _made(known: Knowledge, route: Route) -> tuple[Projection, Text]:
    """What is made for a receiver, and what that one is called."""
    return known.registry.projections[route], known.connectors[route.partner].manifest.name.text()


def _boxes(known: Knowledge, route: Route, document: Document) -> int:
    return count_boxes(known.registry.projections[route].project(document).values)


def _returned(duty: Duty, manifest: Manifest) -> Returned:
    name, seal = manifest.name.text(), manifest.seal
    return Returned(name, seal, duty.state, duty.kind, duty.text, duty.reason, duty.since)


def _receiver(known: Knowledge, route: Route, boxes: int) -> Receiver:
    manifest = known.connectors[route.partner].manifest
    target = known.registry.projections[route].target
    return Receiver(
        route.partner, manifest.name.text(), manifest.seal, target.name, manifest.format.text(), boxes
    )


def _body(kind: str, version: str, values: dict[str, Any]) -> bytes:
    return _JSON.encode({"document": kind, "version": version, "values": values})

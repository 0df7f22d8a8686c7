"""The first half of the one write path: ``prepare`` decodes, checks and projects; pure, no I/O."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.documents import faults
from singlewindow.hub.documents.carrying import extended
from singlewindow.hub.documents.checking import Checked, holds, values_at
from singlewindow.hub.documents.decoding import decode_json
from singlewindow.hub.documents.definition import Definition
from singlewindow.hub.documents.registry import Registry, Route
from singlewindow.hub.exchange.connector import Connector
from singlewindow.hub.exchange.filling import CARD, agreed, card_problems, completed, facts
from singlewindow.hub.identity.directory import Directory, Party
from singlewindow.kernel.clock import local_day
from singlewindow.kernel.ids import following
from singlewindow.kernel.messages import Actor, Document, Envelope, Problem, Text

LONGEST_MESSAGE_ID = 80


class Refused(Exception):
    """A submission that was not taken, with every problem found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.text.en for problem in problems))
        self.problems = tuple(problems)


class Subscription(Struct, frozen=True):
    """Who receives what: one row of the table of that name."""

    receiver: str
    source_kind: str
    document_kind: str
    condition: str
    valid_from: date
    valid_to: date | None = None

    def covers(self, kind: str, on: date) -> bool:
        """Whether documents of this kind go to the receiver on a day."""
        return (
            self.source_kind == kind
            and self.valid_from <= on
            and (self.valid_to is None or on <= self.valid_to)
        )


class Reading(Struct, frozen=True):
    """A submission's bytes as a format's reader understood them."""

    format: str
    kind: str
    version: str | None
    values: dict[str, Any]


class Reader(Struct, frozen=True):
    """A format that submissions may come in, beside JSON.

    ``respond`` writes the format's own response to a body, or the beginning of one: whether it is a
    ``receipt``, a ``problem`` or a ``finding`` (of a check), the HTTP status, and the content as a sender
    of JSON is told it.
    """

    format: str
    recognises: Callable[[bytes], bool]
    read: Callable[[bytes], Reading]
    respond: Callable[[bytes, str, int, Mapping[str, Any]], bytes] | None = None


class Knowledge(Struct, frozen=True):
    """What a door knows by heart: versioned memory, replaced as a whole when something changes."""

    registry: Registry
    readers: tuple[Reader, ...]
    connectors: Mapping[str, Connector]
    directory: Directory
    subscriptions: tuple[Subscription, ...]


class Context(Struct, frozen=True):
    """The circumstances of one submission, all injected."""

    knowledge: Knowledge
    actor: Actor
    party: Party
    door: str
    message_id: str
    at: datetime
    new_id: Callable[[], UUID]

    @property
    def claim(self) -> tuple[str, str]:
        """What makes it take effect once: who sends, and the sender's own message id."""
        return f"party:{self.party.id}", self.message_id


class Issued(Struct, frozen=True):
    """One partner's own document of a submission: the exact bytes that go out, and what they are."""

    partner: str
    kind: str
    version: str
    document_id: UUID
    message: UUID
    message_id: str  # as the partner's wire carries it
    reference: str
    payload: bytes
    digest: bytes
    boxes: int
    viewers: tuple[int, ...]


class Prepared(Struct, frozen=True):
    """A submission ready to be stored, alone or with a thousand others."""

    submission_id: UUID
    document_id: UUID
    context: Context
    format: str
    original: bytes
    digest: bytes
    checked: Checked
    filled: dict[str, str]  # by the platform, beside what was entered
    as_entered: bool  # the original is JSON of the canonical values already
    title: str
    keys: tuple[tuple[str, str], ...]
    issued: tuple[Issued, ...]
    viewers: tuple[int, ...]

    @property
    def claim(self) -> tuple[str, str]:
        """That of its circumstances."""
        return self.context.claim


def prepare(body: bytes, context: Context) -> Prepared:
    """Decode, check and project one submission.

    Raises Refused with every problem found, or Unreadable where the bytes are no message at all.
    """
    on = local_day(context.at)
    reading, definition, checked = understood(body, context.knowledge.registry, context.knowledge.readers, on)
    principal, problems = _principal(definition, checked.document, context, on)
    system = context.knowledge.registry.systems[definition.id, definition.version]
    stated, who = str(checked.document.extension.get(CARD, "")), (context.actor, context.knowledge.directory)
    filled = facts(system, context.party, *who, stated)
    problems += _declarant(definition, checked.document, context, on)
    problems += card_problems(filled, *who, stated)
    errors = [*message_id_problems(context.message_id), *checked.errors, *problems]
    if errors:  # what is only strange may be why something is missing: a slip in a name
        raise Refused([*errors, *(each for each in checked.problems if each not in checked.errors)])
    ids = following(context.new_id())
    submission_id = next(ids)
    document = completed(checked.document, filled)
    viewers = tuple(sorted({context.party.id, *([principal.id] if principal else [])}))
    return Prepared(
        submission_id=submission_id,
        document_id=next(ids),
        context=context,
        format=reading.format,
        original=body,
        digest=hashlib.sha256(body).digest(),
        checked=agreed(checked, filled),
        filled=filled,
        as_entered=reading.format == "json" and reading.values == checked.document.values,
        title=checked.document.values.get(definition.reference, ""),
        keys=keys_of(definition, checked.document),
        issued=_issue(
            document, reading.format, definition, context, ids, reference_of(submission_id), viewers
        ),
        viewers=viewers,
    )


def read_document(body: bytes, registry: Registry, readers: Sequence[Reader], on: date) -> Checked:
    """Decode and check alone; raises Unreadable, or Refused where the kind of document is not known."""
    return understood(body, registry, readers, on)[2]


def understood(
    body: bytes, registry: Registry, readers: Sequence[Reader], on: date
) -> tuple[Reading, Definition, Checked]:
    """The same with the format it came in and its definition."""
    reader = next((reader for reader in readers if reader.recognises(body)), None)
    reading = reader.read(body) if reader else read_json(body)
    definition = _definition(reading, registry)
    return reading, definition, registry.checks[definition.id, definition.version](reading.values, on)


def read_json(body: bytes) -> Reading:
    """``{"document": kind, "version"?: version, "values": {…}}``; raises Unreadable or Refused."""
    raw = decode_json(body)
    kind, version, values = raw.get("document"), raw.get("version"), raw.get("values")
    problems = [
        faults.unknown_member(name) for name in sorted(raw.keys() - {"document", "version", "values"})
    ]
    if type(kind) is not str:
        problems.append(faults.missing("document", Text("单证种类", "kind of document")))
    if version is not None and type(version) is not str:
        problems.append(faults.no_text("version", Text("版本", "version")))
    if type(values) is not dict:
        problems.append(faults.missing("values", Text("单证内容", "values of the document")))
    if type(kind) is not str or type(values) is not dict or problems:
        raise Refused(problems)
    return Reading("json", kind, version, values)


def keys_of(definition: Definition, document: Document) -> tuple[tuple[str, str], ...]:
    """The numbers people will look this document up by, each once."""
    found = {
        (kind, value) for kind, path in definition.keys.items() for value in values_at(document.values, path)
    }
    return tuple(sorted(found))


def reference_of(submission_id: UUID) -> str:
    """Our reference as partners repeat it: one letter and 18 digits, like a client's ClientSeqNo."""
    return f"W{(submission_id.int & (1 << 62) - 1) % 10**18:018d}"


def _definition(reading: Reading, registry: Registry) -> Definition:
    try:
        if reading.version is None:
            return registry.current(reading.kind)
        return registry.definitions[reading.kind, reading.version]
    except KeyError:
        wanted = f"{reading.kind} {reading.version or ''}".strip()
        text = Text(f"没有单证“{faults.shown(wanted)}”", f"there is no document “{faults.shown(wanted)}”")
        remedy = Text("请核对单证种类和版本", "check the kind of document and its version")
        raise Refused([Problem("unknown_document", text, "document", faults.shown(wanted), remedy)]) from None


def message_id_problems(message_id: str) -> list[Problem]:
    """Why this is no message id; nothing where it is one."""
    if 1 <= len(message_id) <= LONGEST_MESSAGE_ID and message_id.isascii() and message_id.isprintable():
        return []
    name = Text("报文标识", "message id")
    expected = Text(f"1–{LONGEST_MESSAGE_ID} 个 ASCII 字符", f"1–{LONGEST_MESSAGE_ID} ASCII characters")
    return [faults.wrong_form("message_id", name, message_id, expected)]


def _principal(
    definition: Definition, document: Document, context: Context, on: date
) -> tuple[Party | None, list[Problem]]:
    """On whose behalf it is submitted; a problem unless that is the sender or gave him a mandate."""
    code = document.values.get(definition.principal) if definition.principal else None
    if code is None or code == context.party.code:
        return None, []
    directory = context.knowledge.directory
    principal = directory.by_code(code)
    if principal is not None and directory.may_declare(context.party.id, principal.id, definition.id, on):
        return principal, []
    text = Text(
        f"{context.party.name.zh}没有“{faults.shown(code)}”的有效委托",
        f"{context.party.name.en} holds no mandate of “{faults.shown(code)}” in force",
    )
    remedy = Text(
        "请先取得该单位的电子委托，或核对代码", "obtain that party's mandate first, or check the code"
    )
    return None, [Problem("no_mandate", text, definition.principal, faults.shown(code), remedy)]


def _declarant(definition: Definition, document: Document, context: Context, on: date) -> list[Problem]:
    """Nobody declares in another's name: who declares is the sender, or gave it a mandate."""
    code = document.values.get(definition.declarant) if definition.declarant else None
    if code is None or code == context.party.code:
        return []
    directory, party = context.knowledge.directory, context.party
    named = directory.by_code(code)
    if named is not None and directory.may_declare(party.id, named.id, definition.id, on):
        return []
    text = Text(
        f"申报单位“{faults.shown(code)}”不是报送单位{party.name.zh}，也没有委托其报送",
        f"the declarant “{faults.shown(code)}” is not {party.name.en}, the sender, and gave it no mandate",
    )
    remedy = Text(f"应为 {party.code}，或由该单位报送", f"give {party.code}, or let that party hand it in")
    return [Problem("declarant.another", text, definition.declarant, faults.shown(code), remedy)]


def _issue(
    document: Document,
    format_: str,
    definition: Definition,
    context: Context,
    ids: Iterator[UUID],
    reference: str,
    viewers: tuple[int, ...],
) -> tuple[Issued, ...]:
    routes = routed(context.knowledge.subscriptions, definition, document.values, local_day(context.at))
    # Answers may name a document by its reference alone: the second that one partner gets has its own.
    first = {route.partner: route for route in reversed(routes)}
    return tuple(
        [
            _document_for(
                route,
                document,
                format_,
                context,
                ids,
                reference if first[route.partner] is route else "",
                viewers,
            )
            for route in routes
        ]
    )


def routed(
    subscriptions: Iterable[Subscription], definition: Definition, values: Mapping[str, Any], on: date
) -> list[Route]:
    """What is made of a document with these values on a day, and for whom."""
    return [
        Route(each.receiver, definition.id, definition.version, each.document_kind)
        for each in subscriptions
        if each.covers(definition.id, on)
        and (not each.condition or holds(definition.conditions[each.condition], values))
    ]


def _document_for(
    route: Route,
    document: Document,
    format_: str,
    context: Context,
    ids: Iterator[UUID],
    reference: str,
    viewers: tuple[int, ...],
) -> Issued:
    known = context.knowledge
    connector, projection = known.connectors[route.partner], known.registry.projections[route]
    projected = projection.project(document)
    if document.extension:
        projected = extended(projected, projection, document, format_)
    message, manifest = next(ids), connector.manifest
    message_id, document_id = str(message), next(ids)
    reference = reference or reference_of(document_id)
    envelope = Envelope(message_id, manifest.sender, manifest.receiver, context.at, reference)
    payload = connector.codec.encode(projected, envelope)
    agency = known.directory.by_partner(route.partner)
    return Issued(
        partner=route.partner,
        kind=projected.kind,
        version=projected.version,
        document_id=document_id,
        message=message,
        message_id=message_id,
        reference=reference,
        payload=payload,
        digest=hashlib.sha256(payload).digest(),
        boxes=projection.boxes(projected),
        viewers=tuple(sorted({*viewers, agency.id})) if agency else viewers,
    )

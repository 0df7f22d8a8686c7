"""What programs are answered about submissions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from singlewindow.hub.exchange.api_queries import states
from singlewindow.hub.identity.asking import read_jsonb
from singlewindow.hub.identity.shapes import Sha256, Shape, Words
from singlewindow.kernel.messages import Stage

# Of the whole, or of a receiver's own document by what its newest answer means.
OUTCOMES = [*states("one")]
STATES = [*dict.fromkeys((*states(None), *OUTCOMES))]
Outcome = Annotated[str, Field(json_schema_extra={"enum": [*OUTCOMES]})]
State = Annotated[str, Field(json_schema_extra={"enum": [*STATES]})]


class SubmissionLine(Shape):
    """A submission in a list. ``state`` is that of the whole; for a receiver, of its own document."""

    submission_id: UUID
    document_id: UUID
    document: str
    definition_version: str
    title: str
    boxes: int
    state: State
    receiver: str | None
    received_at: datetime
    changed_at: datetime


class Submissions(Shape):
    """A page of submissions."""

    items: list[SubmissionLine]
    next: str | None


class ReceiptShape(Shape):
    """An answer of a receiver: its own words and codes, and what it means for the document."""

    receipt_id: str
    sender: str
    stage: Stage
    code: str
    outcome: Outcome
    text: str
    facts: Annotated[dict[str, str], BeforeValidator(read_jsonb)]
    at: datetime
    received_at: datetime


class Why(Shape):
    """A reason in both languages."""

    code: Literal[
        "delivery.queued",
        "delivery.retrying",
        "delivery.paused",
        "delivery.unreachable",
        "delivery.refused",
        "delivery.laid_aside",
    ]
    zh: str
    en: str


class Waiting(Shape):
    """What is not with its receiver, and why. What was laid aside is sent no more: it is declared anew."""

    standing: Literal["queued", "dead_letter", "laid_aside"]
    attempts: int
    reason: Why | None = None
    next_try: datetime | None


class DocumentShape(Shape):
    """One document of a submission: that of the declarant (no receiver), or a receiver's own."""

    document_id: UUID
    receiver: str | None
    document: str
    definition_version: str
    version: int
    title: str
    boxes: int
    state: State
    code: str
    changed_at: datetime
    waiting: Waiting | None
    receipts: list[ReceiptShape]


class DutyShape(Shape):
    """What somebody has to do; without a deadline none is set."""

    submission_id: UUID
    document_id: UUID
    code: str
    receiver: str
    state: Words
    text: Words
    action: Words
    reason: str
    since: datetime
    deadline: datetime | None
    done_at: datetime | None


class SubmissionShape(Shape):
    """A submission with its documents, their receipts, and what has to be done about it.

    ``boxes`` are those filled in the receivers' documents that the caller sees; ``boxes`` ÷ ``entries`` is
    what an entry was good for. ``entries`` is null to whom the declaration itself is not told.
    """

    submission_id: UUID
    message_id: str
    received_at: datetime
    digest: Sha256
    door: str
    format: str
    entries: int | None
    boxes: int
    documents: list[DocumentShape]
    duties: list[DutyShape]


class ContentShape(Shape):
    """What was declared, in canonical values; ``digest`` is the SHA-256 of the bytes as they came.

    ``extension`` holds, by path, what the sender's format carried and no definition names.
    """

    submission_id: UUID
    document_id: UUID
    document: str
    definition_version: str
    version: int
    format: str
    digest: Sha256
    created_at: datetime
    values: dict[str, Any]
    extension: dict[str, Any]


class BoxShape(Shape):
    """A box of a receiver's document and the entry it was made from.

    ``how`` is copy, code (translated by a table), constant, system (nobody typed it), kept (no definition
    names it), or the name of a declared function.
    """

    box: str
    name: Words
    value: str
    entry: str | None
    how: str


class ReceiverDocument(Shape):
    """A receiver's own document, box by box, and the message that carried it."""

    document_id: UUID
    receiver: str
    document: str
    definition_version: str
    version: int
    message_id: str
    reference: str
    digest: Sha256
    created_at: datetime
    boxes: list[BoxShape]


class Duties(Shape):
    """Duties, most pressing first, and how many there are in all."""

    items: list[DutyShape]
    number: int
    next: str | None


class ProblemShape(Shape):
    """One thing that is wrong: what, where, and what to do next."""

    code: str
    severity: str
    field: str
    value: str
    text: Words
    remedy: Words | None


class ReceiverShape(Shape):
    """Who would get a document of its own, and how many of its boxes would be filled."""

    receiver: str
    document: str
    boxes: int


class Finding(Shape):
    """What the door would say. ``fit``: it would be taken."""

    fit: bool
    document: str | None
    entries: int
    problems: list[ProblemShape]
    receivers: list[ReceiverShape]

"""One consignment as its page shows it: head, axis, documents with their receipts, evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.exchange.reasons import reason
from singlewindow.hub.identity.asking import Row
from singlewindow.hub.portal import acts, names, states, timeline
from singlewindow.hub.portal.forwarding.lines import conveyance
from singlewindow.hub.portal.names import Partner
from singlewindow.hub.portal.states import Stand, State
from singlewindow.hub.portal.words import word
from singlewindow.kernel.messages import Outcome, Stage, Text

_NEGATIVE = (Outcome.RETURNED, Outcome.REFUSED)


class Answer(Struct, frozen=True):
    """One receipt: the partner's own words, unchanged, and the numbers it assigned."""

    state: State
    code: str
    stage: str
    at: datetime
    received_at: datetime
    text: str
    facts: tuple[tuple[Text, str], ...]
    problems: tuple[dict[str, Any], ...]
    partner: Partner
    outcome: int
    container: str = ""

    @property
    def word(self) -> Text:
        """What the partner itself calls this letter, else what the outcome is called."""
        return self.partner.letters.get(self.code, self.state.word)

    @property
    def matters(self) -> bool:
        """Whether it is an event of its own: the business's word, or a wire that refused."""
        return self.stage == Stage.BUSINESS or self.outcome in _NEGATIVE


class Sent(Struct, frozen=True):
    """One agency's document and what became of it."""

    id: UUID
    partner: Partner
    name: Text
    version: int
    boxes: int
    stand: Stand
    at: datetime | None
    digest: str
    message_id: str
    delivery: Row | None
    reason: Text | None
    answers: tuple[Answer, ...]

    @property
    def newest(self) -> Answer | None:
        """The last answer that matters, by the partner's clock."""
        return next((answer for answer in self.answers if answer.matters), None)


class View(Struct, frozen=True):
    """What the page and its fragment render."""

    id: UUID
    title: Text
    state: State
    keys: tuple[tuple[Text, str], ...]
    source: Row | None
    submission: Row | None
    door: Text
    sent: tuple[Sent, ...]
    columns: list[timeline.Column]
    tracks: str
    earlier: int
    evidence: dict[str, Any]
    made: int

    @property
    def boxes_an_entry(self) -> float:
        """Boxes filled ÷ entries typed, in the documents that this viewer reads; 0 where none was typed."""
        typed = self.source["boxes"] if self.source else 0
        return self.made / typed if typed else 0.0


def view(kept: dict[str, Any]) -> View:
    """The page of what the queries found."""
    source = next((document for document in kept["documents"] if document["partner"] is None), None)
    sent = tuple(_sent(document, kept) for document in kept["documents"] if document["partner"])
    pairs = [(row["kind"], row["value"]) for row in kept["keys"]]
    columns, earlier = timeline.columns(_events(kept, source, sent))
    return View(
        id=kept["id"],
        title=states.called((source or kept["documents"][0])["title"], pairs),
        state=states.whole(
            source["state"] if source else 0,
            (document.stand.state for document in sent),
            (row["kind"] for row in kept["barred"]),
        ),
        keys=numbers(kept["keys"]),
        source=source,
        door=_door(kept["submission"]),
        submission=_with_hex(kept["submission"], "digest", "hash"),
        sent=sent,
        columns=columns,
        tracks="both" if any(column.track == "logistics" for column in columns) else "documents",
        earlier=earlier,
        evidence=_with_hex(kept["evidence"], "root", "root_hex"),
        made=sum(document.boxes for document in sent),
    )


def followed(kept: dict[str, Any], kinds: Sequence[str]) -> View:
    """The page of who follows the goods without a document; ``kinds`` are their dispositions."""
    return View(
        id=kept["id"],
        title=Text(kept["name"], kept["name"]),
        state=states.of_goods(kinds),
        keys=((word("subject", "conveyance").text, conveyance(kept)),) if kept["call"] else (),
        source=None,
        submission=None,
        door=Text("", ""),
        sent=(),
        columns=[],
        tracks="documents",
        earlier=0,
        evidence=_with_hex(kept["evidence"], "root", "root_hex"),
        made=0,
    )


def _door(submission: Row | None) -> Text:
    door = submission["door"] if submission else ""
    return states.doors().get(door, Text(door, door))


def _with_hex(row: Any, bytes_name: str, name: str) -> Any:
    return row and {**row, name: bytes(row[bytes_name] or b"").hex()}


def _sent(document: dict[str, Any], kept: dict[str, Any]) -> Sent:
    def own(rows: list[Row]) -> list[Row]:
        return [row for row in rows if row["document_id"] == document["id"]]

    answers = tuple(_answer(row) for row in own(kept["receipts"]))
    newest = next((answer for answer in answers if answer.matters), None)
    message, delivery = next(iter(own(kept["messages"])), None), next(iter(own(kept["deliveries"])), None)
    partner = names.partner(document["partner"])
    # A corrected document stands at its start, whatever its earlier version came to.
    current = document if document["stood"] == document["version"] else None
    stand = states.of_document(partner, current, delivery)
    told = next((answer for answer in answers if answer.code == stand.code and stand.code), newest)
    return Sent(
        id=document["id"],
        partner=partner,
        name=names.document(document["kind"]),
        version=document["version"],
        boxes=document["boxes"],
        stand=stand,
        at=told.at if told and current else None,
        digest=bytes(message["digest"]).hex() if message else "",
        message_id=message["message_id"] if message else "",
        delivery=delivery,
        reason=_reason(delivery) if delivery else None,
        answers=answers,
    )


def _reason(delivery: Row) -> Text:
    """Why it is not there yet, in words its sender can use."""
    return reason(*(delivery[name] for name in ("dead", "attempts", "since", "paused_at", "aside"))).text


def _answer(row: dict[str, Any]) -> Answer:
    return Answer(
        state=states.of_outcome(row["outcome"]),
        code=row["code"],
        stage=row["stage"],
        at=row["at"],
        received_at=row["received_at"],
        text=row["text"],
        facts=tuple((_named(name), str(value)) for name, value in (row["facts"] or {}).items()),
        problems=tuple(row["problems"] or ()),
        partner=names.partner(row["partner"]),
        outcome=row["outcome"],
        container=str((row["facts"] or {}).get("container", "")),
    )


def _named(fact: str) -> Text:
    return states.facts().get(fact, Text(fact, fact))


def numbers(rows: list[Row]) -> tuple[tuple[Text, str], ...]:
    """Chips: the numbers documents carry and those agencies assigned, each once, in the table's order."""
    words = states.keys()
    order = list(words)
    unique = {row["value"]: row["kind"] for row in reversed(rows)}
    last = len(order)
    ranked = sorted((order.index(kind) if kind in order else last, value) for value, kind in unique.items())
    return tuple((words.get(unique[value], Text(unique[value], unique[value])), value) for _, value in ranked)


def _events(kept: dict[str, Any], source: Row | None, sent: tuple[Sent, ...]) -> list[timeline.Event]:
    versions = [row for row in kept["versions"] if source and row["document_id"] == source["id"]]
    events = [_declared(row["version"], row["created_at"], len(sent)) for row in versions]
    if source and not versions:
        events.append(_declared(source["version"], source["created_at"], len(sent)))
    events += [
        _answered(answer) for document in sent for answer in reversed(document.answers) if answer.matters
    ]
    events += acts.events(kept["acts"])
    made = {row["document_id"]: row["created_at"] for row in reversed(kept["messages"])}
    for document in sent:
        since = document.delivery and document.delivery["paused_at"]
        if since and document.stand.state.id == "paused":
            events.append(_paused(document, max(since, made.get(document.id, since))))
    return events


def _paused(document: Sent, at: datetime) -> timeline.Event:
    """It waits, as its lane rests: since then, or since it was made."""
    return timeline.Event(
        at,
        "documents",
        "wait",
        Text("暂停发送", "Sending paused"),
        Text("恢复后自动发出", "sent afterwards by itself"),
        document.reason or timeline.NOTHING,
        (timeline.Mark(document.partner.seal, document.partner.name),),
    )


def _declared(version: int, at: datetime, receivers: int) -> timeline.Event:
    title = Text(f"第 {version} 版申报", f"Version {version} declared")
    note = Text(f"送 {receivers} 家", f"to {receivers} parties")
    return timeline.Event(at, "documents", "run", title, note)


def _answered(answer: Answer) -> timeline.Event:
    """A receipt on the track it belongs to; what happened to goods is done, whatever the papers say."""
    moved = answer.code in answer.partner.milestones
    return timeline.Event(
        answer.at,
        "logistics" if moved else "documents",
        "ok" if moved else answer.state.kind,
        answer.word,
        Text(answer.container, answer.container),
        Text(answer.text, answer.text),
        (timeline.Mark(answer.partner.seal, answer.partner.name, answer.code),),
        (answer.received_at, answer.outcome),
    )

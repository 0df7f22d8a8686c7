"""From journal entries to the notices of each party; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from singlewindow.hub.identity.registrations import AGENCY, OPERATOR, PLATFORM
from singlewindow.hub.journal.subscriber import Numbered
from singlewindow.hub.notice.rules import Book, Topic, filled
from singlewindow.kernel.clock import ZONE
from singlewindow.kernel.messages import Text

CONTAINERS_SHOWN = 3
_CONTENT = msgspec.json.Decoder(dict[str, Any])
_NOTHING: Mapping[str, Any] = {}


class Party(Struct, frozen=True):
    """A party as notices need it."""

    id: int
    kind: str
    partner: str | None
    name: Text


class Own(Struct, frozen=True):
    """What of a thing that several consignments share is one party's: as what it is told, and its own bills.

    ``more``: how many further ones it has; ``submission_id``: what opens its consignment, where it has one.
    """

    role: str
    bills: tuple[str, ...]
    more: int = 0
    submission_id: UUID | None = None


NOBODYS: Mapping[int, Own] = {}


class Circumstances(Struct, frozen=True):
    """What rooms above know of an entry's subject: what people call it, and who is what in it.

    ``viewers`` replace the entry's own, where whoever wrote it knew nobody (a component's entry). ``bill`` is
    of the one consignment that it belongs to; of what several share, ``own`` says by party what is whose.
    """

    title: str = ""
    declarant: int = 0
    forwarder: int = 0
    submission_id: UUID | None = None
    viewers: tuple[int, ...] | None = None
    bill: str = ""
    own: Mapping[int, Own] = NOBODYS


class Notice(Struct, frozen=True):
    """One row of the message box."""

    party: int
    position: int
    at: datetime
    topic: str
    role: str
    kind: str
    title: Text
    detail: Text
    subject_kind: str
    subject_id: UUID
    submission_id: UUID | None


class Parties:
    """Those who may be told, by number and by partner."""

    def __init__(self, parties: Iterable[Party]) -> None:
        self.by_id = {one.id: one for one in parties}
        self.by_partner = {one.partner: one for one in self.by_id.values() if one.partner}
        self.platform = tuple(one.id for one in self.by_id.values() if one.kind == PLATFORM)

    def called(self, id_: int) -> Text:
        """What one of them is called; nothing where it is none of them."""
        return self.by_id[id_].name if id_ in self.by_id else Text("", "")

    def names(self, partners: Iterable[str]) -> Text:
        """What agencies are called, in a row."""
        known = self.by_partner
        return Text.listed(known[one].name if one in known else Text(one, one) for one in partners)


def notices(
    entries: Iterable[Numbered],
    known: Mapping[UUID, Circumstances],
    parties: Parties,
    book: Book,
) -> Iterator[Notice]:
    """One notice an entry and party told of it; ``known`` by submission, or by subject where it has none."""
    for entry in entries:
        content = _CONTENT.decode(entry.content) if entry.content else _NOTHING
        about = known.get(entry.submission_id or entry.subject_id, Circumstances())
        viewers = entry.viewers if about.viewers is None else about.viewers
        said: dict[tuple[str, Text], tuple[Text, Text]] = {}  # the same to all with the same bills
        for party in dict.fromkeys((*viewers, *parties.platform)):
            told = _told(parties.by_id.get(party), entry, content, about, book)
            if told is None:
                continue
            topic, role = told
            bill = _bill(content, about, party)
            if (topic.id, bill) not in said:
                said[topic.id, bill] = _sentences(topic, _words(entry, content, about, parties, bill))
            yield _notice(entry, about, party, topic, role, said[topic.id, bill])


def _told(
    party: Party | None,
    entry: Numbered,
    content: Mapping[str, Any],
    about: Circumstances,
    book: Book,
) -> tuple[Topic, str] | None:
    role = _role(party, content, about) if party is not None else ""
    topic = book.topic(entry.verb, content, role) if role else None
    return (topic, role) if topic else None


def _role(party: Party, content: Mapping[str, Any], about: Circumstances) -> str:
    """As what a party is concerned; an agency only by what it takes part in itself."""
    if party.kind == PLATFORM:
        return "platform"
    if party.id in (content.get("party"), content.get("heir")):
        return "party"
    if party.kind == OPERATOR:
        return "terminal"
    if party.kind == AGENCY:
        return "agency" if party.partner in _partners(content) else ""
    if party.id in about.own:
        return about.own[party.id].role
    if party.id == about.declarant:
        return "declarant"
    return "forwarder" if party.id == about.forwarder else "importer"


def _partners(content: Mapping[str, Any]) -> Sequence[str]:
    return (*content.get("agencies", ()), *content.get("offered", ()))


def _bill(content: Mapping[str, Any], about: Circumstances, party: int) -> Text:
    """Whose goods are meant: the consignment that it is about, or of a shared thing the party's own alone.

    Nothing where the thing itself is called so.
    """
    own = about.own.get(party)
    bills, more = (own.bills, own.more) if own else ((about.bill,) if about.bill else (), 0)
    itself = bills == (content.get("name"),) and not content.get("containers")
    if not bills or itself:
        return Text("", "")
    said = " ".join(bills) + (f" +{more}" if more else "")
    return Text(f"提运单 {said}", f"bill{'s' if len(bills) > 1 else ''} {said}")


def _words(
    entry: Numbered, content: Mapping[str, Any], about: Circumstances, parties: Parties, bill: Text
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The words of both languages."""
    agency = parties.names([content.get("partner") or entry.actor_id])
    agencies = parties.names(content.get("agencies", ()))
    offered = _late(parties.names(content.get("offered", ())))
    party, into = (parties.called(content.get(one, 0)) for one in ("party", "heir"))
    number = content.get("number", "")
    plain = {
        "name": content.get("name") or about.title,
        "number": number,
        "when": _when(content.get("appointed_at")),
        "ends": _when(content.get("ends_at")),
        "since": _when(content.get("since")),
        "place": content.get("place", ""),
        "reason": content.get("reason") or content.get("text") or content.get("problem") or "",
        "message": content.get("message", ""),
        "login": content.get("login", ""),
        "from": content.get("from", ""),
        "waiting": _boxes(content.get("waiting", ())),
        "containers": _boxes(content.get("containers", ())) or content.get("name") or number,
    }
    which = which_box(content)
    plain_zh, plain_en = (
        {**plain, "which": which.zh, "bill": bill.zh},
        {**plain, "which": which.en, "bill": bill.en},
    )
    return (
        {
            **plain_zh,
            "agency": agency.zh,
            "agencies": agencies.zh,
            "offered": offered.zh,
            "party": party.zh,
            "into": into.zh,
            "text": content.get("text_zh", ""),
        },
        {
            **plain_en,
            "agency": agency.en,
            "agencies": agencies.en,
            "offered": offered.en,
            "party": party.en,
            "into": into.en,
            "text": content.get("text_en", ""),
        },
    )


def _late(agencies: Text) -> Text:
    if not agencies.zh:
        return agencies
    return Text(f"来迟、待认可结果：{agencies.zh}", f"late and to be offered the result: {agencies.en}")


def which_box(content: Mapping[str, Any]) -> Text:
    """Which container of a number is meant: its bill where that is told, and its call."""
    name = content.get("name")
    call = " / ".join(content[word] for word in ("conveyance", "voyage") if content.get(word))
    zh, en = (f"提运单 {name}", f"bill {name}") if name else ("", "")
    return Text("，".join(filter(None, (zh, call))), ", ".join(filter(None, (en, call))))


def _boxes(boxes: Sequence[Any]) -> str:
    numbers = [box if isinstance(box, str) else box[0] for box in boxes]
    more = f" +{len(numbers) - CONTAINERS_SHOWN}" if len(numbers) > CONTAINERS_SHOWN else ""
    return " ".join(numbers[:CONTAINERS_SHOWN]) + more


def _when(at: str | None) -> str:
    return f"{datetime.fromisoformat(at).astimezone(ZONE):%m-%d %H:%M}" if at else ""


def _sentences(topic: Topic, words: tuple[Mapping[str, str], Mapping[str, str]]) -> tuple[Text, Text]:
    """Title and detail."""
    zh, en = words
    return (
        Text(filled(topic.title.zh, zh), filled(topic.title.en, en)),
        Text(filled(topic.detail.zh, zh), filled(topic.detail.en, en)),
    )


def _notice(
    entry: Numbered,
    about: Circumstances,
    party: int,
    topic: Topic,
    role: str,
    said: tuple[Text, Text],
) -> Notice:
    own = about.own.get(party)
    return Notice(
        party,
        entry.position,
        entry.at,
        topic.id,
        role,
        topic.kind,
        *said,
        entry.subject_kind,
        entry.subject_id,
        entry.submission_id or (own.submission_id if own else about.submission_id),
    )

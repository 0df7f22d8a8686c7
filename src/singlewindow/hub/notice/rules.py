"""Which journal entry tells which participants of what: the facts of ``rules.yaml``, checked once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Text

SOURCE = Path(__file__).with_name("rules.yaml")
ROLES = frozenset({"declarant", "importer", "forwarder", "terminal", "agency", "party", "platform"})
KINDS = frozenset({"ok", "ins", "hold", "deny", "back", "run", "wait", "draft", "off", "warn"})
WORDS = frozenset(
    {
        "name",
        "number",
        "agency",
        "agencies",
        "offered",
        "containers",
        "when",
        "ends",
        "place",
        "reason",
        "text",
        "message",
        "waiting",
        "which",
        "bill",
        "since",
        "party",
        "login",
        "into",
        "from",
    }
)
LONGEST = 300  # characters of a sentence; an agency's reason may be longer and stands on the page itself

_WORD = re.compile(r"\{(\w+)\}")
_MARK = re.compile(r"([，；：、]|[,;:] )?\{(\w+)\}")


class Topic(Struct, frozen=True):
    """What is told of a verb to some roles, with the words for it."""

    id: str
    verb: str
    roles: frozenset[str]
    kind: str
    title: Text
    detail: Text
    when: Mapping[str, frozenset[str]] = {}

    def fits(self, content: Mapping[str, Any]) -> bool:
        """Whether an entry of the verb is one of those told of."""
        return all(content.get(name) in values for name, values in self.when.items())


class Book(Struct, frozen=True):
    """Every topic, by verb, in the order in which they are tried."""

    topics: Mapping[str, tuple[Topic, ...]]

    @property
    def verbs(self) -> tuple[str, ...]:
        """The verbs that somebody is told of."""
        return tuple(sorted(self.topics))

    def topic(self, verb: str, content: Mapping[str, Any], role: str) -> Topic | None:
        """The first topic for somebody in this role; None where there is nothing to tell."""
        for one in self.topics.get(verb, ()):
            if role in one.roles and one.fits(content):
                return one
        return None


def read(text: str) -> Book:
    """The book written in YAML; ValueError naming every fault."""
    topics: dict[str, list[Topic]] = {}
    faults: list[str] = []
    for raw in parse_yaml(text)["topics"]:
        topic = _topic(raw)
        faults += [f"{topic.id}: {fault}" for fault in _faults(topic)]
        topics.setdefault(topic.verb, []).append(topic)
    if faults:
        raise ValueError("; ".join(faults))
    return Book({verb: tuple(several) for verb, several in topics.items()})


def _topic(raw: Mapping[str, Any]) -> Topic:
    return Topic(
        raw["id"],
        raw["verb"],
        frozenset(raw["roles"]),
        raw["kind"],
        Text(raw["title"]["zh"], raw["title"]["en"]),
        Text(raw["detail"]["zh"], raw["detail"]["en"]),
        {name: frozenset(values) for name, values in raw.get("when", {}).items()},
    )


def _faults(topic: Topic) -> list[str]:
    used = {word for text in (topic.title, topic.detail) for word in _WORD.findall(text.zh + text.en)}
    found = [f"no role {role}" for role in sorted(topic.roles - ROLES)]
    found += [f"no word {{{word}}}" for word in sorted(used - WORDS)]
    return found if topic.kind in KINDS else [*found, f"no status kind {topic.kind}"]


def filled(sentence: str, words: Mapping[str, str]) -> str:
    """The sentence with its words; one that is empty goes with the mark before it. Bounded."""
    first, gaps = _parts(sentence)
    parts = [first]
    for mark, name, after in gaps:
        word = words.get(name, "")
        parts += (mark, word, after) if word else (after,)
    said = "".join(parts).strip("，；：、,;: ")
    return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"


@lru_cache(256)
def _parts(sentence: str) -> tuple[str, list[tuple[str, str, str]]]:
    """How a sentence of the book begins; then each mark and word in braces, and what follows it."""
    first, *rest = _MARK.split(sentence)
    return first, list(zip([mark or "" for mark in rest[::3]], rest[1::3], rest[2::3], strict=True))


@cache
def book() -> Book:
    """The book this release ships."""
    return read(SOURCE.read_text(encoding="utf-8"))

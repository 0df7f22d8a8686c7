"""The examples of the API's description: exchanges of tests, kept as they went over the wire."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_EXAMPLE = 16_000  # characters
MOST_MEMBERS = 3  # of a list in a recorded example
KEY = "Idempotency-Key"
Json = dict[str, Any]


@dataclass(frozen=True)
class Exchange:
    """One request and its answer; ``named`` is what an example in a format of its own is called by."""

    operation: Json
    path: Mapping[str, str]
    query: Mapping[str, Any]
    headers: Mapping[str, str]
    body: Any
    status: int
    media: str
    answer: bytes
    named: str

    @property
    def shown(self) -> Any:
        """The answer as an example holds it: values of JSON, text, or bytes in Base64."""
        if self.media.endswith("json"):
            return shortened(json.loads(self.answer))
        try:
            return self.answer.decode()
        except UnicodeDecodeError:
            return b64encode(self.answer).decode()


@dataclass
class Record:
    """What ``api_examples.json`` is written from."""

    operations: dict[str, Json] = field(default_factory=dict)
    refusals: dict[str, Json] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def note(self, seen: Exchange) -> None:
        """Keep an exchange where it shows more than what is kept already."""
        if seen.status >= 400:
            self.refusals.setdefault(str(seen.status), {}).setdefault(seen.media, seen.shown)
        elif seen.status < 300:
            kept = self.operations.setdefault(seen.operation["operationId"], {})
            self._note_query(kept, seen)
            if "xml" not in seen.media:
                self._note_fullest(kept, seen)
            elif seen.named:
                self._note_message(kept, seen)

    def whole(self) -> Json:
        """Everything, in an order that does not depend on that of the tests."""
        parts = ("path", "query", "header", "asked", "answered")
        operations = {
            name: {part: kept[part] for part in parts if kept.get(part)}
            for name, kept in sorted(self.operations.items())
        }
        refusals = {
            status: dict(sorted(said.items()))
            for status, said in sorted(self.refusals.items())
            if status not in ("405", "412", "500")  # of no operation's own
        }
        return {"operations": operations, "refusals": refusals}

    def _note_query(self, kept: Json, seen: Exchange) -> None:
        """A filter that found something, or a place in a list."""
        found = json.loads(seen.answer) if seen.media.endswith("json") else True
        if seen.query and (not isinstance(found, dict) or found.get("items", True)):
            query = kept.setdefault("query", {})
            for name, value in typed(seen, "query", seen.query).items():
                query.setdefault(name, value)

    def _note_message(self, kept: Json, seen: Exchange) -> None:
        for part, text in (("asked", seen.body.decode()), ("answered", seen.answer.decode())):
            if len(text) < MOST_EXAMPLE:
                kept.setdefault(part, {}).setdefault("application/xml", {}).setdefault(seen.named, text)

    def _note_fullest(self, kept: Json, seen: Exchange) -> None:
        asked = None if isinstance(seen.body, bytes) else shortened(seen.body)
        size = len(json.dumps([asked, seen.shown]))
        if not self.sizes.get(seen.operation["operationId"], -1) < size < MOST_EXAMPLE:
            return
        self.sizes[seen.operation["operationId"]] = size
        kept["path"] = typed(seen, "path", seen.path)
        kept["header"] = {KEY: seen.headers[KEY]} if KEY in seen.headers else {}
        if asked is not None:
            kept.setdefault("asked", {})["application/json"] = {"recorded": asked}
        if seen.media:
            kept.setdefault("answered", {})[seen.media] = {"recorded": seen.shown}


def typed(seen: Exchange, place: str, given: Mapping[str, Any]) -> Json:
    """Parameters as values of their schemas."""
    kinds = {one["name"]: one["schema"].get("type") for one in seen.operation.get("parameters", [])}
    return {name: _typed(kinds.get(name), value) for name, value in given.items() if value != ""}


def _typed(kind: str | None, value: Any) -> Any:
    if kind == "integer":
        return int(value)
    return str(value).lower() == "true" if kind == "boolean" else str(value)


def shortened(value: Any) -> Any:
    """The same with the first members of long lists."""
    if isinstance(value, dict):
        return {name: shortened(inner) for name, inner in value.items()}
    return [shortened(inner) for inner in value[:MOST_MEMBERS]] if isinstance(value, list) else value

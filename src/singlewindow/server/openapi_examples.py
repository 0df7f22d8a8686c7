"""What each operation was really asked and answered, put where readers of the description look for it.

``api_examples.json`` is a record of exchanges: by operation what was asked and answered, by status how a
request was refused. Refusals are alike everywhere, so they stand once and are referred to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from singlewindow.hub.exchange.doors.manner import Answer, Asked, written
from singlewindow.hub.exchange.doors.refusals import BUSY, FAULT, TOO_MUCH, TOO_SLOW, conflict
from singlewindow.hub.exchange.storing import Conflict
from singlewindow.server.composition import readers

EXAMPLES = Path(__file__).with_name("api_examples.json")
REFUSED = re.compile("[45]..|default")
XML = "application/xml"
Json = dict[str, Any]


def illustrate(made: Json) -> None:
    """Give every parameter, body and answer of the description an example."""
    record: Json = json.loads(EXAMPLES.read_text("utf-8"))
    refusals = record["refusals"]
    for status, said in _in_the_doors_words(_message(record)):
        refusals[status] = said | refusals.get(status, {})
    made["components"]["examples"] = {
        _name(status, media): {"value": value}
        for status, said in sorted(refusals.items())
        for media, value in said.items()
    }
    for operations in made["paths"].values():
        for operation in operations.values():
            _show(operation, record["operations"].get(operation["operationId"], {}))
            _show_refusals(operation, made["components"]["examples"])


def _show(operation: Json, recorded: Json) -> None:
    """One operation's own exchange."""
    for parameter in operation.get("parameters", []):
        values = recorded.get(parameter["in"], {})
        if parameter["name"] in values:
            parameter["example"] = values[parameter["name"]]
    _exemplify(operation.get("requestBody", {}), recorded.get("asked", {}))
    for status, response in operation["responses"].items():
        if not REFUSED.fullmatch(status):
            _exemplify(response, recorded.get("answered", {}))


def _exemplify(said: Json, recorded: Json) -> None:
    for media, content in said.get("content", {}).items():
        if media in recorded and "examples" not in content:
            content["examples"] = {name: {"value": value} for name, value in recorded[media].items()}


def _show_refusals(operation: Json, known: Json) -> None:
    for status, response in operation["responses"].items():
        for media, content in response.get("content", {}).items():
            name = _name(status, media)
            if REFUSED.fullmatch(status) and name in known:
                content["examples"] = {"recorded": {"$ref": f"#/components/examples/{name}"}}


def _name(status: str, media: str) -> str:
    """``404.problem-json``: what OpenAPI takes for a name."""
    return f"{status}.{media.partition('/')[2].replace('+', '-')}"


def _message(record: Json) -> bytes:
    """A message that has a response of its own."""
    message: str = next(iter(record["operations"]["submit"]["asked"][XML].values()))
    return message.encode()


def _in_the_doors_words(message: bytes) -> Iterator[tuple[str, Json]]:
    """Refusals nobody brings about at will: too slow, too much, no room, another's message id, a fault."""
    english = {"accept-language": "en"}
    manners = (Asked(english), Asked(english, body=b"<other/>"), Asked(english, readers(), message))
    for refusal in (TOO_SLOW, TOO_MUCH, BUSY, conflict(Conflict("declaration-1", UUID(int=0))), FAULT):
        answers = (written(refusal.said("en"), asked) for asked in manners)
        status = "default" if refusal is FAULT else str(refusal.status)
        yield status, dict(map(_value, answers))


def _value(answer: Answer) -> tuple[str, Any]:
    media = dict(answer.headers)[b"content-type"].decode().partition(";")[0]
    return media, json.loads(answer.body) if media.endswith("json") else answer.body.decode()

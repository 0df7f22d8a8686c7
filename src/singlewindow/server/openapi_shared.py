"""What many operations answer alike stands once in the description, and is referred to by its name."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

Json = dict[str, Any]
OFTEN = 3  # answers that fewer operations share stand where they are given


def shared(made: Json) -> Json:
    """The description with each answer that is given often under ``components/responses``."""
    counted = Counter(_written(said) for said in _answers(made))
    names: dict[str, str] = {}
    for status, said in sorted(_by_status(made), key=lambda one: one[0]):
        text = _written(said)
        if counted[text] >= OFTEN and text not in names:
            names[text] = _name(status, set(names.values()))
    kept: Json = {}
    for operation in _operations(made):
        for status, said in operation["responses"].items():
            if name := names.get(_written(said)):
                kept[name] = said
                operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    made["components"]["responses"] = dict(sorted(kept.items()))
    return made


def _operations(made: Json) -> Iterator[Json]:
    for path in made["paths"].values():
        yield from (each for each in path.values() if isinstance(each, dict) and "responses" in each)


def _by_status(made: Json) -> Iterator[tuple[str, Json]]:
    for operation in _operations(made):
        yield from operation["responses"].items()


def _answers(made: Json) -> Iterator[Json]:
    return (said for _, said in _by_status(made))


def _written(said: Json) -> str:
    return json.dumps(said, sort_keys=True)


def _name(status: str, taken: set[str]) -> str:
    """``NotFound``, as HTTP calls it; ``Otherwise`` for what no status is named for."""
    phrase = HTTPStatus(int(status)).phrase.title() if status.isdigit() else "Otherwise"
    name = "".join(c for c in phrase if c.isalnum())
    return name if name not in taken else f"{name}{sum(each.startswith(name) for each in taken) + 1}"

"""What the API's description says of blanks, shapes and members, in both languages.

``api_words.yaml`` has it beside the code: a shape's docstring says in English what it is, a member has
nothing but its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from singlewindow.kernel.facts import parse_yaml

WORDS = Path(__file__).with_name("api_words.yaml")
Json = dict[str, Any]


@cache
def words() -> Mapping[str, Mapping[str, Any]]:
    """``blanks``, ``shapes``, ``members`` by name, or by place and name where one place differs."""
    read: Mapping[str, Mapping[str, Any]] = parse_yaml(WORDS.read_text("utf-8"))
    return read


def word(made: Json) -> None:
    """Tell of each what it is; what a document's definition or its own route says stays.

    Raises ``KeyError`` for what has no words yet.
    """
    for operations in made["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    parameter["description"] = _said("blanks", operation["operationId"], parameter["name"])
    for name, shape in _shapes(made):
        if name in words()["shapes"]:
            shape["description"] = f"{words()['shapes'][name]} · {shape['description']}"
        for member, schema in shape.get("properties", {}).items():
            if "description" not in schema:
                schema["description"] = _said("members", name, member)


def _shapes(made: Json) -> Iterator[tuple[str, Json]]:
    """The API's own; a document's values are told by its definition."""
    schemas: dict[str, Json] = made["components"]["schemas"]
    return ((name, schema) for name, schema in schemas.items() if not name.startswith("Values."))


def _said(part: str, place: str, name: str) -> str:
    known = words()[part]
    said = known.get(f"{place}.{name}") or known[name]
    return f"{said['zh']} · {said['en']}"

"""The data-element dictionary: what each element means, once, for every document (K03)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from singlewindow.hub.standards.codelists import list_names
from singlewindow.hub.standards.representation import Representation, parse_representation
from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Text

FOLDER = Path(__file__).parent / "elements"
REASONS = Path(__file__).with_name("unnumbered.yaml")
DIRECTORIES = ("wco", "untded")  # the international ones; an element without a number there may say why
REFERENCES = (*DIRECTORIES, "gb", "dec")
LONGEST_SHORT = 6  # Chinese characters of a label in the form's narrowest column
_KEYS = {"code", "name", "short", "definition", "representation", "codes", "refs", "unnumbered"}
_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", re.ASCII)


class ElementError(ValueError):
    """A dictionary that cannot be used; names everything that is wrong with it."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class Element(Struct, frozen=True):
    """One data element.

    ``short`` is the label in forms, ``codes`` the id of its code list or empty. ``refs`` are its
    numbers elsewhere: ``wco`` data model, ``untded`` (ISO 7372), ``gb`` national standard, ``dec`` the
    name on the customs declaration's wire. ``unnumbered`` says, by international directory, why there is
    no number; a directory in neither has not been searched with success yet.
    """

    code: str
    name: Text
    short: Text
    definition: Text
    representation: Representation
    codes: str = ""
    refs: Mapping[str, str] = {}
    unnumbered: Mapping[str, Text] = {}


def load_elements(folder: Path = FOLDER, lists: Mapping[str, object] | None = None) -> dict[str, Element]:
    """Read the dictionary, by code; raises ElementError naming every fault.

    ``lists`` are the code lists there are, those shipped if not given.
    """
    known = set(list_names() if lists is None else lists)
    faults: list[str] = []
    elements: dict[str, Element] = {}
    for path in sorted(folder.glob("*.yaml")):
        for raw in parse_yaml(path.read_text(encoding="utf-8")):
            wrong = list(_faults(raw, known))
            if raw.get("code") in elements:
                wrong.append("stands twice")
            if not wrong:
                elements[raw["code"]] = _element(raw)
            faults += [f"{path.name}: {raw.get('code', '?')}: {fault}" for fault in wrong]
    if faults:
        raise ElementError(faults)
    return elements


def _element(raw: dict[str, Any]) -> Element:
    name = Text(raw["name"]["zh"], raw["name"]["en"])
    short = raw.get("short")
    return Element(
        code=raw["code"],
        name=name,
        short=Text(short["zh"], short["en"]) if short else name,
        definition=Text(raw["definition"]["zh"], raw["definition"]["en"]),
        representation=parse_representation(raw["representation"]),
        codes=raw.get("codes", ""),
        refs=raw.get("refs", {}),
        unnumbered={each: _reasons()[why] for each, why in raw.get("unnumbered", {}).items()},
    )


@cache
def _reasons() -> Mapping[str, Text]:
    """Why an element has no number, by the word that elements use."""
    raw = parse_yaml(REASONS.read_text(encoding="utf-8"))
    return {word: Text(texts["zh"], texts["en"]) for word, texts in raw.items()}


def _faults(raw: dict[str, Any], lists: set[str]) -> Iterator[str]:
    if not _CODE.fullmatch(raw.get("code", "")):
        yield "the code is no snake_case word"
    if strange := sorted(raw.keys() - _KEYS):
        yield f"unknown keys {', '.join(strange)}"
    yield from _language_faults(raw)
    yield from _representation_faults(raw)
    if raw.get("codes") and raw["codes"] not in lists:
        yield f"no code list {raw['codes']}"
    if strange := sorted(set(raw.get("refs", {})) - set(REFERENCES)):
        yield f"unknown references {', '.join(strange)}"
    yield from _reason_faults(raw)


def _language_faults(raw: dict[str, Any]) -> Iterator[str]:
    for key in ("name", "definition", *(["short"] if "short" in raw else [])):
        texts = raw.get(key)
        if not isinstance(texts, dict) or set(texts) != {"zh", "en"} or not all(texts.values()):
            yield f"{key} is missing in Chinese or English"
        elif key == "short" and len(texts["zh"]) > LONGEST_SHORT:
            yield f"the short name has more than {LONGEST_SHORT} characters"


def _representation_faults(raw: dict[str, Any]) -> Iterator[str]:
    try:
        parse_representation(raw.get("representation", ""))
    except ValueError as error:
        yield str(error)


def _reason_faults(raw: dict[str, Any]) -> Iterator[str]:
    for directory, why in raw.get("unnumbered", {}).items():
        if directory not in DIRECTORIES:
            yield f"{directory} is no international directory"
        if directory in raw.get("refs", {}):
            yield f"has a number of {directory} and a reason for none"
        if why not in _reasons():
            yield f"no reason {why}"

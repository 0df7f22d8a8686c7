"""What the platform fills in of a document itself: who hands it in (录入单位), as identity knows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace

from singlewindow.hub.documents.checking import Checked
from singlewindow.hub.documents.definition import Field
from singlewindow.hub.documents.faults import NOT_YOURS
from singlewindow.hub.documents.forms import form_of
from singlewindow.hub.identity.directory import Party
from singlewindow.kernel.messages import Actor, Document, Problem

# By data element. Whoever acts under a token is called by the token's name, the only one known of them.
FACTS: Mapping[str, Callable[[Party, Actor], str]] = {
    "input_party_code": lambda party, actor: party.code,
    "input_party_customs_code": lambda party, actor: party.customs_code,
    "input_party_name": lambda party, actor: party.name.zh,
    "input_person_name": lambda party, actor: actor.name,
}


def facts(fields: Iterable[Field], party: Party, actor: Actor) -> dict[str, str]:
    """The values of those fields that identity knows; one that does not fit its element is left out."""
    found = {}
    for field in fields:
        if fact := FACTS.get(field.element.code):
            value = form_of(field.element.representation).settle(fact(party, actor))
            if value:
                found[field.name] = value
    return found


def completed(document: Document, filled: Mapping[str, str]) -> Document:
    """The document with what the platform filled in, as receivers get it."""
    return replace(document, values={**document.values, **filled}) if filled else document


def agreed(checked: Checked, filled: Mapping[str, str]) -> Checked:
    """Without a word on what a sender filled in the platform's place, and filled in alike."""
    if not checked.problems:
        return checked
    extension = checked.document.extension

    def alike(problem: Problem) -> bool:
        return problem.code == NOT_YOURS and extension.get(problem.field) == filled.get(problem.field, "")

    same = {problem.field for problem in checked.problems if alike(problem)}
    left = {path: value for path, value in extension.items() if path not in same}
    return replace(
        checked,
        problems=tuple(problem for problem in checked.problems if not alike(problem)),
        document=replace(checked.document, extension=left),
    )
